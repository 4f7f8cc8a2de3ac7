"""What no text of a model may hold, whoever asked it for that: markup, addresses, hidden characters, our own words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from services.analyze.claims.folding import fold, is_text
from services.analyze.planted import is_planted
from shared.model import Language

LONGEST_SENTENCE: Final = 400
LONGEST_LABEL: Final = 80
"""Code points."""
_MARKUP = re.compile(
    r"</?[A-Za-z!][^>]*>?|&(?:#\w+|[a-z]+);|```|\*\*|__|\]\s*\(|^\s*(?:#{1,6}|[-*•>|]|\d+[.)])\s|<<<|>>>|<\||\|>|[{}]"
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:javascript|data|mailto|file)\s*:|\S@\S+\.\S", re.IGNORECASE)
_DOMAIN = re.compile(r"(?<![\w@])(?:[a-z0-9-]+\.)+[a-z]{2,12}(?![\w.])(?:/\S*)?", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]+")
# As many folded characters in a row come from the instructions by no chance.
_LEAK: Final = 40


@dataclass(frozen=True, slots=True)
class Rules:
    """What the texts of one article are held against: its canonical text, and the instructions that must not leak."""

    article: str
    language: Language
    instructions: str

    def problem(self, text: str, longest: int = LONGEST_SENTENCE) -> str | None:
        """Say why a tidied text can't be published, in words for whoever wrote it, or None."""
        if not text:
            return "the text is empty"
        if len(text) > longest:
            return f"the text has {len(text)} characters, more than {longest}: say it in fewer"
        if _MARKUP.search(text):
            return "the text has markup: write plain text only"
        if self._has_address(text):
            return "the text has an address: leave it out"
        if not self._is_in_language(text):
            return (
                f"the text is not in the article's language: write {'Chinese' if self.language == 'zh' else 'English'}"
            )
        if is_planted(text):
            return "the text is about how it is to be read or rated: write about the news only"
        if self._leaks(text):
            return "the text repeats the instructions: write about the news only"
        return None

    def _has_address(self, text: str) -> bool:
        return _ADDRESS.search(text) is not None or any(
            "/" in match.group() or match.group().lower() not in self.article.lower()
            for match in _DOMAIN.finditer(text)
            if not re.fullmatch(r"(?:[a-z]\.)+[a-z]+", match.group(), re.IGNORECASE)  # U.S., a.m
        )

    def _is_in_language(self, text: str) -> bool:
        if self.language == "zh":
            return _HAN.search(text) is not None
        return all(run in self.article for run in _HAN.findall(text))

    def _leaks(self, text: str) -> bool:
        said, told = fold(text).text, fold(self.instructions).text
        return any(said[at : at + _LEAK] in told for at in range(0, len(said) - _LEAK + 1, 5))


def tidy(text: str) -> str:
    """Return a text on one line, NFC, without control and format characters: nothing that hides or turns round."""
    if not is_text(text):
        return ""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or not unicodedata.category(c).startswith("C"))
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))
