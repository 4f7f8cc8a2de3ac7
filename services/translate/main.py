"""The translate process: its stages of the configured lanes."""

from __future__ import annotations

import sys

from services.translate.offline import OfflineTranslator
from services.translate.settings import TranslateSettings
from services.translate.stage import DRAFT, translation_handler
from shared.errors import ConfigError
from shared.process import Shutdown, run_process
from shared.stream import run_stages
from shared.telemetry import tracing


async def run(settings: TranslateSettings, shutdown: Shutdown) -> None:
    """Run the stages until told to stop. Raises ConfigError for the model lane, which has no engine yet."""
    if "model" in settings.lanes:
        raise ConfigError(
            "DIGLOT_LANES: the model lane needs a model, and DIGLOT_MODELS names none that this version can use; "
            "set DIGLOT_LANES=draft"
        )
    with tracing(settings, "translate") as tracer:
        await run_stages(
            {DRAFT: translation_handler(OfflineTranslator())}, settings, settings.translate_port, shutdown, tracer
        )


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("translate", TranslateSettings, run)


if __name__ == "__main__":
    sys.exit(main())
