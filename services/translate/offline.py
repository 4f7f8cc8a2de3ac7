"""The offline translation engine: it writes names and set terms in the other language, and no prose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.translate.engine import TranslationContext, TranslationResult
from shared.engine import Lease
from shared.model import EngineRun, Segment

ENGINE = "offline"
ENGINE_VERSION = "1"


class OfflineTranslator:
    """Translates a segment only if the whole of it is a name or term of the name sheet; all else stays pending,
    because prose translated word for word is unusable (BLEU 2-6 where it was measured)."""

    async def translate(
        self, segments: Sequence[Segment], context: TranslationContext, work: Lease
    ) -> TranslationResult:
        """Return the segments that are names, in the target language; nothing is paid for, so no lease is asked."""
        run = EngineRun(engine=ENGINE, engine_version=ENGINE_VERSION)
        return TranslationResult(set_forms(segments, context), run)


def set_forms(segments: Sequence[Segment], context: TranslationContext) -> Mapping[str, str]:
    """Return the texts of segments that are nothing but a name or a set term, by segment id."""
    return {segment.id: context.names[segment.text] for segment in segments if segment.text in context.names}
