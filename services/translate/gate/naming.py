"""Names that the target replaces by others, or writes in a form that is not theirs."""

from __future__ import annotations

from collections.abc import Iterator

from services.translate.gate.finding import Finding, finding
from shared.model import Language
from shared.names import NameSheet, name_problems


def naming_problems(source: str, target: str, source_language: Language, sheet: NameSheet) -> Iterator[Finding]:
    """Give what is wrong with the names of a pair, by the document's name sheet."""
    for problem in name_problems(source, target, source_language, sheet):
        yield finding("name", problem.result, source_language, problem.source, problem.target, problem.message)
