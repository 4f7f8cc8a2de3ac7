"""The thread that drives kafka-python's consumer: it reads, pauses, commits and takes part in the group.

Rebalance callbacks run on kafka-python's own IO thread, which also sends the heartbeats: they mark and await, and
never block. While one runs, this thread is inside `poll`, so no record of a partition is read after its callback.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, Protocol

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import AsyncConsumerRebalanceListener
from kafka.errors import (
    AuthorizationError,
    CorruptRecordError,
    FencedInstanceIdError,
    GroupMaxSizeReachedError,
    IllegalStateError,
    InconsistentGroupProtocolError,
    InvalidGroupIdError,
    InvalidSessionTimeoutError,
    KafkaConfigurationError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedVersionError,
)
from kafka.net.selector import KernelEvent
from kafka.structs import MemberState, OffsetAndMetadata

from shared.errors import Unavailable
from shared.settings import CommonSettings
from shared.stream._backlog import Backlog
from shared.stream._clients import SESSION_SECONDS, describe, make_group_consumer
from shared.stream._flow import Consumed, Flow, Partition
from shared.stream.stage import Stage
from shared.telemetry import Metrics

_POLL_SECONDS: Final = 0.1
_COMMIT_SECONDS: Final = 0.1
_RETRY_SECONDS: Final = 0.5
_REVOKE_SECONDS: Final = 5.0
"""How long a revoked partition's running handlers may go on before its offsets are committed without them."""
_LEAVE_SECONDS: Final = 5.0
_PLACE_SECONDS: Final = 5.0
_BACKLOG_SECONDS: Final = 0.02
_SAMPLE_SECONDS: Final = 1.0
_UNREADABLE_SECONDS: Final = 10.0
"""How long after the last meeting with an unreadable record it still counts as there."""

# A person must change something; everything else passes by itself.
_FATAL: Final = (
    AuthorizationError,
    FencedInstanceIdError,
    GroupMaxSizeReachedError,
    IllegalStateError,
    InconsistentGroupProtocolError,
    InvalidGroupIdError,
    InvalidSessionTimeoutError,
    KafkaConfigurationError,
    SaslAuthenticationFailedError,
    UnsupportedVersionError,
)

log = structlog.stdlib.get_logger(__name__)


class Sink(Protocol):
    """What the poller tells the event loop; each is called there, in the order of events."""

    def assigned(self, partitions: Sequence[Partition], epoch: int) -> None: ...
    def revoking(self, partitions: Sequence[Partition], done: threading.Event) -> None: ...
    def lost(self, partitions: Sequence[Partition]) -> None: ...
    def received(self, records: Sequence[Consumed]) -> None: ...


