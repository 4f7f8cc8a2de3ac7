"""The reader over HTTP, with a real database and a real broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.publish.clock import system_clock
from shared.model import (
    Article,
    ArticleStatus,
    ArticleTranslated,
    Status,
    Version,
    article_id,
)
from tests.integration.publish.conftest import Newsroom, until
from tests.support.documents import TEXT, TITLE, rich_document
from tests.support.translated import retracted, translated

MINUTE = 60_000


def rich_event() -> ArticleTranslated:
    """An article with every part filled, as the model lane will send it."""
    content = rich_document().content
    assert content is not None
    source = content.source
    now = system_clock()
    return ArticleTranslated(
        article=Article(
            id=article_id(source.slug, "tram"),
            source=source.slug,
            source_name=source.name,
            title=TITLE,
            text=TEXT,
            language=source.language,
            content_hash=content.content_hash,
            accepted=now,
        ),
        version=Version(revision=now, rank=1),
        analysis=content.analysis,
        scores=content.scores,
        fidelity=content.fidelity,
        provenance=content.provenance,
    )


async def ids(newsroom: Newsroom, query: str = "") -> list[str]:
    answer = await newsroom.http.get(f"/v1/articles{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_a_published_article_is_read_listed_and_counted(newsroom: Newsroom) -> None:
    told = await newsroom.publish(translated("1"))
    document = (await newsroom.http.get(f"/v1/articles/{told.article_id}")).json()
    assert document["state"] == "published"
    assert document["analysis"]["title"] == {"en": "Harbour bridge opens", "zh": None}
    assert (await newsroom.http.get("/v1/articles")).json()["next"] is None
    assert await ids(newsroom) == [told.article_id]
    for path, term in (("categories", "business"), ("tags", "batteries")):
        terms = (await newsroom.http.get(f"/v1/{path}")).json()["items"]
        assert {t["id"]: t["count"] for t in terms if t["count"]} == {term: 1}


async def test_an_edit_shows_at_once_also_in_a_document_that_was_just_read(newsroom: Newsroom) -> None:
    told = await newsroom.publish(translated("1"))
    await newsroom.http.get(f"/v1/articles/{told.article_id}?lang=en")
    await newsroom.publish(translated("1", revision=2000, body="b"))
    document = (await newsroom.http.get(f"/v1/articles/{told.article_id}?lang=en")).json()
    assert document["analysis"]["summary"][0]["text"] == "The bridge b opened on Monday."
    assert len(await ids(newsroom)) == 1


async def test_lists_filter_and_sort(newsroom: Newsroom) -> None:
    now = system_clock()
    old = await newsroom.publish(translated("1", revision=now - 2000, quality=90.0, category="science", tag="chips"))
    new = await newsroom.publish(translated("2", revision=now - 1000, quality=None, hot_base=99.0, language="zh"))
    other = await newsroom.publish(translated("3", revision=now - 3000, quality=40.0, source="wire", hot_base=1.0))
    everything = [new.article_id, old.article_id, other.article_id]
    assert await ids(newsroom) == everything
    assert await ids(newsroom, "?sort=hot") == [new.article_id, old.article_id, other.article_id]
    assert await ids(newsroom, "?sort=quality") == [old.article_id, other.article_id, new.article_id]
    assert set(await ids(newsroom, "?sort=impact")) == set(everything)
    assert await ids(newsroom, "?source=wire") == [other.article_id]
    assert await ids(newsroom, "?category=science") == [old.article_id]
    assert await ids(newsroom, "?tag=chips&language=en") == [old.article_id]
    assert await ids(newsroom, "?language=zh") == [new.article_id]
    assert await ids(newsroom, "?min_quality=50") == [old.article_id]
    assert await ids(newsroom, "?category=nothing") == []


async def test_pages_follow_one_another(newsroom: Newsroom) -> None:
    told = [(await newsroom.publish(translated(str(n), revision=1000 - n))).article_id for n in range(5)]
    found: list[str] = []
    query = "?limit=2"
    while True:
        page = (await newsroom.http.get(f"/v1/articles{query}")).json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query = f"?limit=2&cursor={page['next']}"
    assert found == told


async def test_an_article_that_waits_for_its_fuller_edition_is_readable_and_not_listed(newsroom: Newsroom) -> None:
    told = await newsroom.publish(translated("1", revision=system_clock() + MINUTE))
    assert (await newsroom.http.get(f"/v1/articles/{told.article_id}")).status_code == 200
    assert await ids(newsroom) == []
    assert await ids(newsroom, "?ready=any") == [told.article_id]


async def test_a_retraction_answers_410_with_who_when_and_why_in_both_languages(newsroom: Newsroom) -> None:
    told = await newsroom.publish(translated("1"))
    await newsroom.publish(retracted("1", at=1_795_435_200_000, reason="The figures were wrong."))
    answer = await newsroom.http.get(f"/v1/articles/{told.article_id}")
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:diglot:problem:retracted"
    assert problem["retraction"] == {
        "at": "2026-11-23T12:00:00.000Z",
        "by": "acme",
        "reason": "The figures were wrong.",
    }
    assert problem["explanation"] == {
        "en": "Retracted by acme on 2026-11-23 at 12:00 UTC. Reason: The figures were wrong.",
        "zh": "acme 已于 2026-11-23 12:00（UTC）撤回本文。原因：The figures were wrong.",
    }
    assert await ids(newsroom, "?ready=any") == []
    later = await newsroom.publish(translated("1", revision=1_795_435_200_001))
    assert (await newsroom.http.get(f"/v1/articles/{later.article_id}")).status_code == 200


async def test_what_has_not_changed_is_answered_with_304(newsroom: Newsroom) -> None:
    told = await newsroom.publish(translated("1"))
    for path in ("/v1/articles", f"/v1/articles/{told.article_id}", "/v1/tags", "/v1/categories"):
        first = await newsroom.http.get(path)
        again = await newsroom.http.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
    etag = (await newsroom.http.get(f"/v1/articles/{told.article_id}")).headers["etag"]
    await newsroom.publish(translated("1", revision=2000, body="b"))
    changed = await newsroom.http.get(f"/v1/articles/{told.article_id}", headers={"If-None-Match": etag})
    assert changed.status_code == 200


async def test_head_is_get_without_the_body(newsroom: Newsroom) -> None:
    told = await newsroom.publish(translated("1"))
    for path in (f"/v1/articles/{told.article_id}", "/v1/articles", "/v1/tags", "/readyz", "/openapi.json"):
        plain = {"Accept-Encoding": "identity"}
        got = await newsroom.http.get(path, headers=plain)
        head = await newsroom.http.head(path, headers=plain)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(got.content))
        assert head.headers.get("etag") == got.headers.get("etag")


async def test_head_is_counted_as_head(newsroom: Newsroom) -> None:
    await newsroom.http.head("/v1/tags")
    counted = (await newsroom.http.get("/metrics")).text
    assert 'diglot_http_requests_total{method="HEAD",route="/v1/tags",status="200"} 1.0' in counted


async def test_answers_are_compressed_for_those_who_can_read_it_and_open_to_other_origins(newsroom: Newsroom) -> None:
    answer = await newsroom.http.get("/v1/tags", headers={"Origin": "https://news.example"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "etag" in answer.headers["access-control-expose-headers"].lower()
    plain = await newsroom.http.get("/v1/tags", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/articles?sorted=hot", "query.sorted"),
        ("/v1/articles?sort=best", "query.sort"),
        ("/v1/articles?limit=0", "query.limit"),
        ("/v1/articles?limit=101", "query.limit"),
        ("/v1/articles?min_quality=nan", "query.min_quality"),
        ("/v1/articles?language=fr", "query.language"),
        ("/v1/articles?ready=no", "query.ready"),
        ("/v1/articles?source=A%20B", "query.source"),
        ("/v1/articles?cursor=x", "query.cursor"),
        ("/v1/articles?cursor=" + "A" * 301, "query.cursor"),
        ("/v1/articles/acme-aaaaaaaaaaaaaaaaaaaa?lang=fr", "query.lang"),
        ("/v1/articles/acme-aaaaaaaaaaaaaaaaaaaa?language=en", "query.language"),
        ("/v1/articles/acme-aaaaaaaaaaaaaaaaaaaa/journey?all=1", "query.all"),
        ("/v1/articles/acme", "path.article_id"),
        ("/v1/tags?limit=1", "query.limit"),
    ],
)
async def test_a_bad_value_is_refused_by_name(newsroom: Newsroom, path: str, field: str) -> None:
    answer = await newsroom.http.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_what_nobody_published_is_not_found(newsroom: Newsroom) -> None:
    await newsroom.store.journeys.retract("acme-aaaaaaaaaaaaaaaaaaaa", 1)
    for path in ("/v1/articles/acme-aaaaaaaaaaaaaaaaaaaa", "/v1/articles/acme-aaaaaaaaaaaaaaaaaaaa/journey", "/v2"):
        answer = await newsroom.http.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def status(stage: str, state: Status, at: int) -> ArticleStatus:
    version = Version(revision=1000)
    return ArticleStatus(article_id=article_id("acme", "1"), version=version, stage=stage, status=state, at=at)


async def events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    """The data of each server-sent event."""
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def test_a_journey_is_answered_once_or_followed_to_its_end(newsroom: Newsroom) -> None:
    journeys, path = newsroom.store.journeys, f"/v1/articles/{article_id('acme', '1')}/journey"
    await journeys.record([status("ingest", "accepted", 1)])
    await journeys.record([status("analyze.draft", "done", 2)])
    answer = (await newsroom.http.get(path)).json()
    assert [(entry["stage"], entry["status"]) for entry in answer["entries"]] == [
        ("ingest", "accepted"),
        ("analyze.draft", "done"),
    ]
    assert answer["final"] is False

    async with newsroom.http.stream("GET", path, headers={"Accept": "text/event-stream"}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        heard = events(stream.aiter_lines())
        assert len((await anext(heard))["entries"]) == 2
        await journeys.record([status("translate.draft", "done", 3)])
        assert len((await anext(heard))["entries"]) == 3
        await journeys.record([status("publish.draft", "done", 4)])
        last = await anext(heard)
        assert last["final"] is True
        assert [event async for event in heard] == []
    assert (await newsroom.http.get(path)).json() == last


async def test_a_stream_waits_for_an_article_that_was_only_just_posted(newsroom: Newsroom) -> None:
    path = f"/v1/articles/{article_id('acme', '1')}/journey"
    assert (await newsroom.http.get(path)).status_code == 404

    async def first() -> int:
        async with newsroom.http.stream("GET", path, headers={"Accept": "text/event-stream"}) as stream:
            return len((await anext(events(stream.aiter_lines())))["entries"])

    following = asyncio.create_task(first())
    await asyncio.wait({following}, timeout=0.5)
    assert not following.done()
    await newsroom.store.journeys.record([status("ingest", "accepted", 1)])
    assert await following == 1


async def test_head_does_not_open_a_stream(newsroom: Newsroom) -> None:
    await newsroom.store.journeys.record([status("ingest", "accepted", 1)])
    path = f"/v1/articles/{article_id('acme', '1')}/journey"
    head = await newsroom.http.head(path, headers={"Accept": "text/event-stream"})
    assert head.headers["content-type"] == "application/json"


async def test_a_reader_that_stops_ends_the_streams_it_serves(newsroom: Newsroom) -> None:
    await newsroom.store.journeys.record([status("ingest", "accepted", 1)])
    path = f"/v1/articles/{article_id('acme', '1')}/journey"
    async with newsroom.http.stream("GET", path, headers={"Accept": "text/event-stream"}) as stream:
        heard = events(stream.aiter_lines())
        await anext(heard)
        newsroom.shutdown.request()
        async with asyncio.timeout(3):
            assert [event async for event in heard] == []


async def test_every_answer_is_what_the_openapi_document_says(newsroom: Newsroom) -> None:
    rich = await newsroom.publish(rich_event())
    draft = await newsroom.publish(translated("1"))
    gone = await newsroom.publish(translated("2"))
    await newsroom.publish(retracted("2", at=5000))
    await newsroom.store.journeys.record([status("ingest", "accepted", 1)])
    description = (await newsroom.http.get("/openapi.json")).json()
    assert description["openapi"].startswith("3.1")

    document, journey = "/v1/articles/{article_id}", "/v1/articles/{article_id}/journey"
    for route, path in (
        ("/v1/articles", "/v1/articles"),
        ("/v1/articles", "/v1/articles?limit=0"),
        (document, f"/v1/articles/{rich.article_id}"),
        (document, f"/v1/articles/{rich.article_id}?lang=en"),
        (document, f"/v1/articles/{draft.article_id}?lang=zh"),
        (document, f"/v1/articles/{gone.article_id}"),
        (document, "/v1/articles/acme-aaaaaaaaaaaaaaaaaaaa"),
        (journey, f"/v1/articles/{draft.article_id}/journey"),
        ("/v1/tags", "/v1/tags"),
        ("/v1/categories", "/v1/categories"),
    ):
        answer = await newsroom.http.get(path)
        declared = description["paths"][route]["get"]["responses"][str(answer.status_code)]
        schema = declared["content"][answer.headers["content-type"]]["schema"]
        whole = {"components": description["components"], **schema}
        assert list(Draft202012Validator(whole).iter_errors(answer.json())) == [], path


async def test_quotes_are_a_quarter_of_the_text_at_most_and_exact(newsroom: Newsroom) -> None:
    told = await newsroom.publish(rich_event())
    document = (await newsroom.http.get(f"/v1/articles/{told.article_id}")).json()
    assert document["text"] is None
    quotes = [q for part in ("summary", "tldr") for claim in document["analysis"][part] for q in claim["evidence"]]
    shown = {at for q in quotes if q["quote"] is not None for at in range(q["start"], q["end"])}
    assert 0 < len(shown) <= len(TEXT) // 4
    assert all(q["quote"] in {None, TEXT[q["start"] : q["end"]]} for q in quotes)


async def test_a_page_shows_what_the_api_has(newsroom: Newsroom) -> None:
    told = await newsroom.publish(rich_event())
    page = await newsroom.http.get(f"/articles/{told.article_id}")
    assert page.status_code == 200
    assert "诺思米尔批准18亿英镑的有轨电车线" in page.text
    assert told.article_id in (await newsroom.http.get("/")).text


async def test_readiness_and_metrics_say_how_far_the_reader_is(newsroom: Newsroom) -> None:
    await newsroom.publish(translated("1"))
    state = (await newsroom.http.get("/readyz")).json()
    assert (state["status"], state["reasons"], state["behind"]) == ("ready", [], None)
    assert state["offset"] > 0

    async def counted() -> bool:
        return 'diglot_reader_articles{state="published"} 1.0' in (await newsroom.http.get("/metrics")).text

    await until("the metrics", counted)
