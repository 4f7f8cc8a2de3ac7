"""Runs a stage's handler on what the poller reads. Lives in the event loop; one instance per runner."""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Concatenate, Final, ParamSpec, Protocol

import structlog

from shared.errors import ConfigError, Fatal
from shared.model import ArticleStatus, Event, Status, header
from shared.stream._attempt import Pick, attempt, read_event
from shared.stream._failures import Failures
from shared.stream._holdings import Batch, Held, Holdings
from shared.stream._intake import Intake
from shared.stream._job import LEASE_SECONDS, Job, JobWork
from shared.stream._outbox import status_of
from shared.stream._progress import Reports
from shared.stream._queue import KeyedQueue
from shared.stream._replay import Replay
from shared.stream._results import Outcome, Result
from shared.stream.producer import Outgoing
from shared.stream.stage import Handler, Stage
from shared.stream.trace import event_attributes, record_attributes
from shared.telemetry import NO_TRACER, Attributes, Metrics, Step, Tracer

_STATUS_BYTES: Final = 512
"""What a status takes at most but for its detail, of at most 500 characters."""
_MAX_UNCOMMITTED_BYTES: Final = 64 * 1024 * 1024

P = ParamSpec("P")

log = structlog.stdlib.get_logger(__name__)


class Commits(Protocol):
    """Where results go; the transaction thread."""

    problem: str | None

    def put(self, result: Result) -> None: ...


