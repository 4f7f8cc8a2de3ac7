"""What one side of a pair names: in any way of writing, words that stand for a name included."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from shared.names._fold import folded
from shared.names._foreign import may_be_longer
from shared.names.sheet import NameMention, NameSheet, SheetEntry, surnames
from shared.vocabulary import all_currencies

# Syria is in Syrian, Brin is not in bring.
_SHORTEST_STEM = 5
# Sentences name fewer; a text of names only stays cheap.
_MOST_COMPARED = 40


@dataclass(frozen=True, slots=True)
class There:
    """One side of a pair, made ready for looking names up in it.

    `plain`: without money words, for 美元 names no country. `loose`: without names, too, which their own counterparts
    account for (美联储, American Airlines). `free`: names in it that the other side has not.
    """

    plain: str
    loose: str
    free: frozenset[str]

    def has(self, entry: SheetEntry) -> bool:
        """Say whether any form of an entity is there, in other case or as the beginning of a word as well."""
        if any(_has(self.plain, _plain(form)) for form in (*entry.all(), *surnames(entry))):
            return True
        return any(word in self.free or _has(self.loose, word) for word in map(_plain, entry.loose))


def look_there(text: str, mentions: Iterable[NameMention], others: Iterable[NameMention]) -> There:
    """Make a text with its mentions ready; `others` are those of the other side."""
    named = _entities(others)
    parts: list[str] = []
    free: set[str] = set()
    done = 0
    for mention in mentions:
        parts.append(text[done : mention.start])
        done = mention.end
        if mention.entity not in named:
            free.add(_plain(mention.text))
    loose = "\n".join((*parts, text[done:]))
    return There(_plain(_without_money(text)), _plain(_without_money(loose)), frozenset(free))


def without_counterpart(
    here: tuple[NameMention, ...],
    here_text: str,
    there: tuple[NameMention, ...],
    there_text: str,
    sheet: NameSheet,
    *,
    in_names: bool = False,
) -> list[tuple[NameMention, SheetEntry]]:
    """Return the unambiguous mentions of one text whose entity the other text doesn't name in any way.

    `in_names`: a word of `loose` counts as well where it is part of another name: 亚 of 中亚 may be Asia.
    """
    named = _entities(there)
    candidates: dict[str, NameMention] = {}
    for mention in here:
        if mention.others or mention.entity in named or mention.entity in candidates:
            continue
        if len(candidates) < _MOST_COMPARED and not may_be_longer(here_text, mention.start, mention.end):
            candidates[mention.entity] = mention
    if not candidates:
        return []
    side = look_there(there_text, () if in_names else there, here)
    found: list[tuple[NameMention, SheetEntry]] = []
    for mention in candidates.values():
        entry = sheet.entry(mention.entity)
        if entry is not None and entry.kind != "other" and not side.has(entry):
            found.append((mention, entry))
    return found


def _entities(mentions: Iterable[NameMention]) -> frozenset[str]:
    return frozenset(entity for mention in mentions for entity in (mention.entity, *mention.others))


def _plain(text: str) -> str:
    return folded(text).casefold()


def _has(text: str, form: str) -> bool:
    at = text.find(form)
    while at >= 0:
        end = at + len(form)
        if not form.isascii():
            return True
        inside = text[at - 1 : at].isalpha() and text[at - 1 : at].isascii()
        if not inside and (len(form) >= _SHORTEST_STEM or not (text[end : end + 1].isalpha() and text[end].isascii())):
            return True
        at = text.find(form, at + 1)
    return False


def _without_money(text: str) -> str:
    return _money().sub("\n", text)


@cache
def _money() -> re.Pattern[str]:
    """Return the names of currencies that begin with a country's: 美元, 英镑, US dollars, US$."""
    forms = [(each.zh, *each.also_zh, *each.also_en, *each.also_prefixes) for each in all_currencies()]
    words = {word for some in forms for word in some if len(word) > 1 and (not word.isascii() or word[0].isupper())}
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
