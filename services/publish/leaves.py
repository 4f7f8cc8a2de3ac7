"""The text of a leaf in both languages, facts included."""

from __future__ import annotations

from collections.abc import Mapping

from shared.model import Analysis, Fact, Language, Pair
from shared.text.render import render_fact

Names = Mapping[Language, Mapping[str, str]]
"""The full name of each entity in each language that has it, by entity id."""


def names_of(analysis: Analysis[Pair]) -> Names:
    """Return how this document calls its entities, so that a fact calls them the same."""
    return {
        "en": {e.id: e.name.en for e in analysis.entities if e.name.en is not None},
        "zh": {e.id: e.name.zh for e in analysis.entities if e.name.zh is not None},
    }


def pair_of(leaf: Pair | Fact, names: Names) -> Pair:
    """Return the leaf's text; a fact is complete in both languages."""
    if isinstance(leaf, Pair):
        return leaf
    return Pair(en=render_fact(leaf, "en", names["en"]), zh=render_fact(leaf, "zh", names["zh"]))
