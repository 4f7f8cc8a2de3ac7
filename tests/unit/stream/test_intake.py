from __future__ import annotations

from shared.stream._holdings import Batch, Held, Holdings
from shared.stream._intake import Intake
from shared.stream._offsets import Ledger
from shared.stream._records import Consumed, Partition
from shared.stream._results import Result

PLACE = Partition("topic", 0)


def record(offset: int, size: int = 10) -> Consumed:
    return Consumed(PLACE, offset, b"", b"", (), size)


def intake(window: int = 20_000, done: int = 0) -> tuple[Intake, Holdings, Held]:
    holdings = Holdings()
    (held,) = holdings.open([PLACE])
    holdings.place(held, Ledger(0, done))
    return Intake(holdings, window, concurrency=10), holdings, held


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
    assert (held.queued, held.queued_bytes) == (3, 30)


def test_what_was_read_to_the_end_leaves_no_marker_to_wait_for() -> None:
    taker, holdings, held = intake()
    taker.put(Batch(held, [record(0), record(1)], 3))
    assert let_in(taker, held) == [0, 1]
    holdings.committed([Result(held, offset, (), "handled", 1) for offset in (0, 1)])
    assert holdings.position(held) == 3


def test_a_partition_with_too_many_records_is_full_until_half_of_them_were_started() -> None:
    taker, _, held = intake()
    taker.share_among(10)
    taker.put(Batch(held, [record(offset) for offset in range(99)], 99))
    assert len(let_in(taker, held)) == 99
    assert not is_full(held)
    taker.put(Batch(held, [record(99)], 100))
    let_in(taker, held)
    assert is_full(held)
    for _ in range(50):
        taker.started(held, 10)
    assert is_full(held)
    taker.started(held, 10)
    assert not is_full(held)


def test_a_partition_with_too_many_bytes_is_full() -> None:
    taker, _, held = intake()
    taker.share_among(64)
    taker.put(Batch(held, [record(0, 1024 * 1024)], 1))
    let_in(taker, held)
    assert is_full(held)
    taker.share_among(1)
    taker.started(held, 0)
    assert not is_full(held)
