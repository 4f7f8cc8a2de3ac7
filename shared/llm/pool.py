"""Asks the models of this installation, so that nothing is paid for twice and one fault spoils one thing at most."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar, cast

import structlog
from pydantic import BaseModel, ValidationError

from shared.engine import Lease
from shared.errors import Unavailable
from shared.llm.endpoint import Endpoint
from shared.llm.fence import fenced
from shared.llm.keys import answer_key
from shared.llm.ledger import Answers, Budgets, Paid
from shared.llm.provider import Call, Fault, NotBegun, Rejected, Reply, TooSlow
from shared.llm.question import Answer, Asked, Gap, Item, ModelProfile, Question, Usage
from shared.llm.reply import read_reply, reply_schema
from shared.llm.sizes import ITEMS_PER_CALL, parts, tokens_of, tokens_to_answer
from shared.telemetry import Metrics

AnswerT = TypeVar("AnswerT", bound=BaseModel)

log = structlog.stdlib.get_logger(__name__)

_CLAIM_MARGIN: Final = 30.0
"""Seconds that a claim outlasts the longest call: the lease, the budget and the answer's way into the database."""
_POLL: Final = (0.1, 2.0)
"""Seconds between looks for an answer that another process asks for: the first, and the most."""
_STORE_ATTEMPTS: Final = 6
"""Times that a paid answer is offered to a database that is down, in 31 s: it would have to be paid for again."""
_DAY_SPENT_RETRY: Final = 600.0
_AGAIN: Final = 0.3
_SPREAD: Final = 0.7
"""Temperatures: 0 for a first answer, some where the same words gave nothing, more where a spread is wanted."""


@dataclass(eq=False, slots=True)
class _Open:
    """An item without an answer yet, under all ids that have the same key. `alone`: a call for several left it out."""

    item: Item
    ids: list[str]
    refused: set[int] = field(default_factory=set)
    alone: bool = False


@dataclass(eq=False, slots=True)
class _Asking(Generic[AnswerT]):
    """A question on its way. `held`: somebody else asks for these."""

    question: Question[AnswerT]
    work: Lease
    models: Sequence[int]
    open: list[_Open]
    held: list[_Open] = field(default_factory=list)
    answers: dict[str, Answer[AnswerT]] = field(default_factory=dict)
    gaps: dict[str, Gap] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)

    def answered(self, item: _Open, value: AnswerT, model: str) -> None:
        self.answers.update({each: Answer(value, model) for each in item.ids})
        self.open.remove(item)

    def given_up(self, item: _Open, gap: Gap) -> None:
        self.gaps.update(dict.fromkeys(item.ids, gap))
        self.open.remove(item)


@dataclass(eq=False, slots=True)
class _Part(Generic[AnswerT]):
    """What goes into one call. `paying` from the moment on at which the call can cost."""

    asking: _Asking[AnswerT]
    index: int
    items: list[_Open]
    paying: bool = False


