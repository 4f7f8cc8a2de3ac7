"""The thread that drives kafka-python's consumer: it reads, pauses and takes part in the group."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.heartbeat import Heartbeat
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
    KafkaTimeoutError,
    SaslAuthenticationFailedError,
    UnsupportedVersionError,
)
from kafka.structs import MemberState

from shared.errors import Unavailable
from shared.settings import CommonSettings
from shared.stream._clients import SESSION_SECONDS, describe, make_group_consumer
from shared.stream._committed import Committed, fetch_committed, read_back
from shared.stream._holdings import Batch, Held, Holdings, Membership
from shared.stream._offsets import Ledger
from shared.stream._rebalance import Losses, RebalanceListener
from shared.stream._records import Consumed, Partition
from shared.stream._replay import Replay
from shared.stream.stage import Stage
from shared.telemetry import Metrics

_POLL_SECONDS: Final = 0.1
_PAUSED_SECONDS: Final = 0.02
_RETRY_SECONDS: Final = 0.5
_LEAVE_SECONDS: Final = 5.0
_PLACE_SECONDS: Final = 0.5
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


class Sink(Losses, Protocol):
    """What the poller tells the event loop; each is called there, in the order of events."""

    def assigned(self, helds: Sequence[Held], gaps: int) -> None: ...
    def received(self, batches: Sequence[Batch]) -> None: ...
    def all_read(self, yes: bool) -> None: ...
    def show(self) -> None: ...


class Poller(threading.Thread):
    """Reads the stage's topics as a member of its group until `stop`; for a replay up to its ends, in its own group.

    `gone` is called in the loop when it has left the group and ended; before that `fail`, if an error ended it.
    """

    def __init__(
        self,
        stage: Stage,
        settings: CommonSettings,
        holdings: Holdings,
        sink: Sink,
        metrics: Metrics,
        loop: asyncio.AbstractEventLoop,
        gone: Callable[[], None],
        fail: Callable[[BaseException], None],
        replay: Replay | None = None,
    ) -> None:
        super().__init__(name=f"poll-{stage.name}", daemon=True)
        self._stage = stage
        self._replay = replay
        self._all_read = False
        self._settings = settings
        self._holdings = holdings
        self._sink = sink
        self._metrics = metrics
        self._loop = loop
        self._gone = gone
        self._fail = fail
        self._stopping = threading.Event()
        self._holding = False
        self._listener = RebalanceListener(holdings, sink, self._gained, self._tell)
        # Filled by the IO thread; a join may go on there while this thread is outside `poll`.
        self._new: deque[Held] = deque()
        # Assigned, but not yet read from the committed offset.
        self._unplaced: dict[TopicPartition, Held] = {}
        self._placed: dict[TopicPartition, Held] = {}
        self._sample_at = 0.0
        self._heartbeat: Heartbeat | None = None
        self._heartbeat_at = -SESSION_SECONDS
        self._unreadable: str | None = None
        self._unreadable_until = 0.0
        self.problem: str | None = "not connected to the broker yet"
        """Why nothing can be read, or None."""

    @property
    def heartbeat_age(self) -> float:
        """Seconds since the last heartbeat that the broker acknowledged was sent; from any thread.

        Looked up when asked: a revoke keeps this thread inside `poll`, while the IO thread sends heartbeats.
        """
        heartbeat = self._heartbeat
        if heartbeat is not None:
            sent = heartbeat.last_send  # read once: the next one may go out in between
            if heartbeat.last_receive >= sent:
                self._heartbeat_at = max(self._heartbeat_at, sent)
        return time.monotonic() - self._heartbeat_at

    def hold(self) -> None:
        """Read no more, but stay in the group."""
        self._holding = True

    def stop(self) -> None:
        """Leave the group and end; returns at once, `gone` is called at the end."""
        self._stopping.set()

    def run(self) -> None:
        """Connect, read until stopped, leave."""
        try:
            consumer = self._connect()
            if consumer is None:
                return
            self._holdings.membership = lambda: _membership(consumer)
            self._heartbeat = consumer._coordinator.heartbeat  # noqa: SLF001 -- no public way to the time of an answer
            while not self._stopping.is_set():
                self._step(consumer)
            self._listener.leaving = True
            consumer.close(autocommit=False, timeout_ms=_LEAVE_SECONDS * 1000)
        except BaseException as error:  # noqa: BLE001 -- told to the loop, which ends the stage with it
            self._tell(self._fail, error)
        finally:
            self._tell(self._gone)

    def _connect(self) -> KafkaConsumer | None:
        while not self._stopping.is_set():
            group = self._stage.name if self._replay is None else self._replay.group
            try:
                consumer = make_group_consumer(
                    self._settings,
                    group,
                    f"diglot-{group}",
                    max(topic.max_bytes for topic in self._stage.consumes),
                )
            except Unavailable as error:
                self.problem = str(error)
            else:
                # The look at the topics comes after: a group's leader that joins before it knows them joins twice.
                topics = [topic.name for topic in self._stage.consumes]
                consumer.subscribe(topics, listener=self._listener)
                self._listener.guard(consumer)
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
            paused = self._pause(consumer)
            _finish_join(consumer)
            wait = _PAUSED_SECONDS if paused else _POLL_SECONDS
            # All that was fetched, always: kafka-python 3.0.12 parks a partition that is paused in the middle of its
            # fetched records, and never takes it up again while others are read.
            polled = consumer.poll(timeout_ms=int(wait * 1000), max_records=sys.maxsize)
            batches = [
                self._batch(held, batch, consumer.position(theirs, timeout_ms=0) or batch[-1].offset + 1)
                for theirs, batch in polled.items()
                if (held := self._placed.get(theirs)) is not None
            ]
            if batches:
                self._tell(self._sink.received, batches)
            self._place(consumer)
            self._sample(consumer)
            self._look_for_the_end(consumer)
        except _FATAL:
            raise
        except CorruptRecordError as error:
            self._leave_unreadable(consumer, error)
            self._stopping.wait(_RETRY_SECONDS)
        except KafkaError as error:
            self.problem = describe(error)
            log.warning("reading failed, trying again", stage=self._stage.name, reason=self.problem)
            self._stopping.wait(_RETRY_SECONDS)

    def _batch(self, held: Held, records: Sequence[_KafkaRecord], read_to: int) -> Batch:
        end = read_to if self._replay is None else min(read_to, self._replay.ends[held.partition])
        return Batch(held, [_consumed(held, record) for record in records if record.offset < end], end)

    def _look_for_the_end(self, consumer: KafkaConsumer) -> None:
        """Tell when all of a replay was read, and when the group has given us more of it."""
        if self._replay is None:
            return
        waiting = bool(self._new or self._unplaced)
        all_read = bool(self._placed) and not waiting and all(self._is_read(consumer, p) for p in self._placed)
        if all_read != self._all_read:
            self._all_read = all_read
            self._tell(self._sink.all_read, all_read)

    def _is_read(self, consumer: KafkaConsumer, theirs: TopicPartition) -> bool:
        """Whether nothing more of a partition is wanted, as at the end of a replay."""
        if self._replay is None:
            return False
        with suppress(IllegalStateError, KeyError):  # taken away this moment
            position = consumer.position(theirs, timeout_ms=0)
            return position is not None and position >= self._replay.ends[Partition(*theirs)]
        return False

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

    def _gained(self, helds: Sequence[Held]) -> None:
        """The group has given us these partitions, or none; called in kafka-python's IO thread."""
        self._sample_at = 0.0
        self._new.extend(helds)

    def _place(self, consumer: KafkaConsumer) -> None:
        """Have newly assigned partitions read from their committed offsets, and learn which records past them are done.

        kafka-python seeks only in partitions that it didn't have before. One that an eager rebalance takes and gives
        back goes on from where it was read, and what was dropped on the revoke would never be seen again.
        """
        while self._new:
            held = self._new.popleft()
            self._unplaced[TopicPartition(*held.partition)] = held
        self._unplaced = {theirs: held for theirs, held in self._unplaced.items() if held.live}
        self._placed = {theirs: held for theirs, held in self._placed.items() if held.live}
        placed: list[Held] = []
        gaps = 0
        for some in _together_or_one_by_one(self._unplaced):
            try:
                found = fetch_committed(consumer, some, _PLACE_SECONDS)
            except KafkaTimeoutError:
                # A transaction over them is still open. The others of this worker go on.
                continue
            for theirs in some:
                held = self._unplaced[theirs]
                committed = read_back(held.partition, found.get(theirs))
                if self._seek(consumer, theirs, committed, held):
                    placed.append(held)
                    gaps += bool(committed.done)
            if len(placed) == len(some):
                break
        for held in placed:
            theirs = TopicPartition(*held.partition)
            self._placed[theirs] = self._unplaced.pop(theirs)
        if placed:
            self._tell(self._sink.assigned, placed, gaps)

    def _seek(self, consumer: KafkaConsumer, theirs: TopicPartition, committed: Committed, held: Held) -> bool:
        """Have a partition read from what is committed; False when it is no longer ours."""
        offset = committed.offset
        if offset is None:
            offset = consumer.beginning_offsets([theirs], timeout_ms=_PLACE_SECONDS * 1000)[theirs]
        if theirs not in consumer.assignment():
            return False
        with suppress(IllegalStateError, KeyError):  # taken away this moment
            consumer.seek(theirs, offset)
            return self._holdings.place(held, Ledger(offset, committed.done))
        return False

    def _pause(self, consumer: KafkaConsumer) -> bool:
        """Pause what must not be read now and resume the rest; whether anything is paused."""
        assigned = consumer.assignment()
        full = {theirs for theirs, held in self._placed.items() if held.full or self._is_read(consumer, theirs)}
        wanted = assigned if self._holding else full & assigned
        paused = consumer.paused()
        with suppress(IllegalStateError, KeyError):  # one was taken away this moment: the next step sees it
            if wanted - paused:
                consumer.pause(*(wanted - paused))
            if paused - wanted:
                consumer.resume(*(paused - wanted))
        return bool(wanted)

    def _sample(self, consumer: KafkaConsumer) -> None:
        if time.monotonic() < self._sample_at:
            return
        self._sample_at = time.monotonic() + _SAMPLE_SECONDS
        joined = consumer.group_metadata().state == MemberState.STABLE
        if time.monotonic() > self._unreadable_until:
            self._unreadable = None
        self.problem = self._unreadable if joined else "not joined the group yet"
        self._metrics.set("diglot_stage_lag_records", self._lag(consumer), stage=self._stage.name)
        self._tell(self._sink.show)

    def _lag(self, consumer: KafkaConsumer) -> int:
        lag = 0
        for theirs, held in self._placed.items():
            end = consumer.highwater(theirs) if held.live else None
            position = self._holdings.position(held)
            if end is not None and position is not None:
                lag += max(0, end - position)
        return lag

    def _tell(self, call: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(call, *arguments)


def _finish_join(consumer: KafkaConsumer) -> None:
    """Have a join that is under way taken up again by the next poll.

    When new metadata makes the group's leader join again and a poll ends before the join does, kafka-python 3.0.12
    may forget about it: it stays between two generations, sends no heartbeats and reads nothing.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 -- no public way to ask for a join
    if coordinator.rebalance_in_progress():
        coordinator.request_rejoin()


def _membership(consumer: KafkaConsumer) -> Membership | None:
    """What the broker checks a commit against; None while the worker is no member, when it would check nothing."""
    membership: Membership = consumer.group_metadata()
    return membership if membership.generation_id >= 0 and membership.member_id else None


def _together_or_one_by_one(partitions: dict[TopicPartition, Held]) -> list[list[TopicPartition]]:
    """All in one request, and after it each alone: one open transaction makes the broker hold back a whole answer."""
    every = sorted(partitions)
    return [[one] for one in every] if len(every) < 2 else [every, *([one] for one in every)]


class _KafkaRecord(Protocol):
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    serialized_key_size: int
    serialized_value_size: int
    serialized_header_size: int


def _consumed(held: Held, record: _KafkaRecord) -> Consumed:
    # Kafka has headers without a value, which kafka-python reads and can't send.
    headers = tuple([(name, value or b"") for name, value in record.headers])
    # -1 where there is none, which is near enough.
    size = record.serialized_key_size + record.serialized_value_size + record.serialized_header_size
    return Consumed(held.partition, record.offset, record.key, record.value, headers, size)
