"""Which record comes next: in order per key, in turn among the partitions. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

P = TypeVar("P", bound=Hashable)
T = TypeVar("T")


class KeyedQueue(Generic[P, T]):
    """Items wait by partition and key. Of each key of a partition, at most one item is out at a time.

    An item is ready when it is the oldest of its key. `take` gives ready items, one partition after the other, and
    the key stays busy until `release` or `put_back`.
    """

    def __init__(self) -> None:
        # A key that is busy has an entry here, with what waits behind its item.
        self._behind: dict[P, dict[Hashable, deque[T]]] = {}
        self._ready: dict[P, deque[T]] = {}
        self._turn: deque[P] = deque()

    def put(self, partition: P, key: Hashable, item: T) -> None:
        """Add an item behind all others of its key."""
        keys = self._behind.setdefault(partition, {})
        if key in keys:
            keys[key].append(item)
        else:
            keys[key] = deque()
            self._make_ready(partition, item)

    def take(self) -> T | None:
        """Give out the next ready item, or None; its key stays busy."""
        if not self._turn:
            return None
        partition = self._turn.popleft()
        items = self._ready[partition]
        item = items.popleft()
        if items:
            self._turn.append(partition)
        else:
            del self._ready[partition]
        return item

    def put_back(self, partition: P, item: T) -> None:
        """Make an item that is out ready again, before all others of its partition; its key stays busy."""
        self._make_ready(partition, item, first=True)

    def release(self, partition: P, key: Hashable) -> None:
        """The key's item is finished: the next one of the key becomes ready. Does nothing for a dropped partition."""
        keys = self._behind.get(partition)
        if keys is None or key not in keys:
            return
        if keys[key]:
            self._make_ready(partition, keys[key].popleft())
        else:
            del keys[key]

    def ready(self, partition: P) -> int:
        """How many items of the partition are ready."""
        return len(self._ready.get(partition, ()))

    def behind(self, partition: P) -> int:
        """How many items of the partition wait behind one of their key that is out."""
        keys = self._behind.get(partition, {})
        return sum(len(items) for items in keys.values())

    def drop(self, partition: P) -> None:
        """Forget everything about a partition."""
        self._behind.pop(partition, None)
        if self._ready.pop(partition, None) is not None:
            self._turn.remove(partition)

    def _make_ready(self, partition: P, item: T, *, first: bool = False) -> None:
        if partition not in self._ready:
            self._ready[partition] = deque()
            self._turn.append(partition)
        if first:
            self._ready[partition].appendleft(item)
        else:
            self._ready[partition].append(item)
