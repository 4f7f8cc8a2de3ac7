"""The translate process: settings, engine, stage."""

from __future__ import annotations

import sys

from services.translate.offline import OfflineTranslation
from services.translate.settings import TranslateSettings
from services.translate.stage import DRAFT_STAGE, make_handler
from shared.errors import ConfigError
from shared.process import Shutdown, run_process
from shared.stream import run_stages


async def run(settings: TranslateSettings, shutdown: Shutdown) -> None:
    """Run the draft lane's stage until told to stop.

    Raises:
        ConfigError: the model lane is asked for, and no model engine is there.
    """
    if "model" in settings.lanes:
        raise ConfigError("DIGLOT_LANES: there is no model engine yet; set it to `draft`")
    handlers = {DRAFT_STAGE: make_handler(OfflineTranslation())}
    await run_stages(handlers, settings, settings.translate_port, shutdown)


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("translate", TranslateSettings, run)


if __name__ == "__main__":
    sys.exit(main())
