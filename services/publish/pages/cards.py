"""What a list of articles shows of each: a pure function of the card, the moment and the languages of the page."""

from __future__ import annotations

from dataclasses import dataclass

from services.publish.pages.columns import Columns, Row, Texts, in_columns, said
from services.publish.pages.scores import Chip, score_chips
from services.publish.pages.words import Moment, moment
from shared.model import Card, TermId
from shared.vocabulary import category_name


@dataclass(frozen=True, slots=True)
class CardView:
    """One article in a list.

    `listed`: since when lists show it, which the list of the latest is ordered by. `source_published`: when the source
    published it, where that is known. `category_id`: what lists are filtered by.
    """

    id: str
    title: Row
    lead: Row | None
    source: str
    category: Texts | None
    category_id: TermId | None
    listed: tuple[Moment, ...]
    source_published: tuple[Moment, ...] | None
    scores: tuple[Chip, ...]


def card_view(card: Card, now: int, columns: Columns) -> CardView:
    """Return what a list shows of `card` at `now` (ms)."""
    source_at = card.source.published_at
    return CardView(
        id=card.id,
        title=tuple(said(card.title, c, columns) for c in columns),
        lead=None if card.lead is None else tuple(said(card.lead, c, columns) for c in columns),
        source=card.source.name,
        category=None if card.category is None else in_columns(category_name(card.category), columns),
        category_id=card.category,
        listed=tuple(moment(card.ready_at, now, c) for c in columns),
        source_published=None if source_at is None else tuple(moment(source_at, now, c) for c in columns),
        scores=score_chips(card, now, columns),
    )
