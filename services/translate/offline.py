"""Translation without a model: names only. Prose waits for a model; word for word it would be unusable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.engine import Lease, TranslationContext, TranslationResult
from shared.model import EngineRun, Language, Segment

_RUN: Final = EngineRun(engine="offline", engine_version="1")


class OfflineTranslation:
    """Translates the leaves that are a name as a whole and stand in the name sheet."""

    async def translate(
        self, segments: Sequence[Segment], context: TranslationContext, source: Language, target: Language, work: Lease
    ) -> TranslationResult:
        """Return the names; everything else stays pending."""
        return TranslationResult({s.id: context.names[s.text] for s in segments if s.text in context.names}, _RUN)
