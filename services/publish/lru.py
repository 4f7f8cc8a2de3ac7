"""A bounded memory of what was used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class Lru(Generic[KeyT, ValueT]):
    """Keeps values until their weights sum to more than `limit`; then the one used longest ago goes."""

    def __init__(self, limit: int, weigh: Callable[[ValueT], int]) -> None:
        self._limit = limit
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[KeyT, ValueT] = OrderedDict()

    def get(self, key: KeyT) -> ValueT | None:
        """Return the value of `key`, or None where it is not kept."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: KeyT, value: ValueT) -> None:
        """Keep `value` in place of what `key` had."""
        old = self._values.pop(key, None)
        self._weight += self._weigh(value) - (0 if old is None else self._weigh(old))
        self._values[key] = value
        while self._weight > self._limit:
            _, gone = self._values.popitem(last=False)
            self._weight -= self._weigh(gone)

    def __len__(self) -> int:
        return len(self._values)

    def drop(self, key: KeyT) -> None:
        """Forget the value of `key`, if there is one."""
        if key in self._values:
            self._weight -= self._weigh(self._values.pop(key))

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._weight = 0
