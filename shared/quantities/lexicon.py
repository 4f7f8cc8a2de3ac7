"""The words around numbers, from data/lexicon.toml, as look-ups that take the time of the longest word."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field, TypeAdapter

from shared.model import Language, Model
from shared.model.quantity import Approximation
from shared.vocabulary import all_currencies, all_units

Bound = Literal["least", "most"]
Hedges = dict[str, dict[Approximation, list[str]]]


class _Idioms(Model):
    zh: tuple[str, ...] = Field(strict=False)
    numbers: tuple[str, ...] = Field(strict=False)
    loose_zh: tuple[str, ...] = Field(strict=False)
    codes: frozenset[str] = Field(strict=False)
    not_names: frozenset[str] = Field(strict=False)
    ordinal_nouns: frozenset[str] = Field(strict=False)


class _Minus(Model):
    signs: list[str]
    loss: list[str]
    below_zero: list[str]


class _Lexicon(Model):
    hedges: Hedges
    loose_hedges: Hedges
    hedges_not_after: dict[str, str]
    loose_units: dict[Language, dict[str, list[str]]]
    loose_money: dict[Language, dict[str, list[str]]]
    loose_units_not_before: dict[str, str]
    money_names: dict[Language, dict[str, str]]
    idioms: _Idioms
    minus: dict[Language, _Minus]
    bounds: dict[Language, dict[Bound, list[str]]]
    outcomes: dict[str, list[str]]
    measure_words: dict[str, list[str]]
    cardinals: dict[str, int]
    ordinals: dict[str, int]
    multiples: dict[str, int]
    counts: dict[str, int]
    bases: dict[str, tuple[str, Decimal]] = Field(strict=False)


@cache
def _lexicon() -> _Lexicon:
    text = resources.files(__package__).joinpath("data", "lexicon.toml").read_text(encoding="utf-8")
    return TypeAdapter(_Lexicon).validate_python(tomllib.loads(text), strict=False)


class Words:
    """A list of words to look for at a place of a text, the longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        by_start: dict[str, list[str]] = {}
        for word in sorted(set(words), key=len, reverse=True):
            by_start.setdefault(word[0], []).append(word)
        self._by_start = {start: tuple(found) for start, found in by_start.items()}

    def at(self, text: str, at: int) -> str | None:
        """Return the longest word that stands at `at`, or None."""
        for word in self._by_start.get(text[at : at + 1], ()):
            if text.startswith(word, at):
                return word
        return None


@cache
def hedges() -> tuple[Hedges, Hedges]:
    """Return the hedges by place ("en", "zh", "zh_after") and meaning: the certain ones, and the others."""
    return _lexicon().hedges, _lexicon().loose_hedges


def hedges_not_after() -> Mapping[str, str]:
    """Return characters after which a Chinese hedge is none."""
    return _lexicon().hedges_not_after


@cache
def _any_of(words: Iterable[str], language: Language, *, whole: bool = False) -> re.Pattern[str]:
    found = "|".join(re.escape(word) for word in words)
    if language == "zh":
        return re.compile(found)
    return re.compile(rf"(?<![A-Za-z])(?:{found}){'(?![A-Za-z])' if whole else ''}", re.IGNORECASE)


def loss_words(language: Language, *, degrees: bool) -> re.Pattern[str]:
    """Return a pattern of the words that may say what a minus sign says."""
    minus = _lexicon().minus[language]
    return _any_of(tuple(minus.below_zero if degrees else minus.loss), language)


def signs(language: Language) -> tuple[str, ...]:
    """Return the words that are a minus sign where a number follows."""
    return tuple(_lexicon().minus[language].signs)


@cache
def bounds(language: Language) -> Mapping[str, Bound]:
    """Return words at a number that say that it is at least or at most so much."""
    return {word: bound for bound, words in _lexicon().bounds[language].items() for word in words}


def outcome_words(outcome: Literal["won", "lost"], language: Language) -> re.Pattern[str]:
    """Return a pattern of the words that say that the first number of a score is the larger one, or may not be."""
    return _any_of(tuple(_lexicon().outcomes[f"{outcome}_{language}"]), language, whole=True)


@cache
def loose_units(language: Language) -> tuple[Words, Mapping[str, list[str]]]:
    """Return names of units that have several senses, or that no fact is stated in, and the units' ids."""
    units = _lexicon().loose_units[language]
    return Words(units), units


