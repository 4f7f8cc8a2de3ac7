"""Reads a topic as it lies on the broker, past the project's own runtime."""

from __future__ import annotations

from dataclasses import dataclass

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

_QUIET_MS = 1500


@dataclass(frozen=True)
class RawRecord:
    key: str
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str:
        return dict(self.headers)[name].decode()


def read_topic(bootstrap: str, topic: str, partitions: int) -> list[RawRecord]:
    """Return every record of a topic from its beginning, read_committed, until none comes for 1.5 s."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=_QUIET_MS,
        fetch_max_wait_ms=20,
    )
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        return [RawRecord(record.key.decode(), record.value, tuple(record.headers)) for record in consumer]
    finally:
        consumer.close()


def write_topic(bootstrap: str, topic: str, key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    """Put one record on a topic as it is given, and wait until it is there."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        producer.send(topic, value, key, headers).get(10)
    finally:
        producer.close()
