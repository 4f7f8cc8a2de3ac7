"""The reader process: the view in memory, the API and the pages."""

from __future__ import annotations

import asyncio
import sys

import structlog

from services.publish.app import create_app
from services.publish.clock import system_clock
from services.publish.live import LiveLibrary
from services.publish.replica import Replica
from services.publish.settings import ReaderSettings
from shared.process import Shutdown, run_process
from shared.store import open_store
from shared.telemetry import Metrics, serve, tracing

_log = structlog.stdlib.get_logger(__name__)


async def run(settings: ReaderSettings, shutdown: Shutdown) -> None:
    """Serve until told to stop."""
    metrics = Metrics()
    with tracing(settings, "reader") as tracer:
        async with open_store(settings, metrics) as store:
            library = LiveLibrary(store, settings.sources)
            replica = Replica(settings, store, library, metrics, tracer)
            app = create_app(
                settings, library, store.journeys, replica, metrics, system_clock, shutdown.draining.is_set
            )
            async with asyncio.TaskGroup() as tasks:
                following = tasks.create_task(replica.run())
                async with serve(app, settings.host, settings.read_port) as port:
                    _log.info("listening", host=settings.host, port=port)
                    await shutdown.draining.wait()
                following.cancel()


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("reader", ReaderSettings, run)


if __name__ == "__main__":
    sys.exit(main())
