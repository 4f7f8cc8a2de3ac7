"""What a list of articles shows of each: a pure function of the card, the moment and the languages of the page."""

from __future__ import annotations

from dataclasses import dataclass

from services.publish.pages.columns import Columns, Row, Texts, in_columns, said
from services.publish.pages.scores import Chip, score_chips
from services.publish.pages.words import Moment, moment
from shared.model import Card
from shared.vocabulary import category_name


@dataclass(frozen=True, slots=True)
class CardView:
    """One article in a list. `moments`: when the source published it, or else when it arrived."""

    id: str
    title: Row
    lead: Row | None
    source: str
    category: Texts | None
    moments: tuple[Moment, ...]
    scores: tuple[Chip, ...]


def card_view(card: Card, now: int, columns: Columns) -> CardView:
    """Return what a list shows of `card` at `now` (ms)."""
    at = card.source.published_at if card.source.published_at is not None else card.accepted_at
    return CardView(
        id=card.id,
        title=tuple(said(card.title, c, columns) for c in columns),
        lead=None if card.lead is None else tuple(said(card.lead, c, columns) for c in columns),
        source=card.source.name,
        category=None if card.category is None else in_columns(category_name(card.category), columns),
        moments=tuple(moment(at, now, c) for c in columns),
        scores=score_chips(card, now, columns),
    )
