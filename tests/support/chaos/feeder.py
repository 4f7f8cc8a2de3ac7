"""Posts the articles at a steady rate, past the proxy."""

from __future__ import annotations

import asyncio
import threading
from typing import Final

from shared.errors import Unavailable
from shared.model import encode
from shared.settings import CommonSettings
from shared.stream.producer import EventProducer, Outgoing
from tests.support.chaos.load import TOPICS, article

_BATCH_SECONDS: Final = 0.1
_DELIVER_SECONDS: Final = 60.0
_MAX_BATCH: Final = 1000
_SOURCE: Final = "/diglot/test"


class Feeder(threading.Thread):
    """Posts at least `articles`, and goes on until `finish` is called.

    A batch whose fate is unknown is not sent again: what counts as input is what lies on the topic.
    """

    def __init__(self, settings: CommonSettings, articles: int, keys: int, rate: float) -> None:
        super().__init__(name="feeder", daemon=True)
        self._settings = settings
        self._articles = articles
        self._keys = keys
        self._rate = rate
        self._enough = threading.Event()
        self.posted = 0

    def finish(self) -> None:
        """Post what is missing of the articles, then end."""
        self._enough.set()

    def run(self) -> None:
        asyncio.run(self._feed())

    async def _feed(self) -> None:
        loop = asyncio.get_running_loop()
        producer = EventProducer(self._settings, _SOURCE, TOPICS[:1], deliver_within=_DELIVER_SECONDS)
        began, number = loop.time(), 0
        while number < self._articles or not self._enough.is_set():
            await asyncio.sleep(_BATCH_SECONDS)
            due = max(number + 1, round((loop.time() - began) * self._rate))
            events = [article(n, self._keys) for n in range(number, min(due, number + _MAX_BATCH))]
            batch = [Outgoing.of(TOPICS[0], encode(event, _SOURCE)) for event in events]
            number += len(batch)
            try:
                await producer.send_all(batch)
            except Unavailable:
                continue
            self.posted += len(batch)
        await producer.close()