@cache
def loose_money(language: Language) -> tuple[Words, Mapping[str, list[str]]]:
    """Return names of money that have several senses, and the currencies' codes."""
    money = _lexicon().loose_money[language]
    return Words(money), money


@cache
def money_codes() -> frozenset[str]:
    """Return the ISO codes of the currencies that have a name here or in the vocabulary."""
    codes = {code for money in _lexicon().loose_money.values() for senses in money.values() for code in senses}
    return frozenset(code for code in codes if code.isupper()) | {each.code for each in all_currencies()}


@cache
def money_names(language: Language) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return the names of money that stand for one currency also without a number: the dollar, 人民币."""
    names = _lexicon().money_names[language]
    words = "|".join(sorted(names, key=len, reverse=True))
    return re.compile(words), names


@cache
def base_of(unit: str) -> tuple[str, Decimal]:
    """Return the unit that others of this unit's dimension are compared in, and what one of it is there."""
    if (known := _lexicon().bases.get(unit)) is not None:
        return known
    return next(((each.base, each.factor) for each in all_units() if each.id == unit), (unit, Decimal(1)))


@cache
def measure_words() -> Words:
    """Return the Chinese words between a numeral and what it counts."""
    return Words(_lexicon().measure_words["zh"])


@cache
def loose_words() -> Words:
    """Return Chinese words whose number may have no counterpart: 四周 is four weeks, or all around."""
    return Words(_lexicon().idioms.loose_zh)


def number_words(kind: Literal["cardinals", "ordinals"]) -> Mapping[str, int]:
    """Return English number words and their values: twelve, twelfth."""
    return _lexicon().cardinals if kind == "cardinals" else _lexicon().ordinals


@cache
def said_multiples() -> Mapping[str, int]:
    """Return English words that say a factor: doubled, threefold."""
    return _lexicon().multiples


@cache
def said_ages() -> Mapping[str, int]:
    """Return English words for ten years of an age or a century: nineties."""
    return {f"{word[:-1]}ies": value for word, value in _lexicon().cardinals.items() if value >= 20}


@cache
def said_counts() -> Mapping[str, int]:
    """Return English words that say a number without naming it: both, trio, noon, and Roman numerals."""
    return _lexicon().counts


def not_before() -> Mapping[str, str]:
    """Return characters before which a Chinese unit is the beginning of another word: 49分会."""
    return _lexicon().loose_units_not_before


def ordinal_nouns() -> frozenset[str]:
    """Return English nouns that a number follows as an ordinal: chapter 3."""
    return _lexicon().idioms.ordinal_nouns


def not_names() -> frozenset[str]:
    """Return words in capitals that a number follows without being a part of a name: About 5, Day 3."""
    return _lexicon().idioms.not_names


def is_known_code(core: str) -> bool:
    """Say whether an identifier or a saying in digits may have no counterpart: covid19, 24/7."""
    return core in _lexicon().idioms.codes


_NUMERAL = re.compile("[零〇一二三四五六七八九十百千万亿两半双]")


@cache
def _idioms_by_pair() -> Mapping[str, tuple[tuple[str, int], ...]]:
    by_pair: dict[str, list[tuple[str, int]]] = {}
    for idiom in sorted(set(_lexicon().idioms.zh), key=len, reverse=True):
        for match in _NUMERAL.finditer(idiom):
            at = match.start()
            pair = idiom[at : at + 2] if at + 1 < len(idiom) else idiom[at - 1 : at + 1]
            by_pair.setdefault(pair, []).append((idiom, at))
    return {pair: tuple(found) for pair, found in by_pair.items()}


def _goes_on(text: str, idiom: str, start: int) -> bool:
    """Say whether the 一 of 有一 begins a longer numeral: 有一千四百."""
    return (
        idiom[-1] == "一"
        and idiom[0] not in "周星礼"
        and text.startswith(("十", "百", "千", "万", "亿"), start + len(idiom))
    )


@cache
def _numbers() -> Words:
    return Words(_lexicon().idioms.numbers)


def idiom_end(text: str, at: int) -> int | None:
    """Return where the word ends in which the Chinese numeral at `at` is no number, or None: it is one."""
    if _numbers().at(text, at) is not None:
        return None
    pairs = _idioms_by_pair()
    for pair in (text[at : at + 2], text[at - 1 : at + 1] if at else ""):
        for idiom, offset in pairs.get(pair, ()):
            if text.startswith(idiom, at - offset) and at >= offset and not _goes_on(text, idiom, at - offset):
                return at - offset + len(idiom)
    return None
