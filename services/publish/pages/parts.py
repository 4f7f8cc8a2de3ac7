"""The parts of an analysis that are more than a list of claims, as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from services.publish.pages.columns import ClaimView, Columns, Leaves, Row, Texts, in_columns
from shared.model import Analysis, Pair, Part
from shared.quantities.render import render_quantity
from shared.vocabulary import entity_kind_name, part_name, tag_name

_PARTS: Final[Mapping[str, Part]] = {part: part for part in get_args(Part)}


@dataclass(frozen=True, slots=True)
class DatumView:
    entity: Row
    info: ClaimView
    metric: Texts


@dataclass(frozen=True, slots=True)
class EntityView:
    name: Row
    kind: Texts
    role: ClaimView | None


@dataclass(frozen=True, slots=True)
class Basis:
    """A claim that an opinion rests on: its id, which is its anchor on the page, and what it is called."""

    id: str
    name: Texts


@dataclass(frozen=True, slots=True)
class ParagraphView:
    sentences: tuple[Row, ...]
    based_on: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class InsightView:
    """`wrong_if`: what would show it wrong; None marks it as a view."""

    label: Row
    sentences: tuple[Row, ...]
    based_on: tuple[Basis, ...]
    wrong_if: Row | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    question: Row
    answer: ClaimView


def tags_view(analysis: Analysis[Pair], leaves: Leaves) -> tuple[Row, ...]:
    """Return every tag's name, from the vocabulary or its own."""

    def name(tag_id: str | None, free: Pair | None) -> Pair:
        return tag_name(tag_id) if tag_id is not None else free or Pair()

    return tuple(leaves.row(f"tags.{i}", name(tag.id, tag.name)) for i, tag in enumerate(analysis.tags))


def key_data_view(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[DatumView, ...]:
    """Return the rows of the table; the names stand in a column of their own."""
    return tuple(
        DatumView(
            entity=leaves.row(f"key_data.{i}.entity", row.entity),
            info=leaves.claim(row.info, parties=False),
            metric=tuple(render_quantity(row.metric, c) for c in columns),
        )
        for i, row in enumerate(analysis.key_data)
    )


def entities_view(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[EntityView, ...]:
    """Return who is who."""
    return tuple(
        EntityView(
            name=leaves.row(f"entities.{i}.name", entity.name),
            kind=in_columns(entity_kind_name(entity.kind), columns),
            role=None if entity.role is None else leaves.claim(entity.role),
        )
        for i, entity in enumerate(analysis.entities)
    )


def deep_analysis_view(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[ParagraphView, ...]:
    """Return the paragraphs of opinion and what each rests on."""
    return tuple(
        ParagraphView(
            sentences=_sentences(f"deep_analysis.{i}", paragraph.sentences, leaves),
            based_on=_basis(paragraph.based_on, columns),
        )
        for i, paragraph in enumerate(analysis.deep_analysis)
    )


def insights_view(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[InsightView, ...]:
    """Return the insights, each with what would show it wrong."""
    return tuple(
        InsightView(
            label=leaves.row(f"insights.{i}.label", insight.label),
            sentences=_sentences(f"insights.{i}", insight.sentences, leaves),
            based_on=_basis(insight.based_on, columns),
            wrong_if=None if insight.wrong_if is None else leaves.row(f"insights.{i}.wrong_if", insight.wrong_if),
        )
        for i, insight in enumerate(analysis.insights)
    )


def faq_view(analysis: Analysis[Pair], leaves: Leaves) -> tuple[QuestionView, ...]:
    """Return the questions and their answers."""
    return tuple(
        QuestionView(leaves.row(f"faq.{i}.question", q.question), leaves.claim(q.answer))
        for i, q in enumerate(analysis.faq)
    )


def _sentences(at: str, sentences: tuple[Pair, ...], leaves: Leaves) -> tuple[Row, ...]:
    return tuple(leaves.row(f"{at}.s{i}", sentence) for i, sentence in enumerate(sentences))


def _basis(claim_ids: tuple[str, ...], columns: Columns) -> tuple[Basis, ...]:
    return tuple(Basis(claim_id, _claim_name(claim_id, columns)) for claim_id in claim_ids)


def _claim_name(claim_id: str, columns: Columns) -> Texts:
    part, index = claim_id.split(".")[:2]
    name = in_columns(part_name(_PARTS[part]), columns)
    return tuple(f"{text} {int(index) + 1}" for text in name)
