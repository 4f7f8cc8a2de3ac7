"""All checks of a pair, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from services.translate.gate.figures import figure_problems
from services.translate.gate.finding import Finding
from services.translate.gate.form import broken
from services.translate.gate.leftovers import leftovers
from services.translate.gate.lexical import lost_words
from services.translate.gate.naming import naming_problems
from shared.model import Language
from shared.names import NameSheet

MAX_CODE_POINTS: Final = 200_000
"""Longer texts are not judged. A leaf of an analysis has 1,200 at most."""

Verdict = Literal["pass", "warn", "fail"]


def judge(source: str, target: str, source_language: Language, sheet: NameSheet | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with `target` as a translation of `source`; nothing where it passes.

    `sheet` is that of the document; without one, names are not checked.

    Never raises: a pair that can't be judged fails with the reason.
    """
    if not isinstance(source, str) or not isinstance(target, str):
        return (Finding("unjudged", "fail", "", "", "The pair is not text."),)
    if max(len(source), len(target)) > MAX_CODE_POINTS:
        return (Finding("unjudged", "fail", "", "", f"A text has more than {MAX_CODE_POINTS:,} characters."),)
    found = tuple(broken(source, target, source_language))
    if any(each.check in ("empty", "copied") for each in found):
        return found
    return (
        *found,
        *figure_problems(source, target, source_language),
        *lost_words(source, target, source_language),
        *leftovers(source, target, source_language),
        *(naming_problems(source, target, source_language, sheet) if sheet is not None else ()),
    )


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Return the worst of the results."""
    if any(finding.result == "fail" for finding in findings):
        return "fail"
    return "warn" if findings else "pass"
