"""What a check says of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from shared.model import Language

Result = Literal["fail", "warn"]
FRAGMENT: Final = 160
"""Code points of a text that a finding shows at most."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that a pair did not pass.

    `en` and `zh` are the two fragments that were compared, empty where a language has no counterpart. `request` is a
    sentence that asks for the repair, in words that a model can act on.
    """

    check: str
    result: Result
    en: str
    zh: str
    request: str


def finding(check: str, result: Result, source_language: Language, source: str, target: str, request: str) -> Finding:
    """Return a finding with the two fragments each under its language."""
    en, zh = (source, target) if source_language == "en" else (target, source)
    return Finding(check, result, en, zh, request)
