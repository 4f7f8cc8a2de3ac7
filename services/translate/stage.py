"""The translate stage: an analysis in one language in, the same analysis in both out, as far as it is complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.translate.names import name_sheet
from shared.engine import TranslationContext, TranslationEngine
from shared.model import (
    Analysis,
    ArticleAnalyzed,
    ArticleTranslated,
    Event,
    Fact,
    Fidelity,
    Language,
    LeafFidelity,
    Pair,
    Segment,
)
from shared.stream import Handler, Stage, Work
from shared.stream.topics import STAGE_INPUTS, TRANSLATED_DRAFT

DRAFT_STAGE: Final = Stage(
    "translate.draft", consumes=STAGE_INPUTS["translate.draft"], produces=(TRANSLATED_DRAFT,), concurrency=16
)


def make_handler(engine: TranslationEngine) -> Handler:
    """Return the handler that translates with `engine`."""

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, ArticleAnalyzed):
            raise TypeError(f"{event.type_name} is no analysis")
        source = event.analysis.language
        target: Language = "zh" if source == "en" else "en"
        leaves = event.analysis.leaves()
        context = TranslationContext(event.analysis.title, name_sheet(leaves, target), leaves)
        segments = [Segment(id=leaf_id, text=text) for leaf_id, text in leaves.items()]
        result = await engine.translate(segments, context, source, target, work)
        analysis = paired(event.analysis, result.texts)
        return (
            ArticleTranslated(
                article=event.article,
                version=event.version,
                analysis=analysis,
                scores=event.scores,
                fidelity=fidelity_of(analysis, event.fidelity.dropped_claims),
                provenance=event.provenance.model_copy(update={"translation": result.run}),
            ),
        )

    return handle


def paired(analysis: Analysis[str], translated: Mapping[str, str]) -> Analysis[Pair]:
    """Return the analysis with both languages: its own text, and what was translated by leaf id."""

    def pair(leaf_id: str, text: str) -> Pair:
        other = translated.get(leaf_id)
        return Pair(en=text, zh=other) if analysis.language == "en" else Pair(en=other, zh=text)

    return analysis.map(pair, Pair)


def fidelity_of(analysis: Analysis[Pair], dropped_claims: int) -> Fidelity:
    """Return what is complete and what is pending, over leaves and languages; a fact is complete in both."""
    leaves = analysis.leaves()
    pending = tuple(
        LeafFidelity(leaf=leaf_id, language=language, state="pending")
        for leaf_id, pair in leaves.items()
        for language in ("en", "zh")
        if pair.get(language) is None
    )
    facts = sum(isinstance(claim.text, Fact) for claim in analysis.claims())
    return Fidelity(
        leaves=pending,
        complete=2 * (len(leaves) + facts) - len(pending),
        pending=len(pending),
        dropped_claims=dropped_claims,
    )
