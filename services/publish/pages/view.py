"""What an article's page shows: a pure function of the document, the moment and the languages of the page.

Templates only lay out what is decided here: which text stands in which column, what is missing and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from services.publish.library import Reading
from services.publish.pages.columns import ClaimView, Columns, Leaves, Row, Texts, in_columns
from services.publish.pages.labels import LANGUAGE_NAMES, MARKS, WORDS
from services.publish.pages.scores import ScoreView, score_views
from services.publish.pages.words import Moment, date_in_words, dollars, moment, number
from shared.model import (
    RANK_OFFLINE,
    Analysis,
    Content,
    Document,
    EngineRun,
    Language,
    LeafFidelity,
    Pair,
    Part,
    Retraction,
    SourceCredit,
    Version,
)
from shared.text.render import render_quantity
from shared.vocabulary import (
    absence_reason_text,
    category_name,
    entity_kind_name,
    part_name,
    tag_name,
)

_PARTS: Final[Mapping[str, Part]] = {part: part for part in get_args(Part)}


@dataclass(frozen=True, slots=True)
class SourceView:
    """The credit: who reported it, where, and in what language."""

    name: str
    url: str | None
    author: str | None
    language: Language
    original_in: Texts


@dataclass(frozen=True, slots=True)
class TimeView:
    """A named time in every column."""

    name: Texts
    moments: tuple[Moment, ...]


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


@dataclass(frozen=True, slots=True)
class AbsenceView:
    part: Texts
    reason: Texts


@dataclass(frozen=True, slots=True)
class AboutView:
    """How the page came about: checks, engines, version, ids."""

    id: str
    counts: Texts
    dropped: Texts | None
    not_passed: tuple[LeafFidelity, ...]
    analysis: Texts
    translation: Texts
    version: str
    version_words: Texts
    content_hash: str
    story_id: str | None
    views: Texts


@dataclass(frozen=True, slots=True)
class ArticleView:
    """Everything an article's page shows. `columns`: its languages, one or both side by side.

    `dates` are the times that head the page, `times` are all. `short` gives the reason for a part that has something
    but less than it should; `absent` lists the parts that have nothing. `gaps` says, per column, how many texts stand
    in another language.
    """

    id: str
    columns: Columns
    title: Row
    marks: tuple[Texts, ...]
    category: Texts | None
    tags: tuple[Row, ...]
    source: SourceView
    dates: tuple[TimeView, ...]
    times: tuple[TimeView, ...]
    gaps: tuple[str | None, ...]
    summary: tuple[ClaimView, ...]
    tldr: tuple[ClaimView, ...]
    key_data: tuple[DatumView, ...]
    entities: tuple[EntityView, ...]
    deep_analysis: tuple[ParagraphView, ...]
    insights: tuple[InsightView, ...]
    faq: tuple[QuestionView, ...]
    short: Mapping[str, Texts]
    absent: tuple[AbsenceView, ...]
    scores: tuple[ScoreView, ...]
    text: tuple[str, ...] | None
    about: AboutView


@dataclass(frozen=True, slots=True)
class TombstoneView:
    """A withdrawn article: what, who, when, and the reason where one was given."""

    id: str
    by: str
    moments: tuple[Moment, ...]
    reason: str | None


def tombstone_view(article_id: str, retraction: Retraction, now: int, columns: Columns) -> TombstoneView:
    """Return what the page of a withdrawn article shows at `now` (ms)."""
    return TombstoneView(
        id=article_id,
        by=retraction.by,
        moments=_moments(retraction.at, now, columns),
        reason=retraction.reason,
    )


def article_view(reading: Reading, content: Content, now: int, columns: Columns) -> ArticleView:
    """Return what the page of an article shows at `now` (ms).

    Args:
        reading: the document and which of its quotes may be shown.
        content: the content of that document; the page of one that has none is a tombstone.
        columns: the languages of the page, in reading order.
    """
    document, analysis = reading.document, content.analysis
    leaves = Leaves(analysis, content.fidelity, reading.quotable, columns)
    times = _times(document, content.source, now, columns)
    return ArticleView(
        id=document.id,
        columns=columns,
        title=leaves.row("title", analysis.title),
        marks=_marks(document, content, now, columns),
        category=None if analysis.category is None else in_columns(category_name(analysis.category), columns),
        tags=_tags(analysis, leaves),
        source=_source(content.source, columns),
        dates=tuple(times[name] for name in _dates(document) if name in times),
        times=tuple(times.values()),
        gaps=_gaps(content, columns),
        summary=tuple(leaves.claim(c) for c in analysis.summary),
        tldr=tuple(leaves.claim(c) for c in analysis.tldr),
        key_data=_key_data(analysis, leaves, columns),
        entities=_entities(analysis, leaves, columns),
        deep_analysis=_deep_analysis(analysis, leaves, columns),
        insights=_insights(analysis, leaves, columns),
        faq=tuple(
            QuestionView(leaves.row(f"faq.{i}.question", q.question), leaves.claim(q.answer))
            for i, q in enumerate(analysis.faq)
        ),
        short=_short(analysis, columns),
        absent=_absent(analysis, columns),
        scores=score_views(content.scores, now, leaves, columns),
        text=None if reading.text is None else tuple(p for p in reading.text.split("\n") if p.strip()),
        about=_about(document, content, columns),
    )


def _marks(document: Document, content: Content, now: int, columns: Columns) -> tuple[Texts, ...]:
    marks = []
    if document.ready_at is not None and document.ready_at > now:
        marks.append("preliminary")
    if content.version.rank == RANK_OFFLINE:
        marks.append("offline")
    return tuple(in_columns(MARKS[mark], columns) for mark in marks)


def _source(source: SourceCredit, columns: Columns) -> SourceView:
    return SourceView(
        name=source.name,
        url=source.url,
        author=source.author,
        language=source.language,
        original_in=tuple(WORDS["original_in"][c].format(language=LANGUAGE_NAMES[source.language][c]) for c in columns),
    )


def _times(document: Document, source: SourceCredit, now: int, columns: Columns) -> Mapping[str, TimeView]:
    times = (
        ("source_published", source.published_at),
        ("accepted", document.accepted_at),
        ("published", document.published_at),
        ("updated", document.updated_at),
    )
    return {
        name: TimeView(in_columns(WORDS[name], columns), _moments(at, now, columns))
        for name, at in times
        if at is not None
    }


def _dates(document: Document) -> tuple[str, ...]:
    """Return the names of the times that head the page; an update is news only where one happened."""
    updated = document.published_at is not None and document.updated_at > document.published_at
    return ("source_published", "published", "updated") if updated else ("source_published", "published")


def _moments(at: int, now: int, columns: Columns) -> tuple[Moment, ...]:
    return tuple(moment(at, now, column) for column in columns)


def _gaps(content: Content, columns: Columns) -> tuple[str | None, ...]:
    pairs = content.analysis.leaves().values()

    def note(column: Language) -> str | None:
        gaps = sum(pair.get(column) is None for pair in pairs)
        return WORDS["gaps_note"][column].format(gaps=gaps, all=len(pairs)) if gaps else None

    return tuple(note(column) for column in columns)


def _tags(analysis: Analysis[Pair], leaves: Leaves) -> tuple[Row, ...]:
    def name(tag_id: str | None, free: Pair | None) -> Pair:
        return tag_name(tag_id) if tag_id is not None else free or Pair()

    return tuple(leaves.row(f"tags.{i}", name(tag.id, tag.name)) for i, tag in enumerate(analysis.tags))


def _key_data(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[DatumView, ...]:
    return tuple(
        DatumView(
            entity=leaves.row(f"key_data.{i}.entity", row.entity),
            info=leaves.claim(row.info, parties=False),
            metric=tuple(render_quantity(row.metric, c) for c in columns),
        )
        for i, row in enumerate(analysis.key_data)
    )


def _entities(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[EntityView, ...]:
    return tuple(
        EntityView(
            name=leaves.row(f"entities.{i}.name", entity.name),
            kind=in_columns(entity_kind_name(entity.kind), columns),
            role=None if entity.role is None else leaves.claim(entity.role),
        )
        for i, entity in enumerate(analysis.entities)
    )


def _deep_analysis(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[ParagraphView, ...]:
    return tuple(
        ParagraphView(
            sentences=_sentences(f"deep_analysis.{i}", paragraph.sentences, leaves),
            based_on=_basis(paragraph.based_on, columns),
        )
        for i, paragraph in enumerate(analysis.deep_analysis)
    )


def _insights(analysis: Analysis[Pair], leaves: Leaves, columns: Columns) -> tuple[InsightView, ...]:
    return tuple(
        InsightView(
            label=leaves.row(f"insights.{i}.label", insight.label),
            sentences=_sentences(f"insights.{i}", insight.sentences, leaves),
            based_on=_basis(insight.based_on, columns),
            wrong_if=None if insight.wrong_if is None else leaves.row(f"insights.{i}.wrong_if", insight.wrong_if),
        )
        for i, insight in enumerate(analysis.insights)
    )


def _sentences(at: str, sentences: tuple[Pair, ...], leaves: Leaves) -> tuple[Row, ...]:
    return tuple(leaves.row(f"{at}.s{i}", sentence) for i, sentence in enumerate(sentences))


def _basis(claim_ids: tuple[str, ...], columns: Columns) -> tuple[Basis, ...]:
    return tuple(Basis(claim_id, _claim_name(claim_id, columns)) for claim_id in claim_ids)


def _claim_name(claim_id: str, columns: Columns) -> Texts:
    part, index = claim_id.split(".")[:2]
    name = in_columns(part_name(_PARTS[part]), columns)
    return tuple(f"{text} {int(index) + 1}" for text in name)


def _has(analysis: Analysis[Pair], part: Part) -> bool:
    return bool(getattr(analysis, part))


def _short(analysis: Analysis[Pair], columns: Columns) -> Mapping[str, Texts]:
    return {
        a.part: in_columns(absence_reason_text(a.reason), columns) for a in analysis.absent if _has(analysis, a.part)
    }


def _absent(analysis: Analysis[Pair], columns: Columns) -> tuple[AbsenceView, ...]:
    return tuple(
        AbsenceView(in_columns(part_name(a.part), columns), in_columns(absence_reason_text(a.reason), columns))
        for a in analysis.absent
        if not _has(analysis, a.part)
    )


def _about(document: Document, content: Content, columns: Columns) -> AboutView:
    fidelity, provenance = content.fidelity, content.provenance
    counts = {
        "complete": fidelity.complete,
        "pending": fidelity.pending,
        "failed": fidelity.failed,
        "warned": fidelity.warned,
    }
    dropped = fidelity.dropped_claims
    return AboutView(
        id=document.id,
        counts=tuple(WORDS["fidelity_counts"][c].format(**counts) for c in columns),
        dropped=tuple(WORDS["dropped"][c].format(n=dropped) for c in columns) if dropped else None,
        not_passed=tuple(leaf for leaf in fidelity.leaves if leaf.state != "pending"),
        analysis=tuple(_engine(provenance.analysis, c) for c in columns),
        translation=tuple(_engine(provenance.translation, c) for c in columns),
        version=str(content.version),
        version_words=tuple(_version(content.version, c) for c in columns),
        content_hash=content.content_hash,
        story_id=document.story_id,
        views=tuple(number(document.views, c) for c in columns),
    )


def _engine(run: EngineRun | None, language: Language) -> str:
    if run is None:
        return WORDS["no_translation"][language]
    parts = [f"{run.engine} {run.engine_version}"]
    if run.model is not None:
        parts.append(f"{WORDS['model'][language]} {run.model}")
    if run.prompt_version is not None:
        parts.append(f"{WORDS['prompt'][language]} {run.prompt_version}")
    if run.tokens_in or run.tokens_out:
        tokens = {"given": number(run.tokens_in, language), "made": number(run.tokens_out, language)}
        parts.append(WORDS["tokens"][language].format(**tokens))
    if run.cost_usd:
        parts.append(dollars(run.cost_usd, language))
    return " · ".join(parts)


def _version(version: Version, language: Language) -> str:
    edition = "edition_offline" if version.rank == RANK_OFFLINE else "edition_model"
    revision = WORDS["revision_of"][language].format(moment=date_in_words(version.revision, language))
    parts = [revision, WORDS[edition][language]]
    if version.run:
        parts.append(f"{WORDS['replayed'][language]} {date_in_words(version.run, language)}")
    return " · ".join(parts)
