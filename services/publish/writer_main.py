"""The writer process: the stages that bring the database up to date, all in one."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

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
from shared.process import Shutdown, run_process
from shared.store import Store, open_store
from shared.stream import Handler, Stage, run_stages
from shared.telemetry import Metrics, tracing


@asynccontextmanager
async def open_handlers(settings: WriterSettings, metrics: Metrics) -> AsyncIterator[Mapping[Stage, Handler]]:
    """The stages of this process with their handlers, and the database while the block runs."""
    async with open_store(settings, metrics) as store:
        yield _handlers(settings, store, metrics)


def _handlers(settings: WriterSettings, store: Store, metrics: Metrics) -> Mapping[Stage, Handler]:
    metrics.start("diglot_publish_written_total", "diglot_publish_ignored_total")
    writer = Writer(store, system_clock, settings.ready_after_ms)
    editions = editions_handler(writer, metrics)
    return {
        **{lane_stage(lane): editions for lane in settings.lanes},
        RULINGS: rulings_handler(writer, metrics),
        JOURNEYS: journeys_handler(store.journeys),
    }


async def run(settings: WriterSettings, shutdown: Shutdown) -> None:
    """Run all stages until told to stop."""
    metrics = Metrics()
    with tracing(settings, "writer") as tracer:
        async with open_store(settings, metrics) as store:
            handlers = _handlers(settings, store, metrics)
            await run_stages(
                handlers, settings, settings.writer_port, shutdown, tracer, metrics=metrics, prepare=store.prepare
            )


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("writer", WriterSettings, run)


if __name__ == "__main__":
    sys.exit(main())
