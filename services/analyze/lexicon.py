"""The word lists in lexicons/, each read once, and patterns made of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from pydantic import Field, TypeAdapter

from shared.model import Language, Model


class Words(Model):
    """Words that stand for one thing, in each language."""

    en: tuple[str, ...] = Field(default=(), strict=False)
    zh: tuple[str, ...] = Field(default=(), strict=False)

    def of(self, language: Language) -> tuple[str, ...]:
        """Return the words of one language."""
        return self.en if language == "en" else self.zh


class EnglishNames(Model):
    """What names.toml knows about English names."""

    organisation_suffixes: frozenset[str] = Field(strict=False)
    organisation_heads: frozenset[str] = Field(strict=False)
    work_heads: frozenset[str] = Field(strict=False)
    organisation_leads: tuple[str, ...] = Field(strict=False)
    organisation_possessions: tuple[str, ...] = Field(strict=False)
    titles: tuple[str, ...] = Field(strict=False)
    honorifics: frozenset[str] = Field(strict=False)
    offices: frozenset[str] = Field(strict=False)
    place_leads: tuple[str, ...] = Field(strict=False)
    speech: tuple[str, ...] = Field(strict=False)
    not_names: frozenset[str] = Field(strict=False)
    relations: tuple[str, ...] = Field(strict=False)
    abbreviations: frozenset[str] = Field(strict=False)
    untelling: frozenset[str] = Field(strict=False)


class ChineseNames(Model):
    """What names.toml knows about Chinese names."""

    organisation_suffixes: tuple[str, ...] = Field(strict=False)
    institutions: tuple[str, ...] = Field(strict=False)
    organisation_leads: tuple[str, ...] = Field(strict=False)
    titles: tuple[str, ...] = Field(strict=False)
    surnames: str
    speech: tuple[str, ...] = Field(strict=False)
    relations: tuple[str, ...] = Field(strict=False)
    no_beginnings: tuple[str, ...] = Field(strict=False)
    latin_words: frozenset[str] = Field(strict=False)
    callings: tuple[str, ...] = Field(strict=False)
    deeds: tuple[str, ...] = Field(strict=False)
    suffixes: tuple[str, ...] = Field(strict=False)
    between: tuple[str, ...] = Field(strict=False)
    kinds: tuple[str, ...] = Field(strict=False)
    after_person: tuple[str, ...] = Field(strict=False)
    not_in_names: str


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(resources.files(__package__).joinpath("lexicons", name).read_text(encoding="utf-8"))


@cache
def topics() -> dict[str, dict[str, Words]]:
    """Return the evidence words by `tag` or `category` and then by id."""
    return TypeAdapter(dict[str, dict[str, Words]]).validate_python(_read("topics.toml"))


@cache
def stances() -> dict[str, Words]:
    """Return the words that show a stance, by stance."""
    return TypeAdapter(dict[str, Words]).validate_python(_read("stance.toml"))


@cache
def measures() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the words for a measure, by section of the file (`en`, `label_zh`) and measure."""
    rows = TypeAdapter(dict[str, dict[str, list[str]]]).validate_python(_read("measures.toml"))
    return {section: {key: tuple(words) for key, words in each.items()} for section, each in rows.items()}


@cache
def english_names() -> EnglishNames:
    """Return the word lists for English names."""
    return EnglishNames.model_validate(_read("names.toml")["en"])


@cache
def chinese_names() -> ChineseNames:
    """Return the word lists for Chinese names."""
    return ChineseNames.model_validate(_read("names.toml")["zh"])


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


class Marks(Model):
    """Words of one class of certainty.toml: `quote` are sure signs in an article, `claim` their wide counterparts.

    `not_` words hold a sign and mean something else.
    """

    quote_en: tuple[str, ...] = Field(strict=False)
    quote_zh: tuple[str, ...] = Field(strict=False)
    claim_en: tuple[str, ...] = Field(strict=False)
    claim_zh: tuple[str, ...] = Field(strict=False)
    not_en: tuple[str, ...] = Field(default=(), strict=False)
    not_zh: tuple[str, ...] = Field(default=(), strict=False)


class Content(Model):
    """What content.toml knows: words without content, words that say the same, and lines that say the opposite."""

    plain: Words
    same: dict[Language, tuple[tuple[str, ...], ...]] = Field(strict=False)
    opposite: dict[Language, tuple[tuple[str, str], ...]] = Field(strict=False)


@cache
def marks() -> dict[str, Marks]:
    """Return the words of certainty.toml by class."""
    return TypeAdapter(dict[str, Marks]).validate_python(_read("certainty.toml"))


@cache
def content() -> Content:
    """Return the words of content.toml."""
    return TypeAdapter(Content).validate_python(_read("content.toml"), strict=False)


@cache
def opinion() -> dict[str, Words]:
    """Return the words that opinion may not say of a named party: `motive` and `wrongdoing`."""
    return TypeAdapter(dict[str, Words]).validate_python(_read("opinion.toml"))
