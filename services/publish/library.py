"""What the pages are made from: documents by id, and cards in order.

A running reader gives them its `LiveLibrary`; the API answers from that one too, and past it from its shelf, whose
cards are JSON already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from shared.model import ArticleId, Card, Document, Language, Slug, TermId


class BadCursor(ValueError):  # noqa: N818 -- named for what is wrong
    """The cursor of a list is damaged, or belongs to another list; the message says which."""


Sort = Literal["latest", "hot", "quality", "impact"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it may be shown.

    `quotable`: the spans (start, end) of the quotes whose words may be shown: at most a quarter of the text beside
    what the claims say in the same words. Of any other quote only its place is shown. `text` is the canonical text,
    where the source's settings show it.
    A tombstone is a reading too: its document's state is "retracted" and its content None.
    """

    document: Document
    quotable: frozenset[Span]
    text: str | None


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which cards, in what order. `ready_any` also lists articles that are still waiting for their model edition."""

    source: Slug | None = None
    category: TermId | None = None
    tag: TermId | None = None
    language: Language | None = None
    min_quality: float | None = None
    ready_any: bool = False
    sort: Sort = "latest"
    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class CardPage:
    """Cards of one page, and the cursor of the next one, or None where this is the last."""

    items: tuple[Card, ...]
    next: str | None


class Library(Protocol):
    """Read access to what is published."""

    async def reading(self, article_id: ArticleId) -> Reading | None:
        """Return the document of `article_id`, a tombstone included, or None where there never was one.

        Raises:
            Unavailable: nothing is loaded yet, or the document is not in memory and the database does not answer.
        """
        ...

    def cards(self, query: ListQuery, now: int) -> CardPage:
        """Return one page of the list at `now` (ms).

        Raises:
            BadCursor: the cursor is damaged, or belongs to another list.
            Unavailable: nothing is loaded yet.
        """
        ...
