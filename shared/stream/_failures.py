"""What becomes of a job that failed. Lives in the event loop; one instance per runner."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Final

import structlog

from shared.errors import LeaseLost, Poison, Transient, Unavailable
from shared.model import Status
from shared.stream._backoff import Backoff
from shared.stream._holdings import Held, Holdings
from shared.stream._job import LEASE_SECONDS, Job
from shared.stream._outage import Outage
from shared.stream._outbox import Failure, FailureKind, dead_letter
from shared.stream._queue import KeyedQueue
from shared.stream.producer import Outgoing
from shared.stream.stage import Stage
from shared.telemetry import Metrics

_RETRIES: Final = Backoff(first=0.5, ceiling=60.0)
_CROWDED: Final = 0.8
"""Share of a partition's window at which its oldest record that is tried again is given up."""
_PAUSED: Final = "a service it needs is not available"
"""What the public journey says of an outage; which one and why is in the log and in `/readyz`."""

log = structlog.stdlib.get_logger(__name__)


class Failures:
    """Sees to it that no job that failed is lost: it waits and is tried again, is kept until an outage is over, or is
    given up with a dead letter. Only a partition that closes drops its jobs; whoever has it next reads them again.

    A job that waits or is kept has its key busy in `queue`. `helds`: the partitions at hand, as the owner keeps them.
    `run`: the replay, None in live work. `report`: tells of progress. `again`: called when the wait of a job is over.
    `probe`: runs a job in an outage, or answers False when this worker may start nothing now. `settle`: takes a job
    that is given up, with its dead letter, why, its status and what the status says.
    """

    def __init__(
        self,
        stage: Stage,
        holdings: Holdings,
        queue: KeyedQueue[Held, Job],
        helds: Collection[Held],
        metrics: Metrics,
        run: int | None,
        *,
        report: Callable[[Job, Status, str | None], None],
        again: Callable[[Job], None],
        probe: Callable[[Job], bool],
        settle: Callable[[Job, list[Outgoing], FailureKind, Status, str | None], None],
    ) -> None:
        self._stage = stage
        self._holdings = holdings
        self._queue = queue
        self._helds = helds
        self._metrics = metrics
        self._run = run
        self._report = report
        self._again = again
        self._settle = settle
        self._outage = Outage(probe)

    @property
    def down(self) -> str | None:
        """What every record needs and is down: only probes may start until this is None."""
        return self._outage.reason

    def failed(self, job: Job, error: Exception) -> None:
        """Take a job whose attempt ended with this error."""
        failure = self._judge(job, error)
        if failure is not None:
            self._bury(job, failure)

    def answered(self, job: Job) -> None:
        """What every record needs is there, as `job` has shown; matters when it was the probe."""
        if not self._outage.is_probe(job):
            return
        log.info("resumed", stage=self._stage.name)
        for held in self._helds:
            for waiting in held.waiting:
                if waiting.failing_since is not None:
                    # The outage was no time in which it could succeed.
                    waiting.failing_since += self._outage.seconds
        for parked in reversed(self._outage.end()):
            self._queue.put_back(parked.held, parked)
        self._show_pause()

    def relieve(self, held: Held) -> None:
        """Give up the oldest record that waits for a retry when it holds up nearly all of its partition's window."""
        if held.closing or not held.waiting or held.given_up is not None or self._outage.reason is not None:
            return
        if not self._crowded(held):
            return
        retrying = [job for job in held.waiting if job.failing_since is not None]
        if not retrying:
            return
        job = min(retrying, key=lambda job: job.record.offset)
        job.stop_waiting()
        held.given_up = job.record.offset
        reason = Transient(f"it held up {self._holdings.span(held)} offsets of its partition while it was tried again")
        self._bury(job, Failure("exhausted", reason))

    def drop(self, helds: Collection[Held]) -> None:
        """Forget the jobs of partitions that are closing now."""
        for held in helds:
            for job in list(held.waiting):
                job.stop_waiting()
        self._outage.drop(lambda job: job.held.closing)
        self._show_pause()

    def _judge(self, job: Job, error: Exception) -> Failure | None:
        """Decide what an error means; None when the job is tried again later."""
        if isinstance(error, Unavailable):
            self._park(job, str(error), error.retry_after)
            return None
        if isinstance(error, LeaseLost):
            if self._outage.is_probe(job):
                self._park(job, self._outage.reason or str(error), None)
            else:
                self._wait(job, LEASE_SECONDS)
            return None
        if not isinstance(error, Transient | Poison):
            return self._bug(job, error)
        self.answered(job)
        return self._retry(job, error) if isinstance(error, Transient) else Failure("poison", error)

    def _bug(self, job: Job, error: Exception) -> Failure:
        if self._outage.is_probe(job):
            # It says nothing about what is down.
            self._outage.hand_on()
            self._show_pause()
        return Failure("bug", error)

    def _retry(self, job: Job, error: Transient) -> Failure | None:
        now = time.monotonic()
        job.failures += 1
        if job.failing_since is None:
            job.failing_since = now
        delay = _RETRIES.delay(job.failures, error.retry_after)
        if now + delay - job.failing_since > self._stage.retry_seconds:
            return Failure("exhausted", error)
        self._metrics.increment("diglot_stage_retried_total", stage=self._stage.name)
        self._report(job, "retrying", str(error))
        job.step.event("retry", lambda: {"diglot.retry.delay": delay})
        self._wait(job, delay)
        return None

    def _wait(self, job: Job, delay: float) -> None:
        if not job.held.closing:
            job.held.waiting.add(job)
            job.timer = asyncio.get_running_loop().call_later(delay, self._again, job)

    def _park(self, job: Job, reason: str, retry_after: float | None) -> None:
        if job.held.closing:
            return
        if self._outage.reason is None:
            log.warning("paused", stage=self._stage.name, reason=reason)
        job.failing_since, job.failures = None, 0
        self._outage.park(job, reason, retry_after)
        self._report(job, "paused", _PAUSED)
        job.step.event("park")
        self._show_pause()

    def _crowded(self, held: Held) -> bool:
        """Records that are only queued don't count: under a backlog they may fill a small window at all times. But
        where nothing of the partition can start, because what fits waits behind a key that is tried again, they do."""
        span = held.newest + 1 - (self._holdings.position(held) or 0)
        if span >= _CROWDED * self._stage.window:
            return True
        if held.running or held.uncommitted or self._queue.ready(held):
            return False
        return bool(held.arriving) or (held.full and self._queue.behind(held) > len(held.waiting))

    def _bury(self, job: Job, failure: Failure) -> None:
        """Hand over the dead letter."""
        at = int(time.time() * 1000)
        job.step.event("dead letter", lambda: {"diglot.dead_letter.kind": failure.kind})
        letter = dead_letter(self._stage, job.record, failure, job.attempts, at, job.step.traceparent, self._run)
        log.error(
            "dead letter",
            stage=self._stage.name,
            topic=job.record.partition.topic,
            partition=job.record.partition.number,
            offset=job.record.offset,
            kind=failure.kind,
            error=type(failure.error).__name__,
            reason=failure.reason,
            exc_info=failure.error if failure.kind == "bug" else None,
        )
        self._settle(job, [letter], failure.kind, "failed", failure.public)

    def _show_pause(self) -> None:
        self._metrics.set("diglot_stage_paused", float(self._outage.reason is not None), stage=self._stage.name)
