"""Runs a stage's handler on what the poller reads. Lives in the event loop; one instance per runner."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Final

import structlog

from shared.errors import ConfigError, LeaseLost, Poison, Transient, Unavailable
from shared.model import Status
from shared.stream._attempt import attempt, read_event
from shared.stream._backoff import Backoff
from shared.stream._delivery import Delivery
from shared.stream._flow import Consumed, Flow, Partition
from shared.stream._job import Held, Job, JobWork
from shared.stream._outage import Outage
from shared.stream._outbox import Failure, dead_letter, status_record
from shared.stream._progress import Progress
from shared.stream._queue import KeyedQueue
from shared.stream.producer import Outgoing
from shared.stream.stage import Handler, Stage
from shared.telemetry import Metrics

_RETRIES: Final = Backoff(first=0.5, ceiling=60.0)
_LEASE_SECONDS: Final = 0.25
_CROWDED: Final = 0.8
"""Share of a partition's window that may be finished behind a record that is tried again, before it is given up."""
_PAUSED: Final = "a service it needs is not available"
"""What the public journey says of an outage; which one and why is in the log and in `/readyz`."""

log = structlog.stdlib.get_logger(__name__)


class Dispatcher:
    """Keeps jobs in order per key, runs them, sends what they give, and decides what a failure means.

    `fresh`: says whether the broker has acknowledged a heartbeat lately. `fail`: called with an error that ends the
    stage. The methods of `Sink` are called by the poller, through the loop.
    """

    def __init__(
        self,
        stage: Stage,
        handler: Handler,
        delivery: Delivery,
        progress: Progress,
        flow: Flow,
        metrics: Metrics,
        *,
        fresh: Callable[[], bool],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._stage = stage
        self._handler = handler
        self._delivery = delivery
        self._progress = progress
        self._flow = flow
        self._metrics = metrics
        self._fresh = fresh
        self._fail = fail
        self._held: dict[Partition, Held] = {}
        self._queue: KeyedQueue[Partition, Job] = KeyedQueue()
        self._running: set[Job] = set()
        self._outage = Outage(self._start)
        self._revocations: list[tuple[list[Held], threading.Event]] = []
        self._pump_timer: asyncio.TimerHandle | None = None
        self._draining = False
        self.idle = asyncio.Event()
        """Set while nothing runs."""
        self.idle.set()

    # What the poller tells.

    def assigned(self, partitions: Sequence[Partition], epoch: int) -> None:
        """Begin with partitions that are ours now."""
        for partition in partitions:
            self._held[partition] = Held(partition, epoch, closing=self._draining)
        log.info("partitions assigned", stage=self._stage.name, count=len(partitions))

    def revoking(self, partitions: Sequence[Partition], done: threading.Event) -> None:
        """Start nothing more of these partitions, and set `done` when what runs of them has ended."""
        helds = [self._held[partition] for partition in partitions if partition in self._held]
        self._close(helds)
        self._metrics.increment("diglot_stage_rebalances_total", stage=self._stage.name, kind="revoked")
        self._revocations.append((helds, done))
        self._check_revocations()
        self._pump()

    def lost(self, partitions: Sequence[Partition]) -> None:
        """Forget these partitions; what still runs of them is cancelled and its results are dropped."""
        helds = [self._held.pop(partition) for partition in partitions if partition in self._held]
        self._close(helds)
        for held in helds:
            held.live = False
            unfinished = held.ledger.unfinished
            self._metrics.increment("diglot_stage_discarded_total", unfinished, stage=self._stage.name)
            for job in held.running:
                if job.task is not None:
                    job.task.cancel()
        log.info("partitions gone", stage=self._stage.name, count=len(helds))
        self._count_in_flight()
        self._pump()

    def received(self, records: Sequence[Consumed]) -> None:
        """Take records that were read."""
        for record in records:
            held = self._held.get(record.partition)
            if held is None or held.closing:
                continue
            if record.offset < (held.ledger.next_offset or 0):
                # The topic was made anew under us: nothing that we know of it holds.
                self._fail(RuntimeError(f"{record.partition} went back to offset {record.offset}"))
                return
            held.ledger.take(record.offset)
            job = Job.of(record, held)
            self._queue.put(record.partition, job.key, job)
        for partition in {record.partition for record in records}:
            self._relieve(partition)
        self._count_in_flight()
        self._pump()

    # What the runner asks.

    def problems(self) -> list[str]:
        """Why the stage can't get on, for people."""
        problems = []
        if self._outage.reason is not None:
            problems.append(f"paused: {self._outage.reason}")
        if self._delivery.waiting:
            problems.append(f"{self._delivery.waiting} results wait for the broker")
        return problems

    def drain(self) -> None:
        """Start nothing more; what runs may finish."""
        self._draining = True
        self._close(self._held.values())

    async def cancel(self) -> None:
        """Cancel what runs and wait for it."""
        tasks = [job.task for job in self._running if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Starting and ending.

    def _pump(self) -> None:
        while not self._draining and self._outage.reason is None and len(self._running) < self._stage.concurrency:
            if not self._fresh():
                self._pump_later()
                return
            job = self._queue.take()
            if job is None:
                return
            self._start(job)

    def _pump_later(self) -> None:
        if self._pump_timer is None:
            self._pump_timer = asyncio.get_running_loop().call_later(_LEASE_SECONDS, self._pump_again)

    def _pump_again(self) -> None:
        self._pump_timer = None
        self._pump()

    def _start(self, job: Job) -> None:
        self._run(job, self._handle(job))

    def _run(self, job: Job, work: Coroutine[None, None, None]) -> None:
        self._running.add(job)
        self.idle.clear()
        job.held.running.add(job)
        job.task = asyncio.get_running_loop().create_task(work)
        job.task.add_done_callback(lambda task: self._ended(job, task))

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        job.task = None
        self._running.discard(job)
        job.held.running.discard(job)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
        if not self._running:
            self.idle.set()
        self._check_revocations()
        self._relieve(job.held.partition)
        self._pump()

    def _close(self, helds: Iterable[Held]) -> None:
        """Start nothing more of these partitions; what waits is dropped, and read again by whoever has them next."""
        for held in helds:
            held.closing = True
            self._queue.drop(held.partition)
            for job in list(held.waiting):
                job.stop_waiting()
        self._outage.drop(lambda job: job.held.closing)
        self._show_pause()

    def _check_revocations(self) -> None:
        for helds, done in self._revocations:
            if not any(held.running for held in helds):
                done.set()
        self._revocations = [(helds, done) for helds, done in self._revocations if not done.is_set()]

    # One job.

    async def _handle(self, job: Job) -> None:
        job.attempts += 1
        job.final = "done"
        try:
            event = read_event(self._stage, job)
            self._report(job, "started", None)
            work = JobWork(job, self._fresh, self._report)
            records = await attempt(self._stage, self._handler, event, work, self._metrics)
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 -- what a handler raises decides what becomes of its record
            failure = self._judge(job, error)
            if failure is not None:
                await self._bury(job, failure)
            return
        self._answered(job)
        if await self._settle(job, records, job.final, None):
            self._metrics.increment("diglot_stage_handled_total", stage=self._stage.name)

    def _judge(self, job: Job, error: Exception) -> Failure | None:
        """Decide what an error means; None when the job is tried again later."""
        if isinstance(error, Unavailable):
            self._park(job, str(error), error.retry_after)
            return None
        if isinstance(error, LeaseLost):
            if self._outage.is_probe(job):
                self._park(job, self._outage.reason or str(error), None)
            else:
                self._wait(job, _LEASE_SECONDS)
            return None
        self._answered(job)
        if isinstance(error, Transient):
            return self._retry(job, error)
        return Failure("poison" if isinstance(error, Poison) else "bug", error)

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
        self._wait(job, delay)
        return None

    def _wait(self, job: Job, delay: float) -> None:
        if not job.held.closing:
            job.held.waiting.add(job)
            job.timer = asyncio.get_running_loop().call_later(delay, self._due, job)

    def _due(self, job: Job) -> None:
        job.stop_waiting()
        self._queue.put_back(job.held.partition, job)
        self._pump()

    def _park(self, job: Job, reason: str, retry_after: float | None) -> None:
        if job.held.closing:
            return
        if self._outage.reason is None:
            log.warning("paused", stage=self._stage.name, reason=reason)
        job.failing_since, job.failures = None, 0
        self._outage.park(job, reason, retry_after)
        self._report(job, "paused", _PAUSED)
        self._show_pause()

    def _answered(self, job: Job) -> None:
        """What every record needs is there, as `job` has shown; matters when it was the probe."""
        if not self._outage.is_probe(job):
            return
        log.info("resumed", stage=self._stage.name)
        for parked in reversed(self._outage.end()):
            self._queue.put_back(parked.held.partition, parked)
        self._show_pause()

    def _relieve(self, partition: Partition) -> None:
        """Give up the oldest retrying record of a partition when nearly all of its window is finished behind it.

        Records that are only queued don't count: under a backlog they fill the window at all times.
        """
        held = self._held.get(partition)
        if held is None or held.burying or held.ledger.held_up < _CROWDED * self._stage.window:
            return
        retrying = [job for job in held.waiting if job.failing_since is not None]
        if not retrying:
            return
        job = min(retrying, key=lambda job: job.record.offset)
        job.stop_waiting()
        held.burying = True
        reason = Transient(f"it held up {held.ledger.held_up} records of its partition while it was tried again")
        self._run(job, self._give_up(job, Failure("exhausted", reason)))

    async def _give_up(self, job: Job, failure: Failure) -> None:
        await self._bury(job, failure)
        job.held.burying = False

    async def _bury(self, job: Job, failure: Failure) -> None:
        """Send the dead letter."""
        at = _now()
        letter = dead_letter(self._stage, job.record, failure, job.attempts, at, job.traceparent)
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
        if await self._settle(job, [letter], "failed", failure.public):
            self._metrics.increment("diglot_stage_dead_lettered_total", stage=self._stage.name, error=failure.kind)

    async def _settle(self, job: Job, records: list[Outgoing], status: Status, detail: str | None) -> bool:
        """Send a job's records with its final status, and count it as finished once the broker has them.

        False when the partition was lost before.
        """
        self._progress.settle(job.record.key)
        final = status_record(self._stage, job.event, status, _now(), detail, job.traceparent)
        if not await self._delivery.deliver(job, records if final is None else [*records, final]):
            return False
        held = job.held
        freed = held.ledger.finish(job.record.offset)
        self._flow.finished(held.partition, held.epoch, freed, job.record.size, held.ledger.position)
        self._queue.release(held.partition, job.key)
        self._count_in_flight()
        return True

    # Showing.

    def _report(self, job: Job, status: Status, detail: str | None) -> None:
        at = _now()
        self._progress.report(
            job.record.key,
            lambda: status_record(self._stage, job.event, status, at, detail, job.traceparent),
        )

    def _count_in_flight(self) -> None:
        count = sum(held.ledger.unfinished for held in self._held.values())
        self._metrics.set("diglot_stage_in_flight", count, stage=self._stage.name)

    def _show_pause(self) -> None:
        self._metrics.set("diglot_stage_paused", float(self._outage.reason is not None), stage=self._stage.name)


def _now() -> int:
    return int(time.time() * 1000)