def _guarded(method: Callable[Concatenate[Dispatcher, P], None]) -> Callable[Concatenate[Dispatcher, P], None]:
    """For what the loop calls back: an error would only be logged there, and the stage go on without what it lost."""

    @functools.wraps(method)
    def guarded(self: Dispatcher, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 -- ends the stage
            self.give_up(error)

    return guarded


class Dispatcher:
    """Keeps jobs in order per key, runs them, and hands over what they give.

    `fresh`: says whether the broker has acknowledged a heartbeat lately. `fail`: called with an error that ends the
    stage. `replay`: what is handled again, where this is no live work. `tracer`: takes each attempt of a handler.
    `assigned`, `revoking`, `lost`, `received` and `all_read` are called by the poller, `committed` and `discarded` by
    the transaction thread, all through the loop and in the order of events.
    """

    def __init__(
        self,
        stage: Stage,
        handler: Handler,
        commits: Commits,
        progress: Reports,
        holdings: Holdings,
        metrics: Metrics,
        *,
        fresh: Callable[[], bool],
        fail: Callable[[BaseException], None],
        replay: Replay | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._stage = stage
        self._handler = handler
        self._commits = commits
        self._progress = progress
        self._holdings = holdings
        self._metrics = metrics
        self._fresh = fresh
        self._fail = fail
        self._tracer = tracer
        self._group = stage.name if replay is None else replay.group
        self._pick: Pick = _as_it_is if replay is None else replay.pick
        self._all_read = False
        self._helds: set[Held] = set()
        self._queue: KeyedQueue[Held, Job] = KeyedQueue()
        self._intake = Intake(holdings, stage.window, stage.concurrency, self._queue.ready)
        self._running: set[Job] = set()
        self._uncommitted = 0
        self._uncommitted_bytes = 0
        self._max_uncommitted = max(1000, 2 * stage.concurrency)
        self._failures = Failures(
            stage,
            holdings,
            self._queue,
            self._helds,
            metrics,
            None if replay is None else replay.run,
            report=self._report,
            again=self._start_again,
            probe=self._start_probe,
            settle=self._settle,
        )
        self._revocations: list[tuple[Sequence[Held], threading.Event]] = []
        self._pump_timer: asyncio.TimerHandle | None = None
        self._draining = False
        self.idle = asyncio.Event()
        """Set while nothing runs and no result waits for its transaction."""
        self.idle.set()
        self.finished = asyncio.Event()
        """Set once all of a replay is read and committed."""

    # What the poller tells.

    @_guarded
    def assigned(self, helds: Sequence[Held], gaps: int) -> None:
        """Begin with partitions that are ours now; of `gaps` of them records past the first unfinished one are done."""
        for held in helds:
            if held.live:
                held.closing = self._draining
                self._helds.add(held)
        self._intake.share_among(len(self._helds))
        log.info("partitions assigned", stage=self._stage.name, count=len(helds), gaps=gaps)

    @_guarded
    def revoking(self, helds: Sequence[Held], done: threading.Event) -> None:
        """Start nothing more of these partitions, and set `done` when what runs of them has ended and is committed."""
        self._close(helds)
        self._metrics.increment("diglot_stage_rebalances_total", stage=self._stage.name, kind="revoked")
        self._revocations.append((helds, done))
        self._check_revocations()
        self._pump()

    @_guarded
    def lost(self, helds: Sequence[Held]) -> None:
        """Forget these partitions; what still runs of them is cancelled and its results are dropped."""
        self._close(helds)
        running = sum(len(held.running) for held in helds)
        for held in helds:
            self._helds.discard(held)
            unfinished = self._holdings.unfinished(held)
            self._metrics.increment("diglot_stage_discarded_total", unfinished, stage=self._stage.name)
            for job in held.running:
                if job.task is not None:
                    job.task.cancel()
        self._intake.share_among(len(self._helds))
        log.info("partitions gone", stage=self._stage.name, count=len(helds), running=running)
        self._pump()
        self.show()

    @_guarded
    def received(self, batches: Sequence[Batch]) -> None:
        """Take records that were read."""
        for batch in batches:
            if batch.held.live and not batch.held.closing:
                self._intake.put(batch)
                self._let_in(batch.held)
        self._pump()
        self.show()

    @_guarded
    def all_read(self, yes: bool) -> None:
        """Note whether all that a replay has to read was read."""
        self._all_read = yes
        self._check_finished()

    # What the transaction thread tells.

    @_guarded
    def committed(self, results: Sequence[Result]) -> None:
        """Count results that the broker has; their partitions may move on."""
        handled = passed_over = 0
        for result in results:
            if result.outcome == "handled":
                handled += 1
            elif result.outcome == "passed_over":
                passed_over += 1
            else:
                self._metrics.increment(
                    "diglot_stage_dead_lettered_total", stage=self._stage.name, error=result.outcome
                )
        self._metrics.increment("diglot_stage_handled_total", handled, stage=self._stage.name)
        self._metrics.increment("diglot_stage_passed_over_total", passed_over, stage=self._stage.name)
        self._settled(results)

    @_guarded
    def discarded(self, results: Sequence[Result]) -> None:
        """Forget results whose partition has gone."""
        self._settled(results)

    def _settled(self, results: Sequence[Result]) -> None:
        for result in results:
            self._uncommitted -= 1
            self._uncommitted_bytes -= result.size
            result.held.uncommitted -= 1
            if result.offset == result.held.given_up:
                result.held.given_up = None
        for held in {result.held for result in results}:
            if held.live and not held.closing:
                self._let_in(held)
        self._check_idle()
        self._check_finished()
        self._check_revocations()
        self._pump()
        self.show()

    # What the runner asks.

    def problems(self) -> list[str]:
        """Why the stage can't get on, for people."""
        problems = []
        if self._failures.down is not None:
            problems.append(f"paused: {self._failures.down}")
        if self._commits.problem is not None:
            problems.append(self._commits.problem)
        return problems

    def drain(self) -> None:
        """Start nothing more; what runs may finish."""
        self._draining = True
        self._close(self._helds)

    def give_up(self, error: BaseException) -> None:
        """End the stage with an error, and start nothing more: what it lost must not be counted as done."""
        self._fail(error)
        self.drain()

    async def cancel(self, within: float = 1.0) -> None:
        """Cancel what runs and wait for it, so many seconds at most: a handler may shield itself."""
        tasks = [job.task for job in self._running if job.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=within)

    def show(self) -> None:
        """Bring the gauges up to date."""
        name = self._stage.name
        self._metrics.set("diglot_stage_in_flight", self._holdings.unfinished(), stage=name)
        self._metrics.set("diglot_stage_running", len(self._running), stage=name)
        used = max((self._holdings.span(held) for held in self._helds), default=0) / self._stage.window
        self._metrics.set("diglot_stage_window_used", used, stage=name)
        self._metrics.set("diglot_stage_partitions", len(self._helds), stage=name)

    # Starting and ending.

    def _let_in(self, held: Held) -> None:
        try:
            for record in self._intake.let_in(held):
                job = Job.of(record, held)
                self._queue.put(held, job.key, job)
        except ValueError as error:
            # The topic was made anew under us: nothing that we know of it holds.
            self.give_up(RuntimeError(f"{tuple(held.partition)} can't be followed: {error}"))
            return
        self._intake.weigh(held)
        self._failures.relieve(held)

    def _pump(self) -> None:
        while self._may_start():
            if not self._fresh():
                self._pump_later()
                return
            job = self._queue.take()
            if job is None:
                return
            if job.attempts == 0:
                job.held.newest = max(job.held.newest, job.record.offset)
            self._intake.weigh(job.held)
            self._start(job)
            self._failures.relieve(job.held)

    def _may_start(self) -> bool:
        return (
            not self._draining
            and self._failures.down is None
            and len(self._running) < self._stage.concurrency
            and self._uncommitted < self._max_uncommitted
            and self._uncommitted_bytes < _MAX_UNCOMMITTED_BYTES
        )

    def _pump_later(self) -> None:
        if self._pump_timer is None:
            self._pump_timer = asyncio.get_running_loop().call_later(LEASE_SECONDS, self._pump_again)

    @_guarded
    def _pump_again(self) -> None:
        self._pump_timer = None
        self._pump()

    @_guarded
    def _start_again(self, job: Job) -> None:
        job.stop_waiting()
        self._queue.put_back(job.held, job)
        self._pump()

    def _start_probe(self, job: Job) -> bool:
        may = self._fresh() and not self._draining
        if may:
            self._start(job)
        return may

    def _start(self, job: Job) -> None:
        self._running.add(job)
        self.idle.clear()
        job.held.running.add(job)
        job.task = asyncio.get_running_loop().create_task(self._handle(job))
        job.task.add_done_callback(lambda task: self._ended(job, task))

    @_guarded
    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        job.task = None
        self._running.discard(job)
        job.held.running.discard(job)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
        self._check_idle()
        self._check_revocations()
        self._failures.relieve(job.held)
        self._pump()

    def _check_idle(self) -> None:
        if not self._running and not self._uncommitted:
            self.idle.set()

    def _check_finished(self) -> None:
        if self._all_read and not self._holdings.unfinished() and not any(held.arriving for held in self._helds):
            self.finished.set()

    def _close(self, helds: Collection[Held]) -> None:
        """Start nothing more of these partitions; what waits is dropped, and read again by whoever has them next."""
        for held in helds:
            held.closing = True
            held.arriving.clear()
            self._queue.drop(held)
        self._failures.drop(helds)

    def _check_revocations(self) -> None:
        for helds, done in self._revocations:
            if not any(held.running or held.uncommitted for held in helds):
                done.set()
        self._revocations = [(helds, done) for helds, done in self._revocations if not done.is_set()]

    # One job.

    async def _handle(self, job: Job) -> None:
        job.attempts += 1
        job.final = "done"
        step = job.step = self._begin_step(job)
        try:
            error = await self._try(job)
        except BaseException as stopped_by:
            step.end(stopped_by)
            raise
        step.end(error)

    def _begin_step(self, job: Job) -> Step:
        def attributes() -> Attributes:
            where = record_attributes(*job.record.partition, job.record.offset, job.record.value)
            return {**where, "messaging.consumer.group.name": self._group, "diglot.attempt": job.attempts}

        parent = header(job.record.headers, "ce_traceparent")
        return self._tracer.step(parent, f"{self._stage.name} handle", "consumer", attributes)

    async def _try(self, job: Job) -> Exception | None:
        """Handle a job, and decide what becomes of it. Returns the error that it failed with, for the trace."""
        try:
            event = read_event(self._stage, job, self._pick)
            if event is None:
                self._hand_over(job, [], "passed_over")
                return None
            job.step.describe(lambda: event_attributes(event))
            self._report(job, "started", None)
            work = JobWork(job, self._fresh, self._report)
            records = await attempt(self._stage, self._handler, event, work, self._metrics)
        except (ConfigError, Fatal):
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Of something that the handler awaited: nobody wants this work to end.
            stray = RuntimeError("the handler let a cancellation through that was not its own")
            stray.__cause__ = error
            self._failures.failed(job, stray)
            return stray
        except Exception as error:  # noqa: BLE001 -- what a handler raises decides what becomes of its record
            self._failures.failed(job, error)
            return error
        self._failures.answered(job)
        self._settle(job, records, "handled", job.final, None)
        return None

    def _settle(self, job: Job, records: list[Outgoing], outcome: Outcome, status: Status, detail: str | None) -> None:
        """Hand a job's records over, with its final status."""
        self._progress.settle(job.record.key)
        self._hand_over(job, records, outcome, status_of(self._stage, job.event, status, _now(), detail))

    def _hand_over(
        self, job: Job, records: list[Outgoing], outcome: Outcome, status: ArticleStatus | None = None
    ) -> None:
        """Hand records over for the next transaction, with the job's offset.

        The next of its key may start: what it gives is committed later, or in the same transaction behind this.
        """
        held = job.held
        self._queue.release(held, job.key)
        self._intake.handled(held, job.size)
        self._intake.weigh(held)
        if not held.live:
            return
        size = _STATUS_BYTES + sum(record.size for record in records)
        held.uncommitted += 1
        self._uncommitted += 1
        self._uncommitted_bytes += size
        self.idle.clear()
        self._commits.put(Result(held, job.record.offset, records, outcome, size, status))

    # Showing.

    def _report(self, job: Job, status: Status, detail: str | None) -> None:
        at = _now()
        self._progress.report(
            job.record.key,
            lambda: status_of(self._stage, job.event, status, at, detail),
        )


def _as_it_is(event: Event) -> Event:
    return event


def _now() -> int:
    return int(time.time() * 1000)
