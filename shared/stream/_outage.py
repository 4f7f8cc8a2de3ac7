"""The state of a stage while something that every record needs is down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from shared.stream._backoff import Backoff
from shared.stream._job import Job

# Back within 10 s of the recovery; one probe costs at most one refused call.
_PROBES: Final = Backoff(first=0.5, ceiling=5.0)


class Outage:
    """Keeps the jobs that can't go on, and has one of them tried at a time, with growing pauses.

    `start` runs a job as the probe, or answers False when this worker may start nothing now.
    """

    def __init__(self, start: Callable[[Job], bool]) -> None:
        self._start = start
        self._parked: list[Job] = []
        self._probe: Job | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._failures = 0
        self._since = 0.0
        self.reason: str | None = None
        """What is down, or None while all is well."""

    def park(self, job: Job, reason: str, retry_after: float | None) -> None:
        """Keep a job that met the outage. The first one, and each probe that fails, sets the next probe's time."""
        if self.reason is None:
            self._since = time.monotonic()
        if job is self._probe or self.reason is None:
            self._probe = None
            self._failures += 1
            self._parked.insert(0, job)
            self._schedule(_PROBES.delay(self._failures, retry_after))
        else:
            self._parked.append(job)
        self.reason = reason

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return 0.0 if self.reason is None else time.monotonic() - self._since

    def hand_on(self) -> None:
        """The probe ended without an answer: another job takes over the probing, and without one the outage ends."""
        self._probe = None
        if self._parked:
            self._schedule(_PROBES.delay(self._failures))
        else:
            self.end()

    def is_probe(self, job: Job) -> bool:
        """True for the one job that is tried while the others wait."""
        return job is self._probe

    def end(self) -> list[Job]:
        """Stop probing and give the parked jobs back."""
        if self._timer is not None:
            self._timer.cancel()
        parked, self._parked = self._parked, []
        self._probe = self._timer = self.reason = None
        self._failures = 0
        return parked

    def drop(self, gone: Callable[[Job], bool]) -> None:
        """Forget the jobs whose partition is gone; another one takes over the probing, and without one it ends."""
        self._parked = [job for job in self._parked if not gone(job)]
        if self._probe is not None and gone(self._probe):
            self._probe = None
            self._schedule(_PROBES.delay(self._failures))
        if self._probe is None and not self._parked:
            self.end()

    def _schedule(self, delay: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay, self._try_one)

    def _try_one(self) -> None:
        self._timer = None
        if self._parked and self._probe is None:
            self._probe = self._parked.pop(0)
            if not self._start(self._probe):
                self._parked.insert(0, self._probe)
                self._probe = None
                self._schedule(_PROBES.delay(self._failures))
