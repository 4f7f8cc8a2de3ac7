from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from cli.embedded import free_port
from services.publish import reader_main
from services.publish.clock import system_clock
from services.publish.settings import ReaderSettings
from services.publish.writer import Writer
from shared.model import ArticlePublished, ArticleRuled, ArticleTranslated
from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.store import Store
from shared.stream import EventProducer
from shared.stream.topics import PUBLISHED
from tests.support.brokers import Broker


async def until(what: str, probe: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    """Wait until `probe` gives True; fail after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await probe():
        assert asyncio.get_running_loop().time() < deadline, f"waited {seconds:.0f} s for {what}"
        await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Newsroom:
    """A running reader, and what publishes for it: the writer's own code, without the stages before it."""

    http: httpx.AsyncClient
    store: Store
    writer: Writer
    producer: EventProducer
    shutdown: Shutdown

    async def publish(self, event: ArticleTranslated | ArticleRuled) -> ArticlePublished:
        """Apply an event and wait until the reader has the change."""
        if isinstance(event, ArticleTranslated):
            told = await self.writer.publish(event)
        else:
            told = await self.writer.retract(event.ruling, event.id)
        assert told is not None
        await self.producer.send(PUBLISHED, told)

        async def arrived() -> bool:
            answer = await self.http.get(f"/v1/articles/{told.article_id}")
            gone = told.state == "retracted"
            return answer.status_code == 410 if gone else answer.json().get("change", 0) >= told.change

        await until(f"{told.article_id} to reach the reader", arrived)
        return told


@pytest.fixture
def reader_settings(settings: CommonSettings, embedded_broker: Broker) -> ReaderSettings:
    return ReaderSettings(
        mongodb_uri=settings.mongodb_uri,
        mongodb_database=settings.mongodb_database,
        kafka_bootstrap=embedded_broker.bootstrap,
        kafka_embedded=True,
        read_port=free_port(),
    )


@asynccontextmanager
async def reading(settings: ReaderSettings) -> AsyncIterator[tuple[httpx.AsyncClient, Shutdown]]:
    """A reader that has loaded everything; gives a client of it, and what tells it to stop."""
    shutdown = Shutdown()
    reader = asyncio.create_task(reader_main.run(settings, shutdown))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.read_port}", trust_env=False) as http:

        async def ready() -> bool:
            assert not reader.done(), reader
            try:
                return (await http.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await until("the reader", ready)
        yield http, shutdown
        shutdown.request()
        await asyncio.wait_for(reader, 15)


@pytest.fixture
async def newsroom(reader_settings: ReaderSettings, store: Store) -> AsyncIterator[Newsroom]:
    producer = EventProducer(reader_settings, "/diglot/test", (PUBLISHED,))
    async with reading(reader_settings) as (http, shutdown):
        yield Newsroom(http, store, Writer(store, system_clock, ready_after_ms=0), producer, shutdown)
    await producer.close()
