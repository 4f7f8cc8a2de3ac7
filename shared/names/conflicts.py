"""One document calls one thing by one full name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from shared.model import EntityKind, Language
from shared.names._fold import folded
from shared.names.index import without_article
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet, find_names

_NAMED_ONCE: frozenset[EntityKind] = frozenset({"person", "organisation", "product", "event", "work"})
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&.-]{1,7}")
_QUOTES = {"“": "”", "「": "」", "『": "』", '"': '"'}
_MARK = re.compile('[“”「」『』"]')


def sheet_conflicts(leaves: Mapping[str, str], language: Language, sheet: NameSheet) -> tuple[NameProblem, ...]:
    """Return the entities that a document, all leaves of one language together, calls by two different full names.

    A name in brackets after the other explains it (谷歌（Google）), and names in quotations are not ours; neither
    counts, nor does a longer form of the same name (Samsung, Samsung Electronics) or a place (UK, Britain).
    """
    used: dict[str, dict[str, None]] = {}
    for text in leaves.values():
        for mention in _unquoted(text, find_names(text, language, sheet)):
            entry = sheet.entry(mention.entity)
            if mention.others or entry is None or entry.kind not in _NAMED_ONCE or _is_bracketed(text, mention):
                continue
            form = folded(without_article(mention.text))
            if form in map(folded, map(without_article, (*entry.en, *entry.zh))):
                used.setdefault(mention.entity, {})[form] = None
    return tuple(_conflicts(used, language, sheet))


def _conflicts(used: Mapping[str, Mapping[str, None]], language: Language, sheet: NameSheet) -> Iterator[NameProblem]:
    for entity, forms in used.items():
        first, *others = forms
        entry = sheet.entry(entity)
        for other in others:
            if entry is not None and not _is_short_for(first, other):
                form = entry.preferred(language) or first
                yield NameProblem(f"The document calls one thing {first} and {other}. Write {form}.", first, other)


def _is_short_for(one: str, other: str) -> bool:
    """Say whether one of two names is the other shortened: some of its characters (世卫组织), or an acronym."""
    short, long = sorted((one, other), key=len)
    if _ACRONYM.fullmatch(short):
        return True
    rest = iter(long.casefold())
    return short in long or (not short.isascii() and all(character in rest for character in short.casefold()))


def _is_bracketed(text: str, mention: NameMention) -> bool:
    before = text[mention.start - 1 : mention.start]
    return before in ("(", "（") and text.startswith((")", "）"), mention.end)


def _unquoted(text: str, mentions: tuple[NameMention, ...]) -> Iterator[NameMention]:
    """Give the mentions that don't stand between quotation marks."""
    done, closing = 0, ""
    for mention in mentions:
        for mark in _MARK.findall(text, done, mention.start):
            if not closing:
                closing = _QUOTES.get(mark, "")
            elif mark == closing:
                closing = ""
        done = mention.start
        if not closing:
            yield mention
