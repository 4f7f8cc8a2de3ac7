"""Where answers that were paid for are kept, and what may still be spent; `shared.store` has both in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from shared.llm.question import Usage

Allowance = Literal["granted", "article_spent", "day_spent"]


@dataclass(frozen=True, slots=True)
class Paid:
    """An answer as it is kept: JSON of the right form, the model that gave it, and the item's share of the call."""

    key: str
    answer: str
    model: str
    usage: Usage


class Answers(Protocol):
    """Finished answers by key, SHA-256 in hex, and who is asking for which now. All raise Unavailable."""

    async def look(self, keys: Sequence[str], article_id: str) -> Mapping[str, Paid]:
        """Return those that are there; notes that this article uses them, and when."""
        ...

    async def claim(self, keys: Sequence[str], owner: str, seconds: float) -> frozenset[str]:
        """Return the keys that are now `owner`'s to ask, for `seconds`; others ask for the rest, or have the answer.

        A claim that ran out, or that an earlier run of the same owner left, counts for nothing.
        """
        ...

    async def keep(self, paid: Sequence[Paid], article_id: str) -> None:
        """Store answers and end their claims; on return they survive the loss of this process and of the database's."""
        ...

    async def release(self, keys: Sequence[str], owner: str) -> None:
        """End claims without an answer, so that others needn't wait for them to run out."""
        ...


class Budgets(Protocol):
    """What was spent, by article, stage, model and day (UTC), and whether more may be. All raise Unavailable."""

    async def allow(self, article_id: str, estimate: Usage) -> Allowance:
        """Reserve `estimate` for a call, or say whose limit it would break. Hard: concurrent calls never pass it
        together, in this process or in others."""
        ...

    async def settle(self, article_id: str, stage: str, model: str, estimate: Usage, spent: Usage) -> None:
        """Book what a call took in place of what was reserved for it; a call that failed may have taken nothing."""
        ...
