"""The names of an analysis: its document's name sheet, the leaves that are a name, and the names in sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.model import Analysis, Language, Text
from shared.names import NameSheet, TermIndex, build_sheet, find_names
from shared.vocabulary import find_measure, measure_name

_NAME_LEAF = re.compile(r"entities\.\d+\.name|key_data\.\d+\.entity|.*\.by|entities\.\d+\.role")
_LATIN = re.compile(r"[A-Z0-9][A-Za-z0-9\u00c0-\u024f .,&'’/+-]*")
_SMALL = frozenset({"of", "the", "and", "&", "de", "van", "von"})


def document_sheet(text: str, analysis: Analysis[Text], terms: TermIndex) -> NameSheet:
    """Return the name sheet of a document from its canonical text and the entities of its analysis."""
    entities = tuple((entity.name, entity.kind) for entity in analysis.entities)
    return build_sheet(text, analysis.language, terms, entities)


def leaf_names(analysis: Analysis[Text], sheet: NameSheet, target: Language) -> Mapping[str, str]:
    """Return the form in `target` by the form that the analysis uses, for each leaf that is a name, a role or a source.

    A source or role that is prose has none; neither has a Chinese name without a known form.
    """
    names = {entity.name for entity in analysis.entities}
    found: dict[str, str] = {}
    for leaf, name in analysis.leaves().items():
        if _NAME_LEAF.fullmatch(leaf) is None or name in found:
            continue
        form = sheet.form(name, target) or _measure(name, analysis.language, target)
        if form is None and _LATIN.fullmatch(name) and (leaf.endswith((".name", ".entity")) or _is_name(name, names)):
            form = name
        if form is not None:
            found[name] = form
    return found


def names_in(text: str, source: Language, target: Language, sheet: NameSheet) -> Mapping[str, str]:
    """Return the form in `target` by the form that a sentence uses, for each name in it whose form is known.

    A word that may mean two things of the document has none.
    """
    found: dict[str, str] = {}
    for mention in find_names(text, source, sheet):
        form = None if mention.others else sheet.form(mention.text, target)
        if form is not None:
            found.setdefault(mention.text, form)
    return found


def _measure(name: str, source: Language, target: Language) -> str | None:
    measure = find_measure(name, source)
    return None if measure is None else measure_name(measure).get(target)


def _is_name(source: str, names: set[str]) -> bool:
    """Say whether a source is a name and not a phrase: the first or last words of one, or all capitalised."""
    words = source.split()
    if len(words) > 1 and all(word[0].isupper() or word in _SMALL for word in words):
        return True
    return any(words in (full.split()[: len(words)], full.split()[-len(words) :]) for full in names)
