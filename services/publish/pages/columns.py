"""Text leaves as a page shows them: one text per column, and the original where a language is not complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.publish.leaves import names_of
from services.publish.library import Span
from services.publish.pages.labels import OPERATIONS, WORDS, Label
from shared.model import Analysis, Claim, Derived, Fact, Fidelity, Language, LeafFidelity, Pair, Quote
from shared.quantities.render import render_fact, render_quantity, render_stance
from shared.vocabulary import check_reason

Columns = tuple[Language, ...]
"""The languages of a page, in reading order: one, or both side by side."""
BOTH: Final[Columns] = ("en", "zh")

Gap = Literal["pending", "failed", "missing"]
Texts = tuple[str, ...]
"""One text per column, each in the column's own language."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text as one column shows it.

    `language` is what the text is written in. `gap` says why that is not the column's language; `repeats` is set
    when the same original stands in the other column. `warned` marks a text that was published with a warning.
    `reason` is what its check found, in the column's language.
    """

    text: str
    language: Language
    column: Language
    gap: Gap | None = None
    repeats: bool = False
    warned: bool = False
    reason: str | None = None


Row = tuple[Said, ...]
"""One text in every column."""


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote: its words, or None where only its place may be shown, and its span (code points)."""

    words: str | None
    language: Language
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with all that a reader may ask of it.

    `fact`: its text was rendered from figures. `plain`: stated outright, with no named source.
    """

    id: str
    row: Row
    fact: bool
    stance: Row
    plain: bool
    quotes: tuple[QuoteView, ...]
    derived: Texts | None


class Leaves:
    """Turns the leaves of one analysis into what the columns of one page show."""

    def __init__(
        self, analysis: Analysis[Pair], fidelity: Fidelity, quotable: frozenset[Span], columns: Columns
    ) -> None:
        self._original = analysis.language
        self._columns = columns
        self._quotable = quotable
        self._names = names_of(analysis)
        self._checks = {(leaf.leaf, leaf.language): leaf for leaf in fidelity.leaves}

    def row(self, leaf: str, pair: Pair) -> Row:
        """Return the text of the leaf with the id `leaf` in every column."""
        return tuple(self._said(leaf, pair, column) for column in self._columns)

    def claim(self, claim: Claim[Pair], *, parties: bool = True) -> ClaimView:
        """Return a claim: prose or a rendered fact, its stance and source in words, its quotes.

        `parties=False` leaves the names out of a fact, for a table that has them in a column of their own.
        """
        row = self._fact(claim.text, parties) if isinstance(claim.text, Fact) else self.row(claim.id, claim.text)
        return ClaimView(
            id=claim.id,
            row=row,
            fact=isinstance(claim.text, Fact),
            stance=tuple(self._stance(claim, column) for column in self._columns),
            plain=claim.stance == "stated" and claim.by is None,
            quotes=self.quotes(claim.evidence),
            derived=None if claim.derived is None else self._derived(claim.derived),
        )

    def quotes(self, evidence: tuple[Quote, ...]) -> tuple[QuoteView, ...]:
        """Return the quotes; those past the source's limit without their words."""
        return tuple(
            QuoteView(
                words=q.quote if (q.start, q.end) in self._quotable else None,
                language=self._original,
                start=q.start,
                end=q.end,
            )
            for q in evidence
        )

    def _said(self, leaf: str, pair: Pair, column: Language) -> Said:
        return said(pair, column, self._columns, self._checks.get((leaf, column)))

    def _fact(self, fact: Fact, parties: bool) -> Row:
        return tuple(Said(render_fact(fact, c, self._names[c], parties=parties), c, c) for c in self._columns)

    def _stance(self, claim: Claim[Pair], column: Language) -> Said:
        if claim.by is None:
            return Said(render_stance(claim.stance, None, column), column, column)
        by = self._said(f"{claim.id}.by", claim.by, column)
        if by.gap is None:
            return Said(render_stance(claim.stance, by.text, column), column, column)
        # An attribution is never lost: a source without a name in this language stands beside the stance in its own.
        alone = render_stance(claim.stance, None, column)
        return Said(f"{alone} · {by.text}" if by.text else alone, column, column, gap=by.gap)

    def _derived(self, derived: Derived) -> Texts:
        return tuple(_computation(derived, column) for column in self._columns)


def said(pair: Pair, column: Language, columns: Columns, check: LeafFidelity | None = None) -> Said:
    """Return what `column` shows of a text: its own language, else the original, marked by what `check` says of it."""
    text = pair.get(column)
    reason = None if check is None or check.check is None else check_reason(check.check).get(column)
    if text is not None:
        warned = check is not None and check.state == "warned"
        return Said(text, column, column, warned=warned, reason=reason if warned else None)
    other: Language = "zh" if column == "en" else "en"
    stand_in = pair.get(other)
    if stand_in is None:
        return Said("", column, column, gap="missing")
    if check is not None and check.state == "failed":
        return Said(stand_in, other, column, gap="failed", repeats=other in columns, reason=reason)
    return Said(stand_in, other, column, gap="pending", repeats=other in columns)


def text_count(analysis: Analysis[Pair]) -> int:
    """Return how many texts an analysis has, facts included: what fidelity counts, once for both languages."""
    return len(analysis.leaves()) + sum(isinstance(claim.text, Fact) for claim in analysis.claims())


def in_columns(label: Label | Pair, columns: Columns) -> Texts:
    """Return a label or a vocabulary name in every column's language."""
    return tuple(label.get(column) or "" for column in columns)


def _computation(derived: Derived, language: Language) -> str:
    inputs = ("、" if language == "zh" else ", ").join(render_quantity(q, language) for q in derived.inputs)
    result = render_quantity(derived.result, language)
    colon = "：" if language == "zh" else ": "
    return f"{WORDS['computed'][language]}{colon}{OPERATIONS[derived.op][language]} ({inputs}) = {result}"
