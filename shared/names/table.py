"""Finding many names in a text at once: leftmost, then longest, never a part of a longer Latin word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from shared.names._fold import folded

LATIN = "A-Za-z\u00c0-\u024f"
_START = re.compile(rf"(?<![{LATIN}0-9])[{LATIN}]+|(?<![{LATIN}0-9])[0-9]+|[\u3400-\u9fff]")
_LATIN_WORD = re.compile(rf"[{LATIN}]+|[0-9]+")
_INSIDE = re.compile(rf"[{LATIN}0-9]")
_PLURAL = re.compile(rf"s(?![{LATIN}0-9])")
_LATIN_LETTER = re.compile(rf"[{LATIN}]")
_MORE_DIGITS = re.compile(r"\.\d")
# A name is known by its first word, or by its first two Chinese characters, and then by its length.
_HAN_KEY = 2
_MULTIPLES = frozenset("百千万亿")
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿几数")
# "iPhone15" is an iPhone; "S3" is no S.
_SHORTEST_BEFORE_DIGIT = 4


class Found(NamedTuple):
    """One place where a form stands: the ids of the entities that it may mean, its start, its end."""

    entities: tuple[str, ...]
    start: int
    end: int


class FormTable:
    """Forms of names with the ids of the entities that they may mean. Immutable.

    A search takes time in the length of the text, not in the number of forms.
    Case counts (Apple, apple); a possessive, a hyphen and the plural of a form of `plural` end a form. Traditional
    characters are read as simplified ones.
    """

    __slots__ = ("_entities", "_lengths", "_plural")

    def __init__(self, forms: Mapping[str, tuple[str, ...]], plural: Iterable[str] = ()) -> None:
        """Take what each form may mean; an empty tuple makes of it a phrase in which no name is found."""
        self._entities: dict[str, tuple[str, ...]] = {}
        for form, entities in forms.items():
            plain = folded(form)
            self._entities[plain] = tuple(dict.fromkeys((*self._entities.get(plain, ()), *entities)))
        self._plural = frozenset(map(folded, plural))
        lengths: dict[str, set[int]] = {}
        for form in self._entities:
            key = _key(form)
            if key is not None:
                lengths.setdefault(key, set()).add(len(form))
        self._lengths = {key: tuple(sorted(some, reverse=True)) for key, some in lengths.items()}

    def entities(self, form: str) -> tuple[str, ...]:
        """Return what a form, exactly as written, may mean."""
        return self._entities.get(folded(form), ())

    def longest(self, text: str, start: int, first: str) -> Found | None:
        """Return the longest form that begins at `start` of a folded text, whose word or character `first` is."""
        if _is_in_figure(text, start, first):
            return None
        key = text[start : start + _HAN_KEY] if first > "\u3400" else first
        lengths = self._lengths.get(key)
        if lengths is None and key[-1:] == "s":
            lengths = self._lengths.get(key[:-1])
        if lengths is None:
            return None
        for length in lengths:
            form = text[start : start + length]
            entities = self._entities.get(form)
            if entities is None:
                continue
            end = start + len(form)  # the text may end before `length`
            if _ends(text, end):
                return Found(entities, start, end)
            if form in self._plural and _PLURAL.match(text, end):
                return Found(entities, start, end + 1)
        return None


def search(text: str, *tables: FormTable) -> Iterator[Found]:
    """Find the forms of all tables in a text, in order and without overlaps.

    A form that two tables have may mean what either says.
    """
    text = folded(text)
    done = 0
    for match in _START.finditer(text):
        start = match.start()
        if start < done:
            continue
        first = match.group()
        found: Found | None = None
        for table in tables:
            other = table.longest(text, start, first)
            if other is None:
                continue
            if found is None or other.end > found.end:
                found = other
            elif other.end == found.end:
                found = Found(tuple(dict.fromkeys((*found.entities, *other.entities))), start, found.end)
        if found is not None:
            done = found.end
            if found.entities:
                yield found


def _is_in_figure(text: str, start: int, first: str) -> bool:
    """Say whether what begins here belongs to a number or an amount: 3M of $3M and 1.3M, 万科 of 9000万科技工作者."""
    before = text[start - 1 : start]
    if first in _MULTIPLES:
        return before != "" and (before.isdigit() or before in _NUMERALS)
    return first[0].isdigit() and (
        unicodedata.category(before or " ") == "Sc" or (before in (".", ",") and text[start - 2 : start - 1].isdigit())
    )


def _key(form: str) -> str | None:
    word = _LATIN_WORD.match(form)
    if word is not None:
        return word.group()
    return form[:_HAN_KEY] if len(form) >= _HAN_KEY and form[0] >= "\u3400" else None


def _ends(text: str, end: int) -> bool:
    """Say whether a form that ends here is whole: no letter goes on, and no figure."""
    last = text[end - 1]
    if end == len(text) or not _INSIDE.match(last):
        return True
    following = text[end]
    if following == "$":
        return False  # US$ is money
    if not _INSIDE.match(following):
        return not (last.isdigit() and _MORE_DIGITS.match(text, end))
    if not following.isdigit() or last.isdigit():
        return False
    begin = end
    while begin and _LATIN_LETTER.match(text[begin - 1]):
        begin -= 1
        if end - begin >= _SHORTEST_BEFORE_DIGIT:
            return True
    return False
