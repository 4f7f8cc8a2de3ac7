"""The name sheet of a document: how the names that it uses are written in the other language.

Known are the termbase's names, names that the article itself gives in both scripts, as 流明特光子（Lumetra Photonics）,
and Latin names in Chinese, which stay Latin. A Chinese name that nothing gives a Latin form for is not on the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from shared.model import Analysis, Language, Text
from shared.vocabulary import find_measure, find_term, measure_name

_NAME_LEAF = re.compile(r"entities\.\d+\.name|key_data\.\d+\.entity|.*\.by|entities\.\d+\.role")
_LATIN = re.compile(r"[A-Z0-9][A-Za-z0-9\u00c0-\u024f .,&'’/+-]*")
_SMALL = frozenset({"of", "the", "and", "&", "de", "van", "von"})
_LATIN_GLOSS = r" ?[（(]([A-Z][A-Za-z0-9 .,&'’-]{1,80})[）)]"
_HAN_GLOSS = r" ?[（(]([\u3400-\u9fff·]{2,20})[）)]"


def name_sheet(text: str, analysis: Analysis[Text], target: Language) -> Mapping[str, str]:
    """Return the form in `target` by the form that the analysis uses, for every name that has one.

    `text` is the canonical text, where the article may give a name in both scripts.
    """
    names = {entity.name for entity in analysis.entities}
    glosses = dict(_glosses(text, names, target))
    sheet: dict[str, str] = {}
    for leaf, name in analysis.leaves().items():
        if _NAME_LEAF.fullmatch(leaf) is None or name in sheet:
            continue
        form = _known(name, analysis.language, target) or _glossed(name, glosses)
        if form is None and (leaf.endswith((".name", ".entity")) or _is_name(name, names)):
            form = name if _LATIN.fullmatch(name) else None
        if form is not None:
            sheet[name] = form
    return sheet


def _known(name: str, source: Language, target: Language) -> str | None:
    term = find_term(name) or find_term(name[0].lower() + name[1:])  # "The company" begins a sentence
    if term is not None:
        return term.form(target)
    measure = find_measure(name, source)
    return None if measure is None else measure_name(measure).get(target)


def _glosses(text: str, names: set[str], target: Language) -> Iterator[tuple[str, str]]:
    """Give (name, its form in `target`) for names that are followed by their other form in brackets."""
    if not names:
        return
    ordered = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    gloss = _LATIN_GLOSS if target == "en" else _HAN_GLOSS
    for match in re.finditer(f"({ordered}){gloss}", text):
        yield match[1], match[2].strip()


def _glossed(name: str, glosses: Mapping[str, str]) -> str | None:
    """Return the gloss of a name, or of the one full name that it begins: 科凡 of 科凡半导体（Corvane）."""
    full = [form for other, form in glosses.items() if other.startswith(name)]
    return glosses.get(name) or (full[0] if len(full) == 1 else None)


def _is_name(source: str, names: set[str]) -> bool:
    """Say whether a source is a name and not a phrase: the first or last words of one, or all capitalised."""
    words = source.split()
    if len(words) > 1 and all(word[0].isupper() or word in _SMALL for word in words):
        return True
    return any(words in (full.split()[: len(words)], full.split()[-len(words) :]) for full in names)
