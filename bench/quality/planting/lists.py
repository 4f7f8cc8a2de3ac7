"""The word lists of `words.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from shared.model.base import Language

Rule = tuple[str, str]
"""A pattern, and what is written instead of it."""


class _Lists(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Softener(_Lists):
    """Words that a translation may not lose, in one language.

    A pair is used only where its source has a word of `source`. A rule takes such a word out of the target; the result
    is an error for sure only where no word of `left` remains. `lexical`: other words of the source that mean as much.
    """

    source: str
    rules: tuple[Rule, ...]
    left: str | None = None
    lexical: str | None = None


class OfLanguage(_Lists):
    hedge: Softener
    hearsay: Softener
    negation: Softener
    negation_inserted: tuple[Rule, ...]
    scale: tuple[Rule, ...]
    percent: tuple[Rule, ...]
    currency: tuple[Rule, ...]
    unit: tuple[Rule, ...]
    leftover: tuple[Rule, ...]
    number_dropped: tuple[Rule, ...]
    number_words: tuple[Rule, ...]
    number_added: tuple[str, ...]


class Name(_Lists):
    en: str
    zh: str

    def form(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


class Words(_Lists):
    en: OfLanguage
    zh: OfLanguage
    names: dict[str, tuple[Name, ...]]

    def of(self, language: Language) -> OfLanguage:
        return self.en if language == "en" else self.zh


@cache
def words() -> Words:
    file = Path(__file__).with_name("words.toml")
    return Words.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
