"""What a text is about, as keys that compare across paraphrases: light stems, word pairs, and groups of synonyms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from services.analyze.lexicon import any_of, content
from shared.model import Language

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][a-z]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]+")
# What an English word loses, the longest first, if at least three letters stay.
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ations?|ities|ments?|ings?|ness|ions?|ers?|ors?|ies|ied|ed|es|al|ly|s|e|y)$")
_LONGEST_STEM = 7
# What a name hardly ends with, and the word that a sentence begins with often does.
_COMMON_ENDINGS = ("ing", "ed", "ly", "tion", "tions", "ment", "ments", "ness", "ers", "ists", "ies")


@dataclass(frozen=True, slots=True)
class Word:
    """A word with content. `keys`: what it may be matched by."""

    start: int
    end: int
    text: str
    keys: frozenset[str]


def words_of(text: str, language: Language) -> tuple[Word, ...]:
    """Return the words with content, in order; in Chinese text words of the lists, and pairs of characters."""
    return tuple(_english(text) if language == "en" else _chinese(text))


def keys_of(words: Iterable[Word]) -> frozenset[str]:
    """Return everything that words may be matched by."""
    return frozenset(key for word in words for key in word.keys)


def evidence_keys(text: str, language: Language) -> frozenset[str]:
    """Return what a word of a claim is looked for among: all that a text has, read in every way."""
    found = set(keys_of(words_of(text, language)))
    if language == "zh":
        for run in _HAN.findall(text):
            found.update(run)
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def opposites(keys: frozenset[str], language: Language) -> frozenset[str]:
    """Return the groups of words that say the opposite of what `keys` say."""
    return frozenset(other for key in keys for other in _opposites(language).get(key, ()))


def is_common(word: str) -> bool:
    """Say whether an English word in lower case is one of the lists, and so hardly a name."""
    if word in _plain("en") or word in _groups("en") or word.endswith(_COMMON_ENDINGS):
        return True
    return _stem(word) in _groups_of_stems()


def is_listed_zh(word: str) -> bool:
    """Say whether a Chinese word is one of the lists, or made of two of them, and so hardly a name."""
    return _listed_zh().fullmatch(word) is not None


def _english(text: str) -> Iterator[Word]:
    groups, plain = _groups("en"), _plain("en")
    phrases = [(m.start(), m.end(), groups[m.group().lower()]) for m in _phrases().finditer(text)]
    at = 0
    for match in _WORD.finditer(text):
        while at < len(phrases) and phrases[at][1] <= match.start():
            at += 1
        inside = at < len(phrases) and phrases[at][0] <= match.start()
        if inside and match.start() > phrases[at][0]:
            continue  # the phrase stands at its first word
        word = match.group().lower().partition("'")[0].partition("’")[0]
        if inside:
            yield Word(match.start(), phrases[at][1], text[match.start() : phrases[at][1]], phrases[at][2])
            continue
        stem = _stem(word)
        known = groups.get(word) or (frozenset() if word in plain else _groups_of_stems().get(stem, frozenset()))
        if known or word not in plain:
            yield Word(match.start(), match.end(), match.group(), known | {stem})


def _chinese(text: str) -> Iterator[Word]:
    groups, plain = _groups("zh"), _plain("zh")
    last = 0
    for match in _words_zh().finditer(text):
        yield from _pairs(text, last, match.start())
        last = match.end()
        word = match.group()
        if word in groups:
            yield Word(match.start(), match.end(), word, groups[word])
        elif word not in plain:
            yield Word(match.start(), match.end(), word, frozenset({word.lower()}))
    yield from _pairs(text, last, len(text))


def _pairs(text: str, start: int, end: int) -> Iterator[Word]:
    for run in _HAN.finditer(text, start, end):
        if len(run.group()) == 1:
            yield Word(run.start(), run.end(), run.group(), frozenset({run.group()}))
        for at in range(run.start(), run.end() - 1):
            yield Word(at, at + 2, text[at : at + 2], frozenset({text[at : at + 2]}))


def _stem(word: str) -> str:
    stem = _ENDING.sub("", word, count=1)
    return (stem[:-1] if stem[-2:-1] == stem[-1:] else stem)[:_LONGEST_STEM]


@cache
def _plain(language: Language) -> frozenset[str]:
    return frozenset(content().plain.of(language))


@cache
def _groups(language: Language) -> Mapping[str, frozenset[str]]:
    """Return the groups that a word is in, each named by its number; no word spells like that."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(content().same[language]):
        for word in line:
            found[word].add(f"={number}")
    return {word: frozenset(groups) for word, groups in found.items()}


@cache
def _groups_of_stems() -> Mapping[str, frozenset[str]]:
    """Return the groups by stem, for forms that the lists don't have: rejecting."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for word, groups in _groups("en").items():
        if word.isalpha() and len(word) > len("five"):
            found[_stem(word)] |= groups
    return {stem: frozenset(groups) for stem, groups in found.items()}


@cache
def _opposites(language: Language) -> Mapping[str, frozenset[str]]:
    # A word of several lines belongs with the first: "cut" is less before it is a layoff.
    named = {line[0]: f"={number}" for number, line in reversed(list(enumerate(content().same[language])))}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in content().opposite[language]:
        found[named[one]].add(named[other])
        found[named[other]].add(named[one])
    return {key: frozenset(others) for key, others in found.items()}


@cache
def _phrases() -> re.Pattern[str]:
    several = [word for word in _groups("en") if not word.isalpha()]
    return re.compile(rf"\b(?:{any_of(several)})\b", re.IGNORECASE)


@cache
def _listed_zh() -> re.Pattern[str]:
    words = any_of((*_groups("zh"), *_plain("zh")))
    return re.compile(rf"(?:{words}){{1,2}}")


@cache
def _words_zh() -> re.Pattern[str]:
    return re.compile(rf"{any_of((*_groups('zh'), *_plain('zh')))}|[A-Za-z][A-Za-z0-9]*")
