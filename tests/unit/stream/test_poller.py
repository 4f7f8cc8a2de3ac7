from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import cast

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord, ExceptionMetadata
from kafka.consumer.subscription_state import SubscriptionState
from kafka.errors import KafkaConnectionError, TopicAuthorizationFailedError, UnsupportedCodecError
from kafka.structs import MemberState

from shared.settings import CommonSettings
from shared.stream import _poller
from shared.stream._holdings import Batch, Held, Holdings
from shared.stream._offsets import Ledger
from shared.stream._poller import Poller, _consumed
from shared.stream._records import Partition
from shared.stream._transaction import Refused
from shared.telemetry import Metrics
from tests.support.stages import declare

PLACE = TopicPartition("topic", 0)


def record(offset: int) -> ConsumerRecord:
    return ConsumerRecord("topic", 0, -1, offset, 0, 0, b"", b"", [], None, 0, 0, 0)


class Broken:
    """Fetched records that can't be read on."""

    topic_partition = PLACE
    next_fetch_offset = 3
    drained = False

    def __bool__(self) -> bool:
        return not self.drained

    def drain(self) -> None:
        self.drained = True


class Sink:
    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def received(self, batches: Sequence[Batch]) -> None:
        self.batches.extend(batches)

    def assigned(self, _helds: Sequence[Held], _gaps: int) -> None:
        """Nothing to check."""

    def all_read(self, _yes: bool) -> None:
        """Nothing to check."""

    def show(self) -> None:
        """Nothing to check."""

    def lost(self, _helds: Sequence[Held]) -> None:
        """Nothing to check."""

    def revoking(self, _helds: Sequence[Held], _done: threading.Event) -> None:
        """Nothing to check."""


class Loop:
    """Calls at once."""

    def call_soon_threadsafe(self, call: Callable[..., None], *arguments: object) -> None:
        call(*arguments)


class Consumer:
    """A consumer of one partition, at offset 3, whose polls the test gives."""

    def __init__(self) -> None:
        self._subscription = SubscriptionState()
        self._subscription.subscribe(["topic"])
        self._subscription.assign_from_subscribed([PLACE])
        self._subscription.seek(PLACE, 3)
        self._fetcher = SimpleNamespace(_next_partition_records=None, _next_in_line_exception_metadata=None)
        self._coordinator = SimpleNamespace(rebalance_in_progress=lambda: False)
        self.polls: list[Callable[[], dict[TopicPartition, list[ConsumerRecord]]]] = []

    def poll(self, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[ConsumerRecord]]:
        return self.polls.pop(0)()

    def position(self, place: TopicPartition, timeout_ms: float) -> int:
        raise KafkaConnectionError("the coordinator is away")

    def at(self) -> int:
        return int(self._subscription.assignment[PLACE].position.offset)

    def assignment(self) -> set[TopicPartition]:
        return set(self._subscription.assigned_partitions())

    def paused(self) -> set[TopicPartition]:
        return set(self._subscription.paused_partitions())

    def pause(self, *places: TopicPartition) -> None:
        for place in places:
            self._subscription.pause(place)

    def resume(self, *places: TopicPartition) -> None:
        for place in places:
            self._subscription.resume(place)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self._subscription.seek(place, offset)

    def group_metadata(self) -> object:
        return SimpleNamespace(state=MemberState.STABLE)

    def highwater(self, _place: TopicPartition) -> None:
        return None


