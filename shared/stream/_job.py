"""One record on its way through a handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from shared.errors import LeaseLost
from shared.model import Event, Status
from shared.stream._holdings import Held
from shared.stream._records import Consumed
from shared.telemetry import NO_STEP, Step

FINAL_NOTES: Final[frozenset[Status]] = frozenset({"done", "unchanged"})
LEASE_SECONDS: Final = 0.25
"""How soon work that lacks a lease looks for it again."""


@dataclass(eq=False, slots=True)
class Job:
    """A record and how it stands.

    `attempts` counts the handler's runs, `failures` those since `failing_since` (monotonic) that failed as Transient.
    `final` is the status that its success is reported as. `step` is the latest attempt in the article's trace.
    """

    record: Consumed
    held: Held
    size: int
    step: Step = NO_STEP
    event: Event | None = None
    attempts: int = 0
    failures: int = 0
    failing_since: float | None = None
    final: Status = "done"
    timer: asyncio.TimerHandle | None = None
    task: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, record: Consumed, held: Held) -> Job:
        """A new job."""
        return cls(record, held, record.size)

    @property
    def key(self) -> Hashable:
        """What order is kept by; a record without a key has an order of its own."""
        return self.record.offset if self.record.key is None else self.record.key

    def stop_waiting(self) -> None:
        """Take the job out of its wait for a retry."""
        self.held.waiting.discard(self)
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class JobWork:
    """What a handler sees of its job; see `shared.stream.stage.Work`."""

    def __init__(self, job: Job, fresh: Callable[[], bool], report: Callable[[Job, Status, str | None], None]) -> None:
        self._job = job
        self._fresh = fresh
        self._report = report

    @property
    def attempt(self) -> int:
        return self._job.attempts

    @property
    def traceparent(self) -> str:
        return self._job.step.traceparent

    async def lease(self) -> None:
        """Raise LeaseLost unless the partition is ours and the broker has heard of us lately."""
        held = self._job.held
        if not held.live:
            raise LeaseLost(f"{held.partition.topic}[{held.partition.number}] was given to another worker")
        if not self._fresh():
            raise LeaseLost("the broker hasn't acknowledged a heartbeat lately")

    def note(self, status: Status, detail: str | None = None) -> None:
        """Report progress, or choose the final status."""
        if status in FINAL_NOTES:
            self._job.final = status
        else:
            self._report(self._job, status, detail)
