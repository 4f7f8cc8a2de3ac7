"""The stage that puts an analysis into both languages: the same structure, leaf by leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.translate.fidelity import Checked, checked
from services.translate.names import document_sheet, leaf_names
from services.translate.terms import Terms
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
    Text,
)
from shared.names import learned
from shared.stream import Handler, Stage, Work
from shared.stream.topics import STAGE_INPUTS, TRANSLATED_DRAFT

DRAFT: Final = Stage(
    "translate.draft",
    consumes=STAGE_INPUTS["translate.draft"],
    produces=(TRANSLATED_DRAFT,),
    # The offline engine only looks names up: more at once would not be faster.
    concurrency=4,
)


def translation_handler(engine: TranslationEngine, terms: Terms) -> Handler:
    """Translates analyses with `engine`; what it leaves out stays pending, and what the gate fails is not published."""

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, ArticleAnalyzed):
            raise TypeError(f"{event.type_name} is no analyzed article")
        source = event.analysis.language
        target: Language = "zh" if source == "en" else "en"
        leaves = event.analysis.leaves()
        terms.propose(event.article.id, learned(event.article.text), event.analysis.entities)
        sheet = document_sheet(event.article.text, event.analysis, terms.index())
        context = TranslationContext(
            title=event.analysis.title,
            names=leaf_names(event.analysis, sheet, target),
            leaves=leaves,
        )
        segments = tuple(Segment(id=leaf, text=text) for leaf, text in leaves.items())
        result = await engine.translate(segments, context, source, target, work)
        outcome = checked(leaves, result.texts, source, sheet)
        return (
            ArticleTranslated(
                article=event.article,
                version=event.version,
                analysis=_in_both(event.analysis, outcome.texts),
                scores=event.scores,
                fidelity=_fidelity(event, outcome, target),
                provenance=event.provenance.model_copy(update={"translation": result.run}),
            ),
        )

    return handle


def _in_both(analysis: Analysis[Text], texts: Mapping[str, str]) -> Analysis[Pair]:
    def paired(leaf: str, text: str) -> Pair:
        other = texts.get(leaf)
        return Pair(en=text, zh=other) if analysis.language == "en" else Pair(en=other, zh=text)

    return analysis.map(paired, Pair)


def _fidelity(event: ArticleAnalyzed, outcome: Checked, target: Language) -> Fidelity:
    """Count leaves and languages; a fact is complete in both, because one function renders it in both."""
    leaves = event.analysis.leaves()
    judged = {leaf.leaf for leaf in outcome.leaves}
    pending = [leaf for leaf in leaves if leaf not in outcome.texts and leaf not in judged]
    failed = sum(leaf.state == "failed" for leaf in outcome.leaves)
    facts = sum(isinstance(claim.text, Fact) for claim in event.analysis.claims())
    return Fidelity(
        leaves=(
            *outcome.leaves,
            *(LeafFidelity(leaf=leaf, language=target, state="pending") for leaf in pending),
        ),
        complete=2 * (len(leaves) + facts) - len(pending) - failed,
        pending=len(pending),
        failed=failed,
        warned=len(outcome.leaves) - failed,
        dropped_claims=event.fidelity.dropped_claims,
    )
