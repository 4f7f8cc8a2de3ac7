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
    MessageSizeTooLargeError,
    ProducerFencedError,
    TopicAuthorizationFailedError,
)

from shared.errors import Unavailable
from shared.stream._transaction import Fenced, Refused, Unclean, _judged


def client(last_error: Exception | None = None) -> KafkaProducer:
    manager = SimpleNamespace(last_error=last_error)
    return cast(KafkaProducer, SimpleNamespace(config={"transactional_id": "id"}, _transaction_manager=manager))


@pytest.mark.parametrize(
    ("error", "last_error", "means"),
    [
        (ProducerFencedError(), None, Fenced),
        (InvalidProducerEpochError(), None, Fenced),
        (KafkaError("in an error state"), ProducerFencedError(), Fenced),
        (TopicAuthorizationFailedError(), None, Refused),
        (KafkaError("in an error state"), MessageSizeTooLargeError(), Refused),
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
    assert type(_judged(error, client(last_error), otherwise=Unclean)) is means


def test_a_commit_of_an_earlier_generation_is_told_apart() -> None:
    stale = _judged(CommitFailedError(), client(), otherwise=Unclean)
    assert isinstance(stale, Unclean)
    assert stale.stale
    other = _judged(KafkaConnectionError(), client(), otherwise=Unclean)
    assert isinstance(other, Unclean)
    assert not other.stale


@pytest.mark.parametrize("error", [KafkaConnectionError(), OSError("connection refused")])
def test_while_connecting_it_means_to_try_again(error: Exception) -> None:
    assert type(_judged(error, client())) is Unavailable
