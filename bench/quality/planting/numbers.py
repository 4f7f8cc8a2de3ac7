"""Errors in numbers, their units and currencies, and in identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from bench.quality.planting.edit import Case, Edit, substitutions
from bench.quality.planting.lists import Rule, words

_NUMBER: Final = re.compile(r"(?<![A-Za-z0-9.,/:\-–])\d+(?:,\d{3})*(?:\.\d+)?(?![A-Za-z0-9]|[.,:]\d|年代)")
_YEAR: Final = re.compile(r"(?<![\d$€£.,-])(?:19|20)\d\d(?![\d,.-]\d|\d|s\b)")
_DECADE: Final = re.compile(r"(?<!\d)(?:(?:19|20)\d0(?=s\b)|\d0(?=年代))")
_IDENTIFIER: Final = re.compile(
    r"(?<![A-Za-z0-9$])(?:[A-Za-z][A-Za-z-]*[- ]?\d(?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
    r"|\d[GD]|\d+\.\d+\.\d+|(?<=[(（])\d{6}(?:\.[A-Z]{2})?(?=[)）]))(?![A-Za-z0-9])"
)
_PERIOD: Final = re.compile(r"(?:Q|H|FY)\d+", re.IGNORECASE)


def digit_changed(case: Case) -> Iterator[Edit]:
    for number in _lone_numbers(case):
        places = [place for place in range(number.start, number.end) if case.target[place].isdigit()]
        place = case.dice.choice(places)
        choices = [digit for digit in "123456789" if digit != case.target[place]]
        edit = Edit(place, place + 1, case.dice.choice(choices))
        yield from _if_new(case, number, edit)


def digits_swapped(case: Case) -> Iterator[Edit]:
    for number in _lone_numbers(case):
        places = [place for place in range(number.start, number.end) if case.target[place].isdigit()]
        for left, right in pairwise(places):
            first, second = case.target[left], case.target[right]
            leading = left == number.start and second == "0"
            if first != second and not leading and right == left + 1:
                yield from _if_new(case, number, Edit(left, right + 1, second + first))


def year_shifted(case: Case) -> Iterator[Edit]:
    """A year becomes the one before or after it, a decade likewise."""
    for pattern, step in ((_YEAR, 1), (_DECADE, 10)):
        for match in pattern.finditer(case.target):
            year = int(match[0]) + step * case.dice.choice((-1, 1))
            known = step == 10 or _is_year(case, match)
            if known and case.target.count(match[0]) == 1 and 0 < year != 100:
                yield from _if_new(case, Edit(*match.span(), match[0]), Edit(*match.span(), str(year)))


def scale_changed(case: Case) -> Iterator[Edit]:
    return _by_rules(case, words().of(case.language).scale)


def percent_and_points(case: Case) -> Iterator[Edit]:
    return _by_rules(case, words().of(case.language).percent)


def currency_swapped(case: Case) -> Iterator[Edit]:
    return _by_rules(case, words().of(case.language).currency)


def unit_swapped(case: Case) -> Iterator[Edit]:
    return _by_rules(case, words().of(case.language).unit)


def number_word_changed(case: Case) -> Iterator[Edit]:
    for edit in _by_rules(case, words().of(case.language).number_words):
        if edit.new not in case.target:
            yield edit


def number_dropped(case: Case) -> Iterator[Edit]:
    """A counted thing becomes many things, a date loses its year; not where the number stands there again."""
    for edit in _by_rules(case, words().of(case.language).number_dropped):
        dropped = re.findall(r"\d[\d,.]*", case.target[edit.start : edit.end])
        rest = edit.apply(case.target)
        if not any(number in rest for number in dropped):
            yield edit


def number_added(case: Case) -> Iterator[Edit]:
    """A clause with a figure at the end that the source does not have."""
    end = len(case.target.rstrip('。.!?！？”"）)'))
    for clause in words().of(case.language).number_added:
        digits = re.findall(r"\d+", clause)
        if not any(number in case.source or number in case.target for number in digits):
            yield Edit(end, end, clause)


def identifier_changed(case: Case) -> Iterator[Edit]:
    for found in _identifiers(case):
        places = [place for place in range(found.start, found.end) if case.target[place].isdigit()]
        place = case.dice.choice(places)
        choices = [digit for digit in "123456789" if digit != case.target[place]]
        edit = Edit(place, place + 1, case.dice.choice(choices))
        yield from _if_new(case, found, edit)


def identifier_dropped(case: Case) -> Iterator[Edit]:
    """GPT-4o becomes GPT: what tells it from its siblings goes. A code in brackets goes with them."""
    for found in _identifiers(case):
        letters = re.match(r"[A-Za-z]{2,}(?:-[A-Za-z]+)*(?=[- ]?\d)", found.new)
        around = case.target[max(0, found.start - 1) : found.end + 1]
        if letters:
            yield Edit(found.start + letters.end(), found.end, "")
        elif around[:1] in "(（" and around[-1:] in ")）":
            yield Edit(found.start - 1, found.end + 1, "")


def _lone_numbers(case: Case) -> Iterator[Edit]:
    """Numbers in digits that stand once in the target and in no identifier."""
    taken = [(found.start, found.end) for found in _identifiers(case)]
    for match in _NUMBER.finditer(case.target):
        inside = any(start < match.end() and match.start() < end for start, end in taken)
        alone = len(re.findall(rf"(?<!\d){re.escape(match[0])}(?!\d)", case.target)) == 1
        if alone and not inside:
            yield Edit(*match.span(), match[0])


def _identifiers(case: Case) -> Iterator[Edit]:
    """Those that the source writes the same and that stand once in the target."""
    for match in _IDENTIFIER.finditer(case.target):
        name = match[0]
        if name in case.source and case.target.count(name) == 1 and not _PERIOD.fullmatch(name):
            yield Edit(*match.span(), name)


def _if_new(case: Case, number: Edit, edit: Edit) -> Iterator[Edit]:
    """The edit, unless it makes a number that either side has already."""
    made = case.target[number.start : edit.start] + edit.new + case.target[edit.end : number.end]
    plain = made.replace(",", "")
    if not any(plain in text.replace(",", "") for text in (case.source, case.target)):
        yield edit


def _is_year(case: Case, match: re.Match[str]) -> bool:
    """Whether the Chinese side writes it with the word for year: other numbers have four digits, too."""
    if case.language == "zh":
        return case.target[match.end() :].lstrip().startswith("年")
    return re.search(rf"{match[0]}\s?年", case.source) is not None


def _by_rules(case: Case, rules: tuple[Rule, ...]) -> Iterator[Edit]:
    for pattern, new in rules:
        yield from substitutions(case.target, pattern, new)
