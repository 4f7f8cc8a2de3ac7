"""The protocol that analysis engines stand behind, and what any engine may ask of the work in hand."""

from shared.engine.protocols import AnalysisEngine, AnalysisResult, Lease

__all__ = ["AnalysisEngine", "AnalysisResult", "Lease"]
