"""Has newly assigned partitions read from their committed offsets. Lives in the poll thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError

from shared.stream._committed import Committed, fetch_committed, read_back
from shared.stream._holdings import Held, Holdings
from shared.stream._offsets import Ledger

_SECONDS: Final = 0.5
"""How long a partition's place is waited for before the others are read again."""

_AGAIN_SECONDS: Final = 1.0


class Placing:
    """Knows which partitions of this consumer are placed: read from where their group has committed.

    kafka-python seeks only in partitions that it didn't have before. One that an eager rebalance takes and gives back
    goes on from where it was read, and what was dropped on the revoke would never be seen again.

    `assigned` is called with what was placed, and how many of it have records done past their offset.
    """

    def __init__(self, holdings: Holdings, assigned: Callable[[Sequence[Held], int], None]) -> None:
        self._holdings = holdings
        self._assigned = assigned
        # Filled by the IO thread; a join may go on there while the poll thread is outside `poll`.
        self._new: deque[Held] = deque()
        self._unplaced: dict[TopicPartition, Held] = {}
        # When to ask again, each for itself, for those that could not be placed together with the others.
        self._due: dict[TopicPartition, float] = {}
        self.placed: dict[TopicPartition, Held] = {}
        self.read_to: dict[TopicPartition, int] = {}
        """The offset from which on nothing was told yet, of each placed partition."""

    @property
    def waiting(self) -> bool:
        """Whether a partition isn't placed yet."""
        return bool(self._new or self._unplaced)

    def gained(self, helds: Iterable[Held]) -> None:
        """Note new assignments; from any thread."""
        self._new.extend(helds)

    def place(self, consumer: KafkaConsumer) -> None:
        """Place what can be placed now.

        One request for all that are new. The broker holds its whole answer back while a transaction over one of them is
        open, so after that each is asked for alone, and no more of them in this turn once one costs time.
        """
        self._sort_out()
        fresh = sorted(theirs for theirs in self._unplaced if theirs not in self._due)
        due = sorted(self._due, key=self._due.__getitem__)
        if fresh and not self._try(consumer, fresh):
            return
        for theirs in due:
            if self._due[theirs] > time.monotonic() or not self._try(consumer, [theirs]):
                return

    def _sort_out(self) -> None:
        while self._new:
            held = self._new.popleft()
            theirs = TopicPartition(*held.partition)
            self._unplaced[theirs] = held
            self._due.pop(theirs, None)
        self._unplaced = {theirs: held for theirs, held in self._unplaced.items() if held.live}
        self._due = {theirs: due for theirs, due in self._due.items() if theirs in self._unplaced}
        self.placed = {theirs: held for theirs, held in self.placed.items() if held.live}
        self.read_to = {theirs: offset for theirs, offset in self.read_to.items() if theirs in self.placed}

    def _try(self, consumer: KafkaConsumer, some: Sequence[TopicPartition]) -> bool:
        """Place these; whether no time was lost."""
        self._due.update(dict.fromkeys(some, time.monotonic() + (_AGAIN_SECONDS if len(some) == 1 else 0.0)))
        placed: list[Held] = []
        gaps = 0
        try:
            found = fetch_committed(consumer, some, _SECONDS)
            for theirs in some:
                held = self._unplaced[theirs]
                committed = read_back(held.partition, found.get(theirs))
                offset = _start(consumer, theirs, committed)
                if offset is None:
                    return False
                if self._seek(consumer, theirs, offset, committed.done):
                    placed.append(held)
                    gaps += bool(committed.done)
        except KafkaTimeoutError:
            return False  # a transaction over them is still open
        finally:
            if placed:
                self._assigned(placed, gaps)
        return True

    def _seek(self, consumer: KafkaConsumer, theirs: TopicPartition, offset: int, done: int) -> bool:
        """Have a partition read from its place; False when it is no longer ours."""
        held = self._unplaced[theirs]
        try:
            consumer.seek(theirs, offset)
        except (IllegalStateError, KeyError, ValueError):  # taken away this moment
            return False
        if not self._holdings.place(held, Ledger(offset, done)):
            return False
        self.placed[theirs] = self._unplaced.pop(theirs)
        self._due.pop(theirs, None)
        self.read_to[theirs] = offset
        return True


def _start(consumer: KafkaConsumer, theirs: TopicPartition, committed: Committed) -> int | None:
    """Where to read a partition from; None when that can't be known now, for example because it has no leader."""
    if committed.offset is not None:
        return committed.offset
    try:
        offset: int = consumer.beginning_offsets([theirs], timeout_ms=_SECONDS * 1000)[theirs]
    except (KafkaError, KeyError) as error:
        if isinstance(error, KafkaError) and not error.retriable:
            raise
        return None
    return offset
