"""What the read API answers, for its OpenAPI document. `encode` makes the JSON; a test holds the two together."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from shared.http import Problem
from shared.model import (
    Absence,
    AbsenceReason,
    ArticleId,
    Card,
    Derived,
    Fact,
    Fidelity,
    Insight,
    Instant,
    Language,
    LeafId,
    Model,
    Pair,
    Paragraph,
    Provenance,
    Quantity,
    Retraction,
    Sha256,
    SourceCredit,
    Stance,
    Tag,
    TermId,
    Version,
)
from shared.model.analysis import EntityKind
from shared.model.scores import Points, RubricVersion
from shared.store import JourneyEntry

LeafT = TypeVar("LeafT")


class Leaf(Pair):
    """A text in both languages. A fact has its rendered text in both, and the values that it was rendered from."""

    fact: Fact | None = None


class QuoteView(Model):
    """A quote and its span. The words are null past a quarter of the article's text."""

    quote: Annotated[str, Field(min_length=1, max_length=300)] | None
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class ClaimView(Model, Generic[LeafT]):
    """A statement with the quotes that support it."""

    id: LeafId
    text: LeafT
    evidence: tuple[QuoteView, ...] = Field(min_length=1, max_length=3)
    stance: Stance
    by: LeafT | None
    derived: Derived | None


class KeyDatumView(Model, Generic[LeafT]):
    entity: LeafT
    info: ClaimView[LeafT]
    metric: Quantity


class EntityView(Model, Generic[LeafT]):
    id: TermId
    name: LeafT
    kind: EntityKind
    role: ClaimView[LeafT] | None


class QuestionView(Model, Generic[LeafT]):
    question: LeafT
    answer: ClaimView[LeafT]


class AnalysisView(Model, Generic[LeafT]):
    """An analysis as `shared.model.Analysis`, with facts rendered and quotes as far as they may be shown."""

    language: Language
    title: LeafT
    summary: tuple[ClaimView[LeafT], ...]
    tldr: tuple[ClaimView[LeafT], ...]
    key_data: tuple[KeyDatumView[LeafT], ...]
    entities: tuple[EntityView[LeafT], ...]
    deep_analysis: tuple[Paragraph[LeafT], ...]
    insights: tuple[Insight[LeafT], ...]
    faq: tuple[QuestionView[LeafT], ...]
    tags: tuple[Tag[LeafT], ...]
    category: TermId | None
    absent: tuple[Absence, ...]


class ComponentView(Model):
    id: str
    value: Points | None
    weight: float
    reason: Pair
    evidence: tuple[QuoteView, ...]


class ScoreView(Model):
    """A score, or null with the reason."""

    value: Points | None
    components: tuple[ComponentView, ...]
    reason: Pair
    rubric: RubricVersion
    absent: AbsenceReason | None


class HotView(Model):
    """The hot score. `value` is its value now: `base` halves every 24 hours from `since` on."""

    value: Points
    base: float
    since: Instant
    components: tuple[ComponentView, ...]
    reason: Pair
    rubric: RubricVersion


class ScoresView(Model):
    hot: HotView
    quality: ScoreView
    impact: ScoreView


class DocumentView(Model, Generic[LeafT]):
    """A published document. `lang` says which languages its texts are in.

    In one language a text that is not complete stands in the article's own; `fidelity.leaves` lists each of them.
    """

    id: ArticleId
    state: Literal["published"]
    change: int = Field(ge=1, description="Of two copies of a document the one with the higher number is the later.")
    lang: Literal["both", "en", "zh"]
    version: Version
    source: SourceCredit
    content_hash: Sha256
    analysis: AnalysisView[LeafT]
    scores: ScoresView
    fidelity: Fidelity
    provenance: Provenance
    accepted_at: Instant
    published_at: Instant
    updated_at: Instant
    ready_at: Instant
    story_id: str | None
    views: int = Field(ge=0)
    text: str | None = Field(description="The canonical text that quotes are slices of, where its source shows it.")


class CardView(Card):
    """A card, with the hot score now."""

    hot: Points


class CardList(Model):
    """One page of a list."""

    items: tuple[CardView, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class JourneyView(Model):
    """How far each stage is with each version of an article, the newest version first."""

    article_id: ArticleId
    entries: tuple[JourneyEntry, ...]
    final: bool = Field(description="True when nothing more is expected for the newest revision.")


class Term(Model):
    """A word of the vocabulary, and how many listed articles have it."""

    id: TermId
    name: Pair
    count: int = Field(ge=0)


class TermList(Model):
    items: tuple[Term, ...]


class RetractedProblem(Problem):
    """The answer for a retracted article: who withdrew it, when and why."""

    explanation: Pair
    retraction: Retraction
