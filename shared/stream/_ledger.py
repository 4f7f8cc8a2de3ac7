"""Which records of one partition are finished, and up to where its offset may be committed. Pure."""

from __future__ import annotations

from collections import deque


class Ledger:
    """The records of one partition from the first unfinished one on.

    Offsets come in rising order but not without gaps: transaction markers and compaction take some.
    """

    def __init__(self) -> None:
        self._open: deque[int] = deque()
        self._finished: set[int] = set()
        self._next: int | None = None

    @property
    def next_offset(self) -> int | None:
        """The lowest offset that may still be taken, or None before the first."""
        return self._next

    @property
    def position(self) -> int | None:
        """The offset to commit: every record below it is finished. None before the first record."""
        return self._open[0] if self._open else self._next

    @property
    def window(self) -> int:
        """Records from the first unfinished one to the newest, finished ones between them included."""
        return len(self._open)

    @property
    def held_up(self) -> int:
        """Finished records that can't be committed, because one before them is unfinished."""
        return len(self._finished)

    @property
    def unfinished(self) -> int:
        return len(self._open) - len(self._finished)

    def take(self, offset: int) -> None:
        """Enter a record. Raises ValueError when `offset` is not above all earlier ones."""
        if self._next is not None and offset < self._next:
            raise ValueError(f"offset {offset} comes after {self._next - 1}")
        self._open.append(offset)
        self._next = offset + 1

    def finish(self, offset: int) -> int:
        """Mark a taken record as finished and return by how many records the window shrank.

        Raises ValueError when the record wasn't taken or is finished already.
        """
        if offset in self._finished or not self._open or not self._open[0] <= offset < (self._next or 0):
            raise ValueError(f"offset {offset} is not open")
        self._finished.add(offset)
        before = len(self._open)
        while self._open and self._open[0] in self._finished:
            self._finished.remove(self._open.popleft())
        return before - len(self._open)
