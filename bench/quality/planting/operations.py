"""All operations, each with the class of its error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Final

from bench.quality.pairs import Pair
from bench.quality.planting import numbers, whole, wording
from bench.quality.planting.edit import Case, Operation

OPERATIONS: Final[Mapping[str, tuple[str, Operation]]] = {
    "digit_changed": ("number", numbers.digit_changed),
    "digits_swapped": ("number", numbers.digits_swapped),
    "year_shifted": ("number", numbers.year_shifted),
    "scale_changed": ("number", numbers.scale_changed),
    "number_word_changed": ("number", numbers.number_word_changed),
    "number_dropped": ("number", numbers.number_dropped),
    "number_added": ("number", numbers.number_added),
    "percent_and_points": ("unit", numbers.percent_and_points),
    "unit_swapped": ("unit", numbers.unit_swapped),
    "currency_swapped": ("currency", numbers.currency_swapped),
    "identifier_changed": ("identifier", numbers.identifier_changed),
    "identifier_dropped": ("identifier", numbers.identifier_dropped),
    "hedge_deleted": ("hedge", wording.hedge_deleted),
    "hearsay_deleted": ("hearsay", wording.hearsay_deleted),
    "negation_deleted": ("negation", wording.negation_deleted),
    "lexical_negation_deleted": ("lexical_negation", wording.lexical_negation_deleted),
    "negation_inserted": ("negation_added", wording.negation_inserted),
    "other_language_left": ("leftover", wording.other_language_left),
    "name_swapped": ("name", wording.name_swapped),
    "emptied": ("empty", whole.emptied),
    "copied": ("copied", whole.copied),
    "repeated": ("repeated", whole.repeated),
    "cut_off": ("cut_off", whole.cut_off),
    "markup_added": ("markup", whole.markup_added),
    "link_added": ("url", whole.link_added),
}


def plant(pair: Pair, operation: str, seed: int) -> Pair | None:
    """The pair with this error in its target; None where there is no place for it.

    The same seed gives the same error, whatever other pairs and operations there are.
    """
    error, edits = OPERATIONS[operation]
    dice = Random(f"{seed}:{pair.id}:{operation}")
    target = pair.text(pair.target)
    case = Case(pair.text(pair.source), target, pair.target, dice)
    found = [made for edit in edits(case) if (made := edit.apply(target)) != target]
    if not found:
        return None
    text = dice.choice(found)
    planted = replace(pair, en=text) if pair.target == "en" else replace(pair, zh=text)
    return replace(planted, id=f"{pair.id}+{operation}", error=error, origin=pair.id, operation=operation)
