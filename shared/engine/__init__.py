"""The protocols that analysis and translation engines stand behind."""

from shared.engine.protocols import (
    AnalysisEngine,
    AnalysisResult,
    Lease,
    TranslationContext,
    TranslationEngine,
    TranslationResult,
)

__all__ = [
    "AnalysisEngine",
    "AnalysisResult",
    "Lease",
    "TranslationContext",
    "TranslationEngine",
    "TranslationResult",
]
