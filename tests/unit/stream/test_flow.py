from __future__ import annotations

from shared.stream._backlog import Backlog
from shared.stream._flow import Consumed, Flow, Partition

A = Partition("topic", 0)
B = Partition("topic", 1)


def records(partition: Partition, count: int, size: int = 10) -> list[Consumed]:
    return [Consumed(partition, offset, None, b"v" * size, ()) for offset in range(count)]


def test_a_partition_gives_no_more_than_its_window() -> None:
    flow, backlog = Flow(window=5, max_bytes=1000), Backlog()
    flow.open([A, B])
    backlog.put(records(A, 8) + records(B, 2))
    released = backlog.release(flow.room)
    flow.take(released)
    assert [r.offset for r in released if r.partition == A] == [0, 1, 2, 3, 4]
    assert [r.offset for r in released if r.partition == B] == [0, 1]
    assert backlog.partitions() == {A}
    assert backlog.release(flow.room) == []


def test_room_comes_back_with_what_is_finished() -> None:
    flow, backlog = Flow(window=5, max_bytes=1000), Backlog()
    epoch = flow.open([A])
    backlog.put(records(A, 8))
    flow.take(backlog.release(flow.room))
    flow.finished(A, epoch, records=2, size=20, position=2)
    assert [r.offset for r in backlog.release(flow.room)] == [5, 6]
    assert flow.to_commit() == {A: 2}


def test_too_many_bytes_stop_every_partition() -> None:
    flow = Flow(window=100, max_bytes=1000)
    epoch = flow.open([A, B])
    flow.take(records(A, 1, size=1000))
    assert (flow.room(A), flow.room(B)) == (0, 0)
    flow.finished(A, epoch, records=1, size=1000, position=1)
    assert (flow.room(A), flow.room(B)) == (100, 100)


def test_what_an_earlier_assignment_finishes_counts_for_nothing() -> None:
    flow = Flow(window=5, max_bytes=1000)
    before = flow.open([A])
    flow.take(records(A, 5))
    flow.close([A])
    flow.open([A])
    flow.finished(A, before, records=5, size=50, position=5)
    assert flow.to_commit() == {}
    assert flow.room(A) == 5


def test_an_offset_is_committed_once() -> None:
    flow = Flow(window=5, max_bytes=1000)
    epoch = flow.open([A])
    flow.finished(A, epoch, records=0, size=0, position=7)
    assert flow.to_commit([A, B]) == {A: 7}
    flow.committed({A: 7})
    assert flow.to_commit() == {}


def test_where_reading_begins_is_known_and_not_committed_again() -> None:
    flow = Flow(window=5, max_bytes=1000)
    epoch = flow.open([A])
    flow.placed(A, 7)
    assert flow.partitions() == {A: 7}
    assert flow.to_commit() == {}
    flow.finished(A, epoch, records=0, size=0, position=8)
    assert flow.to_commit() == {A: 8}


def test_nothing_more_comes_after_a_stop() -> None:
    flow = Flow(window=5, max_bytes=1000)
    flow.open([A])
    flow.stop()
    assert flow.room(A) == 0


def test_a_dropped_partition_is_forgotten() -> None:
    backlog = Backlog()
    backlog.put(records(A, 2) + records(B, 1))
    backlog.drop([A])
    assert [r.partition for r in backlog.release(lambda _: 10)] == [B]
    assert backlog.partitions() == set()
