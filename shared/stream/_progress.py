"""Reports progress, best effort: the latest status of each piece of work, at most one a second, never waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from shared.errors import DiglotError
from shared.stream.producer import EventProducer, Outgoing

_TICK_SECONDS: Final = 0.1
_PAUSE_SECONDS: Final = 1.0
_MAX_WAITING: Final = 5000


@dataclass(slots=True)
class _Waiting:
    record: Outgoing
    due: float


class Progress:
    """Collects status records by key; `run` sends them. What is reported while the broker is away is lost."""

    def __init__(self, producer: EventProducer, clock: Callable[[], float]) -> None:
        self._producer = producer
        self._clock = clock
        self._waiting: dict[bytes, _Waiting] = {}
        self._sent_at: dict[bytes, float] = {}

    def report(self, record: Outgoing | None) -> None:
        """Have a status sent soon. A later one of the same key replaces it; work that ends before never shows it."""
        if record is None or record.key is None or len(self._waiting) >= _MAX_WAITING:
            return
        # Short work, as that of the offline engine, isn't worth a second record.
        due = max(self._clock() + _TICK_SECONDS, self._sent_at.get(record.key, 0.0) + _PAUSE_SECONDS)
        waiting = self._waiting.get(record.key)
        self._waiting[record.key] = _Waiting(record, waiting.due if waiting else due)

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
            records = [self._waiting.pop(key).record for key in due]
            self._sent_at = {key: at for key, at in self._sent_at.items() if at + _PAUSE_SECONDS > now}
            self._sent_at.update(dict.fromkeys(due, now))
            with suppress(DiglotError):
                await self._producer.send_all(records)
