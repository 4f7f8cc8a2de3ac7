"""The offline translation engine: it writes names and set terms in the other language, and no prose."""

from __future__ import annotations

from collections.abc import Sequence

from shared.engine import Lease, TranslationContext, TranslationResult
from shared.model import EngineRun, Language, Segment

ENGINE = "offline"
ENGINE_VERSION = "1"


class OfflineTranslator:
    """Translates a segment only if the whole of it is a name or term of the name sheet; all else stays pending,
    because prose translated word for word is unusable (BLEU 2-6 where it was measured)."""

    async def translate(
        self, segments: Sequence[Segment], context: TranslationContext, source: Language, target: Language, work: Lease
    ) -> TranslationResult:
        """Return the segments that are names, in `target`; nothing is paid for, so the lease is not asked."""
        texts = {segment.id: context.names[segment.text] for segment in segments if segment.text in context.names}
        return TranslationResult(texts, EngineRun(engine=ENGINE, engine_version=ENGINE_VERSION))
