import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from cli.embedded import EmbeddedBroker, free_port
from services.ingest.extract import HtmlExtractor
from shared.model import ArticleRuled, ArticleStatus, ArticleSubmitted, StatusesReported, article_id, format_instant
from shared.stream import create_topics
from shared.stream.topics import RULED, STATUS, SUBMITTED
from tests.integration.ingest.conftest import DESK_KEY, WIRE_KEY, Ingest, running_ingest
from tests.support.articles import article
from tests.support.brokers import Broker

T = TypeVar("T")
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def _soon(probe: Callable[[], Awaitable[T]], seconds: float = 10.0) -> T:
    deadline = time.monotonic() + seconds
    while not (found := await probe()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    return found


def _problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["type"].removeprefix("urn:diglot:problem:")


async def test_an_accepted_post_is_on_the_topic(broker: Broker) -> None:
    async with running_ingest(broker) as ingest:
        before = int(time.time() * 1000)
        headers = {"traceparent": f"00-{_TRACE}-00f067aa0ba902b7-01"}
        answer = await ingest.http.post("/v1/articles", json=article(1, "wire"), headers=headers)
        assert answer.status_code == 202
        accepted = answer.json()
        assert accepted["article_id"] == article_id("wire", "a1")
        assert accepted["status_url"] == f"http://127.0.0.1:8000/v1/articles/{accepted['article_id']}/journey"
        record = ingest.records(SUBMITTED, accepted["article_id"])[-1]
        assert record.header("ce_source") == "/diglot/ingest"
        assert record.header("ce_traceparent").startswith(f"00-{_TRACE}-")
        assert record.header("ce_traceparent") != headers["traceparent"]
        event = ingest.events(SUBMITTED, accepted["article_id"])[-1]
        assert isinstance(event, ArticleSubmitted)
        assert event.article.source_name == "The Wire"
        assert event.version.revision == event.article.accepted == accepted["revision"] >= before


async def test_the_journey_hears_of_it(ingest: Ingest) -> None:
    accepted = (await ingest.http.post("/v1/articles", json=article(2, "wire"))).json()

    async def status() -> list[object]:
        events = await asyncio.to_thread(ingest.events, STATUS, accepted["article_id"])
        statuses = [status for e in events if isinstance(e, StatusesReported) for status in e.statuses]
        return [status for status in statuses if status.version.revision == accepted["revision"]]

    (event,) = await _soon(status)
    assert isinstance(event, ArticleStatus)
    assert (event.stage, event.status, event.version.revision) == ("ingest", "accepted", accepted["revision"])


async def test_a_repeat_is_sent_again_and_a_versioned_source_sets_the_revision(ingest: Ingest) -> None:
    updated = int(time.time() * 1000) - 5000
    post = article(3, "desk", updated_at=format_instant(updated))
    headers = {"Authorization": f"Bearer {DESK_KEY}"}
    answers = [await ingest.http.post("/v1/articles", json=post, headers=headers) for _ in range(2)]
    assert [answer.json()["revision"] for answer in answers] == [updated, updated]
    first, second = ingest.events(SUBMITTED, answers[0].json()["article_id"])[-2:]
    assert isinstance(first, ArticleSubmitted)
    assert isinstance(second, ArticleSubmitted)
    assert first.article.content_hash == second.article.content_hash
    assert first.article.accepted <= second.article.accepted


async def test_a_retraction_is_a_ruling(ingest: Ingest) -> None:
    accepted = (await ingest.http.post("/v1/articles", json=article(4, "wire"))).json()
    path = f"/v1/articles/{accepted['article_id']}"
    answer = await ingest.http.delete(path, params={"reason": " Wrong\u202e  figures\n"})
    assert answer.status_code == 202
    assert answer.json()["status_url"] == accepted["status_url"]
    event = ingest.events(RULED, accepted["article_id"])[-1]
    assert isinstance(event, ArticleRuled)
    assert (event.ruling.kind, event.ruling.by, event.ruling.reason) == ("retract", "wire", "Wrong figures")
    assert format_instant(event.ruling.at) == answer.json()["retracted_at"]
    assert event.ruling.at >= accepted["revision"]
    again = (await ingest.http.post("/v1/articles", json=article(4, "wire"))).json()
    assert again["revision"] > event.ruling.at


async def test_a_reason_that_is_too_long_when_it_is_clean_is_refused(ingest: Ingest) -> None:
    path = f"/v1/articles/{article_id('wire', 'a13')}"
    # NFC takes this letter apart, so 490 of them become 980 characters.
    answer = await ingest.http.delete(path, params={"reason": "\u0958" * 490})
    assert _problem(answer) == (422, "invalid-request")
    assert [error["field"] for error in answer.json()["errors"]] == ["query.reason"]
    assert (await ingest.http.delete(path, params={"reason": " " * 300 + "x" * 500})).status_code == 202
    assert (await ingest.http.delete(path, params={"reason": "x" * 501})).status_code == 422
    assert (await ingest.http.delete(path, params={"reason": "x" * 5000})).status_code == 422


@pytest.mark.parametrize("name", ["article_id", "wire-short", "WIRE-" + "a" * 20, "wire-" + "1" * 20, "%00", "../x"])
async def test_an_id_that_can_not_be_one_is_refused(ingest: Ingest, name: str) -> None:
    answer = await ingest.http.delete(f"/v1/articles/{name}")
    assert _problem(answer) in [(422, "invalid-request"), (404, "not-found")]


@pytest.mark.parametrize("key", [None, "Bearer", "Bearer wrong", f"Basic {WIRE_KEY}", f"Bearer {WIRE_KEY}x"])
async def test_without_a_valid_key_nothing_is_taken(ingest: Ingest, key: str | None) -> None:
    headers = {"Authorization": key or ""}
    for answer in (
        await ingest.http.post("/v1/articles", json=article(5, "wire"), headers=headers),
        await ingest.http.delete(f"/v1/articles/{article_id('wire', 'a5')}", headers=headers),
    ):
        assert _problem(answer) == (401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert ingest.events(SUBMITTED, article_id("wire", "a5")) == []


@pytest.mark.parametrize("source", ["desk", "nobody"])
async def test_a_key_is_not_good_for_another_source(ingest: Ingest, source: str) -> None:
    posted = await ingest.http.post("/v1/articles", json=article(6, source))
    retracted = await ingest.http.delete(f"/v1/articles/{article_id(source, 'a6')}")
    assert _problem(posted) == _problem(retracted) == (403, "forbidden")
    assert ingest.events(RULED, article_id(source, "a6")) == []


async def test_local_mode_is_open_and_says_so(embedded_broker: Broker) -> None:
    async with running_ingest(embedded_broker, local=True) as ingest:
        headers = {"Authorization": ""}
        answer = await ingest.http.post("/v1/articles", json=article(7, "anyone"), headers=headers)
        assert answer.status_code == 202
        assert answer.headers["diglot-mode"] == "local"
        assert (await ingest.http.get("/readyz")).headers["diglot-mode"] == "local"
        assert (await ingest.http.get("/nowhere")).headers["diglot-mode"] == "local"
        metrics = (await ingest.http.get("/metrics")).text
        assert 'diglot_ingest_accepted_total{kind="post",source="other"} 1.0' in metrics


async def test_health_and_metrics(ingest: Ingest) -> None:
    assert (await ingest.http.get("/livez")).status_code == 200
    assert (await ingest.http.get("/readyz")).status_code == 503
    await ingest.http.post("/v1/articles", json=article(8, "wire"))
    await ingest.http.post("/v1/articles", json=article(8, "wire", title=""))
    ready = await ingest.http.get("/readyz")
    assert ready.status_code == 200
    assert "diglot-mode" not in ready.headers
    metrics = (await ingest.http.get("/metrics")).text
    assert 'diglot_ingest_accepted_total{kind="post",source="wire"} 1.0' in metrics
    assert 'diglot_ingest_refused_total{reason="invalid-request"} 1.0' in metrics
    assert 'route="/v1/articles",status="202"' in metrics


async def test_without_a_broker_503_comes_in_time_and_202_once_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    with EmbeddedBroker(port, tmp_path / "first") as server:
        broker = Broker(server.bootstrap, embedded=True)
        await create_topics(broker.settings())
        async with running_ingest(broker, ingest_send_timeout=1.0) as ingest:
            assert (await ingest.http.post("/v1/articles", json=article(9, "wire"))).status_code == 202
            server.kill()
            for _ in range(2):
                started = time.monotonic()
                answer = await ingest.http.post("/v1/articles", json=article(10, "wire"))
                assert _problem(answer) == (503, "unavailable")
                assert int(answer.headers["retry-after"]) > 0
                assert time.monotonic() - started < 5.0
            retraction = await ingest.http.delete(f"/v1/articles/{article_id('wire', 'a9')}")
            assert _problem(retraction) == (503, "unavailable")
            assert (await ingest.http.get("/readyz")).status_code == 503
            with EmbeddedBroker(port, tmp_path / "second"):
                await create_topics(broker.settings())

                async def posted() -> bool:
                    answer = await ingest.http.post("/v1/articles", json=article(10, "wire"))
                    return answer.status_code == 202

                assert await _soon(posted, 30.0)
                assert ingest.events(SUBMITTED, article_id("wire", "a10"))


async def test_a_body_that_comes_too_slowly_is_given_up_and_its_place_is_free_again(embedded_broker: Broker) -> None:
    async with running_ingest(embedded_broker, ingest_receive_timeout=4.0, ingest_max_in_flight=1) as ingest:
        reader, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
        writer.write(
            b"POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
            b"Authorization: Bearer " + WIRE_KEY.encode() + b"\r\n\r\n{"
        )

        async def refused() -> bool:
            answer = await ingest.http.post("/v1/articles", json=article(11, "wire"))
            return answer.status_code != 202 and _problem(answer) == (503, "unavailable")

        assert await _soon(refused)
        slow = await asyncio.wait_for(reader.read(), 30.0)
        assert slow.startswith(b"HTTP/1.1 408")
        assert b"urn:diglot:problem:receive-timeout" in slow
        writer.close()
        assert (await ingest.http.post("/v1/articles", json=article(11, "wire"))).status_code == 202


async def test_slow_html_of_one_source_holds_up_neither_texts_nor_all_places(
    embedded_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    extraction = HtmlExtractor.text_of
    go_on = threading.Event()

    def slow(self: HtmlExtractor, html: str) -> str:
        assert go_on.wait(30)
        return extraction(self, html)

    monkeypatch.setattr(HtmlExtractor, "text_of", slow)
    async with running_ingest(embedded_broker, ingest_max_in_flight=16) as ingest:
        html = article(12, "wire", body=f"<p>{article(12, 'wire')['body']}</p>", body_format="html")
        try:
            posts = [asyncio.create_task(ingest.http.post("/v1/articles", json=html)) for _ in range(5)]
            # Four places, so exactly one of the five is refused, and the others are waiting.
            (refused,), waiting = await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
            assert _problem(refused.result()) == (503, "unavailable")
            text = await ingest.http.post("/v1/articles", json=article(13, "wire"))
            assert text.status_code == 202
            assert not any(post.done() for post in waiting)
        finally:
            go_on.set()
        assert {(await post).status_code for post in waiting} == {202}
        assert (await ingest.http.post("/v1/articles", json=html)).status_code == 202


async def test_extraction_leaves_the_event_loop_free(embedded_broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []
    extraction = HtmlExtractor.text_of

    def noted(self: HtmlExtractor, html: str) -> str:
        threads.append(threading.current_thread().name)
        return extraction(self, html)

    monkeypatch.setattr(HtmlExtractor, "text_of", noted)
    html = "<p>" + str(article(14, "wire")["body"]) + "</p>"
    async with running_ingest(embedded_broker) as ingest:
        body = article(14, "wire", body=html, body_format="html")
        assert (await ingest.http.post("/v1/articles", json=body)).status_code == 202
    assert len(threads) == 1
    assert threading.current_thread().name not in threads
