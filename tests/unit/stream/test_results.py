from __future__ import annotations

import threading
import time

from shared.stream._holdings import Held
from shared.stream._records import Partition
from shared.stream._results import Result, ResultQueue


def result(offset: int, size: int = 1) -> Result:
    return Result(Held(Partition("topic", 0)), offset, (), "handled", size)


def offsets(batch: list[Result]) -> list[int]:
    return [one.offset for one in batch]


def test_a_batch_is_bounded_in_number_and_bytes_and_keeps_the_order() -> None:
    queue = ResultQueue(max_results=3, max_bytes=10)
    for offset, size in enumerate((1, 1, 1, 1, 9, 1)):
        queue.put(result(offset, size))
    queue.close()
    assert [offsets(queue.take(0.0)) for _ in range(4)] == [[0, 1, 2], [3, 4], [5], []]


def test_a_result_larger_than_a_batch_goes_alone() -> None:
    queue = ResultQueue(max_results=3, max_bytes=10)
    for offset, size in enumerate((1, 50, 1)):
        queue.put(result(offset, size))
    assert [offsets(queue.take(0.0)) for _ in range(3)] == [[0], [1], [2]]


def test_results_gather_until_the_given_time() -> None:
    queue = ResultQueue(max_results=3, max_bytes=10)
    queue.put(result(0))
    at = time.monotonic() + 0.05
    assert offsets(queue.take(at)) == [0]
    assert time.monotonic() >= at


def test_an_end_waits_for_nothing_and_gives_what_is_left() -> None:
    queue = ResultQueue(max_results=3, max_bytes=10)
    taken: list[list[int]] = []

    def take_all() -> None:
        while batch := queue.take(time.monotonic() + 3600):
            taken.append(offsets(batch))

    taker = threading.Thread(target=take_all)
    taker.start()
    queue.put(result(7))
    queue.close()
    taker.join(10)
    assert not taker.is_alive()
    assert taken == [[7]]
