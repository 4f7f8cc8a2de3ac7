"""A known name in the place of another: Google in the source, 微软 in the target."""

from __future__ import annotations

from collections.abc import Iterator

from shared.model import Language
from shared.names._fold import folded
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet, SheetEntry, surnames


def swapped(
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
        new = next((mention for mention, entry in added if entry.kind == lost_entry.kind), None)
        if new is not None:
            form = lost_entry.preferred(target_language) or lost.text
            yield NameProblem(
                f"The source names {lost.text}; the translation names {new.text} instead. Write {form}.",
                lost.text,
                new.text,
            )


def has_any(text: str, entry: SheetEntry) -> bool:
    """Say whether a text has any form of an entity in any way of writing: as a part of a word, in other case."""
    plain = folded(text).casefold()
    forms = (*entry.all(), *entry.loose, *surnames(entry))
    return any(folded(form).casefold() in plain for form in forms)


def _without_counterpart(
    here: tuple[NameMention, ...], there: tuple[NameMention, ...], text: str, sheet: NameSheet
) -> list[tuple[NameMention, SheetEntry]]:
    """Return the unambiguous mentions of one text whose entity the other text doesn't name in any way."""
    named = {entity for mention in there for entity in (mention.entity, *mention.others)}
    found: dict[str, tuple[NameMention, SheetEntry]] = {}
    for mention in here:
        if mention.others or mention.entity in named or mention.entity in found:
            continue
        entry = sheet.entry(mention.entity)
        if entry is not None and _is_checked(entry) and not has_any(text, entry):
            found[mention.entity] = (mention, entry)
    return list(found.values())


def _is_checked(entry: SheetEntry) -> bool:
    """Say whether another name in its place is seen: a country's is only if its adjective and the like are known."""
    return entry.kind != "other" and (entry.kind != "place" or bool(entry.loose))
