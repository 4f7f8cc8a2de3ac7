"""What both languages call things: categories, tags, measures, units, stances, parts, and known names."""

from shared.vocabulary.labels import (
    absence_reason_text,
    category_ids,
    category_name,
    check_reason,
    entity_kind_name,
    find_measure,
    measure_ids,
    measure_name,
    part_name,
    stance_name,
    stance_with_source,
    tag_ids,
    tag_name,
)
from shared.vocabulary.names import Term, all_terms, find_term
from shared.vocabulary.units import (
    CurrencyForms,
    UnitForms,
    all_currencies,
    all_units,
    currency,
    unit,
    unit_name,
)

__all__ = [
    "CurrencyForms",
    "Term",
    "UnitForms",
    "absence_reason_text",
    "all_currencies",
    "all_terms",
    "all_units",
    "category_ids",
    "category_name",
    "check_reason",
    "currency",
    "entity_kind_name",
    "find_measure",
    "find_term",
    "measure_ids",
    "measure_name",
    "part_name",
    "stance_name",
    "stance_with_source",
    "tag_ids",
    "tag_name",
    "unit",
    "unit_name",
]
