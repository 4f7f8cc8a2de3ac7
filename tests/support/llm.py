"""Stand-ins for what is around the models: answers and budgets in memory, and models that a function answers for.

The real ones are `shared.store`'s collections and `shared.llm.ModelPool`; tests of those use the database and HTTP.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel

from shared.engine import Lease
from shared.llm import Allowance, Answer, Asked, Gap, Item, ModelProfile, Paid, Question, Usage

AnswerT = TypeVar("AnswerT", bound=BaseModel)


class MemoryAnswers:
    """Answers in memory. `users`: the articles of each key. `claims`: who asks for which key, and until when."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.paid: dict[str, Paid] = {}
        self.users: dict[str, set[str]] = defaultdict(set)
        self.claims: dict[str, tuple[str, float]] = {}
        self._now = now

    async def look(self, keys: Sequence[str], article_id: str) -> Mapping[str, Paid]:
        found = {key: self.paid[key] for key in keys if key in self.paid}
        for key in found:
            self.users[key].add(article_id)
        return found

    async def claim(self, keys: Sequence[str], owner: str, seconds: float) -> frozenset[str]:
        mine = frozenset(key for key in keys if key not in self.paid and not self._held(key, by_other_than=owner))
        for key in mine:
            self.claims[key] = (owner, self._now() + seconds)
        return mine

    async def keep(self, paid: Sequence[Paid], article_id: str) -> None:
        for each in paid:
            self.paid[each.key] = each
            self.users[each.key].add(article_id)
            self.claims.pop(each.key, None)

    async def release(self, keys: Sequence[str], owner: str) -> None:
        for key in keys:
            if self.claims.get(key, ("", 0.0))[0] == owner:
                del self.claims[key]

    def _held(self, key: str, *, by_other_than: str) -> bool:
        owner, until = self.claims.get(key, (by_other_than, 0.0))
        return owner != by_other_than and self._now() < until


@dataclass
class Booking:
    """One settled call."""

    article_id: str
    stage: str
    model: str
    spent: Usage


class MemoryBudgets:
    """Budgets in memory, in dollars. `reserved` is what calls that run may take; `booked` is what calls took."""

    def __init__(self, *, article_usd: str = "Infinity", day_usd: str = "Infinity") -> None:
        self.article_usd = Decimal(article_usd)
        self.day_usd = Decimal(day_usd)
        self.booked: list[Booking] = []
        self.reserved: dict[str, Decimal] = defaultdict(Decimal)
        self.estimates: list[Usage] = []

    async def allow(self, article_id: str, estimate: Usage) -> Allowance:
        self.estimates.append(estimate)
        if self._taken(article_id) + estimate.cost_usd > self.article_usd:
            return "article_spent"
        if self._taken() + estimate.cost_usd > self.day_usd:
            return "day_spent"
        self.reserved[article_id] += estimate.cost_usd
        return "granted"

    async def settle(self, article_id: str, stage: str, model: str, estimate: Usage, spent: Usage) -> None:
        self.reserved[article_id] -= estimate.cost_usd
        self.booked.append(Booking(article_id, stage, model, spent))

    def _taken(self, article_id: str | None = None) -> Decimal:
        held = sum((v for k, v in self.reserved.items() if article_id in (None, k)), Decimal(0))
        return sum((b.spent.cost_usd for b in self.booked if article_id in (None, b.article_id)), held)


class FakeModels:
    """`shared.llm.Models` for tests of engines: `answer` says what the model at `skip` answers to an item, or the gap.

    A dict is validated as the question's answer must be. `asked` has every question in order, with its `skip`.
    """

    def __init__(
        self,
        answer: Callable[[Question[BaseModel], Item, int], Mapping[str, object] | Gap],
        *,
        names: Sequence[str] = ("first", "second"),
        small: bool = False,
        context_tokens: int = 32_000,
    ) -> None:
        self.profiles = [ModelProfile(name, small, context_tokens) for name in names]
        self.asked: list[tuple[Question[BaseModel], int]] = []
        self._answer = answer

    async def ask(self, question: Question[AnswerT], work: Lease, *, skip: int = 0) -> Asked[AnswerT]:
        await work.lease()
        self.asked.append((question, skip))  # type: ignore[arg-type] # tests read it as a question of any answer
        answers: dict[str, Answer[AnswerT]] = {}
        gaps: dict[str, Gap] = {}
        for item in question.items:
            given = self._answer(question, item, skip)  # type: ignore[arg-type]
            if isinstance(given, str):
                gaps[item.id] = given
            else:
                answers[item.id] = Answer(question.answer.model_validate(given), self.profiles[skip].name)
        usage = Usage(tokens_in=100, tokens_out=10, cost_usd=Decimal("0.001"), calls=1)
        return Asked(answers, gaps, usage)
