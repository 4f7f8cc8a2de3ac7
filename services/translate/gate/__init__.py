"""The gate between the two languages: what a translation must not lose, add or change, sentence by sentence."""

from services.translate.gate.additions import additions
from services.translate.gate.finding import Finding, Result, finding
from services.translate.gate.judge import MAX_CODE_POINTS, OF_WORDS, UNJUDGED, judge, verdict

__all__ = ["MAX_CODE_POINTS", "OF_WORDS", "UNJUDGED", "Finding", "Result", "additions", "finding", "judge", "verdict"]
