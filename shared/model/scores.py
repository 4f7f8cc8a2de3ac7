"""Scores, 0-100: cards whose value our code computes from components, and the age of the hot score."""

from __future__ import annotations

import math
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from shared.model.analysis import AbsenceReason, Pair, Quote
from shared.model.base import Instant, Model

Points = Annotated[float, Field(ge=0, le=100)]
RubricVersion = Annotated[str, StringConstraints(pattern=r"^[a-z]+-[0-9]{1,4}$")]
HALF_LIFE_MS: Final = 24 * 60 * 60 * 1000
"""Hot halves every 24 hours: docs/architecture.md, "Scores"."""


class Component(Model):
    """One component of a score: its value, or null with the reason in words, and its weight in the sum."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    value: Points | None
    weight: float = Field(ge=0, le=100)
    reason: Pair
    evidence: tuple[Quote, ...] = Field(default=(), max_length=3)


class ScoreCard(Model):
    """A score with what it was computed from. `value` is null when it can't be computed; `absent` says why."""

    value: Points | None
    components: tuple[Component, ...] = Field(default=(), max_length=8)
    reason: Pair
    rubric: RubricVersion
    absent: AbsenceReason | None = None


class HotCard(Model):
    """The hot score before its age: `base` at the moment `since`; `hot_value` gives what is shown."""

    base: float = Field(ge=1, le=100)
    since: Instant
    components: tuple[Component, ...] = Field(default=(), max_length=8)
    reason: Pair
    rubric: RubricVersion


class Scores(Model):
    hot: HotCard
    quality: ScoreCard
    impact: ScoreCard


def hot_value(base: float, since: int, now: int) -> float:
    """Return the hot score at `now` (ms): base * 2^(-age / 24 h). A moment before `since` counts as age 0."""
    return float(base * 2 ** (-max(0, now - since) / HALF_LIFE_MS))


def hot_order(base: float, since: int) -> float:
    """Return a number whose order is the order of `hot_value` at any moment: log2(base) + since / 24 h.

    All scores decay alike, so their order does not change with time and can be stored and indexed.
    """
    return math.log2(base) + since / HALF_LIFE_MS
