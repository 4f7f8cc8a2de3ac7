"""How a service process starts and stops: settings, logs, signals, exit code."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import structlog

from shared.errors import ConfigError, Fatal
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
    0: stopped when asked. 1: a bug, which is logged with its traceback, or Fatal. 2: a setting or the surroundings are
    wrong (said on stderr).
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
        causes = list(_causes(error))
        wrong = next((cause for cause in causes if isinstance(cause, ConfigError)), None)
        if wrong is not None:
            log.error("cannot start", reason=str(wrong))
            return EXIT_CONFIG
        if all(isinstance(cause, Fatal) for cause in causes):
            # The stages of a process often end for the same reason.
            for name, reason in dict.fromkeys((type(cause).__name__, str(cause)) for cause in causes):
                log.error("stopped by an error", error=name, reason=reason)
        else:
            log.exception("stopped by an error")
        return EXIT_FAILED
    log.info("stopped")
    return EXIT_OK


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, or those that ended a group of tasks."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error
