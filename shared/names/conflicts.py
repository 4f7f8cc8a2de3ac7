"""One document calls one thing by one full name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.model import EntityKind, Language
from shared.names._fold import folded
from shared.names.index import without_article
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet, find_names

_NAMED_ONCE: frozenset[EntityKind] = frozenset({"person", "organisation", "product", "event", "work"})
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&.-]{1,7}")
_LATIN_BEFORE = re.compile(r"[A-Za-z0-9] $")
_LATIN_AFTER = re.compile(r" [A-Z0-9]")
_QUOTES = {"“": "”", "「": "」", "『": "』", '"': '"'}
_MARK = re.compile('[“”「」『』"]')


@dataclass(frozen=True, slots=True)
class NameConflict:
    """A place in a leaf that calls something by another full name than the document does."""

    leaf: str
    mention: NameMention
    problem: NameProblem


def sheet_conflicts(leaves: Mapping[str, str], language: Language, sheet: NameSheet) -> tuple[NameConflict, ...]:
    """Return where a document, all leaves of one language together, calls an entity by a second full name.

    The document's name is the preferred one where a leaf has it, else the one that comes first; what differs is a
    conflict, once for each leaf and name. A name in brackets after the other explains it (谷歌（Google）), and names in
    quotations are not ours; neither counts, nor does a longer form of the same name (Samsung, Samsung Electronics) or a
    place (UK, Britain).
    """
    used: dict[str, dict[tuple[str, str], NameMention]] = {}
    for leaf, text in leaves.items():
        for mention in _unquoted(text, find_names(text, language, sheet)):
            entry = sheet.entry(mention.entity)
            if mention.others or entry is None or entry.kind not in _NAMED_ONCE or _is_aside(text, mention, language):
                continue
            form = _form(mention.text)
            if form in map(_form, (*entry.en, *entry.zh)):
                used.setdefault(mention.entity, {}).setdefault((leaf, form), mention)
    return tuple(_conflicts(used, language, sheet))


def _form(name: str) -> str:
    return folded(without_article(name))


def _conflicts(
    used: Mapping[str, dict[tuple[str, str], NameMention]], language: Language, sheet: NameSheet
) -> Iterator[NameConflict]:
    for entity, mentions in used.items():
        written = {form: mention.text for (_, form), mention in reversed(mentions.items())}
        entry = sheet.entry(entity)
        preferred = _form((entry.preferred(language) if entry is not None else None) or "")
        norm = preferred if preferred in written else next(iter(mentions))[1]
        for (leaf, form), mention in mentions.items():
            if form != norm and not _is_short_for(norm, form):
                right = written[norm]
                message = f"The document calls one thing {right} and {mention.text}. Write {right}."
                yield NameConflict(leaf, mention, NameProblem(message, right, mention.text))


def _is_short_for(one: str, other: str) -> bool:
    """Say whether one of two names is the other shortened: some of its characters (世卫组织), or an acronym."""
    short, long = sorted((one, other), key=len)
    if _ACRONYM.fullmatch(short):
        return True
    rest = iter(long.casefold())
    return short in long or (not short.isascii() and all(character in rest for character in short.casefold()))


def _is_aside(text: str, mention: NameMention, language: Language) -> bool:
    """Say whether a name is no name of the entity here: in brackets, or a word of a longer Latin one (Google Cloud)."""
    before, after = text[max(0, mention.start - 2) : mention.start], text[mention.end : mention.end + 2]
    if before.endswith(("(", "（")) and after.startswith((")", "）")):
        return True
    return (
        language == "zh" and mention.text.isascii() and bool(_LATIN_BEFORE.search(before) or _LATIN_AFTER.match(after))
    )


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
