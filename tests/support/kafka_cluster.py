"""Three real Apache Kafka nodes: three copies of everything, two of them needed for a write."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.support.kafka_server import HOST, SESSION_SECONDS, KafkaNode, new_cluster_id

NODES: Final = 3
_ASK_SECONDS: Final = 120.0

T = TypeVar("T")


@dataclass(frozen=True)
class Ports:
    """The ports of one node. `clients` is the listener whose advertised address is `seen_by_clients`."""

    inner: int
    controller: int
    clients: int
    seen_by_clients: int


class KafkaCluster:
    """The running nodes, by node id from 1 on. Tests reach them directly at `bootstrap`.

    A second listener of each node tells its clients another address than its own, so that a proxy can stand between.
    """

    def __init__(self, directory: Path) -> None:
        free = iter(_free_ports(4 * NODES))
        self.ports = {n: Ports(next(free), next(free), next(free), next(free)) for n in range(1, NODES + 1)}
        voters = ",".join(f"{n}@{HOST}:{ports.controller}" for n, ports in self.ports.items())
        cluster_id = new_cluster_id()

        def node(number: int) -> KafkaNode:
            ports = self.ports[number]
            return KafkaNode(directory / f"kafka{number}", cluster_id, number, voters, ports.inner, _properties(ports))

        with ThreadPoolExecutor(NODES) as pool:
            self.nodes = dict(zip(self.ports, pool.map(node, self.ports), strict=True))
        self._killed_at: dict[int, float] = {}

    def __enter__(self) -> Self:
        try:
            for node in self.nodes.values():
                node.launch()
            for node in self.nodes.values():
                node.wait_until_up()
        except BaseException:
            self.kill_all()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.kill_all()

    @property
    def bootstrap(self) -> str:
        return ",".join(node.bootstrap for node in self.nodes.values())

    def kill_all(self) -> None:
        """End all nodes at once: SIGTERM to the last two would hang, as they have no majority any more."""
        for node in self.nodes.values():
            if node.alive:
                node.kill()

    def kill(self, number: int) -> None:
        """End one node with SIGKILL."""
        self.nodes[number].kill()
        self._killed_at[number] = time.monotonic()

    def start(self, number: int) -> None:
        """Start a node that was killed or stopped, no sooner than the others have given it up."""
        given_up = self._killed_at.pop(number, 0.0) + SESSION_SECONDS
        time.sleep(max(0.0, given_up - time.monotonic()))
        self.nodes[number].start()

    def wait_until_in_sync(self) -> None:
        """Wait until every partition of every topic has all its copies in sync."""

        def complete(admin: KafkaAdminClient) -> bool:
            partitions = [p for topic in admin.describe_topics() for p in topic["partitions"]]
            return all(len(p["isr_nodes"]) == len(p["replica_nodes"]) for p in partitions)

        deadline = time.monotonic() + _ASK_SECONDS
        while not self.ask(complete):
            if time.monotonic() > deadline:
                raise TimeoutError("the copies did not catch up")
            time.sleep(0.25)

    def ask(self, question: Callable[[KafkaAdminClient], T]) -> T:
        """Ask the cluster something, again while a node that was just killed gets in the way."""
        deadline = time.monotonic() + _ASK_SECONDS
        while True:
            try:
                with _admin(self.bootstrap) as admin:
                    return question(admin)
            except KafkaError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    """So many different ports: each is held until the last one is found, or one might be found twice."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@contextmanager
def _admin(bootstrap: str) -> Iterator[KafkaAdminClient]:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), request_timeout_ms=5000, bootstrap_timeout_ms=5000)
    try:
        yield admin
    finally:
        admin.close()


def _properties(ports: Ports) -> dict[str, str]:
    return {
        "listeners": f"PLAINTEXT://{HOST}:{ports.inner},CLIENTS://{HOST}:{ports.clients},"
        f"CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{ports.inner},CLIENTS://{HOST}:{ports.seen_by_clients}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "offsets.topic.replication.factor": "3",
        "transaction.state.log.replication.factor": "3",
        "transaction.state.log.min.isr": "2",
        "share.coordinator.state.topic.replication.factor": "3",
        "share.coordinator.state.topic.min.isr": "2",
        "default.replication.factor": "3",
        "min.insync.replicas": "2",
    }
