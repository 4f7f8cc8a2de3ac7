from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from kafka import KafkaProducer
from kafka.errors import (
    CommitFailedError,
    InvalidProducerEpochError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OffsetMetadataTooLargeError,
    ProducerFencedError,
    TopicAuthorizationFailedError,
)

from shared.errors import Unavailable
from shared.settings import CommonSettings
from shared.stream import _transaction
from shared.stream._clients import TRANSACTION_SECONDS
from shared.stream._offsets import Position
from shared.stream._records import Partition
from shared.stream._transaction import STEP_SECONDS, Fenced, Refused, TransactionalProducer, Unclean, _judged
from shared.stream.producer import Outgoing
from tests.support.stages import declare
from tests.unit.stream.test_holdings import Member


def client(last_error: Exception | None = None) -> KafkaProducer:
    manager = SimpleNamespace(last_error=last_error)
    return cast(KafkaProducer, SimpleNamespace(_transaction_manager=manager))


@pytest.mark.parametrize(
    ("error", "last_error", "means"),
    [
        (ProducerFencedError(), None, Fenced),
        (InvalidProducerEpochError(), None, Fenced),
        (KafkaError("in an error state"), ProducerFencedError(), Fenced),
        (TopicAuthorizationFailedError(), None, Refused),
        (KafkaError("in an error state"), MessageSizeTooLargeError(), Refused),
        (KafkaError(f"Unexpected error in TxnOffsetCommitResponse: {OffsetMetadataTooLargeError()}"), None, Refused),
        (KafkaError("in an error state"), KafkaError(f"Unexpected error: {OffsetMetadataTooLargeError()}"), Refused),
        (KafkaConnectionError(), None, Unclean),
        (OSError("connection reset"), None, Unclean),
        (CommitFailedError(), None, Unclean),
        (Unclean("took too long"), None, Unclean),
        (ValueError("a bug"), None, ValueError),
    ],
)
def test_what_an_error_during_a_transaction_means(
    error: Exception, last_error: Exception | None, means: type[Exception]
) -> None:
    assert type(_judged(error, client(last_error), "desk", otherwise=Unclean)) is means


def test_a_commit_of_an_earlier_generation_is_told_apart() -> None:
    stale = _judged(CommitFailedError(), client(), "desk", otherwise=Unclean)
    assert isinstance(stale, Unclean)
    assert stale.stale
    other = _judged(KafkaConnectionError(), client(), "desk", otherwise=Unclean)
    assert isinstance(other, Unclean)
    assert not other.stale


@pytest.mark.parametrize("error", [KafkaConnectionError(), OSError("connection refused")])
def test_while_connecting_it_means_to_try_again(error: Exception) -> None:
    assert type(_judged(error, client(), "desk")) is Unavailable


STAGE = declare("stage")
RECORD = Outgoing(STAGE.produces[0], b"k", b"v", ())
AT = {Partition(STAGE.consumes[0].name, 0): Position(1, "")}


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


class Client:
    """Stands in for kafka-python's producer, its transactions and its accumulator; each step takes as long as it says.

    `taken`: the id was taken, as the transaction shows when it ends.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.config = {"transactional_id": "id"}
        self.taken = False
        self.transaction_seconds = 0.0
        self.record_seconds = 0.0
        self.last_error = None
        self.producer_id_and_epoch = (1, 0)
        self._transaction_manager = self
        self._accumulator = self
        self._flushes_in_progress = self
        self._sender = self

    def partitions_for(self, _topic: str) -> set[int]:
        return {0}

    def init_transactions(self) -> None:
        pass

    def begin_transaction(self) -> None:
        pass

    def send(self, *_record: object) -> Client:
        return self

    def begin_flush(self) -> None:
        pass

    def wakeup(self) -> None:
        pass

    def decrement(self) -> None:
        pass

    def get(self, timeout: float) -> None:
        self.clock.now += min(timeout, self.record_seconds)
        if timeout < self.record_seconds:
            raise KafkaTimeoutError

    def send_offsets_to_transaction(self, _offsets: object, _membership: object) -> Client:
        return self

    def begin_commit(self) -> Client:
        self.clock.now += self.transaction_seconds
        if self.taken:
            raise ProducerFencedError
        return self

    def wait(self, timeout_ms: float) -> bool:
        return timeout_ms > 0

    def force_close(self) -> None:
        pass

    def close(self, timeout: float) -> None:
        pass


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Client:
    fake = Client(Clock())
    monkeypatch.setattr(_transaction, "time", fake.clock)
    monkeypatch.setattr(_transaction, "make_transactional_producer", lambda *_: fake)
    return fake


@pytest.fixture
def producer(fake: Client) -> TransactionalProducer:
    return TransactionalProducer(CommonSettings(), "id", STAGE.produces)


def commit(producer: TransactionalProducer, *records: Outgoing) -> None:
    producer.open()
    producer.commit(records, AT, Member())


def test_a_transaction_that_outlived_its_time_is_sent_again(fake: Client, producer: TransactionalProducer) -> None:
    fake.taken, fake.transaction_seconds = True, TRANSACTION_SECONDS + 1.0
    for _ in range(2):
        with pytest.raises(Unclean, match="11 s, which is longer"):
            commit(producer, RECORD)
        fake.taken = False
        commit(producer, RECORD)
        fake.taken = True


def test_who_loses_the_id_twice_in_a_row_has_a_twin(fake: Client, producer: TransactionalProducer) -> None:
    fake.taken, fake.transaction_seconds = True, TRANSACTION_SECONDS + 1.0
    with pytest.raises(Unclean):
        commit(producer, RECORD)
    with pytest.raises(Fenced):
        commit(producer, RECORD)


def test_who_loses_the_id_within_the_time_of_a_transaction_has_a_twin(
    fake: Client, producer: TransactionalProducer
) -> None:
    fake.taken, fake.transaction_seconds = True, TRANSACTION_SECONDS - 1.0
    with pytest.raises(Fenced):
        commit(producer, RECORD)


def test_all_records_of_a_transaction_together_have_one_limit(fake: Client, producer: TransactionalProducer) -> None:
    fake.record_seconds = STEP_SECONDS / 2 - 0.1
    commit(producer, RECORD, RECORD)
    began = fake.clock.now
    with pytest.raises(Unclean, match="KafkaTimeoutError"):
        commit(producer, RECORD, RECORD, RECORD)
    assert fake.clock.now - began <= STEP_SECONDS
