"""What a check says of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from shared.model import Language

Result = Literal["fail", "warn"]
FRAGMENT: Final = 160
"""Code points of a text that a finding shows at most."""
_REQUEST: Final = 800
"""Code points of a request; those of the gate's own sentences are far shorter."""
_QUOTED: Final = 60
"""Code points of a text that a request names."""


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
    """Return a finding with the two fragments, cut where they are long, each under its language."""
    source, target = source[:FRAGMENT], target[:FRAGMENT]
    en, zh = (source, target) if source_language == "en" else (target, source)
    return Finding(check, result, en, zh, request[:_REQUEST])


def quoted(text: str) -> str:
    """Return a text as a request names it: in quotation marks, and cut where it is long."""
    return repr(text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…")
