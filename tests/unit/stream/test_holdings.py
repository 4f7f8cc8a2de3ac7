from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from shared.stream._holdings import Held, Holdings
from shared.stream._offsets import Ledger, decode_done
from shared.stream._records import Partition
from shared.stream._results import Result

FIRST, SECOND = Partition("topic", 0), Partition("topic", 1)


@dataclass
class Member:
    """A membership of the group."""

    generation_id: int = 1
    member_id: str = "me"


def holdings_of(*partitions: Partition, records: int = 5) -> tuple[Holdings, list[Held]]:
    """Holdings with partitions whose first records are taken."""
    holdings = Holdings()
    holdings.membership = Member
    helds = holdings.open(partitions)
    for held in helds:
        holdings.place(held, Ledger(0))
        for offset in range(records):
            assert holdings.take(held, offset)
    return holdings, helds


def result(held: Held, offset: int) -> Result:
    return Result(held, offset, (), "handled", 1)


def test_a_transaction_commits_how_far_each_partition_is_done_and_what_is_done_past_it() -> None:
    holdings, (first, second) = holdings_of(FIRST, SECOND)
    snapshot = holdings.begin([result(first, 0), result(first, 2), result(second, 1)])
    assert snapshot is not None
    assert snapshot.positions[FIRST].offset == 1
    assert decode_done(snapshot.positions[FIRST].metadata) == 0b10
    assert (snapshot.positions[SECOND].offset, decode_done(snapshot.positions[SECOND].metadata)) == (0, 0b10)
    assert holdings.position(first) == 0, "nothing is done before the commit"
    holdings.committed(snapshot.results)
    holdings.end()
    assert (holdings.position(first), holdings.unfinished()) == (1, 7)


def test_a_transaction_holds_only_results_of_present_assignments() -> None:
    holdings, (first, second) = holdings_of(FIRST, SECOND)
    holdings.lose([FIRST])
    (again,) = holdings.open([FIRST])
    holdings.place(again, Ledger(0))
    holdings.take(again, 0)
    old, new, other = result(first, 0), result(again, 0), result(second, 0)
    snapshot = holdings.begin([old, new, other])
    assert snapshot is not None
    assert (snapshot.results, snapshot.gone) == ([new, other], [old])
    assert holdings.split([old, new, other]) == ([new, other], [old])
    assert snapshot.positions.keys() == {FIRST, SECOND}


def test_a_partition_of_an_open_transaction_is_not_let_go_and_another_one_is() -> None:
    holdings, (first, second) = holdings_of(FIRST, SECOND)
    assert holdings.begin([result(first, 0)]) is not None
    assert holdings.release([FIRST]) is None
    assert holdings.release([FIRST, SECOND]) is None
    assert holdings.find([FIRST, SECOND]) == [first, second]
    assert holdings.release([SECOND]) == [second]
    holdings.end()
    assert holdings.release([FIRST]) == [first]
    assert not first.live
    assert holdings.find([FIRST, SECOND]) == []


def test_a_lost_partition_goes_even_in_the_middle_of_a_transaction() -> None:
    holdings, (first,) = holdings_of(FIRST)
    assert holdings.begin([result(first, 0)]) is not None
    assert holdings.lose([FIRST, SECOND]) == [first]
    assert not first.live


def test_without_a_membership_there_is_no_transaction_and_nothing_is_held_up() -> None:
    holdings, (first,) = holdings_of(FIRST)
    holdings.membership = lambda: None
    assert holdings.begin([result(first, 0)]) is None
    assert holdings.release([FIRST]) == [first]


def test_a_new_assignment_ends_the_old_one_of_the_same_partition() -> None:
    holdings, (old,) = holdings_of(FIRST)
    (new,) = holdings.open([FIRST])
    assert not old.live
    assert new.live
    assert holdings.find([FIRST, SECOND]) == [new]
    assert not holdings.place(old, Ledger(0))


def test_the_window_counts_from_the_first_unfinished_record_and_is_open_where_nothing_is_unfinished() -> None:
    holdings, (held,) = holdings_of(FIRST)
    assert holdings.room(held, 9, window=10)
    assert not holdings.room(held, 10, window=10)
    holdings.committed([result(held, 0)])
    assert holdings.room(held, 10, window=10)
    holdings.committed([result(held, offset) for offset in range(1, 5)])
    assert holdings.room(held, 1_000_000, window=10)


def test_an_assignment_without_a_place_can_not_take_records() -> None:
    holdings = Holdings()
    (held,) = holdings.open([FIRST])
    assert (holdings.position(held), holdings.span(held), holdings.unfinished()) == (None, 0, 0)
    with pytest.raises(RuntimeError, match="has no place yet"):
        holdings.take(held, 0)


def test_no_transaction_begins_with_a_doubted_membership_until_the_doubt_ends() -> None:
    holdings, _ = holdings_of(FIRST)
    member = Member()
    holdings.membership = lambda: member
    holdings.doubt(Member(), time.monotonic() + 60)
    assert holdings.begin([]) is None
    member = Member(generation_id=2)
    assert holdings.begin([]) is not None
    holdings.end()
    member = Member()
    holdings.doubt(Member(), time.monotonic())
    assert holdings.begin([]) is not None
