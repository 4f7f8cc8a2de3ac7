"""The way of an article through the stages, as a person wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shared.model.base import Instant, Model
from shared.model.events import Status
from shared.model.version import LIVE_RUN, Version

Outcome = Literal["published", "unchanged", "failed", "retracted"]
_FINAL: Final = frozenset({"accepted", "done", "unchanged", "failed"})
_ORDER: Final = ("ingest", "analyze", "translate", "publish")


class Entry(Model):
    """How far one stage is with one version."""

    version: Version
    stage: str
    status: Status
    at: Instant
    detail: str | None = None


class Journey(Model):
    """What the read API answers about an article's progress.

    `final`: nothing more is expected for the newest revision.
    """

    article_id: str
    entries: tuple[Entry, ...]
    final: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the newest version. `took` is the time (ms) since the stage before was done; None while it runs."""

    stage: str
    status: Status
    at: int
    took: int | None
    detail: str | None

    @property
    def final(self) -> bool:
        return self.status in _FINAL


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest version's way, in the order of the pipeline. `outcome` is None while it is under way.

    A journey doesn't know of retractions: who asks for one sets the outcome, and what is said of it in `retraction`.
    """

    article_id: str
    revision: int | None
    steps: tuple[Step, ...]
    outcome: Outcome | None
    retraction: str | None = None

    def covered_by(self, retracted_at: int) -> bool:
        """True when a retraction at that instant (ms) holds for this version; a later post brings the article back."""
        accepted = self.step("ingest")
        return accepted is None or accepted.at <= retracted_at

    @property
    def total(self) -> int | None:
        """Milliseconds from acceptance to the last step that is done; None before there are two."""
        done = [step.at for step in self.steps if step.final]
        return max(done) - min(done) if len(done) > 1 else None

    def step(self, prefix: str) -> Step | None:
        """The step of a stage, by the part of its name that all lanes share."""
        return next((step for step in self.steps if base_name(step.stage) == prefix), None)


def base_name(stage: str) -> str:
    """A stage's name without its lane: `analyze.draft` is an `analyze`."""
    return stage.partition(".")[0]


def progress_of(journey: Journey, at_least: int = 0) -> Progress:
    """Reduce a journey to its newest version, of those with a revision of at least `at_least` (ms).

    Replays are left out: they are of the operator's making, and tell nothing of how long the article took.
    """
    entries = [e for e in journey.entries if e.version.revision >= at_least and e.version.run == LIVE_RUN]
    revision = max((entry.version.revision for entry in entries), default=None)
    newest = sorted(
        (entry for entry in entries if entry.version.revision == revision), key=lambda entry: (_place(entry), entry.at)
    )
    return Progress(
        journey.article_id, revision, _steps(newest), _outcome(newest) if journey.final and newest else None
    )


def _place(entry: Entry) -> int:
    name = base_name(entry.stage)
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _steps(entries: Sequence[Entry]) -> tuple[Step, ...]:
    steps: list[Step] = []
    before: int | None = None
    for entry in entries:
        final = entry.status in _FINAL
        # Clocks of two machines may differ; a stage never took less than nothing.
        took = max(0, entry.at - before) if final and before is not None else None
        steps.append(Step(entry.stage, entry.status, entry.at, took, entry.detail))
        before = entry.at if final else before
    return tuple(steps)


def _outcome(entries: Sequence[Entry]) -> Outcome:
    published = {entry.status for entry in entries if base_name(entry.stage) == "publish"}
    if "done" in published:
        return "published"
    return "failed" if any(entry.status == "failed" for entry in entries) else "unchanged"
