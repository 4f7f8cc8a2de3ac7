"""When a process that ended is started again, and when that is given up. Decisions only."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from shared.process import EXIT_CONFIG


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (negative: the signal that killed it) and how long it ran, in seconds."""

    code: int
    ran_for: float

    def __str__(self) -> str:
        if self.code >= 0:
            return f"ended with exit code {self.code} after {self.ran_for:.1f} s"
        try:
            name = signal.Signals(-self.code).name
        except ValueError:
            name = f"signal {-self.code}"
        return f"was killed by {name} after {self.ran_for:.1f} s"


@dataclass(frozen=True, slots=True)
class Restart:
    """Start it again after `delay` seconds; `failures` have come in a row, this one included."""

    delay: float
    failures: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Starting it again won't help: a person must act. `reason` says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Exponential backoff, and an end to it.

    `settled_after`: seconds of running after which earlier failures are forgotten; longer than a start takes on
    a busy machine. `give_up_after`: failures in a row that count as a crash loop (with these delays, 8 s of waiting).
    """

    first_delay: float = 0.5
    longest_delay: float = 15.0
    settled_after: float = 30.0
    give_up_after: int = 5

    def decide(self, ended: Ended, failures: int) -> Restart | GiveUp:
        """Say what to do about a process that ended unasked; `failures` had come in a row before."""
        if ended.code == EXIT_CONFIG:
            return GiveUp("a setting or its surroundings are wrong, as its last lines say")
        failures = 1 if ended.ran_for >= self.settled_after else failures + 1
        if failures >= self.give_up_after:
            return GiveUp(f"it ended {failures} times in a row, each time within {self.settled_after:.0f} s")
        return Restart(min(self.longest_delay, self.first_delay * 2 ** (failures - 1)), failures)
