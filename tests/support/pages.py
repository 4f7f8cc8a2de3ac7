"""The pages over a library of hand-written documents, without a database."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI

from services.publish.library import BadCursor, CardPage, ListQuery, Reading, Span
from services.publish.pages import page_or, router
from services.publish.quotes import every_quote
from shared.model import Document
from tests.support.documents import NOW, card_of


class ShelfLibrary:
    """A library of the documents it is given; every quote may be shown, except those in `withheld`."""

    def __init__(self, documents: Iterable[Document], withheld: Iterable[Span] = (), text: str | None = None) -> None:
        self._documents = {document.id: document for document in documents}
        self._withheld = frozenset(withheld)
        self._text = text

    async def reading(self, article_id: str) -> Reading | None:
        document = self._documents.get(article_id)
        return None if document is None else reading_of(document, self._withheld, self._text)

    def cards(self, query: ListQuery, now: int) -> CardPage:
        """Pages of `query.limit`; the cursor is the number of cards before the page."""
        cards = [card_of(d) for d in self._documents.values() if d.state == "published"]
        if not (query.cursor or "0").isdecimal():
            raise BadCursor("the cursor is damaged")
        start = int(query.cursor or 0)
        end = start + query.limit
        return CardPage(tuple(cards[start:end]), str(end) if end < len(cards) else None)


def reading_of(document: Document, withheld: frozenset[Span] = frozenset(), text: str | None = None) -> Reading:
    """Return a reading of `document` that shows every quote not in `withheld`."""
    spans = frozenset() if document.content is None else every_quote(document.content)
    return Reading(document=document, quotable=spans - withheld, text=text)


def pages_app(library: ShelfLibrary, public_url: str | None = None) -> FastAPI:
    """Return an application that serves the pages at the moment NOW."""
    app = FastAPI()
    app.include_router(router(library, public_url, clock=lambda: NOW))
    app.router.default = page_or(app.router.default, public_url)
    return app
