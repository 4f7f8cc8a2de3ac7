from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.stream._ledger import Ledger


class LedgerAgainstNaiveModel(RuleBasedStateMachine):
    """Any order of completion, with gaps: the position is the lowest unfinished offset, else one past the newest."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.taken: list[int] = []
        self.finished: set[int] = set()

    @rule(gap=st.integers(0, 5))
    def take(self, gap: int) -> None:
        offset = (self.taken[-1] + 1 if self.taken else 0) + gap
        self.ledger.take(offset)
        self.taken.append(offset)

    @precondition(lambda self: set(self.taken) - self.finished)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        offset = data.draw(st.sampled_from(sorted(set(self.taken) - self.finished)))
        before = self.window()
        self.finished.add(offset)
        assert self.ledger.finish(offset) == before - self.window()

    @precondition(lambda self: self.finished)
    @rule(data=st.data())
    def finish_again(self, data: st.DataObject) -> None:
        with pytest.raises(ValueError, match="is not open"):
            self.ledger.finish(data.draw(st.sampled_from(sorted(self.finished))))

    def window(self) -> int:
        unfinished = [offset for offset in self.taken if offset not in self.finished]
        return sum(offset >= unfinished[0] for offset in self.taken) if unfinished else 0

    @invariant()
    def agrees(self) -> None:
        unfinished = [offset for offset in self.taken if offset not in self.finished]
        after_newest = self.taken[-1] + 1 if self.taken else None
        assert self.ledger.position == (unfinished[0] if unfinished else after_newest)
        assert self.ledger.unfinished == len(unfinished)
        assert self.ledger.window == self.window()
        assert self.ledger.held_up == self.window() - len(unfinished)
        assert self.ledger.next_offset == after_newest


TestLedger = LedgerAgainstNaiveModel.TestCase


def test_an_offset_below_an_earlier_one_is_refused() -> None:
    ledger = Ledger()
    ledger.take(7)
    with pytest.raises(ValueError, match="offset 7 comes after 7"):
        ledger.take(7)


def test_an_offset_that_was_not_taken_can_not_be_finished() -> None:
    ledger = Ledger()
    ledger.take(7)
    with pytest.raises(ValueError, match="is not open"):
        ledger.finish(8)
