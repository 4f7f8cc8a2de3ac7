"""The writer process over a real broker and a real database."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from pydantic import SecretStr

from cli.embedded import EmbeddedDatabase, free_port
from services.publish import writer_main
from services.publish.settings import WriterSettings
from shared.model import ArticleId, ArticleRuled, Override, Ruling, Status, article_id
from shared.process import Shutdown
from shared.store import Store, open_store
from shared.stream import EventProducer
from shared.stream.topics import PUBLISHED, RULED, TRANSLATED_DRAFT
from shared.telemetry import Metrics
from tests.integration.publish.conftest import until
from tests.support.brokers import Broker
from tests.support.events import Read, read_topic
from tests.support.translated import retracted, translated


def writer_settings(broker: Broker, uri: str) -> WriterSettings:
    return WriterSettings(
        mongodb_uri=SecretStr(uri),
        mongodb_database=f"t{uuid.uuid4().hex[:12]}",
        kafka_bootstrap=broker.bootstrap,
        kafka_embedded=broker.embedded,
        writer_port=free_port(),
    )


@asynccontextmanager
async def running(settings: WriterSettings) -> AsyncIterator[EventProducer]:
    """A writer; gives what sends events to it."""
    shutdown = Shutdown()
    producer = EventProducer(settings, "/diglot/test", (TRANSLATED_DRAFT, RULED))
    writer = asyncio.create_task(writer_main.run(settings, shutdown))
    try:
        yield producer
    finally:
        shutdown.request()
        await asyncio.wait_for(writer, 30)
        await producer.close()


async def status_of(store: Store, article: ArticleId, revision: int) -> Status | None:
    """The status of publish.draft for a revision."""
    journey = await store.journeys.get(article)
    entries = journey.entries if journey else ()
    return next((e.status for e in entries if e.version.revision == revision and e.stage == "publish.draft"), None)


async def told(broker: Broker, article: ArticleId, at_least: int) -> list[Read]:
    """What article.published has of an article."""

    def read() -> list[Read]:
        return [r for r in read_topic(broker, PUBLISHED, 0, seconds=1.5) if r.key == article.encode()]

    found: list[Read] = []

    async def enough() -> bool:
        found[:] = await asyncio.to_thread(read)
        return len(found) >= at_least

    await until(f"{at_least} records of {article}", enough, 30)
    return found


async def test_editions_repeats_and_retractions_go_through(broker: Broker, mongodb_uri: str) -> None:
    settings = writer_settings(broker, mongodb_uri)
    key = uuid.uuid4().hex
    article = article_id("acme", key)
    async with running(settings) as producer, open_store(settings, Metrics()) as store:

        async def send(revision: int, status: Status, body: str = "a") -> None:
            await producer.send(TRANSLATED_DRAFT, translated(key, revision=revision, body=body))

            async def reported() -> bool:
                return await status_of(store, article, revision) == status

            await until(f"{status} for {revision}", reported, 40)

        await send(1000, "done")
        await send(2000, "unchanged")
        await send(3000, "done", body="b")
        await producer.send(RULED, retracted(key, at=3500))

        async def gone() -> bool:
            stored = await store.articles.get(article)
            return stored is not None and stored.document.state == "retracted"

        await until("the retraction", gone)
        await send(3200, "unchanged", body="c")
        stored = await store.articles.get(article)
        assert stored is not None
        assert stored.document.state == "retracted"

    records = await told(broker, article, 4)
    values = [json.loads(r.value or b"") for r in records]
    assert [(v["state"], v["version"] and v["version"]["revision"]) for v in values] == [
        ("published", 1000),
        ("published", 1000),
        ("published", 3000),
        ("retracted", None),
    ]
    event_ids = [r.headers["ce_id"] for r in records]
    assert event_ids[0] == event_ids[1]
    assert len(set(event_ids)) == 3
    assert values[3]["card"] is None


async def test_rulings_of_other_kinds_are_kept_and_not_applied_yet(embedded_broker: Broker, mongodb_uri: str) -> None:
    settings = writer_settings(embedded_broker, mongodb_uri)
    article = article_id("acme", uuid.uuid4().hex)
    override = Override(leaf="title", language="zh", source_hash="0" * 64, text="另一个标题")
    ruling = Ruling(article_id=article, kind="override", by="editor", at=1000, override=override)
    async with running(settings) as producer, open_store(settings, Metrics()) as store:
        await producer.send(RULED, ArticleRuled(ruling=ruling))

        async def kept() -> bool:
            return await store.rulings.get(ruling.key) is not None

        await until("the ruling", kept, 30)
        assert await store.articles.get(article) is None


async def test_without_its_database_the_writer_waits_and_loses_nothing(embedded_broker: Broker, tmp_path: Path) -> None:
    port = free_port()
    settings = writer_settings(embedded_broker, f"mongodb://127.0.0.1:{port}/?directConnection=true")
    keys = [uuid.uuid4().hex for _ in range(5)]

    async def reasons() -> str:
        async with httpx.AsyncClient(trust_env=False) as http:
            try:
                return (await http.get(f"http://127.0.0.1:{settings.writer_port}/readyz")).text
            except httpx.TransportError:
                return ""

    async with running(settings) as producer, open_store(settings, Metrics()) as store:

        async def waits_from_the_start() -> bool:
            return "the database does not answer" in await reasons()

        await until("the writer to say what it waits for", waits_from_the_start)
        with EmbeddedDatabase(port, tmp_path):
            await producer.send(TRANSLATED_DRAFT, translated(keys[0]))
            await told(embedded_broker, article_id("acme", keys[0]), 1)
        for key in keys[1:]:
            await producer.send(TRANSLATED_DRAFT, translated(key))

        async def paused() -> bool:
            return "publish.draft: paused" in await reasons()

        await until("the pause", paused, 30)
        with EmbeddedDatabase(port, tmp_path):
            for key in keys:
                assert len(await told(embedded_broker, article_id("acme", key), 1)) == 1
            found = await asyncio.gather(*(store.articles.get(article_id("acme", key)) for key in keys))
            assert all(stored is not None for stored in found)
