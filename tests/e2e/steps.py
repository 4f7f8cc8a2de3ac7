"""What the end-to-end tests do and look at, in the words of a user."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.system import System, wait_for

SAMPLES = Path(__file__).parents[2] / "samples"


def sample(name: str, **fields: object) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((SAMPLES / f"{name}.json").read_text())
    return loaded | {"source": "wire"} | fields


def document(system: System, article_id: str, revision: int | None = None) -> dict[str, object]:
    """Wait until the document is readable, at `revision` when one is given, and return it."""

    def probe() -> dict[str, object] | None:
        response = system.read(f"/v1/articles/{article_id}")
        if response.status_code != 200:
            return None
        found: dict[str, object] = response.json()
        return found if revision in {None, found["version"]["revision"]} else None  # type: ignore[index]

    return wait_for(f"{article_id} at revision {revision}", probe)


def statuses(system: System, article_id: str, revision: int) -> dict[str, str]:
    """The status of each stage for one revision."""
    journey = system.read(f"/v1/articles/{article_id}/journey").json()
    return {entry["stage"]: entry["status"] for entry in journey["entries"] if entry["version"]["revision"] == revision}


def wait_for_status(system: System, article_id: str, revision: int, stage: str, status: str) -> None:
    wait_for(
        f"{stage} {status} for {article_id} at {revision}",
        lambda: statuses(system, article_id, revision).get(stage) == status,
    )


def listed(system: System) -> list[str]:
    return [item["id"] for item in system.read("/v1/articles?limit=100").json()["items"]]
