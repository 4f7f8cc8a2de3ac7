"""The writer process: the stages that bring the database up to date, all in one."""

from __future__ import annotations

import sys

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
from shared.store import open_store
from shared.stream import run_stages
from shared.telemetry import Metrics, tracing


async def run(settings: WriterSettings, shutdown: Shutdown) -> None:
    """Run all stages until told to stop."""
    metrics = Metrics()
    with tracing(settings, "writer") as tracer:
        async with open_store(settings, metrics) as store:
            writer = Writer(store, system_clock, settings.ready_after_ms)
            editions = editions_handler(writer, metrics)
            handlers = {
                **{lane_stage(lane): editions for lane in settings.lanes},
                RULINGS: rulings_handler(writer, metrics),
                JOURNEYS: journeys_handler(store.journeys),
            }
            await run_stages(
                handlers, settings, settings.writer_port, shutdown, tracer, metrics=metrics, prepare=store.prepare
            )


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("writer", WriterSettings, run)


if __name__ == "__main__":
    sys.exit(main())
