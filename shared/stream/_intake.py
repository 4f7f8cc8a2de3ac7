"""How much of each partition is read ahead and worked on. Lives in the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from shared.stream._holdings import Batch, Held, Holdings
from shared.stream._records import Consumed

# What waits for a handler, of all partitions together; each has an equal share, so that one that is stuck takes
# nothing from the others. Enough for the time that a fetch takes.
_AHEAD_BYTES: Final = 64 * 1024 * 1024
_AHEAD_RECORDS: Final = 1000
_LEAST_BYTES: Final = 1024 * 1024
_LEAST_RECORDS: Final = 32


class Intake:
    """Lets records into the windows of their partitions, and says of which partitions no more is to be read.

    `window`: offsets of one partition from the first unfinished record to the newest one taken. `concurrency`: handlers
    that run at once.
    """

    def __init__(self, holdings: Holdings, window: int, concurrency: int) -> None:
        self._holdings = holdings
        self._window = window
        self._ahead = max(_AHEAD_RECORDS, 2 * concurrency)
        self._share_records = self._ahead
        self._share_bytes = _AHEAD_BYTES

    def share_among(self, partitions: int) -> None:
        """Set the shares for so many partitions."""
        self._share_records = max(_LEAST_RECORDS, self._ahead // max(1, partitions))
        self._share_bytes = max(_LEAST_BYTES, _AHEAD_BYTES // max(1, partitions))

    def put(self, batch: Batch) -> None:
        """Keep records that were read."""
        held = batch.held
        held.arriving.extend(batch.records)
        held.queued += len(batch.records)
        held.queued_bytes += sum(record.size for record in batch.records)
        held.read_to = batch.read_to

    def let_in(self, held: Held) -> Iterator[Consumed]:
        """Give the records that fit into the window now, but for those that are done already."""
        while held.arriving and self._holdings.room(held, held.arriving[0].offset, self._window):
            record = held.arriving.popleft()
            if self._holdings.take(held, record.offset):
                yield record
            else:
                self.started(held, record.size)
        if not held.arriving:
            # The transaction's marker behind the last record need not be waited for: it isn't one.
            self._holdings.passed(held, held.read_to)
        self._weigh(held)

    def started(self, held: Held, size: int) -> None:
        """A record of so many bytes no longer waits."""
        held.queued -= 1
        held.queued_bytes -= size
        self._weigh(held)

    def _weigh(self, held: Held) -> None:
        records = held.queued / self._share_records
        load = max(records, held.queued_bytes / self._share_bytes)
        # Two bounds, so that a partition isn't paused and resumed with each record.
        held.full = load >= (0.5 if held.full else 1.0)
