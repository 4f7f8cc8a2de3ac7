"""The broker and the database of a run. Both keep their ports and their data when they are killed and restarted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cli.embedded import EmbeddedBroker, EmbeddedDatabase, free_port
from shared.stream.topics import create_topics
from tests.support.brokers import Broker
from tests.support.kafka_server import SESSION_SECONDS, KafkaServer

DATABASE: Final = "database"
BROKER: Final = "broker"

BrokerKind = Literal["kafka", "embedded"]
Restart = Callable[[float], None]
"""Kills a server and restarts it after some seconds; returns when it answers again."""


@dataclass(frozen=True)
class Servers:
    """`environment`: where services find them. `restarts`: those that may be killed, by name."""

    bootstrap: str
    database_uri: str
    environment: dict[str, str]
    restarts: dict[str, Restart]


@contextmanager
def running_servers(kind: BrokerKind, directory: Path, *, kill_broker: bool) -> Iterator[Servers]:
    """Give a broker with all topics and a database while the block runs."""
    with _broker(kind, directory) as (broker, restart_broker):
        asyncio.run(create_topics(broker.settings()))
        database = EmbeddedDatabase(free_port(), directory)

        def restart_database(pause: float) -> None:
            nonlocal database
            database.kill()
            time.sleep(pause)
            database = EmbeddedDatabase(database.port, directory)

        restarts: dict[str, Restart] = {DATABASE: restart_database}
        if kill_broker:
            restarts[BROKER] = restart_broker
        try:
            environment = {**broker.environment(), "DIGLOT_MONGODB_URI": database.uri}
            yield Servers(broker.bootstrap, database.uri, environment, restarts)
        finally:
            database.stop()


@contextmanager
def _broker(kind: BrokerKind, directory: Path) -> Iterator[tuple[Broker, Restart]]:
    if kind == "embedded":
        with EmbeddedBroker(free_port(), directory) as embedded:
            yield Broker(embedded.bootstrap, embedded=True), _not_at_all
        return
    server = KafkaServer(directory / "kafka")

    def restart(pause: float) -> None:
        server.kill()
        time.sleep(max(pause, SESSION_SECONDS))  # it can't register again before
        server.start()

    try:
        yield Broker(server.bootstrap, embedded=False), restart
    finally:
        server.kill()


def _not_at_all(_pause: float) -> None:
    raise ValueError("the embedded broker keeps everything in memory, so it can't be killed")
