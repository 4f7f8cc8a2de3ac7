"""Score cards as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.publish.pages.columns import Columns, Leaves, QuoteView, Row, Texts, in_columns
from services.publish.pages.labels import COMPONENTS, SCORE_NOTES, SCORES
from services.publish.pages.words import number
from shared.model import Card, Component, HotCard, Language, ScoreCard, Scores, hot_value
from shared.vocabulary import absence_reason_text

ScoreName = Literal["hot", "quality", "impact"]


@dataclass(frozen=True, slots=True)
class ComponentView:
    name: Texts
    value: int | None
    weight: Texts
    reason: Row
    quotes: tuple[QuoteView, ...]


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A score, 0-100, or None with `absent`, the reason in words. `points`: the value as it is written."""

    id: ScoreName
    name: Texts
    note: Texts
    value: int | None
    points: str | None
    absent: Texts | None
    reason: Row
    components: tuple[ComponentView, ...]
    rubric: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A score in a list: its name and its value as it is written, None where there is none."""

    id: ScoreName
    name: Texts
    points: str | None


def score_views(scores: Scores, now: int, leaves: Leaves, columns: Columns) -> tuple[ScoreView, ...]:
    """Return the three scores as they are at `now` (ms)."""
    hot = hot_value(scores.hot.base, scores.hot.since, now)
    return (
        _score("hot", scores.hot, hot, leaves, columns),
        _score("quality", scores.quality, scores.quality.value, leaves, columns),
        _score("impact", scores.impact, scores.impact.value, leaves, columns),
    )


def score_chips(card: Card, now: int, columns: Columns) -> tuple[Chip, ...]:
    """Return the scores of a card as they are at `now` (ms)."""
    values: Iterable[tuple[ScoreName, float | None]] = (
        ("hot", hot_value(card.hot_base, card.hot_since, now)),
        ("quality", card.quality),
        ("impact", card.impact),
    )
    return tuple(Chip(name, in_columns(SCORES[name], columns), _points(value)) for name, value in values)


def _score(
    name: ScoreName, card: HotCard | ScoreCard, value: float | None, leaves: Leaves, columns: Columns
) -> ScoreView:
    absent = card.absent if isinstance(card, ScoreCard) else None
    why = None if absent is None else in_columns(absence_reason_text(absent), columns)
    reason = leaves.row(f"scores.{name}", card.reason)
    return ScoreView(
        id=name,
        name=in_columns(SCORES[name], columns),
        note=tuple(_note(name, card, c) for c in columns),
        value=None if value is None else round(value),
        points=_points(value),
        absent=None if why == tuple(said.text for said in reason) else why,
        reason=reason,
        components=tuple(_component(name, c, leaves, columns) for c in card.components),
        rubric=card.rubric,
    )


def _component(score: ScoreName, component: Component, leaves: Leaves, columns: Columns) -> ComponentView:
    spelled = component.id.replace("_", " ")
    return ComponentView(
        name=in_columns(COMPONENTS.get(component.id, {"en": spelled, "zh": spelled}), columns),
        value=None if component.value is None else round(component.value),
        weight=tuple(number(component.weight, c) for c in columns),
        reason=leaves.row(f"scores.{score}.{component.id}", component.reason),
        quotes=leaves.quotes(component.evidence),
    )


def _note(name: ScoreName, card: HotCard | ScoreCard, column: Language) -> str:
    base = number(round(card.base, 1), column) if isinstance(card, HotCard) else ""
    return SCORE_NOTES[name][column].format(base=base)


def _points(value: float | None) -> str | None:
    """A whole number from 1 on; below that a tenth, since a score that has faded to 0.3 is not 0."""
    if value is None or value == 0 or value >= 1:
        return None if value is None else str(round(value))
    return f"{value:.1f}" if value >= 0.05 else "<0.1"
