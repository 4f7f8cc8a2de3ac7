"""Keeps a reader's shelf like the database: loads all cards, then follows what the writers publish.

The shelf can be thrown away at any time. The order matters: note the end of the topic, load, follow from that end. What
was published before the end is in the database by then, and what comes after it is followed.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from services.publish.live import LiveLibrary
from services.publish.shelf import Shelf
from shared.errors import OffsetGone, Unavailable
from shared.model import ArticlePublished
from shared.settings import CommonSettings
from shared.store import Store
from shared.stream import TopicFollower
from shared.stream.topics import PUBLISHED
from shared.telemetry import Metrics, Tracer

_RETRY_SECONDS: Final = 1.0
_AWAY: Final = "the broker or the database can't be read right now; the log says why"

_log = structlog.stdlib.get_logger(__name__)


class Replica:
    """Fills `library` and keeps it up to date until `run` is cancelled."""

    def __init__(
        self, settings: CommonSettings, store: Store, library: LiveLibrary, metrics: Metrics, tracer: Tracer
    ) -> None:
        self._follower = TopicFollower(PUBLISHED, settings, tracer)
        self._store = store
        self._library = library
        self._metrics = metrics
        self._waiting = False
        self._offset = 0  # the next of article.published that is taken

    def problems(self) -> list[str]:
        """Why requests can't be answered yet; empty once the cards are loaded, whatever happens later."""
        if self._library.loaded:
            return []
        return [_AWAY if self._waiting else "the articles are being loaded"]

    def state(self) -> dict[str, str | int | None]:
        """Return how far it has come in the topic, and in `behind` why nothing new comes in, or None.

        A reader that the broker has left is ready all the same: it answers from what it has. The reason is in public
        words; what the drivers say stays in the log.
        """
        away = self._waiting or self._follower.problem is not None
        return {"offset": self._offset, "behind": _AWAY if away else None}

    async def run(self) -> None:
        """Load and follow, for ever. A broker or a database that is away is waited for."""
        try:
            while True:
                try:
                    shelf, offset = await self._load()
                except Unavailable as error:
                    await self._wait(error)
                else:
                    await self._follow(shelf, offset)
        finally:
            await self._follower.close()

    async def _load(self) -> tuple[Shelf, int]:
        extent = await self._follower.extent()
        shelf = Shelf()
        async for batch in self._store.cards.scan():
            for card in batch:
                shelf.add(card.id, card.change, card.state, card.card)
        shelf.arrange()
        self._library.shelf = shelf
        self._waiting = False
        self._show(shelf, extent.end)
        _log.info("loaded", cluster=extent.cluster_id, offset=extent.end, **shelf.counts())
        return shelf, extent.end

    async def _follow(self, shelf: Shelf, offset: int) -> None:
        """Follow until the place in the topic is gone; then everything has to be loaded anew."""
        while True:
            try:
                async for found, event in self._follower.follow(offset):
                    offset = found + 1
                    self._waiting = False
                    if isinstance(event, ArticlePublished):
                        self._library.apply(event)
                    self._show(shelf, offset)
            except OffsetGone as error:
                _log.warning("loading anew", reason=str(error))
                return
            except Unavailable as error:
                await self._wait(error)

    async def _wait(self, error: Unavailable) -> None:
        _log.warning("waiting", reason=str(error))
        self._waiting = True
        await asyncio.sleep(_RETRY_SECONDS)

    def _show(self, shelf: Shelf, offset: int) -> None:
        self._offset = offset
        for state, count in shelf.counts().items():
            self._metrics.set("diglot_reader_articles", count, state=state)
        self._metrics.set("diglot_reader_offset", offset)
