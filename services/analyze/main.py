"""The analyze process: its stages of the configured lanes."""

from __future__ import annotations

import sys

from services.analyze.offline.engine import OfflineEngine
from services.analyze.settings import AnalyzeSettings
from services.analyze.stage import DRAFT, analysis_handler
from shared.errors import ConfigError
from shared.process import Shutdown, run_process
from shared.stream import run_stages
from shared.telemetry import tracing


async def run(settings: AnalyzeSettings, shutdown: Shutdown) -> None:
    """Run the stages until told to stop. Raises ConfigError for the model lane, which has no engine yet."""
    if "model" in settings.lanes:
        raise ConfigError(
            "DIGLOT_LANES: the model lane needs a model, and DIGLOT_MODELS names none that this version can use; "
            "set DIGLOT_LANES=draft"
        )
    with tracing(settings, "analyze") as tracer:
        await run_stages({DRAFT: analysis_handler(OfflineEngine())}, settings, settings.analyze_port, shutdown, tracer)


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("analyze", AnalyzeSettings, run)


if __name__ == "__main__":
    sys.exit(main())
