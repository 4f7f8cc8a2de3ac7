"""The analysis of an article: one structure, whatever its leaves are made of.

`Analysis[str]` is what analyze produces, in the article's own language. `Analysis[Pair]` is what translate produces.
Both come from the same structure by `Analysis.map`, so the two languages have the same bullets, rows and questions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from shared.model.base import Language, LeafId, Model, TermId, Text
from shared.model.quantity import Derived, Fact, Quantity

T = TypeVar("T")
U = TypeVar("U")
_Fn = Callable[[str, T], U]

Stance = Literal["stated", "reported", "alleged", "possible", "planned", "denied"]
EntityKind = Literal["person", "organisation", "place", "product", "event", "work", "other"]
Part = Literal[
    "title", "summary", "tldr", "key_data", "entities", "deep_analysis", "insights", "faq", "tags", "category"
]
AbsenceReason = Literal["too_short", "dropped_unsupported", "needs_model", "beyond_model", "budget"]


class Pair(Model):
    """A text in both languages; a language is null until it is complete."""

    en: Text | None = None
    zh: Text | None = None

    def get(self, language: Language) -> str | None:
        """Return the text in `language`, or None while it is not complete."""
        return self.en if language == "en" else self.zh

    @classmethod
    def of(cls, language: Language, text: str) -> Pair:
        """Return a pair that has only the one language yet."""
        return cls(en=text) if language == "en" else cls(zh=text)


class Segment(Model):
    """One text leaf on its way to translation."""

    id: LeafId
    text: Text


class Quote(Model):
    """An exact slice of the canonical text and its span, in Unicode code points."""

    quote: str = Field(min_length=1, max_length=300)
    start: int = Field(ge=0)
    end: int = Field(ge=1)

    @model_validator(mode="after")
    def _spans_itself(self) -> Self:
        if self.end - self.start != len(self.quote):
            raise ValueError("end - start must be the quote's length in code points")
        return self


class Claim(Model, Generic[T]):
    """A statement of the analysis with the quotes that support it.

    `text` is prose or a language-neutral fact, never both. `by` is the named source as quoted.
    """

    id: LeafId
    text: T | Fact
    evidence: tuple[Quote, ...] = Field(min_length=1, max_length=3)
    stance: Stance = "stated"
    by: T | None = None
    derived: Derived | None = None

    def map(self, fn: _Fn[T, U], into: type[U]) -> Claim[U]:
        return Claim[into](  # type: ignore[valid-type]
            id=self.id,
            text=self.text if isinstance(self.text, Fact) else fn(self.id, self.text),
            evidence=self.evidence,
            stance=self.stance,
            by=None if self.by is None else fn(f"{self.id}.by", self.by),
            derived=self.derived,
        )


class KeyDatum(Model, Generic[T]):
    """A row of key data. A row has a metric, or it is not key data."""

    entity: T
    info: Claim[T]
    metric: Quantity

    def map(self, at: str, fn: _Fn[T, U], into: type[U]) -> KeyDatum[U]:
        return KeyDatum[into](  # type: ignore[valid-type]
            entity=fn(f"{at}.entity", self.entity), info=self.info.map(fn, into), metric=self.metric
        )


class Entity(Model, Generic[T]):
    """Who is who. `id` is the termbase's, else a hash of kind and full name."""

    id: TermId
    name: T
    kind: EntityKind
    role: Claim[T] | None = None

    def map(self, at: str, fn: _Fn[T, U], into: type[U]) -> Entity[U]:
        return Entity[into](  # type: ignore[valid-type]
            id=self.id,
            name=fn(f"{at}.name", self.name),
            kind=self.kind,
            role=None if self.role is None else self.role.map(fn, into),
        )


class Paragraph(Model, Generic[T]):
    """Opinion: sentences, and the ids of the claims that they rest on."""

    sentences: tuple[T, ...] = Field(min_length=1, max_length=8)
    based_on: tuple[LeafId, ...] = Field(min_length=1, max_length=8)

    def map(self, at: str, fn: _Fn[T, U], into: type[U]) -> Paragraph[U]:
        sentences = tuple(fn(f"{at}.s{i}", s) for i, s in enumerate(self.sentences))
        return Paragraph[into](sentences=sentences, based_on=self.based_on)  # type: ignore[valid-type]


class Insight(Model, Generic[T]):
    """Opinion with a label. `wrong_if` says what would show it wrong; null marks it as a view."""

    label: T
    sentences: tuple[T, ...] = Field(min_length=1, max_length=4)
    based_on: tuple[LeafId, ...] = Field(min_length=1, max_length=8)
    wrong_if: T | None = None

    def map(self, at: str, fn: _Fn[T, U], into: type[U]) -> Insight[U]:
        return Insight[into](  # type: ignore[valid-type]
            label=fn(f"{at}.label", self.label),
            sentences=tuple(fn(f"{at}.s{i}", s) for i, s in enumerate(self.sentences)),
            based_on=self.based_on,
            wrong_if=None if self.wrong_if is None else fn(f"{at}.wrong_if", self.wrong_if),
        )


