"""The stage that puts an analysis into both languages: the same structure, leaf by leaf."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from services.translate.engine import TranslationContext, TranslationEngine
from services.translate.fidelity import Checked, DocumentGate
from services.translate.names import document_sheet, leaf_names
from services.translate.terms import Terms
from shared.llm import Gap
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
from shared.stream.topics import STAGE_INPUTS, TRANSLATED, TRANSLATED_DRAFT

DRAFT: Final = Stage(
    "translate.draft",
    consumes=STAGE_INPUTS["translate.draft"],
    produces=(TRANSLATED_DRAFT,),
    # The offline engine only looks names up: more at once would not be faster.
    concurrency=4,
)

MODEL: Final = Stage(
    "translate",
    consumes=STAGE_INPUTS["translate"],
    produces=(TRANSLATED,),
    # Nearly all of the time is spent waiting for providers, whose own limits say how many are asked at once.
    concurrency=256,
    # A small model on this machine's processor takes minutes for a document. What it answered by then is kept, so
    # that the next attempt goes on where this one stopped.
    attempt_seconds=1800.0,
    retry_seconds=7200.0,
)


async def _never(_article_id: str) -> bool:
    return False


def translation_handler(
    engine: TranslationEngine, terms: Terms, retracted: Callable[[str], Awaitable[bool]] = _never
) -> Handler:
    """Translates analyses with `engine`; what it leaves out stays pending, and what the gate fails is not published.

    `retracted`: says whether an article is, by its id; one that is isn't translated, so that nothing is paid for it.
    """

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, ArticleAnalyzed):
            raise TypeError(f"{event.type_name} is no analyzed article")
        if await retracted(event.article.id):
            work.note("unchanged", "The article is retracted.")
            return ()
        source = event.analysis.language
        target: Language = "zh" if source == "en" else "en"
        leaves = event.analysis.leaves()
        terms.propose(event.article.id, learned(event.article.text), event.analysis.entities)
        sheet = document_sheet(event.article.text, event.analysis, terms.index())
        gate = DocumentGate(leaves, source, sheet)
        context = TranslationContext(
            article_id=event.article.id,
            title=event.analysis.title,
            source=source,
            target=target,
            names=leaf_names(event.analysis, sheet, target),
            sheet=sheet,
            review=gate.findings,
        )
        segments = tuple(Segment(id=leaf, text=text) for leaf, text in leaves.items())
        result = await engine.translate(segments, context, work)
        outcome = gate.checked(result.texts, result.opinions)
        return (
            ArticleTranslated(
                article=event.article,
                version=event.version,
                analysis=_in_both(event.analysis, outcome.texts),
                scores=event.scores,
                fidelity=_fidelity(event, outcome, result.gaps, target),
                provenance=event.provenance.model_copy(update={"translation": result.run}),
            ),
        )

    return handle


def _in_both(analysis: Analysis[Text], texts: Mapping[str, str]) -> Analysis[Pair]:
    def paired(leaf: str, text: str) -> Pair:
        other = texts.get(leaf)
        return Pair(en=text, zh=other) if analysis.language == "en" else Pair(en=other, zh=text)

    return analysis.map(paired, Pair)


def _fidelity(event: ArticleAnalyzed, outcome: Checked, gaps: Mapping[str, Gap], target: Language) -> Fidelity:
    """Count leaves and languages; a fact is complete in both, because one function renders it in both."""
    leaves = event.analysis.leaves()
    judged = {leaf.leaf for leaf in outcome.leaves}
    pending = [leaf for leaf in leaves if leaf not in outcome.texts and leaf not in judged]
    failed = sum(leaf.state == "failed" for leaf in outcome.leaves)
    facts = sum(isinstance(claim.text, Fact) for claim in event.analysis.claims())
    return Fidelity(
        leaves=(
            *outcome.leaves,
            *(LeafFidelity(leaf=leaf, language=target, state="pending", check=gaps.get(leaf)) for leaf in pending),
        ),
        complete=2 * (len(leaves) + facts) - len(pending) - failed,
        pending=len(pending),
        failed=failed,
        warned=len(outcome.leaves) - failed,
        dropped_claims=event.fidelity.dropped_claims,
    )
