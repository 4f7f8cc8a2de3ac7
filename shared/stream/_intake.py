"""How much of each partition is read ahead and worked on. Lives in the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from shared.stream._holdings import Batch, Held, Holdings
from shared.stream._records import Consumed

# What is read and not handled yet, of all partitions together; each has an equal share, so that one that is stuck
# takes nothing from the others. Bytes count until a record's results are there; the number that may start now is
# enough for the time that a fetch takes.
_BYTES: Final = 256 * 1024 * 1024
_AHEAD_RECORDS: Final = 1000
_LEAST_BYTES: Final = 4 * 1024 * 1024
_LEAST_RECORDS: Final = 32
_OVERHEAD: Final = 1024
"""What our own objects take for a record, roughly."""


class Intake:
    """Lets records into the windows of their partitions, and says of which partitions no more is to be read.

    `window`: offsets of one partition from the first unfinished record to the newest one taken. `concurrency`: handlers
    that run at once. `ready`: how many records of a partition wait for nothing but a handler; those behind a key that
    is busy don't count, so that it doesn't hold up the others.
    """

    def __init__(self, holdings: Holdings, window: int, concurrency: int, ready: Callable[[Held], int]) -> None:
        self._holdings = holdings
        self._window = window
        self._ready = ready
        self._ahead = max(_AHEAD_RECORDS, 2 * concurrency)
        self._share_records = self._ahead
        self._share_bytes = _BYTES

    def share_among(self, partitions: int) -> None:
        """Set the shares for so many partitions."""
        self._share_records = max(_LEAST_RECORDS, self._ahead // max(1, partitions))
        self._share_bytes = max(_LEAST_BYTES, _BYTES // max(1, partitions))

    def put(self, batch: Batch) -> None:
        """Keep records that were read. Raises ValueError for a batch that goes back: reading has lost its place."""
        held = batch.held
        begins = batch.records[0].offset if batch.records else batch.read_to
        if begins < held.read_to:
            raise ValueError(f"{held.partition} was read to {held.read_to}, and then from {begins} on")
        held.arriving.extend(batch.records)
        held.bytes += sum(record.size + _OVERHEAD for record in batch.records)
        held.read_to = batch.read_to

    def let_in(self, held: Held) -> Iterator[Consumed]:
        """Give the records that fit into the window now, but for those that are done already."""
        while held.arriving and self._holdings.room(held, held.arriving[0].offset, self._window):
            record = held.arriving.popleft()
            if self._holdings.take(held, record.offset):
                yield record
            else:
                self.handled(held, record.size)
        if not held.arriving:
            # The transaction's marker behind the last record need not be waited for: it isn't one.
            self._holdings.passed(held, held.read_to)

    def handled(self, held: Held, size: int) -> None:
        """A record of so many bytes is no longer kept."""
        held.bytes -= size + _OVERHEAD

    def weigh(self, held: Held) -> None:
        """Say whether more of a partition is to be read."""
        records = (self._ready(held) + len(held.arriving)) / self._share_records
        load = max(records, held.bytes / self._share_bytes)
        # Two bounds, so that a partition isn't paused and resumed with each record.
        held.full = load >= (0.5 if held.full else 1.0)
