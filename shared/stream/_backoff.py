"""How long to wait before the next attempt. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential with full jitter: uniform between 0 and a bound that doubles with each failure.

    `first`: the bound after the first failure, `ceiling`: the largest bound, both in seconds. Full jitter spreads
    retries best: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    first: float
    ceiling: float

    def delay(self, failures: int, at_least: float | None = None) -> float:
        """Seconds to wait after the `failures`-th failure in a row (1 or more), `at_least` if given."""
        bound = min(self.ceiling, self.first * 2.0 ** min(failures - 1, 60))
        return max(random.uniform(0.0, bound), at_least or 0.0)  # noqa: S311 -- nothing secret
