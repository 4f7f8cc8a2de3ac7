"""The gate's check of names: another name in the place of the source's, a misspelt one, two names for one entity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.model import EntityKind, Language
from shared.names._fold import folded
from shared.names.index import without_article
from shared.names.sheet import NameMention, NameSheet, SheetEntry, entry_of, find_names

_SMALL = frozenset({"of", "the", "and", "&", "for", "on", "in"})
_QUOTES = {"“": "”", "「": "」", "『": "』", "‘": "’"}
_NAMES: frozenset[EntityKind] = frozenset({"person", "organisation", "product", "place", "event", "work"})


@dataclass(frozen=True, slots=True)
class NameProblem:
    """A name that went wrong: what to change, in words for a repair request, and the two fragments."""

    message: str
    source: str
    target: str


def name_problems(source: str, target: str, source_language: Language, sheet: NameSheet) -> tuple[NameProblem, ...]:
    """Return the names of a source sentence that the target replaces by others.

    A name that is only left out is no problem: translators write "the company", or leave names to the context.
    """
    if not source or not target:
        return ()
    target_language: Language = "zh" if source_language == "en" else "en"
    said = find_names(source, source_language, sheet)
    written = find_names(target, target_language, sheet)
    return tuple(_swapped(source, target, target_language, said, written, sheet))


def _swapped(
    source: str,
    target: str,
    target_language: Language,
    said: tuple[NameMention, ...],
    written: tuple[NameMention, ...],
    sheet: NameSheet,
) -> Iterator[NameProblem]:
    """Give the names that the target lacks while it has another of their kind that the source lacks."""
    missing = _without_counterpart(said, written, target, sheet)
    if not missing:
        return
    added = _without_counterpart(written, said, source, sheet)
    for lost, lost_entry in missing:
        for new, new_entry in added:
            if lost_entry.kind == new_entry.kind and lost_entry.kind in _NAMES:
                form = lost_entry.preferred(target_language) or lost.text
                yield NameProblem(
                    f"The source names {lost.text}; the translation names {new.text} instead. Write {form}.",
                    lost.text,
                    new.text,
                )
                break


def _without_counterpart(
    here: tuple[NameMention, ...], there: tuple[NameMention, ...], text: str, sheet: NameSheet
) -> list[tuple[NameMention, SheetEntry]]:
    """Return the unambiguous mentions of one text whose entity the other text doesn't name in any way."""
    named = {entity for mention in there for entity in (mention.entity, *mention.others)}
    found: dict[str, tuple[NameMention, SheetEntry]] = {}
    for mention in here:
        if mention.others or mention.entity in named or mention.entity in found:
            continue
        entry = _entry(mention.entity, sheet)
        if entry is not None and not _has_any(text, entry):
            found[mention.entity] = (mention, entry)
    return list(found.values())


def _has_any(text: str, entry: SheetEntry) -> bool:
    """Say whether a text has any form of an entity in any way of writing: as a part of a word, in other case."""
    plain = folded(text).casefold()
    return any(folded(form).casefold() in plain for form in entry.all())


def _entry(entity: str, sheet: NameSheet) -> SheetEntry | None:
    entry = sheet.entries.get(entity)
    if entry is not None:
        return entry
    term = sheet.terms.get(entity)
    return None if term is None else entry_of(term)


def sheet_conflicts(leaves: Mapping[str, str], language: Language, sheet: NameSheet) -> tuple[NameProblem, ...]:
    """Return the entities that a document, all leaves of one language together, calls by two different full names.

    A name in brackets after the other explains it (谷歌（Google）), and names in quotations are not ours; neither
    counts, nor does a longer form of the same name (Samsung, Samsung Electronics) or a place (UK, Britain).
    """
    used: dict[str, dict[str, None]] = {}
    for text in leaves.values():
        for mention in find_names(text, language, sheet):
            entry = _entry(mention.entity, sheet)
            if mention.others or entry is None or entry.kind not in _NAMES or _excused(text, mention):
                continue
            form = folded(without_article(text[mention.start : mention.end]))
            if form in map(folded, entry.full("en") + entry.full("zh")):
                used.setdefault(mention.entity, {})[form] = None
    return tuple(_conflicts(used, language, sheet))


def _conflicts(used: Mapping[str, Mapping[str, None]], language: Language, sheet: NameSheet) -> Iterator[NameProblem]:
    for entity, forms in used.items():
        first, *others = forms
        entry = _entry(entity, sheet)
        for other in others:
            if entry is not None and not _is_short_for(first, other):
                form = entry.preferred(language) or first
                yield NameProblem(f"One document calls one thing {first} and {other}. Write {form}.", first, other)


def _is_short_for(one: str, other: str) -> bool:
    """Say whether one of two names is the other shortened: a part of it, or its initials."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    initials = "".join(word[0] for word in re.split(r"[\s-]+", long) if word and word not in _SMALL)
    return short in long or short.replace(".", "") == initials


def _excused(text: str, mention: NameMention) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    if before.endswith(("(", "（")) and after.startswith((")", "）")):
        return True
    return _in_quotation(text, mention.start)


def _in_quotation(text: str, at: int) -> bool:
    """Say whether a place of a text stands between quotation marks."""
    before = text[:at]
    opened = any(before.count(mark) > before.count(closing) for mark, closing in _QUOTES.items())
    return opened or before.count('"') % 2 == 1
