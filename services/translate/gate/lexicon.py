"""The lexicons of the lexical checks, read from the data files of lexicons/ once, when first needed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from services.translate.gate.phrases import ChinesePhrases, EnglishPhrases, Matcher
from shared.model import Language
from shared.names import folded

LexicalClass = Literal["hearsay", "possibility", "negation"]
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
CLASSES: Final[tuple[LexicalClass, ...]] = ("hearsay", "possibility", "negation")


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Lists(_Data):
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        return self.en if language == "en" else self.zh


class _Group(_Lists):
    note: str


class _Notion(_Lists):
    groups: tuple[str, ...] = ()


class _File(_Data):
    """A lexicon as its file has it; the head of each file says what the keys mean."""

    lower_case: tuple[str, ...] = ()
    group: dict[str, _Group]
    notion: dict[str, _Notion]
    ignored: _Lists


class _Leftovers(_Data):
    hedges: tuple[str, ...]
    function_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word of a class is.

    `group`: the group of a word that needs a counterpart, and is one. `notion`: that of a word that can be one. A word
    with both needs a counterpart in a source, and in a target can be one like any other of its notion. With neither, it
    is a phrase that says nothing of the kind.
    """

    group: str | None = None
    notion: str | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One class of words in both languages.

    `matchers` find its words. `notions`: by group, those that have counterparts of its words. `example`: the first word
    of each group, by group and language. `lower_case`: English words that are something else when they begin with a
    capital, as May.
    """

    matchers: Mapping[Language, Matcher[Entry]]
    notions: Mapping[str, tuple[str, ...]]
    example: Mapping[tuple[str, Language], str]
    lower_case: frozenset[str]


@cache
def lexicon(name: LexicalClass) -> Lexicon:
    """Return the lexicon of a class."""
    data = _File.model_validate(_read(f"{name}.toml"))
    return Lexicon(
        matchers={"en": EnglishPhrases(_entries(data, "en")), "zh": ChinesePhrases(_entries(data, "zh"))},
        notions={
            group: tuple(key for key, notion in data.notion.items() if not notion.groups or group in notion.groups)
            for group in data.group
        },
        example={
            (key, language): group.of(language)[0]
            for key, group in data.group.items()
            for language in _LANGUAGES
            if group.of(language)
        },
        lower_case=frozenset(data.lower_case),
    )


def _entries(data: _File, language: Language) -> dict[str, Entry]:
    entries = dict.fromkeys(data.ignored.of(language), Entry())
    for key, notion in data.notion.items():
        entries.update(dict.fromkeys(notion.of(language), Entry(notion=key)))
    for key, group in data.group.items():
        entries.update((phrase, Entry(key, entries.get(phrase, Entry()).notion)) for phrase in group.of(language))
    return {folded(phrase): entry for phrase, entry in entries.items()}


@cache
def leftover_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the English hedges and the English function words that no Chinese sentence has, in lower case."""
    data = _Leftovers.model_validate(_read("leftovers.toml"))
    return frozenset(data.hedges), frozenset(data.function_words)


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(resources.files(__package__).joinpath("lexicons", name).read_text(encoding="utf-8"))
