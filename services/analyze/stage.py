"""The stage that turns a posted article into its analysis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.engine import AnalysisEngine
from shared.model import (
    RANK_OFFLINE,
    ArticleAnalyzed,
    ArticleSubmitted,
    Event,
    Fidelity,
    Provenance,
)
from shared.stream import Handler, Stage, Work
from shared.stream.topics import ANALYZED_DRAFT, STAGE_INPUTS

DRAFT: Final = Stage(
    "analyze.draft",
    consumes=STAGE_INPUTS["analyze.draft"],
    produces=(ANALYZED_DRAFT,),
    # The offline engine only computes: more at once would not be faster.
    concurrency=4,
)


def analysis_handler(engine: AnalysisEngine, rank: int = RANK_OFFLINE) -> Handler:
    """Analyzes articles with `engine`; `rank` is the version's rank for that kind of engine."""

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, ArticleSubmitted):
            raise TypeError(f"{event.type_name} is no submitted article")
        result = await engine.analyze(event.article, work)
        return (
            ArticleAnalyzed(
                article=event.article,
                version=event.version.model_copy(update={"rank": rank}),
                analysis=result.analysis,
                scores=result.scores,
                fidelity=Fidelity(dropped_claims=result.dropped_claims),
                provenance=Provenance(analysis=result.run),
            ),
        )

    return handle
