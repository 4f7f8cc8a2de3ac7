"""What this worker holds: the partitions that the group gave it, and how far each of them is done.

Shared by the poll thread (which learns of assignments), the event loop (which works) and the transaction thread (which
commits); one lock guards all of it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from shared.stream._offsets import Ledger, Position
from shared.stream._records import Consumed, Partition

if TYPE_CHECKING:
    from shared.stream._job import Job
    from shared.stream._results import Result


@dataclass(eq=False, slots=True)
class Held:
    """One assignment of one partition. The object is the assignment's epoch: records, jobs and results carry it, and
    an assignment of the same partition later on is another object.

    `ledger` and `live` are guarded by the lock of `Holdings`: `ledger` is None until the place to read from is known,
    `live` is False once the partition is gone. The rest belongs to the event loop.

    `closing`: nothing more of it starts. `full`: read no more of it for now. `arriving`: read, but not yet taken into
    the window; `read_to`: the offset that reading goes on from. `bytes`: of what was read and isn't handled.
    `newest`: the highest offset that was started. `given_up`: the offset of a record that was given up because it held
    up the window, until that is committed. `uncommitted`: results that wait for their transaction.
    """

    partition: Partition
    ledger: Ledger | None = None
    live: bool = True
    closing: bool = False
    full: bool = False
    arriving: deque[Consumed] = field(default_factory=deque)
    read_to: int = 0
    bytes: int = 0
    newest: int = -1
    given_up: int | None = None
    uncommitted: int = 0
    running: set[Job] = field(default_factory=set)
    waiting: set[Job] = field(default_factory=set)


class Batch(NamedTuple):
    """Records read of one assignment, and the offset that reading goes on from: between the two there are none."""

    held: Held
    records: Sequence[Consumed]
    read_to: int


class Membership(Protocol):
    """What the broker checks a commit against; kafka-python's ConsumerGroupMetadata."""

    generation_id: int
    member_id: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one transaction commits: results, the positions that they lead to, and the membership they belong to.

    `gone`: results that it leaves out, because their assignment has ended.
    """

    results: Sequence[Result]
    gone: Sequence[Result]
    positions: dict[Partition, Position]
    membership: Membership


class Holdings:
    """The assignments of one stage in this process. Safe to call from any thread.

    `membership` gives the consumer's group membership, or None while it has none.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Partition, Held] = {}
        self._in_transaction: set[Held] = set()
        self._hold_until = 0.0
        self._doubted: Membership | None = None
        self._doubted_until = 0.0
        self.membership: Callable[[], Membership | None] = lambda: None

    # Assignments.

    def open(self, partitions: Iterable[Partition]) -> list[Held]:
        """Begin with newly assigned partitions."""
        with self._lock:
            opened = [Held(partition) for partition in partitions]
            for held in opened:
                self._end(held.partition)
                self._held[held.partition] = held
            return opened

    def place(self, held: Held, ledger: Ledger) -> bool:
        """Note where an assignment begins; False when it has ended in the meantime."""
        with self._lock:
            held.ledger = ledger
            return held.live

    def release(self, partitions: Iterable[Partition]) -> list[Held] | None:
        """Let partitions go, unless an open transaction holds one of them: then None, and nothing changes."""
        with self._lock:
            helds = [self._held[partition] for partition in partitions if partition in self._held]
            if not self._in_transaction.isdisjoint(helds):
                return None
            for held in helds:
                self._end(held.partition)
            return helds

    def lose(self, partitions: Iterable[Partition]) -> list[Held]:
        """Note that partitions are gone, whatever was under way."""
        with self._lock:
            helds = [self._held[partition] for partition in partitions if partition in self._held]
            for held in helds:
                self._end(held.partition)
            return helds

    def find(self, partitions: Iterable[Partition]) -> list[Held]:
        """The present assignments of those of the partitions that are held."""
        with self._lock:
            return [self._held[partition] for partition in partitions if partition in self._held]

    def _end(self, partition: Partition) -> None:
        held = self._held.pop(partition, None)
        if held is not None:
            held.live = False

    # Work.

    def take(self, held: Held, offset: int) -> bool:
        """Enter a record into the window; False when it is done already and must not start.

        Raises ValueError for an offset that isn't above the last one.
        """
        with self._lock:
            return _ledger(held).take(offset)

    def passed(self, held: Held, offset: int) -> None:
        """Note that all there is below `offset` was read."""
        with self._lock:
            _ledger(held).passed(offset)

    def room(self, held: Held, offset: int, window: int) -> bool:
        """Whether the record at `offset` fits into the window, which counts offsets from the first unfinished one."""
        with self._lock:
            ledger = _ledger(held)
            if not ledger.unfinished:
                return True
            return ledger.fits(offset) and offset - (ledger.position or 0) < window

    def hold(self, until: float) -> bool:
        """Have no transaction begin until that moment (monotonic time); whether none is open now."""
        with self._lock:
            self._hold_until = until
            return not self._in_transaction

    def doubt(self, membership: Membership, until: float) -> None:
        """Have no transaction begin with this membership until that moment (monotonic time)."""
        with self._lock:
            self._doubted, self._doubted_until = membership, until

    def split(self, results: Iterable[Result]) -> tuple[list[Result], list[Result]]:
        """The results that are still this worker's, and those whose assignment has ended."""
        with self._lock:
            return _split(results)

    def begin(self, results: Sequence[Result]) -> Snapshot | None:
        """Open a transaction: one snapshot of the results that are still this worker's, their positions, and the
        membership. None while none may begin, or this worker is no member of its group. `end` must follow a snapshot,
        whatever happens."""
        with self._lock:
            membership = self._usable_membership()
            if membership is None:
                return None
            kept, gone = _split(results)
            by_held: dict[Held, list[int]] = {}
            for result in kept:
                by_held.setdefault(result.held, []).append(result.offset)
            positions = {held.partition: _ledger(held).with_done(done) for held, done in by_held.items()}
            self._in_transaction = set(by_held)
            return Snapshot(kept, gone, positions, membership)

    def _usable_membership(self) -> Membership | None:
        now = time.monotonic()
        membership = self.membership() if now >= self._hold_until else None
        if membership is None or self._doubted is None or now >= self._doubted_until:
            return membership
        doubted = (self._doubted.generation_id, self._doubted.member_id)
        return None if (membership.generation_id, membership.member_id) == doubted else membership

    def committed(self, results: Iterable[Result]) -> None:
        """Note that the broker has these results."""
        with self._lock:
            by_held: dict[Held, list[int]] = {}
            for result in results:
                by_held.setdefault(result.held, []).append(result.offset)
            for held, offsets in by_held.items():
                _ledger(held).commit(offsets)

    def end(self) -> None:
        """The open transaction has ended, one way or the other."""
        with self._lock:
            self._in_transaction = set()

    # What may be shown.

    def unfinished(self, held: Held | None = None) -> int:
        """Records taken into the window of one assignment, or of all present ones, and not committed yet."""
        with self._lock:
            helds = self._held.values() if held is None else (held,)
            return sum(held.ledger.unfinished for held in helds if held.ledger is not None)

    def position(self, held: Held) -> int | None:
        """The first offset of a partition that isn't known to be done, or None."""
        with self._lock:
            return None if held.ledger is None else held.ledger.position

    def span(self, held: Held) -> int:
        """Offsets from the first unfinished record of a partition to the newest one taken."""
        with self._lock:
            return 0 if held.ledger is None else held.ledger.span


def _ledger(held: Held) -> Ledger:
    if held.ledger is None:
        raise RuntimeError(f"{held.partition} has no place yet")
    return held.ledger


def _split(results: Iterable[Result]) -> tuple[list[Result], list[Result]]:
    live: list[Result] = []
    gone: list[Result] = []
    for result in results:
        # Looked at once, so that a result is in one of the two and not in both.
        (live if result.held.live else gone).append(result)
    return live, gone
