"""A known name with one letter or character wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import ne

from shared.model import Language
from shared.names._fold import folded
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, SheetEntry, surnames
from shared.names.table import LATIN

_WORD = re.compile(rf"(?<![{LATIN}0-9-])[A-Z][{LATIN}]+")
_HAN = "[\u3400-\u9fff]"
_MOST_WORDS = 300
# Shorter names are too near to too many words.
_SHORTEST_LATIN, _SHORTEST_HAN = 5, 3


def misspelt(
    target: str,
    target_language: Language,
    written: tuple[NameMention, ...],
    missing: Sequence[tuple[NameMention, SheetEntry]],
) -> Iterator[NameProblem]:
    """Give the names of the source, of those that the target misses, that it has with one letter wrong.

    English names have one spelling: a fail. A Chinese name that differs in one character may be a transliteration
    that the termbase lacks (贝索斯, 贝佐斯): a warning.
    """
    if not missing:
        return
    plain = _without_mentions(folded(target), written)
    words = dict.fromkeys(match.group() for match in islice(_WORD.finditer(plain), _MOST_WORDS))
    for mention, entry in missing:
        near = _near_word(entry, words) if target_language == "en" else _near_surname(entry, plain)
        form = entry.preferred(target_language)
        if near is not None and form is not None:
            yield NameProblem(
                f"{mention.text} is written {near}. Write {form}.",
                mention.text,
                near,
                "fail" if target_language == "en" else "warn",
            )


def _without_mentions(text: str, mentions: tuple[NameMention, ...]) -> str:
    """Return a text without the names that are known: they are near to nothing but themselves."""
    parts, done = [], 0
    for mention in mentions:
        parts.append(text[done : mention.start])
        done = mention.end
    return "\n".join((*parts, text[done:]))


def _near_word(entry: SheetEntry, words: Iterable[str]) -> str | None:
    """Return a capitalised word that is a name of one word but for one letter, or two that changed places."""
    # A person's given name has spellings: Teresa, Theresa.
    short = surnames(entry) if entry.kind == "person" else entry.short_en
    names = {form for form in (*entry.en, *short) if len(form) >= _SHORTEST_LATIN and _WORD.fullmatch(form)}
    for word in words:
        if any(abs(len(name) - len(word)) <= 1 and _is_near(name, word) for name in names):
            return word
    return None


def _is_near(name: str, word: str) -> bool:
    same = next((at for at, pair in enumerate(zip(name, word, strict=False)) if ne(*pair)), min(len(name), len(word)))
    rest, other = name[same:], word[same:]
    if not rest or not other:
        return False  # Syrian and Syria, plurals
    swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
    return swapped or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]


def _near_surname(entry: SheetEntry, text: str) -> str | None:
    """Return a stretch of Chinese that is a person's surname but for one character."""
    for surname in surnames(entry):
        if len(surname) < _SHORTEST_HAN or surname.isascii():
            continue
        letters = [re.escape(letter) for letter in surname]
        near = "|".join("".join((*letters[:at], _HAN, *letters[at + 1 :])) for at in range(len(letters)))
        for match in re.finditer(near, text):
            if match.group() != surname:
                return match.group()
    return None
