"""The text of a leaf in both languages, facts included."""

from __future__ import annotations

from collections.abc import Mapping

from shared.model import Analysis, Fact, Language, Pair
from shared.quantities.render import render_fact

Names = Mapping[Language, Mapping[str, str]]
"""The full name of each entity in each language that has it, by entity id."""


def names_of(analysis: Analysis[Pair]) -> Names:
    """Return how this document calls its entities, so that a fact calls them the same.

    A short article has no entities; the row of a fact names the one that it is about.
    """
    names: dict[Language, dict[str, str]] = {"en": {}, "zh": {}}
    rows = [
        (row.info.text.parties[0].entity, row.entity)
        for row in analysis.key_data
        if isinstance(row.info.text, Fact) and len(row.info.text.parties) == 1
    ]
    for entity, pair in (*rows, *((each.id, each.name) for each in analysis.entities)):
        names["en"] |= {} if pair.en is None else {entity: pair.en}
        names["zh"] |= {} if pair.zh is None else {entity: pair.zh}
    return names


def pair_of(leaf: Pair | Fact, names: Names) -> Pair:
    """Return the leaf's text; a fact is complete in both languages."""
    if isinstance(leaf, Pair):
        return leaf
    return Pair(en=render_fact(leaf, "en", names["en"]), zh=render_fact(leaf, "zh", names["zh"]))
