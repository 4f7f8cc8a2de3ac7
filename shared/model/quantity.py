"""Language-neutral values: quantities, dates, derived figures and the facts made of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, PlainSerializer, StringConstraints, model_validator
from pydantic.json_schema import WithJsonSchema

from shared.model.base import Model, Name, TermId


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Figure = Annotated[
    Decimal,
    Field(max_digits=30, decimal_places=12),
    PlainSerializer(_plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,30}(\.[0-9]{1,12})?$"}),
]
"""An exact decimal, in JSON as digits without an exponent: 4.2 billion is "4200000000", never a float."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Unit = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_/]{0,31}$")]
Approximation = Literal["about", "nearly", "over", "at_least", "under", "at_most"]
QuantityKind = Literal[
    "amount",
    "share",
    "points",
    "count",
    "multiple",
    "duration",
    "rank",
    "score",
    "measure",
    "date",
    "identifier",
]
Direction = Literal["up", "down", "unchanged"]


class Quantity(Model):
    """A value as the article gives it.

    `value` is exact; a range has `upper` as its other end. `unit` is an id of the vocabulary (`percent`, `employee`,
    `megawatt`); an amount of money has a `currency` (ISO 4217) instead. `approximate` says how the article hedged it.
    """

    kind: QuantityKind
    value: Figure
    upper: Figure | None = None
    unit: Unit | None = None
    currency: Currency | None = None
    approximate: Approximation | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.kind == "amount") != (self.currency is not None):
            raise ValueError("an amount, and nothing else, has a currency")
        if self.upper is not None and self.upper <= self.value:
            raise ValueError("upper must be greater than value")
        return self


class PartialDate(Model):
    """A date as precise as the article is: a year, a quarter, a month or a day."""

    year: int = Field(ge=1000, le=9999)
    quarter: int | None = Field(default=None, ge=1, le=4)
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    fiscal: bool = False

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.quarter is not None and self.month is not None:
            raise ValueError("a date has a quarter or a month, not both")
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        return self


class Change(Model):
    """How a measure moved: its direction, by how much, from and to what."""

    direction: Direction
    by: Quantity | None = None
    start: Quantity | None = None
    end: Quantity | None = None


class Derived(Model):
    """A figure that the article does not print: our code computes `op` over figures that it does."""

    op: Literal["ratio", "share", "difference", "sum", "change"]
    inputs: tuple[Quantity, ...] = Field(min_length=2, max_length=8)
    result: Quantity


class Party(Model):
    """Someone or something a fact is about, by its entity id and the name that the article uses."""

    entity: TermId
    name: Name


class Fact(Model):
    """A statement without words: who, what measure, how much, when, how it changed.

    One pure function renders it in both languages, so its two forms can't disagree.
    """

    type: Literal["fact"] = "fact"
    parties: tuple[Party, ...] = Field(default=(), max_length=4)
    measure: TermId | None = Field(default=None, description="What is measured: an id of the vocabulary.")
    quantity: Quantity | None = None
    date: PartialDate | None = None
    change: Change | None = None
    derived: Derived | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.quantity is None and self.change is None and self.derived is None and self.date is None:
            raise ValueError("a fact has a quantity, a change, a derived figure or a date")
        return self
