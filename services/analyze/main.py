"""The analyze process: settings, engine, stage."""

from __future__ import annotations

import sys

from services.analyze.offline.engine import OfflineEngine
from services.analyze.settings import AnalyzeSettings
from services.analyze.stage import DRAFT_STAGE, make_handler
from shared.errors import ConfigError
from shared.model import RANK_OFFLINE
from shared.process import Shutdown, run_process
from shared.stream import run_stages


async def run(settings: AnalyzeSettings, shutdown: Shutdown) -> None:
    """Run the draft lane's stage until told to stop.

    Raises:
        ConfigError: the model lane is asked for, and no model engine is there.
    """
    if "model" in settings.lanes:
        raise ConfigError("DIGLOT_LANES: there is no model engine yet; set it to `draft`")
    handlers = {DRAFT_STAGE: make_handler(OfflineEngine(), RANK_OFFLINE)}
    await run_stages(handlers, settings, settings.analyze_port, shutdown)


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("analyze", AnalyzeSettings, run)


if __name__ == "__main__":
    sys.exit(main())
