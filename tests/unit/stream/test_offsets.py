from __future__ import annotations

import random
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.stream._offsets import (
    MAX_METADATA,
    MAX_SPAN,
    Ledger,
    Position,
    _sealed,
    _varint,
    covered,
    decode_done,
    encode_done,
)


def bits(*offsets: int) -> int:
    return sum(1 << offset for offset in offsets)


def taken(ledger: Ledger, *offsets: int) -> Ledger:
    for offset in offsets:
        assert ledger.take(offset)
    return ledger


def resumed(position: Position) -> Ledger:
    return Ledger(position.offset, decode_done(position.metadata))


# --- the metadata


def random_bitmap(span: int, density: float, seed: int) -> int:
    chance = random.Random(seed)
    return int("".join("01"[chance.random() < density] for _ in range(span)), 2)


def bitmap_of_runs(runs: list[int]) -> int:
    return int("".join("01"[at % 2] * run for at, run in enumerate(runs))[:MAX_SPAN] or "0", 2)


BITMAPS = st.one_of(
    st.integers(0, 1 << 80),
    st.builds(bits, *[st.integers(0, MAX_SPAN - 1)]),
    st.sets(st.integers(0, MAX_SPAN - 1)).map(lambda offsets: bits(*offsets)),
    st.lists(st.integers(1, 2_000)).map(bitmap_of_runs),
    st.builds(random_bitmap, st.integers(1, MAX_SPAN), st.floats(0, 1), st.integers()),
)


