"""What a reader does when the broker or the database goes away, and what it shows of the text."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from cli.embedded import EmbeddedBroker, EmbeddedDatabase, free_port
from services.publish.clock import system_clock
from services.publish.settings import ReaderSettings
from services.publish.writer import Writer
from shared.errors import Unavailable
from shared.model import ArticleStatus, Version, article_id
from shared.settings import SourceSettings
from shared.store import Store, open_store
from shared.stream import EventProducer, create_topics
from shared.stream.topics import PUBLISHED
from shared.telemetry import Metrics
from tests.integration.publish.conftest import reading, until
from tests.support.brokers import Broker
from tests.support.translated import translated


async def publish(store: Store, key: str) -> str:
    """Store an article as the writer does, and tell nobody."""
    told = await Writer(store, system_clock, 0).publish(translated(key))
    assert told is not None
    return told.article_id


async def listed(http: httpx.AsyncClient) -> set[str]:
    answer = await http.get("/v1/articles")
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


async def test_a_broker_that_lost_everything_makes_the_reader_load_anew(mongodb_uri: str, tmp_path: Path) -> None:
    port = free_port()
    with EmbeddedBroker(port, tmp_path) as broker:
        settings = ReaderSettings(
            mongodb_uri=SecretStr(mongodb_uri),
            mongodb_database=f"t{port}",
            kafka_bootstrap=broker.bootstrap,
            kafka_embedded=True,
            read_port=free_port(),
        )
        await create_topics(settings)
        async with open_store(settings, Metrics()) as store, reading(settings) as (http, _):
            first = await publish(store, "1")
            assert await listed(http) == set(), "nobody has told the reader yet"
            broker.kill()

            async def behind() -> bool:
                reason = (await http.get("/readyz")).json()["behind"]
                assert reason in {None, "the broker or the database can't be read right now; the log says why"}, (
                    "no addresses for the public"
                )
                return reason is not None

            await until("the reader to notice", behind, 30)
            assert (await http.get("/readyz")).status_code == 200, "it still answers from what it has"
            with EmbeddedBroker(port, tmp_path):
                await create_topics(settings)

                async def found() -> bool:
                    return await listed(http) == {first}

                await until("the reader to load anew", found, 60)
                producer = EventProducer(settings, "/diglot/test", (PUBLISHED,))
                told = await Writer(store, system_clock, 0).publish(translated("2"))
                assert told is not None
                await producer.send(PUBLISHED, told)

                async def followed() -> bool:
                    return await listed(http) == {first, told.article_id}

                await until("the reader to follow again", followed, 30)
                await producer.close()


async def test_without_the_database_lists_and_hot_documents_are_still_answered(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    port = free_port()
    uri = f"mongodb://127.0.0.1:{port}/?directConnection=true"
    settings = ReaderSettings(
        mongodb_uri=SecretStr(uri),
        kafka_bootstrap=embedded_broker.bootstrap,
        kafka_embedded=True,
        read_port=free_port(),
    )
    with EmbeddedDatabase(port, tmp_path) as database:
        async with open_store(settings, Metrics()) as store:
            hot, cold = await publish(store, "hot"), await publish(store, "cold")
        async with reading(settings) as (http, _):
            assert (await http.get(f"/v1/articles/{hot}")).status_code == 200
            database.stop()
            assert await listed(http) == {hot, cold}
            assert (await http.get(f"/v1/articles/{hot}")).status_code == 200
            away = await http.get(f"/v1/articles/{cold}", timeout=30)
            assert away.status_code == 503
            assert away.headers["content-type"] == "application/problem+json"
            assert int(away.headers["retry-after"]) > 0
            assert (await http.get(f"/articles/{cold}", timeout=30)).status_code == 503


async def test_a_journey_that_is_followed_goes_on_when_the_database_is_back(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    port = free_port()
    settings = ReaderSettings(
        mongodb_uri=SecretStr(f"mongodb://127.0.0.1:{port}/?directConnection=true"),
        kafka_bootstrap=embedded_broker.bootstrap,
        kafka_embedded=True,
        read_port=free_port(),
    )
    article = article_id("acme", "1")

    def report(stage: str) -> ArticleStatus:
        version = Version(revision=1000)
        return ArticleStatus(article_id=article, version=version, stage=stage, status="done", at=1)

    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings, Metrics()))
        with EmbeddedDatabase(port, tmp_path):
            await store.journeys.record([report("analyze.draft")])
            http, _ = await stack.enter_async_context(reading(settings))
            path, accept = f"/v1/articles/{article}/journey", {"Accept": "text/event-stream"}
            stream = await stack.enter_async_context(http.stream("GET", path, headers=accept, timeout=30))
            lines = (line async for line in stream.aiter_lines() if line.startswith("data: "))
            assert "analyze.draft" in await anext(lines)
        with pytest.raises(Unavailable):
            await store.journeys.get(article)
        assert (await http.get(path, timeout=30)).status_code == 503
        with EmbeddedDatabase(port, tmp_path):
            await store.journeys.record([report("publish.draft")])
            assert "publish.draft" in await asyncio.wait_for(anext(lines), 30)


async def test_the_text_is_served_where_the_source_shows_it(reader_settings: ReaderSettings, store: Store) -> None:
    shown = SourceSettings(name="Acme", show_text=True)
    settings = reader_settings.model_copy(update={"sources": {"acme": shown}})
    event = translated("1")
    article = await publish(store, "1")
    async with reading(settings) as (http, _):
        document = (await http.get(f"/v1/articles/{article}")).json()
    assert document["text"] == event.article.text
