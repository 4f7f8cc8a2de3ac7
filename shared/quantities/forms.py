"""Finds the vocabulary's units and currencies at a position of a text, in all the forms that articles use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from shared.model import Language
from shared.vocabulary import UnitForms, all_currencies, all_units

SIGNS = "$€£¥₩₹₽₺฿₫₪₴₦¢"
_LONGEST_PREFIX = 5
# 元 begins other words: 3元素, 2元论.
_YUAN_NOT_BEFORE = "素旦件老首气宵宇勋论组月"


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """A unit that follows a number. `singular` and `hyphenated` tell how it is written: 450-megawatt, 24-month."""

    unit: UnitForms
    end: int
    singular: bool
    hyphenated: bool


def unit_at(text: str, at: int, language: Language) -> UnitMatch | None:
    """Return the unit that stands at `at`, right after a number, or None."""
    match = _unit_pattern(language).match(text, at)
    if match is None:
        return None
    written = match["unit"]
    unit = _unit_forms(language).get(written) or _unit_forms(language)[written.lower()]
    if language == "zh" and match.end() < len(text) and text[match.end()] in unit.zh_not_before:
        return None
    singular = written.lower() == unit.singular and unit.singular != unit.plural
    return UnitMatch(unit, match.end(), singular, match.group().startswith("-"))


def currency_before(text: str, at: int, language: Language) -> tuple[str, int] | None:
    """Return (code, start) of a currency sign that ends at `at`: `US$`, `RMB `, `人民币`. None: there is none."""
    window = text[max(0, at - _LONGEST_PREFIX) : at]
    match = _prefix_pattern(language).search(window)
    if match is None:
        return None
    start = at - len(window) + match.start()
    code = _prefixes(language)[match["prefix"]]
    # Z$ and the like are currencies that the vocabulary doesn't have.
    if match["prefix"][0].isascii() and start > 0 and text[start - 1].isascii() and text[start - 1].isalnum():
        return None
    return code, start


def currency_after(text: str, at: int, language: Language) -> tuple[str, int] | None:
    """Return (code, end) of a currency's name that stands at `at`, right after a number or its scale."""
    match = _name_pattern(language).match(text, at)
    if match is None:
        return None
    name = match["name"]
    if name == "元" and match.end() < len(text) and text[match.end()] in _YUAN_NOT_BEFORE:
        return None
    return _names(language)[name.lower()], match.end()


def _alternatives(forms: Iterable[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))


@cache
def _unit_forms(language: Language) -> Mapping[str, UnitForms]:
    forms: dict[str, UnitForms] = {}
    for unit in all_units():
        words = (unit.singular, unit.plural, *unit.also_en) if language == "en" else (unit.zh, *unit.also_zh)
        forms |= dict.fromkeys(words, unit) | dict.fromkeys(unit.symbols, unit)
    return forms


@cache
def _unit_pattern(language: Language) -> re.Pattern[str]:
    symbols = _alternatives({symbol for unit in all_units() for symbol in unit.symbols})
    if language == "zh":
        words = _alternatives(set(_unit_forms("zh")))
        return re.compile(rf"[ \u00a0]?(?P<unit>{words})(?![A-Za-z0-9])")
    words = _alternatives({form for form in _unit_forms("en") if form not in symbols.split("|")})
    return re.compile(
        rf"(?:[ \u00a0]?(?=(?:{symbols})(?![A-Za-z]))|[ \u00a0-])(?P<unit>{symbols}|(?i:{words}))(?![A-Za-z])"
    )


@cache
def _prefixes(language: Language) -> Mapping[str, str]:
    prefixes: dict[str, str] = {}
    for currency in all_currencies():
        own = () if currency.prefix is None else (currency.prefix,)
        chinese = currency.zh_prefixes if language == "zh" else ()
        prefixes |= dict.fromkeys((*own, *currency.also_prefixes, *chinese), currency.code)
    return prefixes


@cache
def _prefix_pattern(language: Language) -> re.Pattern[str]:
    return re.compile(rf"(?P<prefix>{_alternatives(_prefixes(language))})[ \u00a0]?$")


@cache
def _names(language: Language) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for currency in all_currencies():
        # A currency that has a sign is read only by the names listed for it: "pounds" are weights too.
        english = currency.also_en if currency.prefix else (currency.en, *currency.also_en)
        forms = english if language == "en" else (currency.zh, *currency.also_zh)
        names |= {form.lower(): currency.code for form in (*forms, currency.code)}
    return names


@cache
def _name_pattern(language: Language) -> re.Pattern[str]:
    names = _alternatives(_names(language))
    if language == "zh":
        codes = _alternatives(currency.code for currency in all_currencies())
        return re.compile(rf"[ \u00a0]?(?P<name>{names}|(?:{codes})(?![A-Za-z]))")
    return re.compile(rf"[ \u00a0-](?P<name>{names})(?![A-Za-z])", re.IGNORECASE)
