"""The ingest process: settings, objects, HTTP server, an orderly stop."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

import structlog

from services.ingest.app import create_app
from services.ingest.clock import Clock
from services.ingest.intake import Intake
from services.ingest.settings import IngestSettings
from shared.errors import Unavailable
from shared.process import Shutdown, run_process
from shared.stream import EventProducer
from shared.stream.topics import RULED, STATUS, SUBMITTED
from shared.telemetry import Metrics, Tracer, serve, tracing

_CONNECT_EVERY_SECONDS = 1.0

_log = structlog.stdlib.get_logger(__name__)


async def run(settings: IngestSettings, shutdown: Shutdown) -> None:
    """Serve until told to stop; requests that run then are finished, and their events acknowledged."""
    with tracing(settings, "ingest") as tracer:
        await _serve(settings, shutdown, tracer)


async def _serve(settings: IngestSettings, shutdown: Shutdown, tracer: Tracer) -> None:
    metrics = Metrics()
    producer = EventProducer(
        settings, "/diglot/ingest", (SUBMITTED, RULED, STATUS), deliver_within=settings.ingest_send_timeout
    )
    intake = Intake(settings, producer, metrics, Clock())

    def readiness() -> list[str]:
        return [] if producer.connected else ["no connection to Kafka"]

    app = create_app(settings, intake, metrics, readiness, tracer)
    drain_seconds = settings.ingest_send_timeout + 2.0
    async with asyncio.TaskGroup() as tasks:
        connecting = tasks.create_task(_keep_connected(producer))
        async with serve(app, settings.host, settings.ingest_port, drain_seconds=drain_seconds) as port:
            _log.info("listening", host=settings.host, port=port, sources=sorted(settings.sources))
            _tell_about_keys(settings)
            await shutdown.draining.wait()
        connecting.cancel()
    await intake.close()
    await producer.close()


async def _keep_connected(producer: EventProducer) -> None:
    """Connect again while no request does: a process that isn't ready gets none."""
    while True:
        if not producer.connected:
            with suppress(Unavailable):
                await producer.connect()
        await asyncio.sleep(_CONNECT_EVERY_SECONDS)


def _tell_about_keys(settings: IngestSettings) -> None:
    if settings.local:
        _log.warning("local mode: posts are taken without a key, for any source; set DIGLOT_LOCAL=false elsewhere")
    elif not any(source.key_sha256 for source in settings.sources.values()):
        _log.warning("no source has a key, so nobody can post; set DIGLOT_SOURCES")


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("ingest", IngestSettings, run)


if __name__ == "__main__":
    sys.exit(main())
