"""How a service process starts and stops: settings, logs, signals, exit code."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from shared.errors import ConfigError
from shared.settings import SettingsT, load_settings
from shared.telemetry.logs import configure_logging

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_CONFIG = 2

_COLLECT_AFTER: Final = (50_000, 20, 10)


class Shutdown:
    """A stop in two steps: the first SIGTERM or SIGINT asks to drain, the second to leave at once.

    `draining` and `aborting` are events that anything in the process may wait for.
    """

    def __init__(self) -> None:
        self.draining = asyncio.Event()
        self.aborting = asyncio.Event()

    def request(self) -> None:
        """Take the next step: drain, then abort."""
        if self.draining.is_set():
            self.aborting.set()
        self.draining.set()

    def listen(self) -> None:
        """Call `request` on SIGTERM and SIGINT; must run in the main thread's event loop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.request)


def relax_collector() -> None:
    """Have Python's cyclic garbage collector look less often, and never at what is there now.

    A stage keeps thousands of objects for each thousand records in flight. By its own rules, the collector looks at
    all of them, and at every loaded module, so often that this takes a quarter of the stage's CPU time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def run_process(
    service: str,
    settings_type: type[SettingsT],
    main: Callable[[SettingsT, Shutdown], Awaitable[None]],
) -> int:
    """Run one service until it is told to stop, and return its exit code.

    `service` is its name in the logs; `main` builds the objects and runs until `shutdown.draining` is set.
    0: stopped when asked. 1: a bug or a lost dependency. 2: a setting or the surroundings are wrong (said on
    stderr).
    """
    try:
        settings = load_settings(settings_type)
    except ConfigError as error:
        print(f"{service} can't start:\n{error}", file=sys.stderr)
        return EXIT_CONFIG
    configure_logging(settings, service)
    relax_collector()
    log = structlog.stdlib.get_logger("shared.process")

    async def supervised() -> None:
        shutdown = Shutdown()
        shutdown.listen()
        await main(settings, shutdown)

    try:
        asyncio.run(supervised())
    except Exception as error:
        wrong = _config_error(error)
        if wrong is not None:
            log.error("cannot start", reason=str(wrong))
            return EXIT_CONFIG
        log.exception("stopped by an error")
        return EXIT_FAILED
    log.info("stopped")
    return EXIT_OK


def _config_error(error: BaseException) -> BaseException | None:
    """The ConfigError that an error is, or that ended a group of tasks."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_config_error, error.exceptions)), None)
    return error if isinstance(error, ConfigError) else None
