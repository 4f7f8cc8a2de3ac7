"""What an analysis engine and a translation engine are: two calls, each with one result.

Engines raise what the stage runtime understands (shared/errors.py): Poison for an article that can never be
analyzed, Transient and Unavailable for what may pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.model import Analysis, Article, EngineRun, Language, Scores, Segment, Text


class Lease(Protocol):
    """What an engine may ask of the work in hand."""

    async def lease(self) -> None:
        """Make sure that the record is still this worker's; await it before each paid call, let its error through."""
        ...


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """An analysis in the article's own language. `dropped_claims` counts claims that no quote supported."""

    analysis: Analysis[Text]
    scores: Scores
    run: EngineRun
    dropped_claims: int = 0


class AnalysisEngine(Protocol):
    """Makes an analysis of one article."""

    async def analyze(self, article: Article, work: Lease) -> AnalysisResult:
        """Analyze `article`. Raises Poison when it holds nothing to analyze."""
        ...


@dataclass(frozen=True, slots=True)
class TranslationContext:
    """What an engine may read and must not translate.

    `names` is the name sheet: the form in the target language by the form that the article uses. `leaves` are all text
    leaves in the order of the page, for a segment's neighbours.
    """

    title: str
    names: Mapping[str, str]
    leaves: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TranslationResult:
    """Texts by segment id. A segment that is not in `texts` is not translated yet; it stays pending."""

    texts: Mapping[str, str]
    run: EngineRun


class TranslationEngine(Protocol):
    """Translates the text leaves of one analysis."""

    async def translate(
        self, segments: Sequence[Segment], context: TranslationContext, source: Language, target: Language, work: Lease
    ) -> TranslationResult:
        """Translate the segments that the engine can translate faithfully, and no other ids."""
        ...
