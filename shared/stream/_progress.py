"""Reports progress, best effort: the latest status of each piece of work, at most one a second, never waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from shared.errors import DiglotError
from shared.model import ArticleStatus
from shared.stream._outbox import status_records
from shared.stream.producer import EventProducer
from shared.stream.stage import Stage

_TICK_SECONDS: Final = 0.1
_PAUSE_SECONDS: Final = 1.0
_MAX_WAITING: Final = 5000

log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Waiting:
    make: Callable[[], ArticleStatus | None]
    due: float


class Reports:
    """Collects statuses by key; `run` sends them. What is reported while the broker is away is lost."""

    def __init__(self, stage: Stage, producer: EventProducer, clock: Callable[[], float]) -> None:
        self._stage = stage
        self._producer = producer
        self._clock = clock
        self._waiting: dict[bytes, _Waiting] = {}
        self._sent_at: dict[bytes, float] = {}

    def report(self, key: bytes | None, make: Callable[[], ArticleStatus | None]) -> None:
        """Have a status sent soon; `make` gives it then, or None where there is nothing to say.

        A later one of the same key replaces it; work that ends before never shows it.
        """
        if key is None or (key not in self._waiting and len(self._waiting) >= _MAX_WAITING):
            return
        # Short work, as that of the offline engine, isn't worth a second record.
        due = max(self._clock() + _TICK_SECONDS, self._sent_at.get(key, 0.0) + _PAUSE_SECONDS)
        waiting = self._waiting.get(key)
        self._waiting[key] = _Waiting(make, waiting.due if waiting else due)

    def settle(self, key: bytes | None) -> None:
        """The work of this key has ended: its final status is on the way, what waits is out of date."""
        if key is not None:
            self._waiting.pop(key, None)

    async def run(self) -> None:
        """Send what is due, until cancelled."""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            now = self._clock()
            due = [key for key, waiting in self._waiting.items() if waiting.due <= now]
            made = [_made(self._waiting.pop(key)) for key in due]
            self._sent_at = {key: at for key, at in self._sent_at.items() if at + _PAUSE_SECONDS > now}
            self._sent_at.update(dict.fromkeys(due, now))
            try:
                await self._producer.send_all(status_records(self._stage, filter(None, made)))
            except DiglotError:
                continue
            except Exception:
                log.exception("progress was not sent")


def _made(waiting: _Waiting) -> ArticleStatus | None:
    try:
        return waiting.make()
    except Exception:
        log.exception("progress can't be told")
        return None
