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
        failed: asyncio.Future[object] = loop.create_future()

        def fail(error: BaseException) -> None:
            if not failed.done():
                failed.set_exception(error)

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
            fail=fail,
        )
        poller = self._poller = Poller(self._stage, self._settings, flow, dispatcher, self._metrics, loop)
        reporting = loop.create_task(progress.run())
        poller.start()
        log.info("started", stage=self._stage.name)
        try:
            await self._until(self._shutdown.draining, failed)
            flow.stop()
            dispatcher.drain()
            if not failed.done():
                await self._drain(dispatcher)
            await dispatcher.cancel()
        finally:
            poller.stop()
            await asyncio.to_thread(poller.join, _LEAVE_SECONDS)
            reporting.cancel()
            await producer.close()
            log.info("ended", stage=self._stage.name)
        if failed.done():
            failed.result()

    async def _drain(self, dispatcher: Dispatcher) -> None:
        drained = asyncio.ensure_future(dispatcher.drained())
        aborting = asyncio.ensure_future(self._shutdown.aborting.wait())
        done, _ = await asyncio.wait(
            {drained, aborting}, timeout=self._drain_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if drained not in done:
            log.warning("stopped before all handlers ended: their work is repeated", stage=self._stage.name)
        drained.cancel()
        aborting.cancel()

    @staticmethod
    async def _until(event: asyncio.Event, failed: asyncio.Future[object]) -> None:
        waiting: asyncio.Future[object] = asyncio.ensure_future(event.wait())
        both: set[asyncio.Future[object]] = {waiting, failed}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
