"""Ends a process whose transactions or whose reading hang, so that a supervisor starts it anew.

The last defence against a client library that waits for ever.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from shared.process import EXIT_FAILED

HANG_SECONDS: Final = 90.0
"""A transaction's steps are limited to 45 s together; opening a producer to about as much."""
READING_SECONDS: Final = 120.0
"""A step of reading may wait for the handlers and the transaction of a revoke, and some 20 s for the network."""

_LOOK_SECONDS: Final = 1.0

log = structlog.stdlib.get_logger(__name__)


def _end() -> None:
    os._exit(EXIT_FAILED)


class Watchdog(threading.Thread):
    """Calls `end` once a step has taken `limit` seconds while the broker answered.

    `what`: what is watched. `busy_since`: when the present step began (monotonic), None while there is none. `fresh`:
    whether the broker has acknowledged a heartbeat lately; while it doesn't, a step may take as long as the outage.
    """

    def __init__(
        self,
        stage: str,
        what: str,
        busy_since: Callable[[], float | None],
        fresh: Callable[[], bool],
        *,
        limit: float,
        end: Callable[[], None] = _end,
    ) -> None:
        super().__init__(name=f"watch-{what}-{stage}", daemon=True)
        self._stage = stage
        self._what = what
        self._busy_since = busy_since
        self._fresh = fresh
        self._limit = limit
        self._end = end
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()

    def run(self) -> None:
        """Watch until stopped."""
        answered_since = time.monotonic()
        while not self._stopped.wait(min(_LOOK_SECONDS, self._limit / 4)):
            if not self._fresh():
                answered_since = time.monotonic()
            since = self._busy_since()
            if since is not None and time.monotonic() - max(since, answered_since) > self._limit:
                log.critical("a step hangs: the process ends", stage=self._stage, of=self._what, seconds=self._limit)
                self._end()
                return
