"""The thread that drives kafka-python's consumer: it reads, pauses and takes part in the group."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, Protocol

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import Fetcher
from kafka.coordinator.heartbeat import Heartbeat
from kafka.errors import (
    AuthorizationError,
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
from kafka.structs import MemberState

from shared.errors import Unavailable
from shared.settings import CommonSettings
from shared.stream._clients import SESSION_SECONDS, describe, make_group_consumer
from shared.stream._holdings import Batch, Held, Holdings, Membership
from shared.stream._placing import Placing
from shared.stream._rebalance import Losses, RebalanceListener
from shared.stream._records import Consumed, Partition
from shared.stream._replay import Replay
from shared.stream._tell import tell
from shared.stream._transaction import Refused
from shared.stream.stage import Stage
from shared.telemetry import Metrics

_POLL_SECONDS: Final = 0.1
_PAUSED_SECONDS: Final = 0.02
_RETRY_SECONDS: Final = 0.5
_LEAVE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.02
_SAMPLE_SECONDS: Final = 1.0
_UNREADABLE_SECONDS: Final = 10.0
"""How long after the last meeting with an unreadable record it still counts as there."""
_UNREADABLE_AGAIN_SECONDS: Final = 2.0
_SLOW_SECONDS: Final = 30.0
"""A step may wait for the network, and for the handlers and the transaction of a revoke; a longer one is reported."""

# A person must change something; everything else passes by itself.
_FATAL: Final = (
    AuthorizationError,
    FencedInstanceIdError,
    GroupMaxSizeReachedError,
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
        self._tell = partial(tell, loop)
        self._gone = gone
        self._fail = fail
        self._stopping = threading.Event()
        self._holding = False
        self._listener = RebalanceListener(holdings, sink, self._gained, self._tell)
        self._placing = Placing(holdings, lambda helds, gaps: self._tell(sink.assigned, helds, gaps))
        self._sample_at = 0.0
        self._heartbeat: Heartbeat | None = None
        self._heartbeat_at = -SESSION_SECONDS
        self._unreadable: str | None = None
        self._unreadable_until = 0.0
        # Partitions with an unreadable record, and when to try it again.
        self._stuck: dict[TopicPartition, float] = {}
        self._problem: str | None = "not connected to the broker yet"
        self.busy_since: float | None = None
        """When the step under way began (monotonic), None outside of steps."""

    @property
    def problem(self) -> str | None:
        """Why nothing can be read, or None; from any thread."""
        since = self.busy_since  # read once: the step may end in between
        if since is not None and time.monotonic() - since > _SLOW_SECONDS:
            return f"reading has not gone on for {time.monotonic() - since:.0f} s"
        return self._problem

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
                self.busy_since = time.monotonic()
                self._step(consumer)
            self._leave(consumer)
        except BaseException as error:  # noqa: BLE001 -- told to the loop, which ends the stage with it
            self._tell(self._fail, error)
        finally:
            self.busy_since = None
            self._tell(self._gone)

    def _leave(self, consumer: KafkaConsumer) -> None:
        self._listener.leaving = True
        if self._settings.kafka_embedded:
            _join_before_leaving(consumer)
        consumer.close(autocommit=False, timeout_ms=_LEAVE_SECONDS * 1000)

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
                self._problem = str(error)
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
                self._problem = describe(error)
                return False
            if not missing:
                return True
            self._problem = f"there is no topic {', '.join(missing)}: run python -m shared.stream.topics_main"
            self._stopping.wait(_RETRY_SECONDS)
        return False

    def _step(self, consumer: KafkaConsumer) -> None:
        try:
            paused = self._pause(consumer)
            _finish_join(consumer)
            wait = _PAUSED_SECONDS if paused else _POLL_SECONDS
            # All that was fetched, always: kafka-python 3.0.12 parks a partition that is paused in the middle of its
            # fetched records, and never takes it up again while others are read.
            self._tell_of(consumer, self._poll(consumer, wait))
            self._placing.place(consumer)
            self._sample(consumer)
            self._look_for_the_end(consumer)
        except _FATAL as error:
            raise Refused(f"the broker refuses to let {self._stage.name} read: {describe(error)}") from error
        except KafkaError as error:
            self._go_back(consumer)
            self._problem = describe(error)
            log.warning("reading failed, trying again", stage=self._stage.name, reason=self._problem)
            self._stopping.wait(_RETRY_SECONDS)

    def _poll(self, consumer: KafkaConsumer, seconds: float) -> dict[TopicPartition, list[_KafkaRecord]]:
        """What was fetched. A record that can't be read holds up its partition only."""
        fetcher = consumer._fetcher  # noqa: SLF001 -- no public way out of what `_leave_unreadable` says
        try:
            polled: dict[TopicPartition, list[_KafkaRecord]] = consumer.poll(
                timeout_ms=int(seconds * 1000), max_records=sys.maxsize
            )
        except _FATAL:
            raise
        except Exception as error:
            if not fetcher._next_partition_records:  # noqa: SLF001
                raise
            self._leave_unreadable(fetcher, error)
            return {}
        # An error behind good records is kept for the next poll, which forgets it if the partition is paused by then.
        later = fetcher._next_in_line_exception_metadata  # noqa: SLF001
        if later is not None and fetcher._next_partition_records:  # noqa: SLF001
            fetcher._next_in_line_exception_metadata = None  # noqa: SLF001
            self._leave_unreadable(fetcher, later.exception)
        return polled

    def _tell_of(self, consumer: KafkaConsumer, polled: dict[TopicPartition, list[_KafkaRecord]]) -> None:
        """Tell the loop what was read. Nothing here asks the broker: a failure would lose the records."""
        batches = []
        for theirs, records in polled.items():
            held = self._placing.placed.get(theirs)
            if held is not None:
                read_to = max(_position(consumer, theirs) or 0, records[-1].offset + 1)
                self._placing.read_to[theirs] = read_to
                batches.append(self._batch(held, records, read_to))
        if batches:
            self._tell(self._sink.received, batches)

    def _go_back(self, consumer: KafkaConsumer) -> None:
        """Read again what a poll that failed may have passed without giving it to us."""
        for theirs, offset in self._placing.read_to.items():
            position = _position(consumer, theirs)
            if position is not None and position > offset:
                with suppress(IllegalStateError, KeyError, ValueError):  # taken away this moment
                    consumer.seek(theirs, offset)

    def _batch(self, held: Held, records: Sequence[_KafkaRecord], read_to: int) -> Batch:
        end = read_to if self._replay is None else min(read_to, self._replay.ends[held.partition])
        return Batch(held, [_consumed(held, record) for record in records if record.offset < end], end)

    def _look_for_the_end(self, consumer: KafkaConsumer) -> None:
        """Tell when all of a replay was read, and when the group has given us more of it."""
        if self._replay is None:
            return
        placed = self._placing.placed
        all_read = bool(placed) and not self._placing.waiting and all(self._is_read(consumer, p) for p in placed)
        if all_read != self._all_read:
            self._all_read = all_read
            self._tell(self._sink.all_read, all_read)

    def _is_read(self, consumer: KafkaConsumer, theirs: TopicPartition) -> bool:
        """Whether nothing more of a partition is wanted, as at the end of a replay."""
        if self._replay is None:
            return False
        position = _position(consumer, theirs)
        return position is not None and position >= self._replay.ends[Partition(*theirs)]

    def _leave_unreadable(self, fetcher: Fetcher, error: Exception) -> None:
        """Have a partition with an unreadable record fetched again later, while the others go on.

        Left alone, kafka-python 3.0.12 asks the same broken batch for ever inside one `poll`.
        """
        broken = fetcher._next_partition_records  # noqa: SLF001
        theirs = broken.topic_partition
        broken.drain()
        self._stuck[theirs] = time.monotonic() + _UNREADABLE_AGAIN_SECONDS
        self._unreadable_until = time.monotonic() + _UNREADABLE_SECONDS
        if self._unreadable is None:
            place = f"{theirs.topic}[{theirs.partition}] from offset {broken.next_fetch_offset} on"
            self._unreadable = f"a record of {place} can't be read and holds up its partition: {describe(error)}"
            log.error("reading is stuck", stage=self._stage.name, reason=self._unreadable)
        self._problem = self._unreadable

    def _gained(self, helds: Sequence[Held]) -> None:
        """The group has given us these partitions, or none; called in kafka-python's IO thread."""
        self._sample_at = 0.0
        self._placing.gained(helds)

    def _pause(self, consumer: KafkaConsumer) -> bool:
        """Pause what must not be read now and resume the rest; whether anything is paused."""
        assigned = consumer.assignment()
        now = time.monotonic()
        self._stuck = {theirs: until for theirs, until in self._stuck.items() if until > now}
        full = {t for t, held in self._placing.placed.items() if held.full or self._is_read(consumer, t)}
        wanted = assigned if self._holding else (full | self._stuck.keys()) & assigned
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
        joined = _state(consumer) == MemberState.STABLE
        if time.monotonic() > self._unreadable_until:
            self._unreadable = None
        self._problem = self._unreadable if joined else "not joined the group yet"
        self._metrics.set("diglot_stage_lag_records", self._lag(consumer), stage=self._stage.name)
        self._tell(self._sink.show)

    def _lag(self, consumer: KafkaConsumer) -> int:
        lag = 0
        for theirs, held in self._placing.placed.items():
            end = None
            with suppress(IllegalStateError, KeyError):  # taken away this moment
                end = consumer.highwater(theirs)
            position = self._holdings.position(held)
            if end is not None and position is not None:
                lag += max(0, end - position)
        return lag


