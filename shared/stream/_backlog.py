"""Records that were read and may not go into work yet. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from shared.stream._flow import Consumed, Partition


class Backlog:
    """Holds records back per partition, in order."""

    def __init__(self) -> None:
        self._held: dict[Partition, deque[Consumed]] = {}

    def put(self, records: Iterable[Consumed]) -> None:
        """Add records behind those of their partition."""
        for record in records:
            self._held.setdefault(record.partition, deque()).append(record)

    def release(self, room: Callable[[Partition], int]) -> list[Consumed]:
        """Take out as many records of each partition as there is `room` for."""
        released = []
        for partition in list(self._held):
            held = self._held[partition]
            released += [held.popleft() for _ in range(min(len(held), room(partition)))]
            if not held:
                del self._held[partition]
        return released

    def partitions(self) -> set[Partition]:
        """Where something is held back."""
        return set(self._held)

    def drop(self, partitions: Iterable[Partition]) -> None:
        """Forget the records of partitions."""
        for partition in partitions:
            self._held.pop(partition, None)