class Reading:
    """A poller in the middle of its work, one step at a time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_poller, "_RETRY_SECONDS", 0.0)
        self.sink, self.consumer = Sink(), Consumer()
        holdings = Holdings()
        (held,) = holdings.open([Partition(*PLACE)])
        holdings.place(held, Ledger(3))
        self.poller = Poller(
            declare("stage"),
            CommonSettings(),
            holdings,
            self.sink,
            Metrics(),
            cast(asyncio.AbstractEventLoop, Loop()),
            lambda: None,
            lambda _error: None,
        )
        self.poller._placing.placed[PLACE] = held
        self.poller._placing.read_to[PLACE] = 3

    def step(self, poll: Callable[[], dict[TopicPartition, list[ConsumerRecord]]]) -> None:
        self.consumer.polls.append(poll)
        self.poller._step(cast(KafkaConsumer, self.consumer))

    def offsets(self) -> list[int]:
        return [record.offset for batch in self.sink.batches for record in batch.records]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    return Reading(monkeypatch)


def test_records_are_told_though_the_broker_goes_away_just_then(reading: Reading) -> None:
    def poll() -> dict[TopicPartition, list[ConsumerRecord]]:
        reading.consumer.seek(PLACE, 6)  # a marker at 5
        return {PLACE: [record(3), record(4)]}

    reading.step(poll)
    assert reading.offsets() == [3, 4]
    assert reading.sink.batches[0].read_to == 6


def test_what_a_failed_poll_has_passed_is_read_again(reading: Reading) -> None:
    def poll() -> dict[TopicPartition, list[ConsumerRecord]]:
        reading.consumer.seek(PLACE, 6)
        raise KafkaConnectionError("gone")

    reading.step(poll)
    assert reading.consumer.at() == 3
    assert reading.poller.problem is not None


@pytest.mark.parametrize(
    "error", [UnsupportedCodecError("codec 7"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")]
)
@pytest.mark.parametrize("behind_good_ones", [False, True])
def test_a_record_that_cannot_be_read_holds_up_its_partition_for_a_while(
    reading: Reading, error: Exception, behind_good_ones: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fetcher = Broken(), reading.consumer._fetcher

    def poll() -> dict[TopicPartition, list[ConsumerRecord]]:
        fetcher._next_partition_records = broken
        if not behind_good_ones:
            raise error
        fetcher._next_in_line_exception_metadata = ExceptionMetadata(PLACE, 3, error)
        return {PLACE: [record(3)]}

    reading.step(poll)
    assert broken.drained
    assert fetcher._next_in_line_exception_metadata is None
    assert reading.offsets() == [3] * behind_good_ones
    assert "topic[0] from offset 3 on can't be read" in str(reading.poller.problem)
    reading.step(dict)
    assert reading.consumer.paused() == {PLACE}
    monkeypatch.setattr(_poller, "time", SimpleNamespace(monotonic=lambda: 1e12))
    reading.step(dict)
    assert reading.consumer.paused() == set()


def test_an_error_that_no_record_is_to_blame_for_ends_the_stage(reading: Reading) -> None:
    def poll() -> dict[TopicPartition, list[ConsumerRecord]]:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "somewhere else")

    with pytest.raises(UnicodeDecodeError):
        reading.step(poll)


def test_what_a_person_must_change_is_said_as_such(reading: Reading) -> None:
    def poll() -> dict[TopicPartition, list[ConsumerRecord]]:
        raise TopicAuthorizationFailedError("topic")

    with pytest.raises(Refused, match="refuses to let stage read: TopicAuthorizationFailedError"):
        reading.step(poll)


def test_a_step_that_hangs_is_a_problem(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    reading.step(dict)
    assert reading.poller.problem is None
    reading.poller.busy_since = 100.0
    monkeypatch.setattr(_poller, "time", SimpleNamespace(monotonic=lambda: 140.0))
    assert reading.poller.problem == "reading has not gone on for 40 s"


def test_a_header_without_a_value_becomes_an_empty_one() -> None:
    headers = [("mine", None), ("yours", b"x")]
    record = _consumed(
        Held(Partition("topic", 0)), ConsumerRecord("topic", 0, -1, 7, 0, 0, b"key", b"value", headers, None, 3, 5, 10)
    )
    assert record.headers == (("mine", b""), ("yours", b"x"))
    assert record.size == len(b"keyvaluemineyoursx")
