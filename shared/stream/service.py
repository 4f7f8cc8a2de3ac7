"""The body of a process that runs stages: all of them at once, with their health on one port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import structlog

from shared.errors import Unavailable
from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream.runner import StageRunner
from shared.stream.stage import Handler, Stage
from shared.telemetry import Metrics, Tracer, health_app, serve

_RETRY_SECONDS: Final = 1.0

log = structlog.stdlib.get_logger(__name__)


async def run_stages(
    handlers: Mapping[Stage, Handler],
    settings: CommonSettings,
    port: int,
    shutdown: Shutdown,
    tracer: Tracer,
    *,
    metrics: Metrics | None = None,
    prepare: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Run each stage with its handler until told to stop; `/livez`, `/readyz` and `/metrics` are on `port`.

    `prepare` comes before the first record: it is called again while it raises Unavailable, and `/readyz` says so.
    When one stage ends with an error, all are stopped and the error is raised.
    """
    metrics = metrics or Metrics()
    runners = [
        StageRunner(stage, handler, settings, metrics, shutdown, tracer=tracer) for stage, handler in handlers.items()
    ]
    waits_for: list[str] = []

    def readiness() -> Sequence[str]:
        return waits_for or [reason for runner in runners for reason in runner.not_ready()]

    async with serve(health_app(metrics, readiness), settings.host, port):
        if prepare is not None and not await _prepared(prepare, shutdown, waits_for):
            return
        async with asyncio.TaskGroup() as tasks:
            for runner in runners:
                tasks.create_task(runner.run())


async def _prepared(prepare: Callable[[], Awaitable[None]], shutdown: Shutdown, waits_for: list[str]) -> bool:
    """Whether `prepare` came to its end before the process was told to stop."""
    while not shutdown.draining.is_set():
        try:
            await prepare()
        except Unavailable as error:
            log.warning("waiting", reason=str(error))
            waits_for[:] = [str(error)]
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            waits_for.clear()
            return True
    return False
