"""Reads the data files next to this module. Each is read once, when it is first needed."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from pydantic import Field, TypeAdapter

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
    """One name as names.toml has it."""

    kind: EntityKind = "other"
    en: str
    zh: str
    also_en: tuple[str, ...] = Field(default=(), strict=False)
    also_zh: tuple[str, ...] = Field(default=(), strict=False)
    zh_not_before: str = ""


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
    rows = _read("names.toml")
    for section in ("unnamed_sources", "roles"):
        rows.update(TypeAdapter(dict[str, object]).validate_python(rows.pop(section)))
    return TypeAdapter(dict[str, NameRow]).validate_python(rows)
