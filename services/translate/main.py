"""The translate process: its stages of the configured lanes."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from services.translate.offline import OfflineTranslator
from services.translate.settings import TranslateSettings
from services.translate.stage import DRAFT, translation_handler
from services.translate.terms import open_terms
from shared.errors import ConfigError
from shared.process import Shutdown, run_process
from shared.stream import Handler, Stage, run_stages
from shared.telemetry import Metrics, tracing


@asynccontextmanager
async def open_handlers(settings: TranslateSettings, metrics: Metrics) -> AsyncIterator[Mapping[Stage, Handler]]:
    """The stages of this process with their handlers, and what these need while the block runs.

    Raises ConfigError for the model lane, which has no engine yet.
    """
    if "model" in settings.lanes:
        raise ConfigError(
            "DIGLOT_LANES: the model lane needs a model, and DIGLOT_MODELS names none that this version can use; "
            "set DIGLOT_LANES=draft"
        )
    async with open_terms(settings, metrics) as terms:
        yield {DRAFT: translation_handler(OfflineTranslator(), terms)}


async def run(settings: TranslateSettings, shutdown: Shutdown) -> None:
    """Run the stages until told to stop."""
    metrics = Metrics()
    with tracing(settings, "translate") as tracer:
        async with open_handlers(settings, metrics) as handlers:
            await run_stages(handlers, settings, settings.translate_port, shutdown, tracer, metrics=metrics)


def main() -> int:
    """Run the process; returns its exit code."""
    return run_process("translate", TranslateSettings, run)


if __name__ == "__main__":
    sys.exit(main())
