"""The lexicons of the lexical checks, read from the data files of lexicons/ once, when first needed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from services.translate.gate.phrases import ChinesePhrases, EnglishPhrases, Matcher
from shared.model import Language

LexicalClass = Literal["hearsay", "possibility", "negation"]
_Entry = TypeVar("_Entry")
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
    accepts_en: tuple[str, ...] = ()
    accepts_zh: tuple[str, ...] = ()

    def accepts(self, language: Language) -> tuple[str, ...]:
        return self.accepts_en if language == "en" else self.accepts_zh


class _File(_Data):
    """A lexicon as its file has it; hearsay.toml says what the keys mean."""

    accepts: _Lists
    ignored: _Lists
    lower_case: tuple[str, ...] = ()
    group: dict[str, _Group]


class _Leftovers(_Data):
    hedges: tuple[str, ...]
    function_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One class of words in both languages.

    `explicit` finds, in a source, the group of each word that needs a counterpart. `counterparts` finds, in a target, the
    groups that each word is a counterpart of. Both give an empty answer for phrases that say nothing of the kind.
    `example`: the first word of each group, by group and language. `lower_case`: English words that are something else
    when they begin with a capital, as May.
    """

    explicit: Mapping[Language, Matcher[str]]
    counterparts: Mapping[Language, Matcher[frozenset[str]]]
    example: Mapping[tuple[str, Language], str]
    lower_case: frozenset[str]


@cache
def lexicon(name: LexicalClass) -> Lexicon:
    """Return the lexicon of a class."""
    data = _File.model_validate(_read(f"{name}.toml"))
    languages: Sequence[Language] = ("en", "zh")
    return Lexicon(
        explicit={language: _matcher(language, _explicit(data, language)) for language in languages},
        counterparts={language: _matcher(language, _counterparts(data, language)) for language in languages},
        example={
            (key, language): group.of(language)[0]
            for key, group in data.group.items()
            for language in languages
            if group.of(language)
        },
        lower_case=frozenset(data.lower_case),
    )


@cache
def leftover_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the English hedges and the English function words that no Chinese sentence has, in lower case."""
    data = _Leftovers.model_validate(_read("leftovers.toml"))
    return frozenset(data.hedges), frozenset(data.function_words)


def _explicit(data: _File, language: Language) -> dict[str, str]:
    entries = dict.fromkeys(data.ignored.of(language), "")
    for key, group in data.group.items():
        entries.update(dict.fromkeys(group.of(language), key))
    return entries


def _counterparts(data: _File, language: Language) -> dict[str, frozenset[str]]:
    """Any word of the class that is explicit, or accepted, carries every group; what a group accepts, that group."""
    entries: dict[str, frozenset[str]] = {}
    for key, group in data.group.items():
        for word in group.accepts(language):
            entries[word] = entries.get(word, frozenset()) | {key}
    every = frozenset(data.group)
    entries.update(dict.fromkeys(data.accepts.of(language), every))
    entries.update((word, every) for group in data.group.values() for word in group.of(language))
    entries.update((word, frozenset()) for word in data.ignored.of(language) if word not in entries)
    return entries


def _matcher(language: Language, entries: Mapping[str, _Entry]) -> Matcher[_Entry]:
    return EnglishPhrases(entries) if language == "en" else ChinesePhrases(entries)


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(resources.files(__package__).joinpath("lexicons", name).read_text(encoding="utf-8"))
