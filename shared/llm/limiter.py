"""How many calls to a model run at once: as many as it takes, found by additive increase, multiplicative decrease."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0


class Limiter:
    """Slots for calls. It begins with `most`, since a provider says when that is too many, and never passes it."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._now = now
        self._limit = float(most)
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._not_before = 0.0
        self._decreased = float("-inf")
        self._pause = _FIRST_PAUSE
        self._timer: asyncio.TimerHandle | None = None

    @property
    def limit(self) -> int:
        """Calls that may run at once, at least 1."""
        return max(1, int(self._limit))

    @property
    def running(self) -> int:
        """Slots that are taken."""
        return self._running

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[float]:
        """Wait for a slot; gives the time at which the call begins, to be told to `refused`."""
        if self._waiting or not self._free():
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            self._wake()
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._leave()
                raise
        else:
            self._running += 1
        try:
            yield self._now()
        finally:
            self._leave()

    def accepted(self) -> None:
        """A call was not refused for coming too soon."""
        self._limit = min(float(self._most), self._limit + 1.0 / self.limit)
        self._pause = _FIRST_PAUSE
        self._wake()

    def refused(self, begun: float, retry_after: float | None) -> bool:
        """A call was refused for coming too soon: none begins for `retry_after` seconds, or for a growing while.

        Calls that had begun before the last decrease tell nothing new, and don't decrease the limit again: False.
        """
        new = begun >= self._decreased
        if new:
            self._limit = max(1.0, self._limit / 2)
            self._decreased = self._now()
            wait = self._pause if retry_after is None else retry_after
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:
            wait = retry_after or 0.0
        self._not_before = max(self._not_before, self._now() + wait)
        return new

    def _free(self) -> bool:
        return self._running < self.limit and self._now() >= self._not_before

    def _leave(self) -> None:
        self._running -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self._free():
            turn = self._waiting.popleft()
            if not turn.done():
                self._running += 1
                turn.set_result(None)
        pause = self._not_before - self._now()
        if self._waiting and pause > 0 and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(pause, self._alarm)

    def _alarm(self) -> None:
        self._timer = None
        self._wake()
