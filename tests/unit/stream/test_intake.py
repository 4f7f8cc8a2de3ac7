from __future__ import annotations

import pytest

from shared.stream._holdings import Batch, Held, Holdings
from shared.stream._intake import Intake
from shared.stream._offsets import Ledger
from shared.stream._records import Consumed, Partition
from shared.stream._results import Result

PLACE = Partition("topic", 0)


def record(offset: int, size: int = 10) -> Consumed:
    return Consumed(PLACE, offset, b"", b"", (), size)


def intake(window: int = 20_000, done: int = 0, ready: int = 0) -> tuple[Intake, Holdings, Held]:
    holdings = Holdings()
    (held,) = holdings.open([PLACE])
    holdings.place(held, Ledger(0, done))
    return Intake(holdings, window, concurrency=10, ready=lambda _: ready), holdings, held


def let_in(taker: Intake, held: Held) -> list[int]:
    return [record.offset for record in taker.let_in(held)]


def is_full(held: Held) -> bool:
    return held.full


def test_records_past_the_window_wait_until_it_moves() -> None:
    taker, holdings, held = intake(window=3)
    taker.put(Batch(held, [record(offset) for offset in range(6)], 6))
    assert let_in(taker, held) == [0, 1, 2]
    assert let_in(taker, held) == []
    holdings.committed([Result(held, 0, (), "handled", 1)])
    assert let_in(taker, held) == [3]
    assert [waiting.offset for waiting in held.arriving] == [4, 5]


def test_records_that_the_commit_named_as_done_are_not_given() -> None:
    taker, _, held = intake(done=0b0110)
    taker.put(Batch(held, [record(offset) for offset in range(5)], 5))
    assert let_in(taker, held) == [0, 3, 4]
    kept = held.bytes
    for _ in range(3):
        taker.handled(held, 10)
    assert kept > held.bytes == 0


def test_what_was_read_to_the_end_leaves_no_marker_to_wait_for() -> None:
    taker, holdings, held = intake()
    taker.put(Batch(held, [record(0), record(1)], 3))
    assert let_in(taker, held) == [0, 1]
    holdings.committed([Result(held, offset, (), "handled", 1) for offset in (0, 1)])
    assert holdings.position(held) == 3


def test_a_partition_is_full_while_many_of_its_records_could_start() -> None:
    for ready, before, full in ((99, False, False), (100, False, True), (50, True, True), (49, True, False)):
        taker, _, held = intake(ready=ready)
        taker.share_among(10)
        held.full = before
        taker.weigh(held)
        assert is_full(held) == full, ready


def test_records_that_do_not_fit_into_the_window_count_as_if_they_could_start() -> None:
    taker, _, held = intake(window=1)
    taker.share_among(10)
    taker.put(Batch(held, [record(offset) for offset in range(101)], 101))
    assert let_in(taker, held) == [0]
    taker.weigh(held)
    assert is_full(held)


def test_a_partition_with_too_many_bytes_is_full_until_results_are_there() -> None:
    taker, _, held = intake()
    taker.share_among(64)
    taker.put(Batch(held, [record(0, 4 * 1024 * 1024)], 1))
    let_in(taker, held)
    taker.weigh(held)
    assert is_full(held)
    taker.handled(held, 4 * 1024 * 1024)
    taker.weigh(held)
    assert not is_full(held)


def test_a_batch_that_goes_back_is_an_error_and_one_that_passes_offsets_is_none() -> None:
    taker, _holdings, held = intake()
    taker.put(Batch(held, [record(0), record(1)], 3))
    taker.put(Batch(held, [record(5)], 6))
    with pytest.raises(ValueError, match="was read to 6, and then from 5 on"):
        taker.put(Batch(held, [record(5)], 6))
    assert [waiting.offset for waiting in held.arriving] == [0, 1, 5]
