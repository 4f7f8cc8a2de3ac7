"""What an article's page shows: a pure function of the document, the moment and the languages of the page.

Templates only lay out what is decided here: which text stands in which column, what is missing and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.publish.library import Reading
from services.publish.pages.about import AboutView, about_view
from services.publish.pages.columns import ClaimView, Columns, Leaves, Row, Texts, in_columns, text_count
from services.publish.pages.labels import LANGUAGE_NAMES, MARKS, WORDS
from services.publish.pages.parts import (
    DatumView,
    EntityView,
    InsightView,
    ParagraphView,
    QuestionView,
    deep_analysis_view,
    entities_view,
    faq_view,
    insights_view,
    key_data_view,
    tags_view,
)
from services.publish.pages.scores import ScoreView, score_views
from services.publish.pages.words import Moment, moment
from shared.model import (
    RANK_OFFLINE,
    Analysis,
    Content,
    Document,
    Language,
    Pair,
    Part,
    Retraction,
    SourceCredit,
)
from shared.vocabulary import absence_reason_text, category_name, part_name


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
class AbsenceView:
    part: Texts
    reason: Texts


@dataclass(frozen=True, slots=True)
class ArticleView:
    """Everything an article's page shows. `columns`: its languages, one or both side by side.

    `dates` are the times that head the page, `times` are all. `short` gives the reason for a part that has something
    but less than it should; `absent` lists the parts that have nothing. `gaps` says, per column, how many texts stand
    in another language, and why.
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
        tags=tags_view(analysis, leaves),
        source=_source(content.source, columns),
        dates=tuple(times[name] for name in _dates(document) if name in times),
        times=tuple(times.values()),
        gaps=_gaps(content, columns),
        summary=tuple(leaves.claim(c) for c in analysis.summary),
        tldr=tuple(leaves.claim(c) for c in analysis.tldr),
        key_data=key_data_view(analysis, leaves, columns),
        entities=entities_view(analysis, leaves, columns),
        deep_analysis=deep_analysis_view(analysis, leaves, columns),
        insights=insights_view(analysis, leaves, columns),
        faq=faq_view(analysis, leaves),
        short=_short(analysis, columns),
        absent=_absent(analysis, columns),
        scores=score_views(content.scores, now, leaves, columns),
        text=None if reading.text is None else tuple(p for p in reading.text.split("\n") if p.strip()),
        about=about_view(document, content, columns),
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
    """Say what stands in another language: what has no translation yet, apart from what did not pass its checks."""
    pairs, texts = content.analysis.leaves(), text_count(content.analysis)
    failed = {(leaf.leaf, leaf.language) for leaf in content.fidelity.leaves if leaf.state == "failed"}

    def note(column: Language) -> str | None:
        missing = [leaf for leaf, pair in pairs.items() if pair.get(column) is None]
        rejected = sum((leaf, column) in failed for leaf in missing)
        counts = {"gaps_note": len(missing) - rejected, "failed_note": rejected}
        said = [WORDS[word][column].format(gaps=gaps, all=texts) for word, gaps in counts.items() if gaps]
        return ("" if column == "zh" else " ").join(said) or None

    return tuple(note(column) for column in columns)


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
