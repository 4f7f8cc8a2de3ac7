"""Runs one stage until the process is told to stop.

Exactly once: the results of a record and its offset are committed in one transaction, and what is committed is never
started again.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream._clients import SESSION_SECONDS
from shared.stream._committed import OffsetReader
from shared.stream._committer import Committer
from shared.stream._dispatch import Dispatcher
from shared.stream._holdings import Holdings
from shared.stream._outbox import source
from shared.stream._poller import Poller
from shared.stream._progress import Reports
from shared.stream._replay import Replay
from shared.stream._transaction import TransactionalProducer
from shared.stream._watchdog import HANG_SECONDS, READING_SECONDS, Watchdog
from shared.stream.producer import EventProducer
from shared.stream.stage import Handler, Stage
from shared.stream.topics import STATUS
from shared.telemetry import NO_TRACER, CounterName, Metrics, Tracer

_LEAVE_SECONDS: Final = 15.0
_ABORT_SECONDS: Final = 1.0
_COUNTERS: Final[tuple[CounterName, ...]] = (
    "diglot_stage_handled_total",
    "diglot_stage_passed_over_total",
    "diglot_stage_retried_total",
    "diglot_stage_dead_lettered_total",
    "diglot_stage_discarded_total",
    "diglot_stage_transactions_total",
    "diglot_stage_rebalances_total",
)

log = structlog.stdlib.get_logger(__name__)


class StageRunner:
    """Reads a stage's topics, hands each event to `handler`, and commits the results.

    `shutdown.draining`: what runs may finish, for `drain_seconds` at most; `shutdown.aborting`: it is cancelled.
    `hang_seconds`: the process ends when a step of a transaction takes longer while the broker answers. `metrics`:
    where the `diglot_stage_*` metrics go; several stages of a process may share them. `replay`: a part of the input to
    handle again, to its end, instead of live work. `tracer`: takes each attempt of the handler.
    """

    def __init__(
        self,
        stage: Stage,
        handler: Handler,
        settings: CommonSettings,
        metrics: Metrics,
        shutdown: Shutdown,
        *,
        drain_seconds: float = 20.0,
        hang_seconds: float = HANG_SECONDS,
        replay: Replay | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        self._stage = stage
        self._handler = handler
        self._settings = settings
        self._metrics = metrics
        self._shutdown = shutdown
        self._drain_seconds = drain_seconds
        self._hang_seconds = hang_seconds
        self._replay = replay
        self._tracer = tracer
        self._dispatcher: Dispatcher | None = None
        self._poller: Poller | None = None
        metrics.start(*_COUNTERS, stage=[stage.name])
        metrics.set("diglot_stage_paused", 0, stage=stage.name)

    def not_ready(self) -> list[str]:
        """Why the stage can't work right now, for `/readyz`; empty when it can."""
        if self._dispatcher is None or self._poller is None:
            return [f"{self._stage.name}: not started"]
        problems = [self._poller.problem] if self._poller.problem is not None else []
        return [f"{self._stage.name}: {problem}" for problem in problems + self._dispatcher.problems()]

    async def run(self) -> None:
        """Work until told to stop; raises what can't be recovered from, so that a supervisor starts anew."""
        loop = asyncio.get_running_loop()
        name = self._stage.name
        group = name if self._replay is None else self._replay.group
        failure = _Failure()
        left, settled = asyncio.Event(), asyncio.Event()

        def fresh() -> bool:
            # A second less than the session: work that starts now is not another worker's yet.
            return poller.heartbeat_age < SESSION_SECONDS - 1.0

        holdings = Holdings()
        committer = Committer(
            self._stage,
            TransactionalProducer(
                self._settings,
                f"{group}-{self._settings.slot}",
                (*self._stage.produces, self._stage.dead_letters, STATUS),
            ),
            OffsetReader(self._settings, group),
            holdings,
            self._metrics,
            loop,
            committed=lambda results: dispatcher.committed(results),
            discarded=lambda results: dispatcher.discarded(results),
            gone=settled.set,
            fail=failure.note,
        )
        producer = EventProducer(self._settings, source(self._stage), [STATUS])
        reports = Reports(self._stage, producer, loop.time)
        dispatcher = self._dispatcher = Dispatcher(
            self._stage,
            self._handler,
            committer,
            reports,
            holdings,
            self._metrics,
            fresh=fresh,
            fail=failure.note,
            replay=self._replay,
            tracer=self._tracer,
        )
        poller = self._poller = Poller(
            self._stage, self._settings, holdings, dispatcher, self._metrics, loop, left.set, failure.note, self._replay
        )
        watchdogs = (
            Watchdog(name, "transactions", lambda: committer.busy_since, fresh, limit=self._hang_seconds),
            Watchdog(name, "reading", lambda: poller.busy_since, fresh, limit=READING_SECONDS),
        )
        reporting = loop.create_task(reports.run())
        for thread in (committer, poller, *watchdogs):
            thread.start()
        log.info("started", stage=name)
        try:
            await _any_of(self._shutdown.draining, failure.happened, dispatcher.finished)
            poller.hold()
            dispatcher.drain()
            if failure.error is None:
                await self._drain(dispatcher)
        finally:
            # Once more, for a `run` that was cancelled: nothing may start while it ends.
            poller.hold()
            dispatcher.drain()
            await dispatcher.cancel(_ABORT_SECONDS)
            committer.stop()
            # Within the group until all is committed: a commit is checked against the membership.
            await _any_of(settled, failure.happened, self._shutdown.aborting, seconds=_LEAVE_SECONDS)
            committer.abort()
            await _any_of(settled, self._shutdown.aborting, seconds=_ABORT_SECONDS)
            poller.stop()
            await _any_of(left, self._shutdown.aborting, seconds=_LEAVE_SECONDS)
            await _any_of(left, seconds=_ABORT_SECONDS)
            for watchdog in watchdogs:
                watchdog.stop()
            reporting.cancel()
            # It waits behind a connect that is under way.
            await asyncio.wait([loop.create_task(producer.close())], timeout=_ABORT_SECONDS)
            log.info("ended", stage=name)
        if failure.error is not None:
            raise failure.error

    async def _drain(self, dispatcher: Dispatcher) -> None:
        await _any_of(dispatcher.idle, self._shutdown.aborting, seconds=self._drain_seconds)
        if not dispatcher.idle.is_set():
            log.warning("stopped before all handlers ended: their work is repeated", stage=self._stage.name)


class _Failure:
    """The first error that ends the stage."""

    def __init__(self) -> None:
        self.happened = asyncio.Event()
        self.error: BaseException | None = None

    def note(self, error: BaseException) -> None:
        """Keep the error unless there is one already."""
        if self.error is None:
            self.error = error
            self.happened.set()


async def _any_of(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until one of the events is set, at most so many seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
