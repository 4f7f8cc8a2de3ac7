"""Latin names in Chinese: they are in the English text, too, letter for letter."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from shared.model import Language
from shared.names._there import There, look_there
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet
from shared.names.table import LATIN

_WORD = re.compile(rf"(?<![{LATIN}0-9@./_-])[{LATIN}][{LATIN}0-9]*")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
# Shorter ones and those in capitals are often written for English words: VR, APP, CTO.
_SHORTEST = 4
_SHORTEST_BEFORE_FIGURES = 3
# Words that the other text doesn't have as they are: a text of such words only stays cheap.
_MOST_COMPARED = 100
# Letters that are no letter with an accent.
_OTHER_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def latin_problems(
    source: str,
    target: str,
    source_language: Language,
    said: tuple[NameMention, ...],
    written: tuple[NameMention, ...],
    sheet: NameSheet,
) -> Iterator[NameProblem]:
    """Give the Latin names of the Chinese text that the English text has not.

    Of 180 such names in real pairs of news, translated by people, the English text had every one.
    """
    chinese, english, mentions = (target, source, written) if source_language == "en" else (source, target, said)
    if chinese.isascii():
        return
    words = {match.group(): match.start() for match in _WORD.finditer(chinese) if _is_name(match.group())}
    if not words:
        return
    same = frozenset(_WORD.findall(english))
    others = islice((word for word in words if word not in same), _MOST_COMPARED)
    letters, there = _letters(english), look_there(english, (), ())
    for word in others:
        if _is_in(_letters(word), letters) or _is_named(words[word], mentions, there, sheet):
            continue
        if source_language == "en":
            yield NameProblem(f"The translation has {word}, which the source has not.", "", word)
        else:
            yield NameProblem(f"The source writes {word}; the translation has not got it.", word, "")


def _is_name(word: str) -> bool:
    return len(word) >= _SHORTEST and not word.isupper() and not word.islower()


def _is_in(word: str, letters: str) -> bool:
    """Say whether a text has a word, its plural aside; figures are compared elsewhere (Win10, Windows 10)."""
    bare = word.rstrip("0123456789")
    return word.rstrip("s") in letters or (len(bare) >= _SHORTEST_BEFORE_FIGURES and bare in letters)


def _letters(text: str) -> str:
    """Return the letters and digits of a text, without case, accents and spaces: Wi-Fi and WiFi are one."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_OTHER_LETTERS))
    return _NOT_LETTERS.sub("", plain)


def _is_named(at: int, mentions: tuple[NameMention, ...], there: There, sheet: NameSheet) -> bool:
    place = bisect_right(mentions, at, key=lambda mention: mention.start) - 1
    if place < 0 or mentions[place].end <= at:
        return False
    entry = sheet.entry(mentions[place].entity)
    return entry is not None and there.has(entry)
