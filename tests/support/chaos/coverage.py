"""The situations that a run must have been in, and how often it was: counted from evidence, never from intent. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Situation = Literal[
    "kill with a transaction open",
    "kill between send_offsets and commit",
    "transaction coordinator killed",
    "rebalance with running handlers",
    "zombie resumed after eviction",
    "partition taken over with a gap",
    "commit of unknown outcome",
]
SITUATIONS: Final[tuple[Situation, ...]] = get_args(Situation)


@dataclass(frozen=True, slots=True)
class Hit:
    """A situation that came about. `evidence`: what was seen, in words."""

    situation: Situation
    evidence: str


def count(hits: Iterable[Hit]) -> dict[Situation, int]:
    """How often each situation came about, those that never did included."""
    found = Counter(hit.situation for hit in hits)
    return {situation: found[situation] for situation in SITUATIONS}


def missing(counts: Mapping[Situation, int], at_least: int) -> list[Situation]:
    """The situations that came about too rarely."""
    return [situation for situation in SITUATIONS if counts[situation] < at_least]
