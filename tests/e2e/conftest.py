"""The whole product for one test module: a broker, a database and every service, all of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from cli.embedded import EmbeddedBroker, EmbeddedDatabase, free_port
from shared.stream.topics import create_topics
from tests.support.brokers import Broker
from tests.support.browser import open_browser
from tests.support.kafka_server import KafkaServer
from tests.support.system import System

SOURCES = {"wire": {"name": "The Wire"}, "dated": {"name": "Dated Wire", "versioned": True}}


@dataclass(frozen=True)
class Product:
    """The running services, and the servers below them."""

    system: System
    bootstrap: str
    mongodb_uri: str


def _product(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    asyncio.run(create_topics(broker.settings()))
    directory = tmp_path_factory.mktemp("system")
    with EmbeddedDatabase(free_port(), directory) as database:
        environment = {
            **broker.environment(),
            "DIGLOT_MONGODB_URI": database.uri,
            "DIGLOT_SOURCES": json.dumps(SOURCES),
        }
        with System(directory, environment) as system:
            yield Product(system, broker.bootstrap, database.uri)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on the embedded broker."""
    with EmbeddedBroker(free_port(), tmp_path_factory.mktemp("broker")) as broker:
        yield from _product(Broker(broker.bootstrap, embedded=True), tmp_path_factory)


@pytest.fixture(scope="module")
def product_on_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on Apache Kafka."""
    server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    try:
        yield from _product(Broker(server.bootstrap, embedded=False), tmp_path_factory)
    finally:
        server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Not for the whole session: while it runs, this thread can't start an event loop."""
    with open_browser() as running:
        yield running
