"""Results on their way from the handlers to a transaction."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.model import ArticleStatus
from shared.stream._holdings import Held
from shared.stream.producer import Outgoing

Outcome = Literal["handled", "passed_over", "poison", "exhausted", "bug"]


@dataclass(eq=False, slots=True)
class Result:
    """What one record leads to: `records` and `status` go out with its offset. `outcome`: handled, not for
    this stage, or why it is a dead letter. `size`: bytes of all that goes out."""

    held: Held
    offset: int
    records: Sequence[Outgoing]
    outcome: Outcome
    size: int
    status: ArticleStatus | None = None


class ResultQueue:
    """First in, first out, from the event loop to the transaction thread, so that order per key lasts.

    `max_results`, `max_bytes`: the most that one take gives; a single larger result is given alone.
    """

    def __init__(self, max_results: int, max_bytes: int) -> None:
        self._max_results = max_results
        self._max_bytes = max_bytes
        self._results: deque[Result] = deque()
        self._changed = threading.Condition()
        self._closed = threading.Event()

    def put(self, result: Result) -> None:
        """Add a result."""
        with self._changed:
            self._results.append(result)
            self._changed.notify()

    def take(self, not_before: float) -> list[Result]:
        """Wait for results and take a batch; an empty list once the queue is closed and empty.

        `not_before`: monotonic time until which more may gather, unless the queue is closed.
        """
        with self._changed:
            while not self._results and not self._closed.is_set():
                self._changed.wait()
        self._closed.wait(max(0.0, not_before - time.monotonic()))
        with self._changed:
            return self._batch()

    @property
    def exhausted(self) -> bool:
        """Whether it is closed and all of it was taken."""
        with self._changed:
            return self._closed.is_set() and not self._results

    def close(self) -> None:
        """No more results come; `take` gives what is left, and then nothing."""
        with self._changed:
            self._closed.set()
            self._changed.notify()

    def _batch(self) -> list[Result]:
        batch: list[Result] = []
        size = 0
        while self._results and len(batch) < self._max_results:
            size += self._results[0].size
            if batch and size > self._max_bytes:
                break
            batch.append(self._results.popleft())
        return batch
