"""The callbacks of a rebalance, driven as kafka-python's IO thread drives them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from kafka import TopicPartition

from shared.stream import _rebalance
from shared.stream._holdings import Held, Holdings
from shared.stream._offsets import Ledger
from shared.stream._rebalance import GRACE_SECONDS, RebalanceListener
from shared.stream._results import Result
from tests.unit.stream.test_holdings import Member

PARTITIONS = [TopicPartition("topic", number) for number in range(2)]


@dataclass
class Told:
    """What the event loop would have heard."""

    revoked: list[Sequence[Held]] = field(default_factory=list)
    gone: list[Sequence[Held]] = field(default_factory=list)
    gained: list[Sequence[Held]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def revoking(self, helds: Sequence[Held], done: threading.Event) -> None:
        self.revoked.append(helds)
        self.done = done

    def lost(self, helds: Sequence[Held]) -> None:
        self.gone.append(helds)


def call(function: Callable[..., None], *arguments: object) -> None:
    function(*arguments)


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(_rebalance, "time", self)

    def monotonic(self) -> float:
        return self.now


def ended(work: Coroutine[Any, Any, None]) -> bool:
    """Let a callback go on to its next wait; whether it has ended."""
    try:
        work.send(None)
    except StopIteration:
        return True
    return False


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def holdings() -> Holdings:
    found = Holdings()
    found.membership = Member
    return found


@pytest.fixture
def listener(holdings: Holdings, told: Told) -> RebalanceListener:
    made = RebalanceListener(holdings, told, told.gained.append, call)
    assert ended(made.on_partitions_assigned(PARTITIONS))
    return made


def test_a_revoke_ends_when_the_loop_says_that_all_is_committed(
    listener: RebalanceListener, told: Told, holdings: Holdings
) -> None:
    work = listener.on_partitions_revoked(PARTITIONS[:1])
    assert not ended(work)
    assert [held.partition.number for held in told.revoked[0]] == [0]
    assert not ended(work)
    assert told.revoked[0][0].live
    told.done.set()
    assert ended(work)
    assert told.gone == [told.revoked[0]]
    assert [held.partition.number for held in holdings.find(PARTITIONS)] == [1]


def test_running_handlers_get_the_grace_and_no_more(
    listener: RebalanceListener, told: Told, holdings: Holdings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    work = listener.on_partitions_revoked(PARTITIONS)
    assert not ended(work)
    clock.now = GRACE_SECONDS - 0.1
    assert not ended(work)
    clock.now = GRACE_SECONDS
    assert ended(work)
    assert holdings.find(PARTITIONS) == []
    assert not any(held.live for held in told.gone[0])


def test_a_worker_that_leaves_waits_for_no_handler(listener: RebalanceListener, holdings: Holdings) -> None:
    listener.leaving = True
    assert ended(listener.on_partitions_revoked(PARTITIONS))
    assert holdings.find(PARTITIONS) == []


@pytest.mark.parametrize("leaving", [False, True])
def test_an_open_transaction_is_waited_for_past_the_grace(
    listener: RebalanceListener, told: Told, holdings: Holdings, monkeypatch: pytest.MonkeyPatch, leaving: bool
) -> None:
    clock = Clock(monkeypatch)
    listener.leaving = leaving
    held = told.gained[0][0]
    holdings.place(held, Ledger(0))
    holdings.take(held, 0)
    assert holdings.begin([Result(held, 0, (), "handled", 1)]) is not None
    work = listener.on_partitions_revoked(PARTITIONS)
    for clock.now in (1.0, GRACE_SECONDS, 100 * GRACE_SECONDS):
        assert not ended(work)
    assert held.live
    holdings.end()
    assert ended(work)
    assert not held.live


def test_lost_partitions_are_forgotten_at_once(listener: RebalanceListener, told: Told, holdings: Holdings) -> None:
    assert ended(listener.on_partitions_lost(PARTITIONS))
    assert told.revoked == []
    assert len(told.gone[0]) == 2
    assert holdings.find(PARTITIONS) == []


def test_a_revoke_of_nothing_tells_nothing(listener: RebalanceListener, told: Told) -> None:
    assert ended(listener.on_partitions_revoked([]))
    assert (told.revoked, told.gone) == ([], [])
