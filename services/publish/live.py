"""The library of a running reader: cards from its memory, documents from the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from services.publish.library import CardPage, ListQuery, Reading
from services.publish.lru import Lru
from services.publish.quotes import every_quote, quotable
from services.publish.shelf import Shelf
from shared.errors import Unavailable
from shared.model import ArticlePublished, Card, Document, source_of
from shared.settings import SourceSettings
from shared.store import Store, StoredArticle

# A document takes some 300 kB in memory: enough for a front page and what is read most.
_READINGS: Final = 200

Forget = Callable[[str | None], None]
"""Drops what is kept of an article that is no longer shown; None: of all articles."""


class LiveLibrary:
    """The `Library` of the reader. `shelf` is put in by the one who loads it, and again when it is rebuilt."""

    def __init__(self, store: Store, sources: Mapping[str, SourceSettings]) -> None:
        self._store = store
        self._sources = sources
        self._shelf: Shelf | None = None
        self._readings: Lru[str, Reading] = Lru(_READINGS, lambda _: 1)
        self._forgetters: list[Forget] = [self._forget]

    @property
    def loaded(self) -> bool:
        return self._shelf is not None

    @property
    def shelf(self) -> Shelf:
        """All cards. Raises Unavailable until they are loaded."""
        if self._shelf is None:
            raise Unavailable("the articles are being loaded", retry_after=1.0)
        return self._shelf

    @shelf.setter
    def shelf(self, shelf: Shelf) -> None:
        # Of a restored database the numbers may be lower, and what is kept would pass for newer.
        self._shelf = shelf
        self._tell(None)

    def apply(self, change: ArticlePublished) -> None:
        """Take a change of one article. Raises Unavailable until the cards are loaded."""
        if self.shelf.apply(change.article_id, change.change, change.state, change.card) and change.card is None:
            self._tell(change.article_id)

    def on_forget(self, forget: Forget) -> None:
        """Have `forget` called for what must not be kept in memory any longer."""
        self._forgetters.append(forget)

    def is_current(self, document: Document, shelf: Shelf) -> bool:
        """Whether what was read while `shelf` was in use may be kept: no later change or shelf has come since."""
        return self._shelf is shelf and document.change >= (shelf.change(document.id) or 0)

    def cards(self, query: ListQuery, now: int) -> CardPage:
        shelf = self.shelf
        ids, following = shelf.page(query, now)
        return CardPage(tuple(Card.model_validate_json(shelf.card(article_id)) for article_id in ids), following)

    async def reading(self, article_id: str) -> Reading | None:
        # Ids that nobody published are answered from memory, so that guesses do not reach the database.
        shelf = self.shelf
        change = shelf.change(article_id)
        if change is None:
            return None
        kept = self._readings.get(article_id)
        if kept is not None and kept.document.change >= change:
            return kept
        stored = await self._store.articles.get(article_id)
        if stored is None:
            return None
        reading = await self._reading(stored)
        if self.is_current(reading.document, shelf):
            self._readings.put(article_id, reading)
        return reading

    def _forget(self, article_id: str | None) -> None:
        if article_id is None:
            self._readings.clear()
        else:
            self._readings.drop(article_id)

    def _tell(self, article_id: str | None) -> None:
        for forget in self._forgetters:
            forget(article_id)

    async def _reading(self, stored: StoredArticle) -> Reading:
        document = stored.document
        if document.content is None or stored.post is None:
            return Reading(document, frozenset(), None)
        source = self._sources.get(source_of(stored.id))
        if source is None or not source.show_text:
            return Reading(document, quotable(document.content, stored.text_length or 0), None)
        edition = await self._store.revisions.edition(stored.id, stored.post)
        return Reading(document, every_quote(document.content), edition.article.text if edition else None)
