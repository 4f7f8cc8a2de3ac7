"""What an analysis engine is: one call with one result. Translation engines: `services.translate.engine`.

Engines raise what the stage runtime understands (shared/errors.py): Poison for an article that can never be
analyzed, Transient and Unavailable for what may pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shared.model import Analysis, Article, EngineRun, Scores, Text


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