class ModelPool:
    """`shared.llm.Models`. `stage` is what its calls are booked on; stage and `slot` say whose claims they are.

    Answers that are being paid for are stored even when their asker is cancelled; `close` waits for them.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        answers: Answers,
        budgets: Budgets,
        metrics: Metrics,
        *,
        stage: str,
        slot: str,
        longest_call: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._endpoints = endpoints
        self._answers = answers
        self._budgets = budgets
        self._metrics = metrics
        self._stage = stage
        self._owner = f"{stage}/{slot}"
        self._claim_seconds = longest_call + _CLAIM_MARGIN
        self._sleep = sleep
        self._flights: dict[str, asyncio.Future[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def profiles(self) -> Sequence[ModelProfile]:
        """What is known of each model; of one whose server was never reached, what is assumed."""
        return [endpoint.profile for endpoint in self._endpoints]

    async def ask(self, question: Question[AnswerT], work: Lease, *, skip: int = 0) -> Asked[AnswerT]:
        """See `Models.ask`. `skip` past the last model leaves every item refused."""
        models = range(skip, len(self._endpoints))
        await asyncio.gather(*(self._endpoints[index].learn() for index in models))
        asking = _Asking(question, work, models, _distinct(question))
        await self._look(asking, asking.open)
        poll = _POLL[0]
        while asking.open:
            planned = self._plan(asking)
            await self._run(planned)
            if asking.held:
                await self._wait_for_others(asking, poll)
                poll = min(2 * poll, _POLL[1])
        return Asked(asking.answers, asking.gaps, asking.usage)

    async def close(self) -> None:
        """Wait for the calls that are being paid for, then close all connections."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        for endpoint in self._endpoints:
            await endpoint.provider.close()

    # What is there already

    async def _look(self, asking: _Asking[AnswerT], items: Sequence[_Open]) -> None:
        keys = {item: [self._key(asking, index, item) for index in asking.models] for item in items}
        wanted = [key for each in keys.values() for key in each]
        if not wanted:
            return
        found = await self._answers.look(wanted, asking.question.article_id)
        for item in list(items):
            paid = next((found[key] for key in keys[item] if key in found), None)
            value = _value(paid, asking.question.answer) if paid else None
            if paid and value is not None:
                asking.answered(item, value, paid.model)
                self._metrics.increment("diglot_llm_cached_total", task=asking.question.prompt.task)

    async def _wait_for_others(self, asking: _Asking[AnswerT], poll: float) -> None:
        held, asking.held = asking.held, []
        keys = [self._key(asking, index, item) for index in asking.models for item in held]
        flights = [self._flights[key] for key in keys if key in self._flights]
        if flights:
            await asyncio.wait(flights)
        else:
            await self._sleep(poll)
        await self._look(asking, held)

    def _key(self, asking: _Asking[AnswerT], index: int, item: _Open) -> str:
        return answer_key(asking.question, item.item, self._endpoints[index].profile.name)

    # Who is asked for what

    def _plan(self, asking: _Asking[AnswerT]) -> list[_Part[AnswerT]]:
        """Give each open item to the first model that is up and hasn't refused it. Raises Unavailable."""
        waits = {index: self._endpoints[index].breaker.wait for index in asking.models}
        batches: dict[tuple[int, int], list[_Open]] = {}
        planned: list[_Part[AnswerT]] = []
        for item in list(asking.open):
            left = [index for index in asking.models if index not in item.refused]
            if not left:
                asking.given_up(item, "refused")
                continue
            index = next((each for each in left if waits[each] <= 0), None)
            if index is None:
                raise self._all_down(left)
            if item.alone:
                planned.append(_Part(asking, index, [item]))
            else:
                batches.setdefault((index, item.item.attempt), []).append(item)
        for (index, _), items in batches.items():
            planned += [_Part(asking, index, list(each)) for each in self._split(asking.question, index, items)]
        return planned

    def _all_down(self, indices: Sequence[int]) -> Unavailable:
        endpoints = [self._endpoints[index] for index in indices]
        problems = "; ".join(f"{each.profile.name}: {each.problem}" for each in endpoints)
        return Unavailable(f"no model is up: {problems}", retry_after=min(each.breaker.wait for each in endpoints))

    def _split(self, question: Question[AnswerT], index: int, items: Sequence[_Open]) -> list[Sequence[_Open]]:
        profile = self._endpoints[index].profile
        if profile.small:
            return parts(items, 1)
        size = ITEMS_PER_CALL
        while size > 1 and not all(self._fits(question, profile, each) for each in parts(items, size)):
            size //= 2
        return parts(items, size)

    def _fits(self, question: Question[AnswerT], profile: ModelProfile, items: Sequence[_Open]) -> bool:
        size = sum(len(f"{i.item.text}{i.item.context}{i.item.failed or ''}".encode()) for i in items)
        size += len(question.prompt.instructions.encode()) + len(question.context.encode())
        answers = tokens_to_answer(len(items), question.longest_answer, question.target)
        return tokens_of(size) + answers <= profile.context_tokens

    # One call

    async def _run(self, planned: Sequence[_Part[AnswerT]]) -> None:
        """Run the calls at once and to their ends, then raise the first error: what is paid for is stored first."""
        tasks = {asyncio.create_task(self._ask(part)): part for part in planned}
        self._tasks.update(tasks)
        for task in tasks:
            task.add_done_callback(self._tasks.discard)
        if not tasks:
            return
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError:
            for task, part in tasks.items():
                if not part.paying:
                    task.cancel()
                task.add_done_callback(_retrieve)
            raise
        errors = [error for task in tasks if (error := task.exception())]
        if errors:
            raise errors[0]

    async def _ask(self, part: _Part[AnswerT]) -> None:
        endpoint = self._endpoints[part.index]
        async with endpoint.limiter.slot() as begun:
            if endpoint.breaker.wait > 0:
                return
            keys = {item: self._key(part.asking, part.index, item) for item in part.items}
            mine = [item for item in part.items if keys[item] not in self._flights]
            landed = asyncio.get_running_loop().create_future()
            self._flights.update({keys[item]: landed for item in mine})
            try:
                claimed = await self._answers.claim([keys[i] for i in mine], self._owner, self._claim_seconds)
                part.asking.held += [item for item in part.items if item not in mine or keys[item] not in claimed]
                part.items = [item for item in mine if keys[item] in claimed]
                if part.items:
                    await self._ask_claimed(part, endpoint, {i: keys[i] for i in part.items}, begun)
            finally:
                for item in mine:
                    self._flights.pop(keys[item], None)
                landed.set_result(None)

    async def _ask_claimed(
        self, part: _Part[AnswerT], endpoint: Endpoint, keys: dict[_Open, str], begun: float
    ) -> None:
        unanswered = set(keys)
        try:
            await part.asking.work.lease()
            call = _call(part, endpoint.profile, list(keys.values()))
            if call is None:
                _refuse(part)
                return
            estimate = _estimate(endpoint, call)
            if not await self._may_spend(part, estimate):
                return
            spent = Usage()
            part.paying = True
            try:
                reply = await endpoint.call(call, begun)
                spent = reply.usage
                unanswered -= await self._take(part, endpoint, reply, keys)
            except Fault as fault:
                # Nobody says what a call without a reply took; an outage must not use up an article's budget.
                spent = Usage(calls=0 if isinstance(fault, NotBegun) else 1)
                _after_fault(part, fault)
            finally:
                part.asking.usage += spent
                await self._settle(part, endpoint, estimate, spent)
        finally:
            if unanswered:
                await self._answers.release([keys[item] for item in unanswered], self._owner)

    async def _may_spend(self, part: _Part[AnswerT], estimate: Usage) -> bool:
        allowance = await self._budgets.allow(part.asking.question.article_id, estimate)
        if allowance == "day_spent":
            raise Unavailable(
                "the day's budget for models is spent; wait, or raise DIGLOT_BUDGET_DAY_USD and _TOKENS",
                retry_after=min(_DAY_SPENT_RETRY, _seconds_of_today()),
            )
        if allowance == "article_spent":
            for item in part.items:
                part.asking.given_up(item, "budget")
        return allowance == "granted"

    async def _take(self, part: _Part[AnswerT], endpoint: Endpoint, reply: Reply, keys: dict[_Open, str]) -> set[_Open]:
        """Store the answers of a reply and note them; what it lacks is asked again. Returns what it has."""
        asking, model = part.asking, endpoint.profile.name
        by_id = {item.item.id: item for item in part.items}
        values = read_reply(reply.text, list(by_id), asking.question.answer)
        shares = _shares(reply.usage, len(values))
        paid = [
            Paid(keys[by_id[name]], value.model_dump_json(), model, share)
            for (name, value), share in zip(values.items(), shares, strict=True)
        ]
        if paid:
            article_id = asking.question.article_id
            await self._persist(lambda: self._answers.keep(paid, article_id))
        for name, value in values.items():
            asking.answered(by_id[name], value, model)
        missing = [item for name, item in by_id.items() if name not in values]
        if missing:
            log.info("answers are missing or malformed", model=model, task=asking.question.prompt.task, of=len(by_id),
                     missing=len(missing), ended=reply.ended)  # fmt: skip
        for item in missing:
            _ask_again(item, part.index, hopeless=reply.ended != "whole" and len(by_id) == 1)
        return {by_id[name] for name in values}

    async def _settle(self, part: _Part[AnswerT], endpoint: Endpoint, estimate: Usage, spent: Usage) -> None:
        article_id, model = part.asking.question.article_id, endpoint.profile.name
        await self._persist(lambda: self._budgets.settle(article_id, self._stage, model, estimate, spent))

    async def _persist(self, store: Callable[[], Awaitable[None]]) -> None:
        """Call `store` until it succeeds, a few times. Raises Unavailable."""
        for attempt in range(_STORE_ATTEMPTS - 1):
            try:
                return await store()
            except Unavailable as error:
                log.warning("a paid answer is not stored yet", error=str(error))
                await self._sleep(2.0**attempt)
        return await store()


