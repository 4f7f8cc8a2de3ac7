"""Ingest's clock: the order in which posts and retractions were accepted."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Milliseconds since the epoch: each later than all before, whatever happens to the machine's clock.

    The moment of acceptance is a revision, so no two posts may share one; and a retraction covers posts accepted up to
    its own millisecond.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._last = 0

    def next(self) -> int:
        """The moment of acceptance of a post or of a retraction."""
        self._last = max(self._last + 1, int(self._wall() * 1000))
        return self._last
