"""The termbase as the translation uses it: the shipped entries, and those that people confirmed in the database.

The database is for more names, not for the work itself: while it is away, the last known terms are used, and what
articles teach is dropped. They teach it again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import islice
from typing import Final

import structlog

from shared.errors import DiglotError, Poison
from shared.model import Entity, EntityKind, Text
from shared.names import Learned, TermIndex, resolved, shipped_terms
from shared.settings import CommonSettings
from shared.store import Store, StoredTerm, open_store
from shared.telemetry import Metrics
from shared.vocabulary import Term, all_terms

REFRESH_SECONDS: Final = 30.0
_START_SECONDS: Final = 2.0
_NONE: Final = (0, 0)
"""The decisions of a database without any."""
# An article gives a handful of names; a database that is away must not make the process grow.
_MOST_WAITING: Final = 1000
_MOST_OF_ONE_ARTICLE: Final = 20
_MOST_REMEMBERED: Final = 10_000

log = structlog.stdlib.get_logger(__name__)


class Terms:
    """The terms of this process. Its methods take no time and never fail; `open_terms` keeps it up to date."""

    def __init__(self) -> None:
        self._index = shipped_terms()
        self._decisions = _NONE
        self._waiting: asyncio.Queue[tuple[str, Learned]] = asyncio.Queue(_MOST_WAITING)
        self._seen: dict[tuple[str, Learned], None] = {}

    def index(self) -> TermIndex:
        """Return the terms as last read; the same object until something changes."""
        return self._index

    def propose(self, article_id: str, names: Iterable[Learned], entities: Iterable[Entity[Text]] = ()) -> None:
        """Have names stored that an article gives in both languages, unless they are known; soon, or never.

        Of one article 20 at most: a text made of brackets must not fill the database. `entities`: those of its
        analysis, which know what kind of thing a name is where the name doesn't say it.
        """
        kinds = {entity.name: entity.kind for entity in entities}
        named = (replace(learned, kind=_kind(learned, kinds)) for learned in names)
        for name in islice((name for name in named if _is_news(name, self._index)), _MOST_OF_ONE_ARTICLE):
            key = (article_id, name)
            if key in self._seen:
                continue
            with suppress(asyncio.QueueFull):
                self._waiting.put_nowait(key)
                self._seen[key] = None
                if len(self._seen) > _MOST_REMEMBERED:
                    del self._seen[next(iter(self._seen))]

    async def refresh(self, store: Store) -> None:
        """Read the confirmed terms, where a decision was made since the last time. Raises Unavailable."""
        decisions = await store.terms.decisions()
        if decisions == self._decisions:
            return
        confirmed = [_term(stored) async for batch in store.terms.confirmed() for stored in batch]
        # In a thread, because 100,000 terms take seconds, and the stages go on meanwhile.
        self._index = await asyncio.to_thread(TermIndex, (*all_terms(), *confirmed))
        self._decisions = decisions
        log.info("terms read", confirmed=len(confirmed))

    async def store_next(self, store: Store) -> None:
        """Store the next proposal, once there is one. Raises Unavailable and Transient; it is dropped then."""
        article_id, name = await self._waiting.get()
        try:
            await store.terms.propose(name.en, name.zh, name.kind, article_id, int(time.time() * 1000))
        except Poison:
            pass  # too long for a term, and so it is every time
        except DiglotError:
            self._seen.pop((article_id, name), None)
            raise


@asynccontextmanager
async def open_terms(
    settings: CommonSettings, metrics: Metrics, refresh_seconds: float = REFRESH_SECONDS
) -> AsyncIterator[Terms]:
    """Give the terms while the block runs, kept up to date where DIGLOT_MONGODB_URI is set.

    Raises ConfigError when the connection string is wrong.
    """
    terms = Terms()
    if "mongodb_uri" not in settings.model_fields_set:
        yield terms
        return
    async with open_store(settings, metrics) as store:
        read = asyncio.Event()
        tasks = [
            asyncio.create_task(_keep_reading(terms, store, refresh_seconds, read)),
            asyncio.create_task(_keep_storing(terms, store)),
        ]
        try:
            # So that a service that starts beside its database begins with all terms.
            with suppress(TimeoutError):
                await asyncio.wait_for(read.wait(), _START_SECONDS)
            yield terms
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_reading(terms: Terms, store: Store, seconds: float, read: asyncio.Event) -> None:
    outage = _Outage("confirmed terms can't be read; going on with those known so far")
    while True:
        if await outage.told(terms.refresh(store)):
            read.set()
        await asyncio.sleep(seconds)


async def _keep_storing(terms: Terms, store: Store) -> None:
    outage = _Outage("names that articles give can't be stored; they are dropped")
    while True:
        await outage.told(terms.store_next(store))


class _Outage:
    """Says once that something fails, and once that it works again."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._is_on = False

    async def told(self, work: Awaitable[None]) -> bool:
        """Do `work` and return whether it went well; only the first failure in a row is logged."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 -- a bug, too, may cost names, but not the translation
            if not self._is_on:
                log.warning(self._sentence, error=type(error).__name__, reason=str(error))
            self._is_on = True
            return False
        if self._is_on:
            log.info("the database of terms answers again")
        self._is_on = False
        return True


def _kind(name: Learned, kinds: Mapping[str, EntityKind]) -> EntityKind:
    return name.kind if name.kind != "other" else kinds.get(name.en) or kinds.get(name.zh) or "other"


def _is_news(name: Learned, index: TermIndex) -> bool:
    """Say whether no entry has both names, and the two may be one thing: 利润丰厚（Reuters） is a sentence's source."""
    known = {term.id for term in index.find(name.en)} & {term.id for term in index.find(name.zh)}
    return not known and resolved(name, name.kind, index) is not None


def _term(stored: StoredTerm) -> Term:
    return Term(
        id=stored.id,
        kind=stored.kind,
        en=stored.en,
        zh=stored.zh,
        also_en=stored.also_en,
        also_zh=stored.also_zh,
        short_en=stored.short_en,
        short_zh=stored.short_zh,
        not_in=stored.not_in,
        ambiguous=frozenset(stored.ambiguous),
        shown_by=stored.shown_by,
        loose=stored.loose,
    )
