"""Servers that tests ask for by name; each starts once a run, on free ports, and is stopped at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from cli.embedded import EmbeddedBroker, EmbeddedDatabase, free_port
from shared.stream.topics import create_topics
from tests.support.brokers import Broker
from tests.support.kafka_server import KafkaServer

# The machines that run this are shared: how long an example takes says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted (`record_property`), which a green dot would hide."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name} = {value}")


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """The default renderer draws tracebacks with their variables, which takes minutes where one holds an article."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback, colors=False),
        ]
    )


@pytest.fixture(scope="session")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The embedded broker with all topics."""
    with EmbeddedBroker(free_port(), tmp_path_factory.mktemp("broker")) as server:
        broker = Broker(server.bootstrap, embedded=True)
        asyncio.run(create_topics(broker.settings()))
        yield broker


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real Apache Kafka with all topics; a test that uses it is marked `kafka`."""
    server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    try:
        broker = Broker(server.bootstrap, embedded=False)
        asyncio.run(create_topics(broker.settings()))
        yield broker
    finally:
        server.kill()


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Both brokers, one after the other: the same test must pass on each."""
    found = request.getfixturevalue(f"{request.param}_broker")
    assert isinstance(found, Broker)
    return found


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedDatabase]:
    """The embedded database; tests keep apart by using a database name of their own."""
    with EmbeddedDatabase(free_port(), tmp_path_factory.mktemp("database")) as server:
        yield server


@pytest.fixture(scope="session")
def mongodb_uri(database_server: EmbeddedDatabase) -> str:
    return database_server.uri
