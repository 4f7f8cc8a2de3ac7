from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import GroupAuthorizationFailedError, KafkaTimeoutError
from kafka.structs import OffsetAndMetadata

from shared.stream import _placing
from shared.stream._holdings import Held, Holdings
from shared.stream._placing import Placing
from shared.stream._records import Partition

PLACES = [TopicPartition("topic", number) for number in range(4)]


class Group:
    """A consumer, and the group's coordinator: it holds back its answer while a transaction is open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_placing, "fetch_committed", self.fetch)
        monkeypatch.setattr(_placing, "time", self)
        self.now = 0.0
        self.held_back: set[TopicPartition] = set()
        self.committed = dict.fromkeys(PLACES, 5)
        self.leaderless: set[TopicPartition] = set()
        self.unassigned: set[TopicPartition] = set()
        self.asked: list[list[int]] = []
        self.sought: dict[int, int] = {}
        self.told: list[list[int]] = []
        self.holdings = Holdings()
        self.placing = Placing(self.holdings, self.assigned)
        self.gain()

    def gain(self) -> None:
        self.placing.gained(self.holdings.open(Partition(*place) for place in PLACES))

    def place(self) -> None:
        self.placing.place(cast(KafkaConsumer, self))

    def assigned(self, helds: Sequence[Held], _gaps: int) -> None:
        self.told.append([held.partition.number for held in helds])

    def monotonic(self) -> float:
        return self.now

    def fetch(
        self, _consumer: object, places: Sequence[TopicPartition], seconds: float
    ) -> Mapping[TopicPartition, OffsetAndMetadata]:
        self.asked.append([place.partition for place in places])
        if not self.held_back.isdisjoint(places):
            self.now += seconds
            raise KafkaTimeoutError
        return {p: OffsetAndMetadata(self.committed[p], "", -1) for p in places if p in self.committed}

    def beginning_offsets(self, places: list[TopicPartition], timeout_ms: float) -> dict[TopicPartition, int]:
        if places[0] in self.leaderless:
            self.now += timeout_ms / 1000
            raise KafkaTimeoutError
        return {places[0]: 2}

    def seek(self, place: TopicPartition, offset: int) -> None:
        if place in self.unassigned:
            raise ValueError("Unassigned partition")
        self.sought[place.partition] = offset


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Group:
    return Group(monkeypatch)


def test_all_are_placed_with_one_request(group: Group) -> None:
    del group.committed[PLACES[3]]
    group.place()
    assert group.asked == [[0, 1, 2, 3]]
    assert group.sought == {0: 5, 1: 5, 2: 5, 3: 2}
    assert list(group.placing.read_to.values()) == [5, 5, 5, 2]
    assert group.told == [[0, 1, 2, 3]]
    assert not group.placing.waiting


def test_one_that_is_held_back_holds_up_no_other_for_long(group: Group) -> None:
    group.held_back = set(PLACES[1:3])
    took = []
    for _ in range(10):
        began = group.now
        group.place()
        took.append(group.now - began)
        group.now += 0.1
    assert max(took) == pytest.approx(0.5)
    assert sorted(group.sought) == [0, 3]
    group.held_back = set()
    group.now += 2.0
    group.place()
    assert sorted(group.sought) == [0, 1, 2, 3]


def test_one_without_a_leader_keeps_no_other_from_being_placed(group: Group) -> None:
    group.leaderless = {PLACES[1]}
    del group.committed[PLACES[1]]
    for _ in range(3):
        group.place()
    assert sorted(group.sought) == [0, 2, 3]
    assert sorted(number for numbers in group.told for number in numbers) == [0, 2, 3]
    group.leaderless = set()
    group.now += 2.0
    group.place()
    assert group.sought[1] == 2


def test_one_that_went_this_moment_ends_nothing(group: Group) -> None:
    group.unassigned = {PLACES[0]}
    group.place()
    assert sorted(group.sought) == [1, 2, 3]


def test_what_was_placed_before_an_error_is_told(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    del group.committed[PLACES[2]]

    def refused(_places: object, timeout_ms: float) -> None:
        raise GroupAuthorizationFailedError(timeout_ms)

    monkeypatch.setattr(group, "beginning_offsets", refused)
    with pytest.raises(GroupAuthorizationFailedError):
        group.place()
    assert group.told == [[0, 1]]


def test_a_partition_that_is_given_back_is_placed_again(group: Group) -> None:
    group.place()
    group.committed = dict.fromkeys(PLACES, 9)
    group.gain()
    group.place()
    assert set(group.sought.values()) == set(group.placing.read_to.values()) == {9}
