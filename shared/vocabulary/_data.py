"""Reads the data files next to this module. Each is read once, when it is first needed."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

from pydantic import ConfigDict, Field, TypeAdapter

from shared.model import EntityKind, Model, Pair, QuantityKind


class UnitRow(Model):
    """One unit as units.toml has it."""

    kind: QuantityKind
    en: tuple[str, str] = Field(strict=False)
    zh: str
    symbols: tuple[str, ...] = Field(default=(), strict=False)
    en_forms: tuple[str, ...] = Field(default=(), strict=False)
    zh_forms: tuple[str, ...] = Field(default=(), strict=False)
    zh_not_before: str = ""
    base: str | None = None
    factor: Decimal = Field(default=Decimal(1), strict=False)


class CurrencyRow(Model):
    """One currency as currencies.toml has it."""

    prefix: str | None = None
    en: str
    zh: str
    prefixes: tuple[str, ...] = Field(default=(), strict=False)
    en_forms: tuple[str, ...] = Field(default=(), strict=False)
    zh_forms: tuple[str, ...] = Field(default=(), strict=False)
    zh_prefixes: tuple[str, ...] = Field(default=(), strict=False)


class NameRow(Model):
    """One entry as a file of names/ has it; `shared.vocabulary.Term` says what the fields mean."""

    model_config = ConfigDict(extra="forbid")  # a misspelt field would be a guard that does nothing

    kind: EntityKind = "other"
    en: str
    zh: str
    also_en: tuple[str, ...] = Field(default=(), strict=False)
    also_zh: tuple[str, ...] = Field(default=(), strict=False)
    short_en: tuple[str, ...] = Field(default=(), strict=False)
    short_zh: tuple[str, ...] = Field(default=(), strict=False)
    not_in: tuple[str, ...] = Field(default=(), strict=False)
    ambiguous: tuple[str, ...] = Field(default=(), strict=False)
    shown_by: tuple[str, ...] = Field(default=(), strict=False)
    loose: tuple[str, ...] = Field(default=(), strict=False)


_SECTIONS: Final = TypeAdapter(dict[str, dict[str, NameRow]])


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


@cache
def labels() -> dict[str, dict[str, Pair]]:
    return TypeAdapter(dict[str, dict[str, Pair]]).validate_python(_read("labels.toml"))


@cache
def units() -> dict[str, UnitRow]:
    return TypeAdapter(dict[str, UnitRow]).validate_python(_read("units.toml"))


@cache
def currencies() -> dict[str, CurrencyRow]:
    return TypeAdapter(dict[str, CurrencyRow]).validate_python(_read("currencies.toml"))


@cache
def names() -> dict[str, NameRow]:
    """Return the rows of all files of names/ by their ids. Raises ValueError where two rows have one id."""
    rows: dict[str, NameRow] = {}
    for file in sorted(resources.files(__package__).joinpath("data", "names").iterdir(), key=lambda file: file.name):
        sections = _SECTIONS.validate_python(tomllib.loads(file.read_text(encoding="utf-8")))
        for section in sections.values():
            if repeated := rows.keys() & section.keys():
                raise ValueError(f"{file.name}: there are two entries {', '.join(sorted(repeated))}")
            rows.update(section)
    return rows