def _distinct(question: Question[AnswerT]) -> list[_Open]:
    """The items of a question, those that ask the same only once."""
    found: dict[str, _Open] = {}
    for item in question.items:
        found.setdefault(answer_key(question, item, ""), _Open(item, [])).ids.append(item.id)
    return list(found.values())


def _value(paid: Paid, answer: type[AnswerT]) -> AnswerT | None:
    try:
        return answer.model_validate_json(paid.answer)
    except ValidationError:  # kept by a version whose type had the same schema and another validator
        return None


def _call(part: _Part[AnswerT], profile: ModelProfile, keys: Sequence[str]) -> Call | None:
    """The request for a part, without context where that would be too long; None where it still is."""
    question = part.asking.question
    again = part.items[0].alone
    most = tokens_to_answer(len(part.items), question.longest_answer, question.target)
    for context in (True, False):
        items = [item.item for item in part.items]
        messages = fenced(cast("Question[BaseModel]", question), items, keys, context=context)
        if tokens_of(messages.size) + most <= profile.context_tokens:
            temperature = _SPREAD if items[0].attempt else _AGAIN if again else 0.0
            return Call(question.prompt.task, messages, reply_schema(question.answer), most, temperature)
    return None


def _estimate(endpoint: Endpoint, call: Call) -> Usage:
    tokens_in = tokens_of(call.messages.size)
    cost = endpoint.provider.price(tokens_in, call.most_tokens) or Decimal(0)
    return Usage(tokens_in, call.most_tokens, cost, calls=1)


