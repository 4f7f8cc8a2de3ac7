"""Ingest over a real broker, inside the test's process: real HTTP, real records."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from pydantic import SecretStr

from services.ingest.app import create_app
from services.ingest.clock import Clock
from services.ingest.intake import Intake
from services.ingest.settings import IngestSettings
from shared.model import Event, decode
from shared.settings import SourceSettings
from shared.stream import EventProducer, Topic
from shared.stream.topics import RULED, STATUS, SUBMITTED
from shared.telemetry import NO_TRACER, Metrics, serve
from tests.support.brokers import Broker
from tests.support.raw_topic import RawRecord, read_topic

WIRE_KEY = "the key of wire"
DESK_KEY = "the key of desk"


def _source(name: str, key: str, *, versioned: bool = False) -> SourceSettings:
    digest = hashlib.sha256(key.encode()).hexdigest()
    return SourceSettings(name=name, key_sha256=SecretStr(digest), versioned=versioned)


def ingest_settings(broker: Broker, **changes: object) -> IngestSettings:
    sources = {"wire": _source("The Wire", WIRE_KEY), "desk": _source("The Desk", DESK_KEY, versioned=True)}
    return IngestSettings.model_validate({**broker.settings().model_dump(), "sources": sources, **changes})


@dataclass(frozen=True)
class Ingest:
    """A running ingest: `http` posts with the key of the source `wire`."""

    http: httpx.AsyncClient
    port: int
    broker: Broker

    def records(self, topic: Topic, article_id: str) -> list[RawRecord]:
        found = read_topic(self.broker.bootstrap, topic.name, topic.partitions)
        return [record for record in found if record.key.startswith(article_id)]

    def events(self, topic: Topic, article_id: str) -> list[Event]:
        return [decode(record.headers, record.value) for record in self.records(topic, article_id)]


@asynccontextmanager
async def running_ingest(broker: Broker, **changes: object) -> AsyncIterator[Ingest]:
    settings = ingest_settings(broker, **changes)
    producer = EventProducer(
        settings, "/diglot/ingest", (SUBMITTED, RULED, STATUS), deliver_within=settings.ingest_send_timeout
    )
    metrics = Metrics()
    intake = Intake(settings, producer, metrics, Clock())
    app = create_app(
        settings, intake, metrics, lambda: [] if producer.connected else ["no connection to Kafka"], NO_TRACER
    )
    headers = {"Authorization": f"Bearer {WIRE_KEY}"}
    async with serve(app, "127.0.0.1", 0) as port:
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30.0) as client:
            yield Ingest(client, port, broker)
    await intake.close()
    await producer.close()


@pytest.fixture
async def ingest(embedded_broker: Broker) -> AsyncIterator[Ingest]:
    async with running_ingest(embedded_broker) as running:
        yield running
