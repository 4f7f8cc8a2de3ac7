"""Units and currencies: how each language writes them, and the other forms that articles use."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from shared.model import Pair, QuantityKind
from shared.vocabulary._data import currencies, units


@dataclass(frozen=True, slots=True)
class UnitForms:
    """A unit of quantities of one kind. `singular`, `plural` and `zh` are written; the others are only read.

    `symbols` are read in both languages. One of it is `factor` of the unit `base`. The Chinese forms are not read
    before a character of `zh_not_before`.
    """

    id: str
    kind: QuantityKind
    singular: str
    plural: str
    zh: str
    symbols: tuple[str, ...]
    also_en: tuple[str, ...]
    also_zh: tuple[str, ...]
    zh_not_before: str
    base: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class CurrencyForms:
    """A currency by its ISO 4217 code. English writes `prefix` before the figure, or `en` after it."""

    code: str
    prefix: str | None
    en: str
    zh: str
    also_prefixes: tuple[str, ...]
    also_en: tuple[str, ...]
    also_zh: tuple[str, ...]
    zh_prefixes: tuple[str, ...]


@cache
def all_units() -> tuple[UnitForms, ...]:
    """Return every unit of the vocabulary."""
    return tuple(
        UnitForms(
            key,
            row.kind,
            *row.en,
            row.zh,
            row.symbols,
            row.en_forms,
            row.zh_forms,
            row.zh_not_before,
            row.base or key,
            row.factor,
        )
        for key, row in units().items()
    )


@cache
def all_currencies() -> tuple[CurrencyForms, ...]:
    """Return every currency of the vocabulary. Babel names the rest."""
    return tuple(
        CurrencyForms(code, row.prefix, row.en, row.zh, row.prefixes, row.en_forms, row.zh_forms, row.zh_prefixes)
        for code, row in currencies().items()
    )


def unit(unit_id: str) -> UnitForms | None:
    """Return a unit by its id, or None for one that this process does not know."""
    return _units_by_id().get(unit_id)


def currency(code: str) -> CurrencyForms | None:
    """Return a currency of the vocabulary by its code, or None."""
    return _currencies_by_code().get(code)


def unit_name(unit_id: str) -> Pair:
    """Return a unit's name: in English the plural, in Chinese what follows the number. Unknown: the id itself."""
    found = unit(unit_id)
    return Pair(en=unit_id, zh=unit_id) if found is None else Pair(en=found.plural, zh=found.zh)


@cache
def _units_by_id() -> dict[str, UnitForms]:
    return {found.id: found for found in all_units()}


@cache
def _currencies_by_code() -> dict[str, CurrencyForms]:
    return {found.code: found for found in all_currencies()}