def _after_fault(part: _Part[Any], fault: Fault) -> None:
    """Decide what becomes of the items: a call that was rejected for what it holds is not made again as it was."""
    if isinstance(fault, Rejected):
        _refuse(part)
    elif isinstance(fault, TooSlow):
        for item in part.items:
            item.alone = True  # perhaps it was too much for the time


def _refuse(part: _Part[Any]) -> None:
    for item in part.items:
        _ask_again(item, part.index, hopeless=len(part.items) == 1)


def _ask_again(item: _Open, index: int, *, hopeless: bool) -> None:
    """Ask alone what a call for several left out, or once more what gave nothing; then it is the next model's."""
    if item.alone or hopeless:
        item.refused.add(index)
    item.alone = not (item.alone or hopeless)


def _shares(usage: Usage, count: int) -> list[Usage]:
    """What a call took, shared out by item; the first one has what can't be shared evenly."""
    if not count:
        return []
    each = Usage(usage.tokens_in // count, usage.tokens_out // count, usage.cost_usd / count, 0)
    first = Usage(
        usage.tokens_in - each.tokens_in * (count - 1),
        usage.tokens_out - each.tokens_out * (count - 1),
        usage.cost_usd - each.cost_usd * (count - 1),
        usage.calls,
    )
    return [first] + [each] * (count - 1)


def _seconds_of_today() -> float:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - now).total_seconds()


def _retrieve(task: asyncio.Task[None]) -> None:
    """Take note of what became of a call whose asker is gone, so that asyncio doesn't complain."""
    if not task.cancelled() and task.exception():
        log.warning("a call failed after its asker had gone", error=str(task.exception()))
