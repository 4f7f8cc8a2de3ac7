"""Runs one stage until the process is told to stop.

At least once: offsets are committed after the results were acknowledged, so a crash repeats what was in flight and
loses nothing.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream._clients import SESSION_SECONDS
from shared.stream._delivery import Delivery
from shared.stream._dispatch import Dispatcher
from shared.stream._flow import Flow
from shared.stream._outbox import source
from shared.stream._poller import Poller
from shared.stream._progress import Progress
from shared.stream.producer import EventProducer
from shared.stream.stage import Handler, Stage
from shared.stream.topics import STATUS
from shared.telemetry import Metrics

_MAX_BYTES: Final = 64 * 1024 * 1024
_LEAVE_SECONDS: Final = 15.0
_ABORT_SECONDS: Final = 1.0

log = structlog.stdlib.get_logger(__name__)


class StageRunner:
    """Reads a stage's topics, hands each event to `handler`, sends the results, and commits.

    `shutdown.draining`: what runs may finish, for `drain_seconds` at most; `shutdown.aborting`: it is cancelled.
    `metrics`: where the `diglot_stage_*` metrics go; several stages of a process may share them.
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
    ) -> None:
        self._stage = stage
        self._handler = handler
        self._settings = settings
        self._metrics = metrics
        self._shutdown = shutdown
        self._drain_seconds = drain_seconds
        self._dispatcher: Dispatcher | None = None
        self._poller: Poller | None = None

    def not_ready(self) -> list[str]:
        """Why the stage can't work right now, for `/readyz`; empty when it can."""
        if self._dispatcher is None or self._poller is None:
            return [f"{self._stage.name}: not started"]
        problems = [self._poller.problem] if self._poller.problem is not None else []
        return [f"{self._stage.name}: {problem}" for problem in problems + self._dispatcher.problems()]

    async def run(self) -> None:
        """Work until told to stop; raises what can't be recovered from, so that a supervisor starts anew."""
        loop = asyncio.get_running_loop()
        failure = _Failure()
        gone = asyncio.Event()

        def fresh() -> bool:
            # A second less than the session: work that starts now is not another worker's yet.
            return poller.heartbeat_age < SESSION_SECONDS - 1.0

        topics = (*self._stage.produces, self._stage.dead_letters, STATUS)
        producer = EventProducer(self._settings, source(self._stage), topics)
        progress = Progress(producer, loop.time)
        flow = Flow(self._stage.window, _MAX_BYTES)
        dispatcher = self._dispatcher = Dispatcher(
            self._stage,
            self._handler,
            Delivery(producer),
            progress,
            flow,
            self._metrics,
            fresh=fresh,
            fail=failure.note,
        )
        poller = self._poller = Poller(
            self._stage, self._settings, flow, dispatcher, self._metrics, loop, gone.set, failure.note
        )
        reporting = loop.create_task(progress.run())
        poller.start()
        log.info("started", stage=self._stage.name)
        try:
            await _any_of(self._shutdown.draining, failure.happened)
            flow.stop()
            dispatcher.drain()
            if failure.error is None:
                await self._drain(dispatcher)
        finally:
            await dispatcher.cancel()
            poller.stop()
            await _any_of(gone, self._shutdown.aborting, seconds=_LEAVE_SECONDS)
            await _any_of(gone, seconds=_ABORT_SECONDS)
            reporting.cancel()
            await producer.close()
            log.info("ended", stage=self._stage.name)
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
