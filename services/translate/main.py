"""The translate process: settings, engine, stage."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from services.translate.offline import OfflineTranslation
from services.translate.settings import TranslateSettings
from services.translate.stage import STAGES, make_handler
from shared.errors import ConfigError
from shared.process import Shutdown, run_process
from shared.stream import StageRunner
from shared.telemetry import Metrics, health_app, serve


async def run(settings: TranslateSettings, shutdown: Shutdown) -> None:
    """Run the stages of the configured lanes until told to stop.

    Raises:
        ConfigError: the model lane is asked for, and no model engine is there.
    """
    if "model" in settings.lanes:
        raise ConfigError("DIGLOT_LANES: there is no model engine yet; set it to `draft`")
    metrics = Metrics()
    handler = make_handler(OfflineTranslation())
    runners = [StageRunner(STAGES[lane], handler, settings, metrics, shutdown) for lane in settings.lanes]

    def readiness() -> Sequence[str]:
        return [reason for runner in runners for reason in runner.not_ready()]

    async with (
        serve(health_app(metrics, readiness), settings.host, settings.translate_port),
        asyncio.TaskGroup() as tasks,
    ):
        for runner in runners:
            tasks.create_task(runner.run())


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("translate", TranslateSettings, run)


if __name__ == "__main__":
    sys.exit(main())