class Poller(threading.Thread):
    """Reads the stage's topics as a member of its group until `stop`.

    `gone` is called in the loop when it has left the group and ended; before that `fail`, if an error ended it.
    """

    def __init__(
        self,
        stage: Stage,
        settings: CommonSettings,
        flow: Flow,
        sink: Sink,
        metrics: Metrics,
        loop: asyncio.AbstractEventLoop,
        gone: Callable[[], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        super().__init__(name=f"poll-{stage.name}", daemon=True)
        self._stage = stage
        self._settings = settings
        self._flow = flow
        self._sink = sink
        self._metrics = metrics
        self._loop = loop
        self._gone = gone
        self._fail = fail
        self._stopping = threading.Event()
        self._backlog = Backlog()
        # Assigned, but not yet read from the committed offset.
        self._unplaced: set[Partition] = set()
        self._committing = False
        self._commit_at = 0.0
        self._commit_problem: str | None = None
        self._sample_at = 0.0
        self._heartbeat_at = -SESSION_SECONDS
        self._unreadable: str | None = None
        self._unreadable_until = 0.0
        self.problem: str | None = "not connected to the broker yet"
        """Why nothing can be read, or None."""

    @property
    def heartbeat_age(self) -> float:
        """Seconds since the last heartbeat that the broker acknowledged was sent."""
        return time.monotonic() - self._heartbeat_at

    def stop(self) -> None:
        """Commit what is finished, leave the group and end; returns at once, `gone` is called at the end."""
        self._stopping.set()

    def run(self) -> None:
        """Connect, read until stopped, leave."""
        try:
            consumer = self._connect()
            if consumer is None:
                return
            while not self._stopping.is_set():
                self._step(consumer)
            self._leave(consumer)
        except BaseException as error:  # noqa: BLE001 -- told to the loop, which ends the stage with it
            self._tell(self._fail, error)
        finally:
            self._tell(self._gone)

    def _connect(self) -> KafkaConsumer | None:
        while not self._stopping.is_set():
            try:
                consumer = make_group_consumer(
                    self._settings,
                    self._stage.name,
                    f"diglot-{self._stage.name}",
                    max(topic.max_bytes for topic in self._stage.consumes),
                )
            except Unavailable as error:
                self.problem = str(error)
            else:
                # The look at the topics comes after: a group's leader that joins before it knows them joins twice.
                topics = [topic.name for topic in self._stage.consumes]
                consumer.subscribe(topics, listener=_Listener(self, consumer))
                if self._topics_are_there(consumer):
                    return consumer
                consumer.close()
            self._stopping.wait(_RETRY_SECONDS)
        return None

    def _topics_are_there(self, consumer: KafkaConsumer) -> bool:
        # A subscription to a missing topic would look again only after minutes.
        while not self._stopping.is_set():
            try:
                missing = sorted({topic.name for topic in self._stage.consumes} - consumer.topics())
            except KafkaError as error:
                self.problem = describe(error)
                return False
            if not missing:
                return True
            self.problem = f"there is no topic {', '.join(missing)}: run python -m shared.stream.topics"
            self._stopping.wait(_RETRY_SECONDS)
        return False

    def _step(self, consumer: KafkaConsumer) -> None:
        try:
            self._pause(consumer)
            self._commit(consumer)
            self._finish_join(consumer)
            wait = _BACKLOG_SECONDS if self._backlog.partitions() else _POLL_SECONDS
            # All that was fetched, always: kafka-python 3.0.12 parks a partition that is paused in the middle of its
            # fetched records, and never takes it up again while others are read.
            polled = consumer.poll(timeout_ms=int(wait * 1000), max_records=sys.maxsize)
            self._backlog.put(
                _consumed(record)
                for theirs, batch in polled.items()
                if Partition(*theirs) not in self._unplaced
                for record in batch
            )
            self._release()
            self._place(consumer)
            self._sample(consumer)
        except _FATAL:
            raise
        except CorruptRecordError as error:
            self._leave_unreadable(consumer, error)
            self._stopping.wait(_RETRY_SECONDS)
        except KafkaError as error:
            self.problem = describe(error)
            log.warning("reading failed, trying again", stage=self._stage.name, reason=self.problem)
            self._stopping.wait(_RETRY_SECONDS)

    def _leave_unreadable(self, consumer: KafkaConsumer, error: CorruptRecordError) -> None:
        """Have the partition with an unreadable record fetched again, while the others go on.

        Left alone, kafka-python 3.0.12 asks the same broken batch for ever inside one `poll`.
        """
        broken = consumer._fetcher._next_partition_records  # noqa: SLF001 -- no public way out of that loop
        place = ""
        if broken is not None:
            place = f" of {broken.topic_partition.topic}[{broken.topic_partition.partition}]"
            place += f" from offset {broken.next_fetch_offset} on"
            broken.drain()
        self._unreadable_until = time.monotonic() + _UNREADABLE_SECONDS
        if self._unreadable is None:
            self._unreadable = f"a record{place} can't be read and holds up its partition: {describe(error)}"
            log.error("reading is stuck", stage=self._stage.name, reason=self._unreadable)
        self.problem = self._unreadable

    def _release(self) -> None:
        records = self._backlog.release(self._flow.room)
        if records:
            self._flow.take(records)
            self._tell(self._sink.received, records)

    @staticmethod
    def _finish_join(consumer: KafkaConsumer) -> None:
        """Have a join that is under way taken up again by the next poll.

        When new metadata makes the group's leader join again and a poll ends before the join does, kafka-python 3.0.12
        may forget about it: it stays between two generations, sends no heartbeats and reads nothing.
        """
        coordinator = consumer._coordinator  # noqa: SLF001 -- no public way to ask for a join
        if coordinator.rebalance_in_progress():
            coordinator.request_rejoin()

    def _place(self, consumer: KafkaConsumer) -> None:
        """Have newly assigned partitions read from their committed offsets.

        kafka-python does so only for partitions that it didn't have before. One that an eager rebalance takes and gives
        back goes on from where it was read, and what was dropped on the revoke would never be seen again.
        """
        for partition in sorted(self._unplaced):
            theirs = TopicPartition(*partition)
            offset = consumer.committed(theirs, timeout_ms=_PLACE_SECONDS * 1000)
            if offset is None:
                offset = consumer.beginning_offsets([theirs], timeout_ms=_PLACE_SECONDS * 1000)[theirs]
            consumer.seek(theirs, offset)
            self._flow.placed(partition, offset)
            self._unplaced.discard(partition)

    def _pause(self, consumer: KafkaConsumer) -> None:
        assigned = consumer.assignment()
        held_back = {TopicPartition(*partition) for partition in self._backlog.partitions()}
        wanted = assigned if self._flow.stopped else held_back & assigned
        paused = consumer.paused()
        if wanted - paused:
            consumer.pause(*(wanted - paused))
        if paused - wanted:
            consumer.resume(*(paused - wanted))

    def _commit(self, consumer: KafkaConsumer) -> None:
        now = time.monotonic()
        if self._committing or now < self._commit_at:
            return
        offsets = self._flow.to_commit()
        if not offsets:
            return
        self._commit_at = now + _COMMIT_SECONDS
        self._committing = True

        def answered(_offsets: object, answer: object) -> None:
            self._committing = False
            self._metrics.observe("diglot_stage_commit_seconds", time.monotonic() - now, stage=self._stage.name)
            if isinstance(answer, Exception):
                # The next commit covers this one; if the partition has gone, its new owner repeats the work.
                self._commit_at = time.monotonic() + _RETRY_SECONDS
                self._count_commit("failed", describe(answer))
            else:
                self._flow.committed(offsets)
                self._count_commit("done", None)

        consumer.commit_async(_for_kafka(offsets), answered)

    def _count_commit(self, outcome: str, reason: str | None) -> None:
        self._metrics.increment("diglot_stage_commits_total", stage=self._stage.name, outcome=outcome)
        if reason is not None and self._commit_problem is None:
            log.info("commits fail", stage=self._stage.name, reason=reason)
        self._commit_problem = reason

    def _sample(self, consumer: KafkaConsumer) -> None:
        heartbeat = consumer._coordinator.heartbeat  # noqa: SLF001 -- no public way to the time of an answer
        if heartbeat.last_receive >= heartbeat.last_send:
            self._heartbeat_at = max(self._heartbeat_at, heartbeat.last_send)
        if time.monotonic() < self._sample_at:
            return
        self._sample_at = time.monotonic() + _SAMPLE_SECONDS
        joined = consumer.group_metadata().state == MemberState.STABLE
        if time.monotonic() > self._unreadable_until:
            self._unreadable = None
        self.problem = self._unreadable if joined else "not joined the group yet"
        positions = self._flow.partitions()
        self._metrics.set("diglot_stage_partitions", len(positions), stage=self._stage.name)
        self._metrics.set("diglot_stage_lag_records", _lag(consumer, positions), stage=self._stage.name)

    # What the listener tells, while this thread is inside `poll`.

    def gained(self, partitions: Sequence[Partition]) -> None:
        """The group has given us these partitions, or none."""
        # The broker has just answered the join, which counts as a heartbeat.
        self._heartbeat_at = time.monotonic()
        self._sample_at = 0.0
        if partitions:
            self._unplaced.update(partitions)
            self._tell(self._sink.assigned, partitions, self._flow.open(partitions))

    def losing(self, partitions: Sequence[Partition]) -> threading.Event:
        """The group takes these partitions; the event is set when nothing of them runs any more."""
        done = threading.Event()
        self._backlog.drop(partitions)
        self._tell(self._sink.revoking, partitions, done)
        return done

    def lost(self, partitions: Sequence[Partition]) -> dict[Partition, int]:
        """These partitions are no longer ours; gives the offsets that they could be committed at."""
        offsets = self._flow.to_commit(partitions)
        self._backlog.drop(partitions)
        self._unplaced.difference_update(partitions)
        self._flow.close(partitions)
        self._tell(self._sink.lost, partitions)
        return offsets

    def _leave(self, consumer: KafkaConsumer) -> None:
        offsets = self._flow.to_commit()
        try:
            if offsets:
                consumer.commit(_for_kafka(offsets), timeout_ms=_LEAVE_SECONDS * 1000)
                self._flow.committed(offsets)
        except KafkaError as error:
            log.warning("the last commit failed: work is repeated", stage=self._stage.name, reason=describe(error))
        consumer.close(autocommit=False, timeout_ms=_LEAVE_SECONDS * 1000)

    def _tell(self, call: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(call, *arguments)


class _Listener(AsyncConsumerRebalanceListener):  # type: ignore[misc]
    """Passes the rebalances on to the poller; its methods run on kafka-python's IO thread."""

    def __init__(self, poller: Poller, consumer: KafkaConsumer) -> None:
        self._poller = poller
        self._consumer = consumer

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._poller.gained(_ours(assigned))

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        partitions = _ours(revoked)
        if not partitions:
            return
        done = self._poller.losing(partitions)
        deadline = time.monotonic() + _REVOKE_SECONDS
        while not done.is_set() and time.monotonic() < deadline:
            await KernelEvent("_sleep", 0.01)
        offsets = self._poller.lost(partitions)
        if offsets:
            try:
                await self._consumer.commit_async(_for_kafka(offsets), _ignore)
            except KafkaError as error:
                log.warning("commit on revoke failed: work is repeated", reason=describe(error))

    async def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self._poller.lost(_ours(lost))


def _ignore(_offsets: object, _answer: object) -> None:
    """Stand in for kafka-python's default callback, which logs what the caller handles."""


def _ours(partitions: Iterable[TopicPartition]) -> list[Partition]:
    return sorted(Partition(p.topic, p.partition) for p in partitions)


def _for_kafka(offsets: dict[Partition, int]) -> dict[TopicPartition, OffsetAndMetadata]:
    return {TopicPartition(*p): OffsetAndMetadata(offset) for p, offset in offsets.items()}


class _KafkaRecord(Protocol):
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


def _consumed(record: _KafkaRecord) -> Consumed:
    partition = Partition(record.topic, record.partition)
    # Kafka has headers without a value, which kafka-python reads and can't send.
    headers = tuple((name, value or b"") for name, value in record.headers)
    return Consumed(partition, record.offset, record.key, record.value, headers)


def _lag(consumer: KafkaConsumer, positions: dict[Partition, int | None]) -> int:
    lag = 0
    for partition, position in positions.items():
        end = consumer.highwater(TopicPartition(*partition))
        if end is not None and position is not None:
            lag += max(0, end - position)
    return lag
