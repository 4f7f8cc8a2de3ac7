"""Follows a topic of one partition without a group: every reader sees all of it, in one order."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, ParamSpec, TypeVar

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError, RetriableError

from shared.errors import OffsetGone, Poison, Unavailable
from shared.model import Event, decode, header
from shared.settings import CommonSettings
from shared.stream._clients import describe, make_free_consumer
from shared.stream.topics import Topic
from shared.stream.trace import event_attributes, record_attributes
from shared.telemetry import NO_TRACER, Attributes, Step, Tracer

_POLL_SECONDS: Final = 0.5
_EXTENT_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 0.5

P = ParamSpec("P")
T = TypeVar("T")
_Headers = tuple[tuple[str, bytes], ...]
_Raw = tuple[int, _Headers, bytes | None]

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a topic holds at a moment: offsets from `begin` up to, not including, `end`, of the cluster with this id."""

    cluster_id: str
    begin: int
    end: int


class TopicFollower:
    """Reads one topic from an offset on. Not for several tasks at once. `tracer`: takes each event that is followed.

    The order that misses nothing: `extent`, then load what the events are about, then `follow(extent.end)`.
    """

    def __init__(self, topic: Topic, settings: CommonSettings, tracer: Tracer = NO_TRACER) -> None:
        if topic.partitions != 1:
            raise ValueError(f"{topic.name} has {topic.partitions} partitions; only one has an order")
        self._topic = topic
        self._settings = settings
        self._tracer = tracer
        self._partition = TopicPartition(topic.name, 0)
        self._consumer: KafkaConsumer | None = None
        self._cluster_id = ""
        # kafka-python blocks; all its calls are made in this thread.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"follow-{topic.name}")
        self.position = 0
        """The next offset that will be read. Reaches an extent's end also where its last offsets hold no event."""
        self.problem: str | None = "not connected to the broker yet"
        """Why nothing can be read right now, or None."""

    async def extent(self) -> Extent:
        """Note what the topic holds now. Raises Unavailable."""
        return await self._in_thread(self._extent)

    async def follow(self, offset: int) -> AsyncIterator[tuple[int, Event]]:
        """Give each event from `offset` on with its offset, as they come, for ever.

        A broker that is away is waited for. A record that is no event of ours is logged and left out. Raises OffsetGone
        when the offset is no longer there, and Unavailable for an event that is newer than this program: `position`
        stays before it.
        """
        await self._in_thread(self._seek, offset)
        self.position = offset
        while True:
            records, after = await self._in_thread(self._read)
            for record_offset, headers, value in records:
                self.position = record_offset
                try:
                    event = decode(headers, value)
                except Poison as error:
                    log.error("not an event", topic=self._topic.name, offset=record_offset, reason=str(error))
                    continue
                step = self._begin_step(record_offset, headers, value, event)
                try:
                    yield record_offset, event
                finally:
                    step.end()
            self.position = max(self.position, after)

    def _begin_step(self, offset: int, headers: _Headers, value: bytes | None, event: Event) -> Step:
        def attributes() -> Attributes:
            return {**record_attributes(self._topic.name, 0, offset, value), **event_attributes(event)}

        return self._tracer.step(
            header(headers, "ce_traceparent"), f"{self._topic.name} follow", "consumer", attributes
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._in_thread(self._close)
        self._thread.shutdown(wait=False)

    async def _in_thread(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, functools.partial(call, *args, **kwargs))

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            name = f"diglot-follow-{self._topic.name}"
            self._consumer = make_free_consumer(self._settings, name, self._topic.max_bytes)
            self._consumer.assign([self._partition])
        return self._consumer

    def _extent(self) -> Extent:
        try:
            consumer = self._connected()
            consumer.seek_to_beginning(self._partition)
            begin = consumer.position(self._partition, timeout_ms=_EXTENT_SECONDS * 1000)
            end = self._end(consumer)
        except KafkaError as error:
            raise Unavailable(f"{self._topic.name} can't be read: {describe(error)}") from error
        self._cluster_id = self._current_cluster(consumer)
        return Extent(self._cluster_id, begin or 0, max(end, begin or 0))

    def _end(self, consumer: KafkaConsumer) -> int:
        # Not `end_offsets`, which the embedded broker answers wrongly: each answer to a fetch says where the end is.
        deadline = time.monotonic() + _EXTENT_SECONDS
        while time.monotonic() < deadline:
            consumer.poll(timeout_ms=50, max_records=1)
            end = consumer.highwater(self._partition)
            if end is not None:
                return int(end)
        raise Unavailable(f"the broker did not say where {self._topic.name} ends")

    def _seek(self, offset: int) -> None:
        try:
            consumer = self._connected()
            consumer.seek(self._partition, offset)
        except KafkaError as error:
            raise Unavailable(f"{self._topic.name} can't be read: {describe(error)}") from error
        self._cluster_id = self._cluster_id or self._current_cluster(consumer)

    def _read(self) -> tuple[list[_Raw], int]:
        consumer = self._connected()
        try:
            polled = consumer.poll(timeout_ms=int(_POLL_SECONDS * 1000))
            after = consumer.position(self._partition, timeout_ms=0)
        except OffsetOutOfRangeError as error:
            raise OffsetGone(f"{self._topic.name} no longer has offset {self.position}") from error
        except RetriableError as error:
            self.problem = describe(error)
            time.sleep(_RETRY_SECONDS)
            return [], 0
        except KafkaError as error:
            raise Unavailable(f"{self._topic.name} can't be read: {describe(error)}") from error
        if self._current_cluster(consumer) != self._cluster_id:
            raise OffsetGone(f"{self._topic.name} is on another cluster now")
        self.problem = None
        records = [(r.offset, tuple(r.headers), r.value) for batch in polled.values() for r in batch]
        return records, after or 0

    @staticmethod
    def _current_cluster(consumer: KafkaConsumer) -> str:
        # The id comes with each refresh of the metadata; there is no public way to it.
        return str(consumer._client.cluster.cluster_id)  # noqa: SLF001

    def _close(self) -> None:
        if self._consumer is not None:
            self._consumer.close(autocommit=False)
            self._consumer = None
