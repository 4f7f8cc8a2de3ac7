"""All checks of a pair, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from services.translate.gate.figures import figure_problems
from services.translate.gate.finding import FRAGMENT, Finding, finding
from services.translate.gate.form import broken
from services.translate.gate.leftovers import leftovers
from services.translate.gate.lexical import word_problems
from services.translate.gate.lexicon import CLASSES
from services.translate.gate.naming import naming_problems
from services.translate.gate.proportion import oddities
from shared.model import Language
from shared.names import NameSheet

UNJUDGED: Final = "unjudged"
"""The check of a pair that could not be compared; the finding's request says why."""
MAX_CODE_POINTS: Final = 200_000
"""Longer texts are not judged. A leaf of an analysis has 1,200 at most."""

OF_WORDS: Final = frozenset({*CLASSES, "leftover"})
"""The checks that compare words by lists, and may be wrong of a good translation."""

Verdict = Literal["pass", "warn", "fail"]


def judge(source: str, target: str, source_language: Language, sheet: NameSheet | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with `target` as a translation of `source`; nothing where it passes.

    `sheet` is that of the document; without one, names are not checked. Never raises: a pair that can't be judged fails
    with the reason.
    """
    reason = _unjudgeable(source, target)
    if reason is not None:
        return (finding(UNJUDGED, "fail", source_language, "", "", reason),)
    if not target.strip() or (not any(map(str.isalnum, target)) and any(map(str.isalnum, source))):
        request = "The translation is empty. Translate the text."
        return (finding("empty", "fail", source_language, source[:FRAGMENT], target[:FRAGMENT], request),)
    found = tuple(broken(source, target, source_language))
    if any(each.check == "copied" for each in found):
        return found
    return (
        *found,
        *figure_problems(source, target, source_language),
        *word_problems(source, target, source_language),
        *leftovers(source, target, source_language, sheet),
        *(naming_problems(source, target, source_language, sheet) if sheet is not None else ()),
        *oddities(source, target, source_language),
    )


def _unjudgeable(source: object, target: object) -> str | None:
    if not isinstance(source, str) or not isinstance(target, str):
        return "The pair is not text."
    if not (_is_text(source) and _is_text(target)):
        return "The pair has half a surrogate pair, which is no text. Write the whole character."
    if not source.strip():
        return "There is no source text."
    if max(len(source), len(target)) > MAX_CODE_POINTS:
        return f"A text has more than {MAX_CODE_POINTS:,} characters."
    return None


def _is_text(characters: str) -> bool:
    """Say whether a string can be stored: no document holds half a surrogate pair."""
    try:
        characters.encode()
    except UnicodeEncodeError:
        return False
    return True


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Return the worst of the results."""
    if any(finding.result == "fail" for finding in findings):
        return "fail"
    return "warn" if findings else "pass"
