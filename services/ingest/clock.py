"""Ingest's clock: the order in which posts and retractions were accepted."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Milliseconds since the epoch that never go back, whatever happens to the machine's clock.

    A retraction covers posts accepted up to its own millisecond, so a post that comes after it gets a later one.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._earliest = 0

    def post(self) -> int:
        """The moment of acceptance of a post."""
        self._earliest = max(self._earliest, int(self._wall() * 1000))
        return self._earliest

    def retraction(self) -> int:
        """The moment of acceptance of a retraction: later posts are later."""
        at = self.post()
        self._earliest = at + 1
        return at
