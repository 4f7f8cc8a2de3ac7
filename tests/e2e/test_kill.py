"""kill -9 of every service while it works: nothing is lost, nothing comes out twice under another name."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pymongo

from shared.stream.topics import PUBLISHED
from tests.e2e.conftest import Product
from tests.support.articles import article
from tests.support.raw_topic import read_topic
from tests.support.system import SERVICES, Service, System, wait_for

ARTICLES = 200
UPDATED_AT = "2026-11-01T08:00:00Z"
_IN_FLIGHT: dict[Service, str] = {
    "ingest": "diglot_http_in_flight",
    "reader": "diglot_http_in_flight",
    "analyze": "diglot_stage_in_flight",
    "translate": "diglot_stage_in_flight",
    "writer": "diglot_stage_in_flight",
}


def post_until_accepted(system: System, number: int) -> tuple[str, int]:
    """Post as an upstream system should: the same post again until it gets its 202."""
    with httpx.Client(timeout=10.0) as http:

        def attempt() -> tuple[str, int] | None:
            try:
                response = http.post(
                    f"{system.url('ingest')}/v1/articles", json=article(number, "dated", updated_at=UPDATED_AT)
                )
            except httpx.TransportError:
                return None
            assert response.status_code in {202, 503}, response.text
            answer = response.json()
            return (answer["article_id"], int(answer["revision"])) if response.status_code == 202 else None

        return wait_for(f"article {number} to be accepted", attempt, seconds=120)


def read_all_ids(system: System) -> dict[str, int]:
    """Every listed article and its revision, page by page."""
    found: dict[str, int] = {}
    cursor = ""
    while True:
        page = system.read(f"/v1/articles?limit=50{cursor}").json()
        found |= {item["id"]: item["version"]["revision"] for item in page["items"]}
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def keep_reading(system: System, stop: threading.Event) -> None:
    with httpx.Client(timeout=10.0) as http:
        while not stop.is_set():
            try:
                http.get(f"{system.url('reader')}/v1/articles?limit=100")
            except httpx.TransportError:
                stop.wait(0.05)


def test_each_service_killed_while_it_works(product: Product, record_property: Callable[[str, object], None]) -> None:
    system = product.system
    stop = threading.Event()
    with ThreadPoolExecutor(12) as pool:
        readers = [pool.submit(keep_reading, system, stop) for _ in range(4)]
        posts = []
        share = ARTICLES // len(SERVICES)
        for index, service in enumerate(SERVICES):
            posts += [pool.submit(post_until_accepted, system, n) for n in range(index * share, (index + 1) * share)]
            wait_for(f"{service} to have work in flight", lambda s=service: system.metric(s, _IN_FLIGHT[s]) > 0)  # type: ignore[misc]
            system.kill(service)
            system.start(service)
        expected = {post.result() for post in posts}
        stop.set()
        assert all(reader.exception() is None for reader in readers)
    assert len(expected) == ARTICLES
    wait_for("every article to be listed", lambda: len(read_all_ids(system)) == ARTICLES, seconds=120)

    records = [
        json.loads(r.value or b"") | {"id": r.header("ce_id")} for r in read_topic(product.bootstrap, PUBLISHED.name, 1)
    ]
    pairs = Counter((r["article_id"], r["version"]["revision"]) for r in records)
    assert set(pairs) == expected
    assert len({r["id"] for r in records}) == ARTICLES
    record_property("records of article.published", len(records))
    record_property("repeats among them", len(records) - ARTICLES)

    with pymongo.MongoClient[dict[str, object]](product.mongodb_uri) as client:
        stored = {str(d["_id"]): d["change"] for d in client["diglot"]["articles"].find({}, {"change": 1})}
    latest = {r["article_id"]: r["change"] for r in sorted(records, key=lambda r: r["change"])}
    assert stored == latest
    assert read_all_ids(system) == dict(expected)
    for article_id, _ in expected:
        assert system.read(f"/v1/articles/{article_id}").json()["change"] == stored[article_id]