def _finish_join(consumer: KafkaConsumer) -> None:
    """Have a join that is under way taken up again by the next poll.

    When new metadata makes the group's leader join again and a poll ends before the join does, kafka-python 3.0.12
    may forget about it: it stays between two generations, sends no heartbeats and reads nothing.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 -- no public way to ask for a join
    if coordinator.rebalance_in_progress():
        coordinator.request_rejoin()


def _join_before_leaving(consumer: KafkaConsumer) -> None:
    """Have the join that is under way come to its end first.

    Where a member leaves in the middle of one, the embedded broker lets nobody join that group ever again. One that
    just vanishes is forgotten after its session.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 -- no public way to be gone without leaving
    began = time.monotonic()
    deadline = began + _LEAVE_SECONDS
    try:
        # Stable, too, while others join: the next heartbeat is told so, and the next poll joins.
        while _state(consumer) == MemberState.STABLE and not coordinator.rejoin_needed and time.monotonic() < deadline:
            sent = coordinator.heartbeat.last_send  # read once: the next one may go out in between
            if began <= sent <= coordinator.heartbeat.last_receive:
                break
            time.sleep(_LOOK_SECONDS)
        while coordinator.rejoin_needed and _state(consumer) != MemberState.UNJOINED and time.monotonic() < deadline:
            _finish_join(consumer)
            consumer.poll(timeout_ms=int(_POLL_SECONDS * 1000))
    except Exception as error:  # noqa: BLE001 -- whatever it is, the worker is on its way out
        log.warning("the last join did not end", reason=describe(error))
    if coordinator.rejoin_needed or _state(consumer) != MemberState.STABLE:
        coordinator.is_dynamic_member = lambda: False


def _state(consumer: KafkaConsumer) -> MemberState:
    return consumer.group_metadata().state


def _membership(consumer: KafkaConsumer) -> Membership | None:
    """What the broker checks a commit against; None while the worker is no member, when it would check nothing."""
    membership: Membership = consumer.group_metadata()
    return membership if membership.generation_id >= 0 and membership.member_id else None


def _position(consumer: KafkaConsumer, theirs: TopicPartition) -> int | None:
    """The offset that reading goes on from, None when there is none. `consumer.position` may ask the broker for it."""
    state = consumer._subscription.assignment.get(theirs)  # noqa: SLF001
    position = None if state is None else state.position
    return None if position is None else int(position.offset)


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
