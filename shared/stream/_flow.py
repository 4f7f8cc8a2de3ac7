"""How much was read and not yet finished: shared by the thread that reads and the event loop that works."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Partition(NamedTuple):
    """One partition of a topic."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Consumed:
    """A record as it was read."""

    partition: Partition
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, roughly."""
        return len(self.key or b"") + len(self.value or b"") + sum(len(n) + len(v) for n, v in self.headers)


@dataclass(slots=True)
class _Load:
    """`epoch` tells one assignment of a partition from the next; `position` is what may be committed."""

    epoch: int
    records: int = 0
    size: int = 0
    position: int | None = None
    committed: int | None = None


class Flow:
    """Counts the records and bytes in work, per partition, and says how much more may come.

    `window`: records of a partition, from the first unfinished to the newest. `max_bytes`: of all partitions together.
    Safe to call from any thread.
    """

    def __init__(self, window: int, max_bytes: int) -> None:
        self._window = window
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._loads: dict[Partition, _Load] = {}
        self._epoch = 0
        self._stopped = False

    def open(self, partitions: Iterable[Partition]) -> int:
        """Begin with newly assigned partitions; gives the epoch of this assignment."""
        with self._lock:
            self._epoch += 1
            self._loads.update({partition: _Load(self._epoch) for partition in partitions})
            return self._epoch

    def placed(self, partition: Partition, offset: int) -> None:
        """Note where the reading of a partition begins: nothing from there on is finished yet."""
        with self._lock:
            load = self._loads.get(partition)
            if load is not None and load.position is None:
                load.position = load.committed = offset

    def close(self, partitions: Iterable[Partition]) -> None:
        """Forget partitions that are no longer ours."""
        with self._lock:
            for partition in partitions:
                self._loads.pop(partition, None)

    @property
    def stopped(self) -> bool:
        return self._stopped

    def stop(self) -> None:
        """From now on nothing more may come."""
        with self._lock:
            self._stopped = True

    def take(self, records: Iterable[Consumed]) -> None:
        """Count records that go into work."""
        with self._lock:
            for record in records:
                load = self._loads.get(record.partition)
                if load is not None:
                    load.records += 1
                    load.size += record.size

    def finished(self, partition: Partition, epoch: int, records: int, size: int, position: int | None) -> None:
        """Take finished records out again; `position` is where the partition may be committed now."""
        with self._lock:
            load = self._loads.get(partition)
            if load is not None and load.epoch == epoch:
                load.records -= records
                load.size -= size
                load.position = position

    def room(self, partition: Partition) -> int:
        """Records of a partition that may go into work now."""
        with self._lock:
            load = self._loads.get(partition)
            if load is None or self._stopped:
                return 0
            if sum(other.size for other in self._loads.values()) >= self._max_bytes:
                return 0
            return max(0, self._window - load.records)

    def to_commit(self, partitions: Iterable[Partition] | None = None) -> dict[Partition, int]:
        """Offsets to commit that aren't committed yet, of these partitions or of all."""
        with self._lock:
            chosen = self._loads if partitions is None else [p for p in partitions if p in self._loads]
            positions = {p: (self._loads[p].position, self._loads[p].committed) for p in chosen}
            return {p: new for p, (new, old) in positions.items() if new is not None and new != old}

    def committed(self, offsets: dict[Partition, int]) -> None:
        """Note what the broker acknowledged."""
        with self._lock:
            for partition, offset in offsets.items():
                if partition in self._loads:
                    self._loads[partition].committed = offset

    def partitions(self) -> dict[Partition, int | None]:
        """The assigned partitions and where each may be committed."""
        with self._lock:
            return {partition: load.position for partition, load in self._loads.items()}