@given(BITMAPS)
@example(bits(MAX_SPAN - 1))
@example((1 << MAX_SPAN) - 1)
@example((1 << MAX_SPAN) - 2)
@example(int("10" * (MAX_SPAN // 2), 2))
@example(random_bitmap(MAX_SPAN, 0.5, 1))
@example(random_bitmap(MAX_SPAN, 0.06, 2))
@example(random_bitmap(MAX_SPAN, 0.94, 3))
@example(bitmap_of_runs([1] * 3_080 + [128] * 180))  # fewer runs than bytes, and yet longer than the bitmap
def test_any_bitmap_fits_the_metadata_and_is_read_back(done: int) -> None:
    metadata = encode_done(done)
    assert len(metadata.encode("ascii")) <= MAX_METADATA
    assert decode_done(metadata) == done


def test_the_largest_span_is_the_one_whose_bitmap_just_fits() -> None:
    assert len(encode_done(random_bitmap(MAX_SPAN, 0.5, 1) | bits(MAX_SPAN - 1))) == MAX_METADATA
    with pytest.raises(ValueError, match="at most 26176"):
        encode_done(bits(MAX_SPAN))
    with pytest.raises(ValueError, match="at most 4096"):
        decode_done(_sealed("b", bytes(MAX_SPAN // 8 + 1)))


def test_nothing_done_is_no_metadata() -> None:
    assert encode_done(0) == ""
    assert decode_done("") == 0


def test_long_runs_are_written_short() -> None:
    assert len(encode_done(((1 << 20_000) - 1) << 5)) < 20


@given(st.text() | st.builds(_sealed, st.sampled_from("brx"), st.binary(max_size=5_000)))
@example(_sealed("r", _varint(0) + _varint(10**12)))
@example(_sealed("r", _varint(10**12) + _varint(1)))
@example(_sealed("r", b"\xff" * 3_000))
@example(_sealed("r", (b"\xff" * 30 + b"\x01") * 100))
@example(_sealed("r", b"\x01"))
def test_any_text_is_read_as_a_small_bitmap_or_refused(metadata: str) -> None:
    tracemalloc.start()
    try:
        assert 0 <= decode_done(metadata) < 1 << MAX_SPAN
    except ValueError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ("consumer-7", "checksum"),
        ("{}", "base85"),
        ("b", "checksum"),
        ("é" * 9, "ASCII"),
        ("b" * 4_097, "4097 characters"),
        (_sealed("c", b"\x01"), "unknown kind 'c'"),
        (_sealed("r", b"\x00"), "zip"),
        (_sealed("r", b"\x00\x80"), "inside a number"),
        (_sealed("r", _varint(0) + _varint(10**12)), "more than 26176 offsets"),
        (_sealed("r", _varint(10**12) + _varint(1)), "more than 26176 offsets"),
    ],
)
def test_metadata_that_is_not_ours_is_refused(metadata: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        decode_done(metadata)


@given(BITMAPS, st.data())
def test_damaged_metadata_never_names_other_offsets(done: int, data: st.DataObject) -> None:
    assume(done)
    metadata = encode_done(done)
    at = data.draw(st.integers(0, len(metadata) - 1))
    changed = metadata[:at] + data.draw(st.characters(codec="ascii")) + metadata[at + 1 :]
    for damaged in (changed, metadata[: at + 1]):
        with suppress(ValueError):
            # The last character of base85 may have bits to spare, so that not every change is a damage.
            assert decode_done(damaged) == done


# --- the ledger


def test_the_position_is_the_first_record_that_is_not_done() -> None:
    ledger = taken(Ledger(None), 7, 8, 9)
    ledger.commit([8])
    assert (ledger.position, ledger.unfinished, ledger.span) == (7, 2, 3)
    ledger.commit([7])
    assert (ledger.position, ledger.unfinished, ledger.span) == (9, 1, 1)
    ledger.commit([9])
    assert (ledger.position, ledger.unfinished, ledger.span) == (10, 0, 0)


def test_nothing_is_known_before_the_first_record() -> None:
    ledger = Ledger(None)
    assert (ledger.position, ledger.unfinished, ledger.span) == (None, 0, 0)
    with pytest.raises(ValueError, match="nothing was read"):
        ledger.with_done([])


def test_what_would_be_committed_names_the_records_past_the_first_gap_and_changes_nothing() -> None:
    ledger = taken(Ledger(4), 4, 5, 6, 7)
    assert ledger.with_done([5, 7]) == Position(4, encode_done(bits(1, 3)))
    assert ledger.with_done([4, 7]) == Position(5, encode_done(bits(2)))
    assert ledger.with_done([]) == Position(4, "")
    assert (ledger.position, ledger.unfinished) == (4, 4)


def test_a_successor_starts_only_what_was_not_done() -> None:
    ledger = taken(Ledger(4), 4, 5, 6, 7)
    ledger = resumed(ledger.with_done([5, 7]))
    assert [offset for offset in range(4, 9) if ledger.take(offset)] == [4, 6, 8]


def test_a_successor_passes_on_what_it_has_not_read_yet() -> None:
    ledger = taken(Ledger(4, bits(3, 5)), 4, 5)
    assert ledger.with_done([5]) == Position(4, encode_done(bits(1, 3, 5)))
    ledger.commit([4, 5])
    assert ledger.with_done([]) == Position(6, encode_done(bits(1, 3)))


def test_a_successor_passes_on_what_is_far_above_all_that_it_has_read() -> None:
    ledger = taken(Ledger(4, bits(900)), 4)
    assert ledger.with_done([4]) == Position(5, encode_done(bits(899)))


def test_records_below_the_position_are_not_started() -> None:
    ledger = Ledger(10, bits(0, 1))
    assert ledger.position == 12
    assert [offset for offset in (3, 10, 11, 12) if ledger.take(offset)] == [12]


def test_offsets_without_a_record_count_as_done() -> None:
    ledger = taken(Ledger(4), 6)
    assert ledger.position == 6
    taken(ledger, 9)
    assert ledger.with_done([]) == Position(6, encode_done(bits(1, 2)))
    assert ledger.unfinished == 2
    ledger.commit([6])
    assert ledger.position == 9


def test_offsets_passed_without_a_record_do_not_hold_up_the_position() -> None:
    ledger = taken(Ledger(4), 4)
    ledger.passed(6)
    assert ledger.position == 4
    ledger.commit([4])
    assert ledger.position == 6
    ledger.passed(8)
    ledger.passed(7)
    assert ledger.position == 8


def test_a_partition_of_nothing_but_markers_has_a_position() -> None:
    ledger = Ledger(None)
    ledger.passed(3)
    assert ledger.with_done([]) == Position(3, "")


@pytest.mark.parametrize("passed", [False, True])
def test_an_offset_that_does_not_rise_is_refused(passed: bool) -> None:
    ledger = taken(Ledger(None), 5)
    if passed:
        ledger.passed(8)
    else:
        taken(ledger, 7)
    with pytest.raises(ValueError, match="offset 7 comes after 7"):
        ledger.take(7)


@pytest.mark.parametrize("offsets", [[3], [5], [6], [8], [4, 4]])
def test_only_records_taken_and_not_done_can_be_done(offsets: list[int]) -> None:
    ledger = taken(Ledger(4), 4, 5, 7)
    ledger.commit([5])
    for finish in (ledger.with_done, ledger.commit):
        with pytest.raises(ValueError, match="is not open"):
            finish(offsets)
    assert (ledger.position, ledger.unfinished) == (4, 2)


def test_a_gap_of_any_width_costs_nothing_while_nothing_is_unfinished() -> None:
    ledger = taken(Ledger(0), 10**15)
    ledger.commit([10**15])
    ledger.passed(10**16)
    assert ledger.fits(10**17)
    assert ledger.position == 10**16


def test_a_record_too_far_from_an_unfinished_one_waits() -> None:
    ledger = taken(Ledger(0), 5)
    ledger.passed(10**15)
    assert not ledger.fits(10**15)
    with pytest.raises(ValueError, match="too far from the unfinished one at 5"):
        ledger.take(10**15)
    assert ledger.with_done([]) == Position(5, "")
    ledger.commit([5])
    assert ledger.position == 10**15
    assert ledger.take(10**15)


def test_the_span_has_room_for_exactly_its_size() -> None:
    ledger = taken(Ledger(0), 5)
    assert ledger.fits(5 + MAX_SPAN - 1)
    assert not ledger.fits(5 + MAX_SPAN)
    taken(ledger, 5 + MAX_SPAN - 1)
    assert decode_done(ledger.with_done([5 + MAX_SPAN - 1]).metadata) == ((1 << MAX_SPAN) - 1) ^ 1


def test_what_was_read_back_covers_records_below_it_and_those_it_names() -> None:
    assert [offset for offset in range(3, 9) if covered(offset, 5, bits(2))] == [3, 4, 7]
    assert not covered(3, None, 0)


def test_what_is_known_to_be_absent_stays_done_when_the_record_behind_it_is_compacted_away() -> None:
    earlier = taken(Ledger(0), 0, 2)
    ledger = taken(resumed(earlier.with_done([])), 0)
    assert ledger.with_done([0]).offset == 2


def test_a_bitmap_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="without the offset"):
        Ledger(None, 1)


class Partition(RuleBasedStateMachine):
    """A partition read by one worker after the other, against sets of offsets.

    `log` is what the partition holds, `committed` the records whose commit was applied, `running` and `finished` the
    ones that the present worker started and that are not known to be committed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log: list[int] = []
        self.end = 0
        self.broker: Position | None = None
        self.committed: set[int] = set()
        self.start_worker()

    def start_worker(self) -> None:
        self.ledger = resumed(self.broker) if self.broker else Ledger(None)
        self.read = self.broker.offset if self.broker else 0
        self.newest: int | None = None
        self.position = self.read
        self.running: set[int] = set()
        self.finished: set[int] = set()

    def unread(self) -> list[int]:
        return [offset for offset in self.log if offset >= self.read]

    @initialize(start=st.integers(0, 3))
    def markers_first(self, start: int) -> None:
        self.end = start

    @rule(gaps=st.lists(st.integers(0, 3) | st.sampled_from([40, MAX_SPAN - 2, 10**12]), min_size=1, max_size=8))
    def append(self, gaps: list[int]) -> None:
        for gap in gaps:
            self.log.append(self.end + gap)
            self.end += gap + 1

    @rule(count=st.integers(1, 3))
    def append_markers(self, count: int) -> None:
        self.end += count

    @precondition(lambda self: self.unread())
    @rule(data=st.data())
    def compact(self, data: st.DataObject) -> None:
        self.log.remove(data.draw(st.sampled_from(self.unread())))

    @precondition(lambda self: self.unread())
    @rule(count=st.integers(1, 8))
    def take(self, count: int) -> None:
        for offset in self.unread()[:count]:
            unfinished = self.running | self.finished
            assert self.ledger.fits(offset) == (not unfinished or offset - min(unfinished) < MAX_SPAN)
            if not self.ledger.fits(offset):
                break
            started = self.ledger.take(offset)
            assert started == (offset not in self.committed)
            if started:
                self.running.add(offset)
            self.newest, self.read = offset, offset + 1

    @rule(data=st.data())
    def read_past_markers(self, data: st.DataObject) -> None:
        limit = min(self.unread(), default=self.end)
        self.read = data.draw(st.integers(self.read, max(self.read, limit)) | st.just(max(self.read, limit)))
        self.ledger.passed(self.read)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        some = data.draw(st.sets(st.sampled_from(sorted(self.running)), min_size=1))
        self.running -= some
        self.finished |= some

    def batch(self, data: st.DataObject) -> set[int]:
        return data.draw(st.sets(st.sampled_from(sorted(self.finished)), min_size=1))

    def apply(self, position: Position, batch: set[int]) -> None:
        assert len(position.metadata) <= MAX_METADATA
        assert self.broker is None or self.broker.offset <= position.offset
        self.broker = position
        self.committed |= batch

    @precondition(lambda self: self.finished)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        batch = self.batch(data)
        self.apply(self.ledger.with_done(batch), batch)
        self.ledger.commit(batch)
        self.finished -= batch

    @precondition(lambda self: self.ledger.position is not None)
    @rule()
    def commit_nothing_new(self) -> None:
        self.apply(self.ledger.with_done([]), set())

    @precondition(lambda self: self.finished)
    @rule(data=st.data())
    def abort(self, data: st.DataObject) -> None:
        self.ledger.with_done(self.batch(data))

    @precondition(lambda self: self.finished)
    @rule(data=st.data(), applied=st.booleans(), survives=st.booleans())
    def commit_with_unknown_outcome(self, data: st.DataObject, applied: bool, survives: bool) -> None:
        batch = self.batch(data)
        position = self.ledger.with_done(batch)
        if applied:
            self.apply(position, batch)
        if not survives:
            self.start_worker()
            return
        offset, done = (self.broker.offset, decode_done(self.broker.metadata)) if self.broker else (None, 0)
        dropped = {at for at in self.running | self.finished if covered(at, offset, done)}
        assert dropped == (batch if applied else set())
        self.ledger.commit(dropped)
        self.finished -= dropped

    @rule()
    def crash_or_rebalance(self) -> None:
        self.start_worker()

    @invariant()
    def the_broker_knows_exactly_what_was_committed(self) -> None:
        offset, done = (self.broker.offset, decode_done(self.broker.metadata)) if self.broker else (None, 0)
        assert {at for at in self.log if covered(at, offset, done)} == self.committed & set(self.log)

    @invariant()
    def the_ledger_agrees(self) -> None:
        ledger, unfinished = self.ledger, self.running | self.finished
        assert ledger.unfinished == len(unfinished)
        position = ledger.position
        if position is None:
            assert self.newest is None
            return
        assert position >= self.position
        self.position = position
        if unfinished:
            assert self.newest is not None
            assert position == min(unfinished)
            assert ledger.span == self.newest + 1 - position
        else:
            assert ledger.span == 0
            first_to_start = min((at for at in self.unread() if at not in self.committed), default=self.end)
            assert self.read <= position <= max(self.read, first_to_start)

    def teardown(self) -> None:
        """The last worker finishes everything: all that was not committed starts again, and nothing else does."""
        self.start_worker()
        to_start = set(self.log) - self.committed
        started: set[int] = set()
        while self.unread():
            self.take(8)
            started |= self.running
            self.apply(self.ledger.with_done(self.running), self.running)
            self.ledger.commit(self.running)
            self.running = set()
        assert started == to_start
        self.the_broker_knows_exactly_what_was_committed()
        # It may know of an absent offset behind the last record, from the commit of a worker that had read further.
        assert not started or self.read <= (self.ledger.position or 0) <= self.end


TestPartition = Partition.TestCase
TestPartition.settings = settings(TestPartition.settings, max_examples=300)
