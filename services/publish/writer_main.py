"""The writer process: the stages that bring the database up to date, all in one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import structlog

from services.publish.clock import system_clock
from services.publish.settings import WriterSettings
from services.publish.stages import (
    JOURNEYS,
    RULINGS,
    editions_handler,
    journeys_handler,
    lane_stage,
    rulings_handler,
)
from services.publish.writer import Writer
from shared.errors import Unavailable
from shared.process import Shutdown, run_process
from shared.store import Store, open_store
from shared.stream import StageRunner
from shared.telemetry import Metrics, health_app, serve

_RETRY_SECONDS = 1.0

_log = structlog.stdlib.get_logger(__name__)


async def run(settings: WriterSettings, shutdown: Shutdown) -> None:
    """Run all stages until told to stop."""
    metrics = Metrics()
    runners: list[StageRunner] = []

    def readiness() -> Sequence[str]:
        if not runners:
            return ["the database does not answer"]
        return [reason for runner in runners for reason in runner.not_ready()]

    async with (
        open_store(settings, metrics) as store,
        serve(health_app(metrics, readiness), settings.host, settings.writer_port),
    ):
        if not await _prepare(store, shutdown):
            return
        runners += _stages(settings, store, metrics, shutdown)
        async with asyncio.TaskGroup() as tasks:
            for runner in runners:
                tasks.create_task(runner.run())


def _stages(settings: WriterSettings, store: Store, metrics: Metrics, shutdown: Shutdown) -> list[StageRunner]:
    writer = Writer(store, system_clock, settings.ready_after_ms)
    editions = editions_handler(writer, metrics)
    handlers = {
        **{lane_stage(lane): editions for lane in settings.lanes},
        RULINGS: rulings_handler(writer, metrics),
        JOURNEYS: journeys_handler(store.journeys),
    }
    return [StageRunner(stage, handler, settings, metrics, shutdown) for stage, handler in handlers.items()]


async def _prepare(store: Store, shutdown: Shutdown) -> bool:
    """Make the indexes, as soon as the database answers; False when told to stop before."""
    while not shutdown.draining.is_set():
        try:
            await store.prepare()
            return True
        except Unavailable as error:
            _log.warning("waiting for the database", reason=str(error))
        await asyncio.sleep(_RETRY_SECONDS)
    return False


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("writer", WriterSettings, run)


if __name__ == "__main__":
    sys.exit(main())
