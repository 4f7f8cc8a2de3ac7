"""Reads topics as they lie on the brokers: what is committed through a consumer, and when from the nodes' own files.

The files tell what no consumer does: which transaction a record belongs to, and when the coordinator decided it.
"""

from __future__ import annotations

import hashlib
import struct
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.record.default_records import ControlRecord, DefaultRecordBatch
from kafka.record.memory_records import MemoryRecords

from shared.stream.topics import Topic
from tests.support.chaos.facts import Written

_READ_SECONDS: Final = 300.0
_TRANSACTIONS: Final = "__transaction_state"
_PREPARE_COMMIT: Final = 2
# version, producer id, producer epoch, timeout, status: the beginning of a transaction's state, alike in all versions
_STATE: Final = struct.Struct(">hqhib")


class Fate(NamedTuple):
    """How a record's transaction ended, and when it was decided (ms)."""

    committed: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as a consumer got it. `content`: a digest of key and value."""

    partition: int
    offset: int
    key: bytes | None
    content: bytes
    headers: Mapping[str, bytes]


def read_committed(bootstrap: str, topic: Topic) -> list[Seen]:
    """All records of a topic that a read_committed consumer gets, each partition in order of offset."""
    with _consumer(bootstrap, topic) as consumer:
        ends = consumer.end_offsets(sorted(consumer.assignment()))
        found: list[Seen] = []
        deadline = time.monotonic() + _READ_SECONDS
        while any(consumer.position(place) < end for place, end in ends.items()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"could not read {topic.name} to its end")
            found += _poll(consumer)
    return sorted(found, key=lambda r: (r.partition, r.offset))


@contextmanager
def following(bootstrap: str, topic: Topic) -> Iterator[Callable[[], list[Seen]]]:
    """A function that gives the records that a read_committed consumer has got since the last call, from the start."""
    with _consumer(bootstrap, topic) as consumer:
        yield lambda: _poll(consumer)


@contextmanager
def _consumer(bootstrap: str, topic: Topic) -> Iterator[KafkaConsumer]:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap.split(","),
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
        max_partition_fetch_bytes=topic.max_bytes + 1024,
    )
    try:
        consumer.assign([TopicPartition(topic.name, number) for number in range(topic.partitions)])
        yield consumer
    finally:
        consumer.close()


def _poll(consumer: KafkaConsumer) -> list[Seen]:
    polled = consumer.poll(timeout_ms=200)
    return [
        Seen(r.partition, r.offset, r.key, digest(r.key, r.value), dict(r.headers))
        for records in polled.values()
        for r in records
    ]


def digest(key: bytes | None, value: bytes | None) -> bytes:
    """What two records have in common when their keys and values are the same, and only then."""
    return hashlib.blake2b(repr((key, value)).encode(), digest_size=16).digest()


def written(bootstrap: str, logs: Path, topic: Topic, decisions: Mapping[int, Sequence[int]]) -> list[Written]:
    """The committed records of a topic, with the moment of their commit. `logs`: the files of a node that has all."""
    records = read_committed(bootstrap, topic)
    fates = {n: transactions(batches(logs, topic.name, n), decisions) for n in range(topic.partitions)}
    for number, of_partition in fates.items():
        committed = {offset for offset, fate in of_partition.items() if fate.committed}
        consumed = {r.offset for r in records if r.partition == number}
        if committed != consumed:
            odd = sorted(committed ^ consumed)[:5]
            raise RuntimeError(f"{topic.name}[{number}]: the consumer and the files do not agree on the offsets {odd}")
    return [
        Written(
            article=r.headers["ce_id"].decode(),
            key=(r.key or b"").decode(),
            content=r.content,
            partition=r.partition,
            offset=r.offset,
            committed_ms=fates[r.partition][r.offset].at_ms,
        )
        for r in records
    ]


def transactions(log: Iterator[DefaultRecordBatch], decisions: Mapping[int, Sequence[int]]) -> dict[int, Fate]:
    """How each record of a partition's log ended, by offset; those of a transaction that is still open are left out.

    A record without a transaction counts as committed when it was sent.
    """
    fates: dict[int, Fate] = {}
    open_offsets: dict[int, list[int]] = defaultdict(list)
    for batch in log:
        if batch.is_control_batch:
            for marker in batch:
                fate = _fate(marker, decisions.get(batch.producer_id, ()))
                fates.update(dict.fromkeys(open_offsets.pop(batch.producer_id, ()), fate))
            continue
        if batch.is_transactional:
            open_offsets[batch.producer_id] += [record.offset for record in batch]
        else:
            fates.update({record.offset: Fate(True, record.timestamp) for record in batch})
    return fates


def decided(decisions: Sequence[int], marked: int) -> int:
    """The moment of the decision that a marker written at `marked` carries out: the coordinator's latest before it.

    Raises RuntimeError where there is none: then the coordinator's log was not read right, or not all of it.
    """
    place = bisect_right(decisions, marked)
    if not place:
        raise RuntimeError(f"no coordinator decided the commit that was carried out at {marked}")
    return decisions[place - 1]


def commit_decisions(logs: Path) -> dict[int, list[int]]:
    """When the coordinators decided to commit, per producer id, in order (ms): what stands in their own log."""
    found: dict[int, list[int]] = defaultdict(list)
    for directory in sorted(logs.glob(f"{_TRANSACTIONS}-*")):
        for batch in batches(logs, _TRANSACTIONS, int(directory.name.rpartition("-")[2])):
            if batch.is_control_batch:
                continue
            for record in batch:
                if record.value is None:
                    continue
                _, producer_id, _, _, status = _STATE.unpack_from(record.value)
                if status == _PREPARE_COMMIT:
                    found[producer_id].append(record.timestamp)
    return {producer_id: sorted(moments) for producer_id, moments in found.items()}


def batches(logs: Path, topic: str, partition: int) -> Iterator[DefaultRecordBatch]:
    """The record batches in a partition's files, in order."""
    for segment in sorted((logs / f"{topic}-{partition}").glob("*.log")):
        yield from MemoryRecords(segment.read_bytes())


def _fate(marker: ControlRecord, decisions: Sequence[int]) -> Fate:
    if not marker.commit:
        return Fate(False, marker.timestamp)
    return Fate(True, decided(decisions, marker.timestamp))
