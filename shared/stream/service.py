"""The body of a process that runs stages: all of them at once, with their health on one port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream.runner import StageRunner
from shared.stream.stage import Handler, Stage
from shared.telemetry import Metrics, health_app, serve


async def run_stages(
    handlers: Mapping[Stage, Handler], settings: CommonSettings, port: int, shutdown: Shutdown
) -> None:
    """Run each stage with its handler until told to stop; `/livez`, `/readyz` and `/metrics` are on `port`.

    When one stage ends with an error, all are stopped and the error is raised.
    """
    metrics = Metrics()
    runners = [StageRunner(stage, handler, settings, metrics, shutdown) for stage, handler in handlers.items()]

    def readiness() -> Sequence[str]:
        return [reason for runner in runners for reason in runner.not_ready()]

    async with serve(health_app(metrics, readiness), settings.host, port), asyncio.TaskGroup() as tasks:
        for runner in runners:
            tasks.create_task(runner.run())
