"""A person's full name with the right surname and another given name, or the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from shared.model import Language
from shared.names._fold import folded
from shared.names.learned import foreign_name
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet, SheetEntry

_DOTTED = re.compile("[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,8})+")
_PINYIN = re.compile(r"(?<![\w'-])([A-Z][a-z]+) ([A-Z][a-z]+(?:-[a-z]+)?)(?![\w-])")
_DOT = "·"
_MOST_COMPARED = 40


def variants(
    target: str, target_language: Language, said: tuple[NameMention, ...], sheet: NameSheet
) -> Iterator[NameProblem]:
    """Give the people of the source, named in full, whose name in the target is on no list.

    It is a fail where the article itself gives the name, or where pinyin leaves no choice; a person of the termbase
    may be transliterated in more ways than it lists, and that only warns.
    """
    plain = folded(target)
    dotted = tuple(match.group() for match in islice(_DOTTED.finditer(plain), _MOST_COMPARED))
    seen: set[str] = set()
    for mention in said:
        if len(seen) >= _MOST_COMPARED:
            break
        entry = sheet.entry(mention.entity)
        if entry is None or entry.kind != "person" or mention.entity in seen or mention.others:
            continue
        seen.add(mention.entity)
        full = tuple(map(folded, (*entry.en, *entry.zh)))
        if folded(mention.text) not in full or any(form in plain for form in full):
            continue
        wrong = _other_transliteration(dotted, entry) if target_language == "zh" else _other_pinyin(plain, entry)
        form = entry.preferred(target_language)
        if wrong is not None and form is not None and form not in plain:
            surely = entry.given or not entry.full(target_language)
            yield NameProblem(
                f"{mention.text} is written {wrong}. Write {form}.", mention.text, wrong, "fail" if surely else "warn"
            )


def _other_transliteration(dotted: Iterable[str], entry: SheetEntry) -> str | None:
    """Return the first dotted name of a Chinese text that shares only its first or only its last part with an entry."""
    for name in map(foreign_name, dotted):
        first, *_, last = (name or _DOT).split(_DOT)
        for form in entry.zh:
            parts = folded(form).split(_DOT)
            if name and len(parts) > 1 and (last.startswith(parts[-1]) != first.endswith(parts[0])):
                extra = len(last) - len(parts[-1]) if last.startswith(parts[-1]) else 0
                return name[: len(name) - extra]
    return None


def _other_pinyin(target: str, entry: SheetEntry) -> str | None:
    """Return a name with the surname of a Chinese person whose English name is not known, and another given name."""
    form = None if entry.en else entry.preferred("en")
    if form is None:
        return None
    surname, given = form.split(" ")
    for match in _PINYIN.finditer(target):
        if match[1] == surname and match[2].replace("-", "").casefold() != given.casefold():
            return match.group()
    return None
