"""Reads records of topics by their offsets, without a group: for tools that look at what is there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError

from shared.errors import Unavailable
from shared.settings import CommonSettings
from shared.stream._clients import describe, make_free_consumer
from shared.stream._records import Partition
from shared.stream.topics import Topic

_ANSWER_SECONDS: Final = 10.0
_SILENT_SECONDS: Final = 3.0
"""How long nothing may come before the rest of a range counts as unreadable: an open transaction holds it up."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record as it lies on a topic; `at` is when it was sent (ms), by the clock of whoever sent it."""

    partition: Partition
    offset: int
    at: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def partitions_of(topic: Topic) -> list[Partition]:
    """All partitions of a topic."""
    return [Partition(topic.name, number) for number in range(topic.partitions)]


class TopicReader:
    """A connection for the length of a `with` block; blocking, so for a thread.

    It sees what a read_committed consumer sees. Every method raises Unavailable when the broker does not answer.
    `fetch_bytes`: how much of a partition to fetch at a time, where single records are wanted; they may be larger.
    """

    def __init__(
        self, settings: CommonSettings, client_id: str, topics: Sequence[Topic], *, fetch_bytes: int | None = None
    ) -> None:
        self._settings = settings
        self._client_id = client_id
        self._topics = topics
        self._fetch_bytes = fetch_bytes or max(topic.max_bytes for topic in topics)

    def __enter__(self) -> Self:
        self._consumer: KafkaConsumer = make_free_consumer(self._settings, self._client_id, self._fetch_bytes)
        try:
            with _broker_errors():
                missing = sorted({topic.name for topic in self._topics} - self._consumer.topics())
            if missing:
                raise Unavailable(f"there is no topic {', '.join(missing)}: run python -m shared.stream.topics_main")
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        self._consumer.close(autocommit=False)

    def begins(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The first offset that each partition still has."""
        with _broker_errors():
            theirs = [TopicPartition(*partition) for partition in partitions]
            found = self._consumer.beginning_offsets(theirs, timeout_ms=_ANSWER_SECONDS * 1000)
            return {Partition(*partition): int(offset) for partition, offset in found.items()}

    def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The offset after the last one of each partition that can be read now."""
        theirs = [TopicPartition(*partition) for partition in partitions]
        with _broker_errors():
            if self._settings.kafka_embedded:
                return self._ends_by_fetch(theirs)
            found = self._consumer.end_offsets(theirs, timeout_ms=_ANSWER_SECONDS * 1000)
            return {Partition(*partition): int(offset) for partition, offset in found.items()}

    def _ends_by_fetch(self, theirs: Sequence[TopicPartition]) -> dict[Partition, int]:
        # The embedded broker answers the question for the end wrongly; each answer to a fetch says where it is.
        self._consumer.assign(theirs)
        self._consumer.seek_to_beginning(*theirs)
        deadline = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < deadline:
            self._consumer.poll(timeout_ms=20, max_records=1)
            ends = {Partition(*partition): self._consumer.highwater(partition) for partition in theirs}
            if None not in ends.values():
                return {partition: int(end) for partition, end in ends.items() if end is not None}
        raise Unavailable("the broker did not say where its topics end")

    def read(self, partition: Partition, begin: int, end: int) -> Iterator[Found]:
        """Give the records from `begin` on, before `end`, as far as they are still there.

        Ends early where an open transaction holds the rest up.
        """
        try:
            yield from self._read(partition, begin, end)
        except OffsetOutOfRangeError:
            first = self.begins([partition])[partition]
            if begin < first < end:
                yield from self.read(partition, first, end)

    def _read(self, partition: Partition, begin: int, end: int) -> Iterator[Found]:
        theirs = TopicPartition(*partition)
        with _broker_errors():
            self._consumer.assign([theirs])
            self._consumer.seek(theirs, begin)
        position, deadline = begin, time.monotonic() + _SILENT_SECONDS
        while position < end and time.monotonic() < deadline:
            with _broker_errors():
                polled = self._consumer.poll(timeout_ms=100)
                # Past the last record there may be offsets without one: a transaction's marker takes one.
                after = self._consumer.position(theirs, timeout_ms=0) or position
            for batch in polled.values():
                for record in batch:
                    if record.offset < end:
                        # Kafka has headers without a value, which kafka-python reads and can't send.
                        headers = tuple((name, value or b"") for name, value in record.headers)
                        yield Found(partition, record.offset, record.timestamp, record.key, record.value, headers)
            if after > position:
                position, deadline = after, time.monotonic() + _SILENT_SECONDS

    def first(self, partition: Partition, begin: int, end: int) -> Found | None:
        """The first record at or after `begin`, before `end`; None where there is none."""
        return next(self.read(partition, begin, end), None)

    def offsets_at(self, at: int, begins: dict[Partition, int], ends: dict[Partition, int]) -> dict[Partition, int]:
        """The offset of each partition's first record that was sent at `at` (ms) or later; its end where none was."""
        if self._settings.kafka_embedded:
            return {partition: self._search(partition, at, begins[partition], ends[partition]) for partition in ends}
        with _broker_errors():
            found = self._consumer.offsets_for_times(
                {TopicPartition(*partition): at for partition in ends}, timeout_ms=_ANSWER_SECONDS * 1000
            )
        return {
            partition: ends[partition] if (hit := found.get(TopicPartition(*partition))) is None else int(hit.offset)
            for partition in ends
        }

    def _search(self, partition: Partition, at: int, low: int, high: int) -> int:
        # The embedded broker answers the question for a time wrongly.
        while low < high:
            middle = (low + high) // 2
            found = self.first(partition, middle, high)
            if found is None or found.at >= at:
                high = middle
            else:
                low = found.offset + 1
        return low


@contextmanager
def _broker_errors() -> Iterator[None]:
    try:
        yield
    except OffsetOutOfRangeError:
        raise
    except KafkaError as error:
        raise Unavailable(f"the broker does not answer as expected: {describe(error)}") from error
