"""A known name in the place of another: Google in the source, 微软 in the target."""

from __future__ import annotations

from collections.abc import Iterator

from shared.model import Language
from shared.names._fold import folded
from shared.names._foreign import may_be_longer
from shared.names.problem import NameProblem
from shared.names.sheet import NameMention, NameSheet, SheetEntry, surnames

# Syria is in Syrian, Brin is not in bring.
_SHORTEST_STEM = 5


def swapped(
    source: str,
    target: str,
    target_language: Language,
    said: tuple[NameMention, ...],
    written: tuple[NameMention, ...],
    sheet: NameSheet,
) -> Iterator[NameProblem]:
    """Give the names that the target lacks while it has another of their kind that the source lacks."""
    missing = without_counterpart(said, source, written, target, sheet)
    if not missing:
        return
    added = without_counterpart(written, target, said, source, sheet)
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


def has_any(text: str, entry: SheetEntry) -> bool:
    """Say whether a text has any form of an entity in any way of writing: in other case, as the beginning of a word."""
    plain = folded(text).casefold()
    return any(_has(plain, folded(form).casefold()) for form in (*entry.all(), *entry.loose, *surnames(entry)))


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


def without_counterpart(
    here: tuple[NameMention, ...], here_text: str, there: tuple[NameMention, ...], there_text: str, sheet: NameSheet
) -> list[tuple[NameMention, SheetEntry]]:
    """Return the unambiguous mentions of one text whose entity the other text doesn't name in any way."""
    named = {entity for mention in there for entity in (mention.entity, *mention.others)}
    found: dict[str, tuple[NameMention, SheetEntry]] = {}
    for mention in here:
        if mention.others or mention.entity in named or mention.entity in found:
            continue
        if may_be_longer(here_text, mention.start, mention.end):
            continue
        entry = sheet.entry(mention.entity)
        if entry is not None and entry.kind != "other" and not has_any(there_text, entry):
            found[mention.entity] = (mention, entry)
    return list(found.values())
