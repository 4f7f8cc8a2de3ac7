from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.stream._queue import KeyedQueue

PARTITIONS = st.integers(0, 3)
KEYS = st.sampled_from("abc")
Item = tuple[int, str, int]


class QueueAgainstNaiveModel(RuleBasedStateMachine):
    """Per key in order and one at a time, nothing lost, whatever is put, taken, put back, released or dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: KeyedQueue[int, Item] = KeyedQueue()
        self.waiting: dict[tuple[int, str], list[Item]] = {}
        self.out: dict[tuple[int, str], Item] = {}
        self.number = 0

    @rule(partition=PARTITIONS, key=KEYS)
    def put(self, partition: int, key: str) -> None:
        self.number += 1
        item = (partition, key, self.number)
        self.queue.put(partition, key, item)
        self.waiting.setdefault((partition, key), []).append(item)

    @rule()
    def take(self) -> None:
        ready = {lane for lane, items in self.waiting.items() if items and lane not in self.out}
        item = self.queue.take()
        if item is None:
            assert not ready
            return
        lane = item[:2]
        assert lane in ready
        assert item == self.waiting[lane].pop(0)
        self.out[lane] = item

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        lane = data.draw(st.sampled_from(sorted(self.out)))
        del self.out[lane]
        self.queue.release(*lane)

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def put_back(self, data: st.DataObject) -> None:
        lane = data.draw(st.sampled_from(sorted(self.out)))
        item = self.out.pop(lane)
        self.queue.put_back(lane[0], item)
        self.waiting[lane].insert(0, item)

    @rule(partition=PARTITIONS)
    def drop(self, partition: int) -> None:
        self.queue.drop(partition)
        for lane in [lane for lane in self.waiting if lane[0] == partition]:
            self.waiting[lane].clear()
            self.out.pop(lane, None)

    @invariant()
    def no_item_is_out_twice(self) -> None:
        assert len(set(self.out.values())) == len(self.out)


TestQueue = QueueAgainstNaiveModel.TestCase


def test_partitions_take_turns() -> None:
    queue: KeyedQueue[str, str] = KeyedQueue()
    for number in range(3):
        queue.put("full", number, f"full {number}")
    queue.put("small", 0, "small 0")
    assert [queue.take() for _ in range(5)] == ["full 0", "small 0", "full 1", "full 2", None]


def test_what_is_put_back_comes_first() -> None:
    queue: KeyedQueue[int, str] = KeyedQueue()
    queue.put(0, "a", "first")
    queue.put(0, "b", "second")
    taken = queue.take()
    assert taken == "first"
    queue.put_back(0, taken)
    assert queue.take() == "first"
