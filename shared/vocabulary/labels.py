"""The closed vocabulary: the names, in both languages, of the ids that documents carry.

Categories, tags and measures are open to newer engines: a document may carry an id that this process does not know yet.
Its name is then the id itself, in both languages, so that a page shows it instead of failing.
"""

from __future__ import annotations

from shared.model import AbsenceReason, EntityKind, Language, Pair, Part, Stance
from shared.vocabulary._data import labels


def category_ids() -> tuple[str, ...]:
    """Return the ids of all categories, in the order of the file."""
    return tuple(labels()["category"])


def tag_ids() -> tuple[str, ...]:
    """Return the ids of all tags, in the order of the file."""
    return tuple(labels()["tag"])


def measure_ids() -> tuple[str, ...]:
    """Return the ids of all measures, in the order of the file."""
    return tuple(labels()["measure"])


def category_name(category: str) -> Pair:
    """Return the name of a category, as `Energy` and `能源`."""
    return _open("category", category)


def tag_name(tag: str) -> Pair:
    """Return the name of a tag of the vocabulary."""
    return _open("tag", tag)


def measure_name(measure: str) -> Pair:
    """Return the name of what a fact measures, in lower case: `net profit`, `净利润`."""
    return _open("measure", measure)


def find_measure(name: str, language: Language) -> str | None:
    """Return the id of the measure with this name in `language`, or None."""
    return next((key for key, pair in labels()["measure"].items() if pair.get(language) == name), None)


def stance_name(stance: Stance) -> Pair:
    """Return the name of a stance, in lower case; `shared.quantities.render_stance` adds the source."""
    return labels()["stance"][stance]


def stance_with_source(stance: Stance, by: str, language: Language) -> str:
    """Return a stance together with its source in `language`, as `denied by the company`."""
    template = labels()["stance_by"][stance].get(language) or "{by}"
    return template.replace("{by}", by)


def entity_kind_name(kind: EntityKind) -> Pair:
    """Return the name of a kind of entity, as `Organisation`."""
    return labels()["entity_kind"][kind]


def absence_reason_text(reason: AbsenceReason) -> Pair:
    """Return a sentence that tells readers why a part is empty or short."""
    return labels()["absence"][reason]


def check_reason(check: str) -> Pair:
    """Return a sentence that tells readers what a check found wrong with a translation."""
    return _open("check", check)


def part_name(part: Part) -> Pair:
    """Return the heading of a part of the document."""
    return labels()["part"][part]


def _open(section: str, key: str) -> Pair:
    return labels()[section].get(key) or Pair(en=key, zh=key)
