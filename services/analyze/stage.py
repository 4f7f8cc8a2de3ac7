"""The analyze stage: an article in, its analysis in its own language out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.engine import AnalysisEngine
from shared.model import ArticleAnalyzed, ArticleSubmitted, Event, Fidelity, Provenance, Version
from shared.stream import Handler, Stage, Work
from shared.stream.topics import ANALYZED_DRAFT, STAGE_INPUTS

DRAFT_STAGE: Final = Stage(
    "analyze.draft", consumes=STAGE_INPUTS["analyze.draft"], produces=(ANALYZED_DRAFT,), concurrency=16
)


def make_handler(engine: AnalysisEngine, rank: int) -> Handler:
    """Return the handler that analyzes with `engine`, whose editions have `rank`."""

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, ArticleSubmitted):
            raise TypeError(f"{event.type_name} is no article")
        result = await engine.analyze(event.article, work)
        return (
            ArticleAnalyzed(
                article=event.article,
                version=Version(revision=event.version.revision, rank=rank, run=event.version.run),
                analysis=result.analysis,
                scores=result.scores,
                fidelity=Fidelity(dropped_claims=result.dropped_claims),
                provenance=Provenance(analysis=result.run),
            ),
        )

    return handle
