"""Errors in words: certainty raised, negations, the other language left in, one name for another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.quality.planting.edit import Case, Edit, substitutions
from bench.quality.planting.lists import OfLanguage, Softener, words


def hedge_deleted(case: Case) -> Iterator[Edit]:
    return _deleted(case, _source(case).hedge.source, _target(case).hedge)


def hearsay_deleted(case: Case) -> Iterator[Edit]:
    return _deleted(case, _source(case).hearsay.source, _target(case).hearsay)


def negation_deleted(case: Case) -> Iterator[Edit]:
    return _deleted(case, _source(case).negation.source, _target(case).negation)


def lexical_negation_deleted(case: Case) -> Iterator[Edit]:
    """Where the source negates by no particle, but by a word such as "refuse"."""
    negation = _source(case).negation
    if negation.lexical is not None and not re.search(negation.source, case.source):
        yield from _deleted(case, negation.lexical, _target(case).negation)


def negation_inserted(case: Case) -> Iterator[Edit]:
    """Only where neither side has a negation: a second one could be another way to say the first."""
    if _negated(_source(case).negation, case.source) or _negated(_target(case).negation, case.target):
        return
    for pattern, new in _target(case).negation_inserted:
        yield from substitutions(case.target, pattern, new)


def other_language_left(case: Case) -> Iterator[Edit]:
    for pattern, new in _target(case).leftover:
        yield from substitutions(case.target, pattern, new)


def name_swapped(case: Case) -> Iterator[Edit]:
    for names in words().names.values():
        for name in names:
            form = name.form(case.language)
            if case.target.count(form) != 1 or not (name.en in case.source or name.zh in case.source):
                continue
            others = [other for other in names if other.en not in case.source and other.zh not in case.source]
            others = [other for other in others if other.form(case.language) not in case.target]
            start = case.target.index(form)
            whole = case.language == "zh" or not case.target[start + len(form) :][:1].isalpha()
            if others and whole:
                yield Edit(start, start + len(form), case.dice.choice(others).form(case.language))


def _negated(negation: Softener, text: str) -> bool:
    lexical = negation.lexical is not None and re.search(negation.lexical, text) is not None
    return lexical or re.search(negation.source, text) is not None


def _deleted(case: Case, source: str, target: Softener) -> Iterator[Edit]:
    if not re.search(source, case.source):
        return
    for pattern, new in target.rules:
        for edit in substitutions(case.target, pattern, new):
            if target.left is None or not re.search(target.left, edit.apply(case.target)):
                yield edit


def _source(case: Case) -> OfLanguage:
    return words().of("zh" if case.language == "en" else "en")


def _target(case: Case) -> OfLanguage:
    return words().of(case.language)
