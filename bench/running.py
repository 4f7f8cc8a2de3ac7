"""Real Kafka brokers for a benchmark, our stage on them, and what the brokers say about its progress."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import RetriableError

from bench.children import Child, Orders
from bench.topics import fresh_name, topic
from shared.model import Event, encode
from shared.settings import CommonSettings
from shared.stream._admin import TopicAdmin
from shared.stream.topics import STATUS, Topic, dead_letter_topic
from tests.support.kafka_cluster import KafkaCluster
from tests.support.kafka_server import KafkaServer

_LOOK_SECONDS: Final = 0.05
_READ_SECONDS: Final = 60.0
_OUTSTANDING: Final = 2_000  # records; kafka-python has no bound of its own


class Brokers:
    """Running brokers and an admin connection to them."""

    def __init__(self, bootstrap: str, copies: int) -> None:
        self.bootstrap = bootstrap
        self._copies = copies
        self._admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._admin.close()

    def make(self, *topics: Topic) -> None:
        """Create topics and wait until they have leaders."""
        settings = CommonSettings(kafka_bootstrap=self.bootstrap, kafka_replication=self._copies)
        with TopicAdmin(settings, wait=30) as admin:
            for topic in topics:
                admin.create(topic.name, topic.partitions, self._copies, topic.config(self._copies))
            admin.wait_for([topic.name for topic in topics])

    def make_for_stage(self, name: str, consumes: Topic, produces: Topic) -> None:
        """Create what a stage needs besides its input: its output, dead letters, and the statuses of all stages."""
        self.make(produces, dead_letter_topic(name, (consumes,)), STATUS)

    def delete(self, *topics: Topic) -> None:
        """Delete topics, so that many runs don't fill the disk."""
        self._admin.delete_topics([topic.name for topic in topics])

    def fill(self, into: Topic, events: Iterable[Event]) -> int:
        """Put events on a topic, in order, as ingest does; returns how many."""
        producer = KafkaProducer(
            bootstrap_servers=self.bootstrap.split(","),
            acks="all",
            linger_ms=5,
            batch_size=256 * 1024,
            max_request_size=into.max_bytes,
        )
        count = 0
        try:
            for event in events:
                record = encode(event, "/diglot/bench")
                producer.send(into.name, record.value, record.key, list(record.headers))
                count += 1
                if count % _OUTSTANDING == 0:
                    producer.flush()
            producer.flush()
        finally:
            producer.close()
        return count

    def committed(self, group: str) -> int:
        """Records that a group has committed; right for an input without transaction markers."""
        try:
            offsets = self._admin.list_group_offsets([group])[group]
        except RetriableError:  # a broker that never had a group before
            return 0
        return sum(max(0, place.offset) for place in offsets.values())

    def written(self, to: Topic) -> int:
        """Records on a topic, right where no transaction wrote them."""
        places = {TopicPartition(to.name, number): -1 for number in range(to.partitions)}  # -1: the end
        return sum(found.offset for found in self._admin.list_partition_offsets(places).values())

    def keys(self, of: Topic, at_least: int) -> list[bytes]:
        """The key of every record of a topic that a read_committed consumer sees; fewer than so many if time is up."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.bootstrap.split(","),
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=of.max_bytes,
        )
        places = [TopicPartition(of.name, number) for number in range(of.partitions)]

        def more() -> bool:
            return any(consumer.position(place) < end for place, end in consumer.end_offsets(places).items())

        try:
            consumer.assign(places)
            found: list[bytes] = []
            deadline = time.monotonic() + _READ_SECONDS
            # To the end, as what should not be there may be the last.
            while (len(found) < at_least or more()) and time.monotonic() < deadline:
                for records in consumer.poll(timeout_ms=200).values():
                    found += [record.key for record in records]
            return found
        finally:
            consumer.close()


@contextmanager
def kafka(directory: Path, nodes: int = 1) -> Iterator[Brokers]:
    """Start one broker, or three with three copies of everything; SIGTERM ends them too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if nodes == 1:
        server = KafkaServer(directory / "kafka")
        try:
            with Brokers(server.bootstrap, 1) as brokers:
                yield brokers
        finally:
            server.kill()
    else:
        with KafkaCluster(directory) as cluster, Brokers(cluster.bootstrap, 3) as brokers:
            yield brokers


@dataclass(frozen=True)
class Running:
    """Our stage in a process of its own."""

    name: str
    source: Topic
    target: Topic
    child: Child


@contextmanager
def running(
    brokers: Brokers, directory: Path, events: Iterable[Event], options: Mapping[str, float | str]
) -> Iterator[Running]:
    """Put events on a new topic and start our stage on it; `options` are those of `bench.worker`."""
    name = fresh_name()
    source, target = topic(f"{name}.in"), topic(f"{name}.out")
    brokers.make(source)
    brokers.make_for_stage(name, source, target)
    brokers.fill(source, events)
    orders = Orders(brokers.bootstrap, name, source.name, target.name, options)
    with Child("bench.worker", orders, directory / "worker.log") as child:
        yield Running(name, source, target, child)


def until(what: str, condition: Callable[[], bool], check: Callable[[], None], seconds: float) -> float:
    """Wait for a condition and return the monotonic time when it held; `check` raises where it no longer can."""
    deadline = time.monotonic() + seconds
    while not condition():
        check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took more than {seconds:.0f} s")
        time.sleep(_LOOK_SECONDS)
    return time.monotonic()
