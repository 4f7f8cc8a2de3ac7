"""A known name in the place of another: Google in the source, 微软 in the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.model import Language
from shared.names._there import without_counterpart
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet, SheetEntry


def swapped(
    source: str,
    target: str,
    target_language: Language,
    said: tuple[NameMention, ...],
    written: tuple[NameMention, ...],
    missing: Sequence[tuple[NameMention, SheetEntry]],
    sheet: NameSheet,
) -> Iterator[NameProblem]:
    """Give the names of `missing`, which the target lacks, while it has another of their kind that the source lacks."""
    if not missing:
        return
    added = without_counterpart(written, target, said, source, sheet, in_names=True)
    for lost, lost_entry in missing:
        new = next((mention for mention, entry in added if _is_another(lost, lost_entry, entry)), None)
        if new is not None:
            form = lost_entry.preferred(target_language) or lost.text
            yield NameProblem(
                f"The source names {lost.text}; the translation names {new.text} instead. Write {form}.",
                lost.text,
                new.text,
            )


def _is_another(lost: NameMention, entry: SheetEntry, other: SheetEntry) -> bool:
    """Say whether an entity is of the same kind and no part of the lost one: UNESCO may be written for the UN."""
    return entry.kind == other.kind and not any(lost.text in form for form in (*other.en, *other.zh))
