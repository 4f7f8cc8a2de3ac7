"""Errors of the whole target: empty, copied, repeated, cut off, with markup or a link of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bench.quality.planting.edit import Case, Edit

_ENOUGH: Final = {"en": 60, "zh": 24}  # characters of a sentence that can lose its end without reading like a title
_MARKUP: Final = (("<b>", "</b>"), ("**", "**"), ("", "</p>"), ("<i>", "</i>"))
_LINKS: Final = (" https://news.example/full-story", " (www.mirror.example)", "（https://news.example/a/17）")


def emptied(case: Case) -> Iterator[Edit]:
    yield Edit(0, len(case.target), "")


def copied(case: Case) -> Iterator[Edit]:
    yield Edit(0, len(case.target), case.source)


def repeated(case: Case) -> Iterator[Edit]:
    end = len(case.target)
    yield Edit(end, end, f" {case.target}" if case.language == "en" else case.target)


def cut_off(case: Case) -> Iterator[Edit]:
    """The last third or half is missing, from within a clause on."""
    length = len(case.target)
    if length < _ENOUGH[case.language]:
        return
    cut = round(length * case.dice.uniform(0.45, 0.7))
    while cut > 0 and not _inside_clause(case, cut):
        cut -= 1
    yield Edit(cut, length, "")


def markup_added(case: Case) -> Iterator[Edit]:
    before, after = case.dice.choice(_MARKUP)
    yield Edit(0, len(case.target), f"{before}{case.target}{after}")


def link_added(case: Case) -> Iterator[Edit]:
    if "http" not in case.source and "www" not in case.source:
        yield Edit(len(case.target), len(case.target), case.dice.choice(_LINKS))


def _inside_clause(case: Case, cut: int) -> bool:
    last = case.target[cut - 1]
    if case.language == "en":
        return case.target[cut] == " " and last.isalpha()
    return last.isalpha()
