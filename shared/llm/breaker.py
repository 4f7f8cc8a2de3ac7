"""When a model that fails is left alone, and when it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

FAILURES: Final = 3
"""Failures in a row after which a model counts as down."""
FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 60.0
"""Seconds that a model is left alone; each probe that fails doubles them."""


class Breaker:
    """Circuit breaker: closed, then open after some failures in a row, then half-open for one probe at a time."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._open_until: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """True until a call succeeds again."""
        return self._open_until is not None

    @property
    def wait(self) -> float:
        """Seconds until a call may be tried; 0 when one may now."""
        if self._open_until is None:
            return 0.0
        return max(self._open_until - self._now(), FIRST_PAUSE if self._probing else 0.0)

    def begin(self) -> bool:
        """Say whether a call may begin; while half-open, this makes it the probe. Its end must be told."""
        if self.wait > 0:
            return False
        self._probing = self.is_open
        return True

    def succeeded(self) -> None:
        """A call was answered, with whatever."""
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._open_until = None
        self._probing = False

    def failed(self, *, pause: float | None = None) -> None:
        """A call failed. `pause`: seconds to leave the model alone for sure, from now; None goes by the count."""
        probe, self._probing = self._probing, False
        self._failures += 1
        if pause is not None:
            self._open(pause)
        elif self._open_until is None and self._failures >= FAILURES:
            self._open(self._pause)
        elif probe:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._open(self._pause)

    def ended(self) -> None:
        """A call ended without telling anything of the model, such as by cancellation."""
        self._probing = False

    def _open(self, pause: float) -> None:
        self._open_until = max(self._now() + pause, self._open_until or 0.0)