class Question(Model, Generic[T]):
    """A question that readers would ask, and the claim that answers it."""

    question: T
    answer: Claim[T]

    def map(self, at: str, fn: _Fn[T, U], into: type[U]) -> Question[U]:
        return Question[into](  # type: ignore[valid-type]
            question=fn(f"{at}.question", self.question), answer=self.answer.map(fn, into)
        )


class Tag(Model, Generic[T]):
    """A tag: an id of the closed bilingual vocabulary, or a free tag with its own name."""

    id: TermId | None = None
    name: T | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.id is None) == (self.name is None):
            raise ValueError("a tag has an id of the vocabulary or a free name, and not both")
        return self

    def map(self, at: str, fn: _Fn[T, U], into: type[U]) -> Tag[U]:
        return Tag[into](id=self.id, name=None if self.name is None else fn(at, self.name))  # type: ignore[valid-type]


class Absence(Model):
    """Why a part is empty or short."""

    part: Part
    reason: AbsenceReason


class Analysis(Model, Generic[T]):
    """All that the engines say about one article. Counts are maxima, never minima."""

    language: Language = Field(description="The article's own language.")
    title: T
    summary: tuple[Claim[T], ...] = Field(default=(), max_length=3)
    tldr: tuple[Claim[T], ...] = Field(default=(), max_length=5)
    key_data: tuple[KeyDatum[T], ...] = Field(default=(), max_length=12)
    entities: tuple[Entity[T], ...] = Field(default=(), max_length=20)
    deep_analysis: tuple[Paragraph[T], ...] = Field(default=(), max_length=6)
    insights: tuple[Insight[T], ...] = Field(default=(), max_length=3)
    faq: tuple[Question[T], ...] = Field(default=(), max_length=3)
    tags: tuple[Tag[T], ...] = Field(default=(), max_length=12)
    category: TermId | None = None
    absent: tuple[Absence, ...] = Field(default=(), max_length=10)

    @model_validator(mode="after")
    def _is_addressed(self) -> Self:
        for at, claim in self._claims():
            if claim.id != at:
                raise ValueError(f"the claim at {at} has the id {claim.id}")
        known = {at for at, _ in self._claims()}
        based_on = [*(p.based_on for p in self.deep_analysis), *(n.based_on for n in self.insights)]
        unknown = {at for ids in based_on for at in ids} - known
        if unknown:
            raise ValueError(f"based_on names no claim of this analysis: {', '.join(sorted(unknown))}")
        return self

    def _claims(self) -> list[tuple[str, Claim[T]]]:
        return [
            *((f"summary.{i}", c) for i, c in enumerate(self.summary)),
            *((f"tldr.{i}", c) for i, c in enumerate(self.tldr)),
            *((f"key_data.{i}.info", row.info) for i, row in enumerate(self.key_data)),
            *((f"entities.{i}.role", e.role) for i, e in enumerate(self.entities) if e.role is not None),
            *((f"faq.{i}.answer", q.answer) for i, q in enumerate(self.faq)),
        ]

    def claims(self) -> tuple[Claim[T], ...]:
        """Return every claim, in the order of the page."""
        return tuple(claim for _, claim in self._claims())

    def map(self, fn: Callable[[str, T], U], into: type[U]) -> Analysis[U]:
        """Return the same structure with every text leaf replaced by `fn(id, leaf)`, a value of type `into`.

        Facts, evidence, metrics and ids are language-neutral and are kept. Leaves are visited in the order of the
        page, each once.
        """
        return Analysis[into](  # type: ignore[valid-type]
            language=self.language,
            title=fn("title", self.title),
            summary=tuple(c.map(fn, into) for c in self.summary),
            tldr=tuple(c.map(fn, into) for c in self.tldr),
            key_data=tuple(k.map(f"key_data.{i}", fn, into) for i, k in enumerate(self.key_data)),
            entities=tuple(e.map(f"entities.{i}", fn, into) for i, e in enumerate(self.entities)),
            deep_analysis=tuple(p.map(f"deep_analysis.{i}", fn, into) for i, p in enumerate(self.deep_analysis)),
            insights=tuple(n.map(f"insights.{i}", fn, into) for i, n in enumerate(self.insights)),
            faq=tuple(q.map(f"faq.{i}", fn, into) for i, q in enumerate(self.faq)),
            tags=tuple(t.map(f"tags.{i}", fn, into) for i, t in enumerate(self.tags)),
            category=self.category,
            absent=self.absent,
        )

    def leaves(self) -> dict[str, T]:
        """Return every text leaf by its id, in the order of the page."""
        found: dict[str, T] = {}

        def note(leaf_id: str, leaf: T) -> str:
            found[leaf_id] = leaf
            return "-"

        self.map(note, str)
        return found

    def zip(self, other: Analysis[U]) -> Analysis[tuple[T, U]]:
        """Return the analysis whose leaves are the leaves of both.

        Raises:
            ValueError: the two differ in anything but the text of their leaves.
        """
        blank: Callable[[str, object], str] = lambda _id, _leaf: "-"  # noqa: E731
        if self.map(blank, str) != other.map(blank, str):
            raise ValueError("the two analyses have different shapes")
        others = other.leaves()
        return self.map(lambda leaf_id, leaf: (leaf, others[leaf_id]), tuple)
