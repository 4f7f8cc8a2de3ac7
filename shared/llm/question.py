"""What is asked of language models, and what comes back: questions with items, answered and paid for one by one.

An engine puts what belongs to one task into a question and gives it to `Models.ask`. Each item has a cache key of its
own, so that the items of an article that was edited in one sentence are answered from the cache, but for those that
changed; how many go into one call to a provider is the model's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from shared.engine import Lease
from shared.model import Language

AnswerT = TypeVar("AnswerT", bound=BaseModel)

Gap = Literal["budget", "refused"]
"""Why an item has no answer: the article's budget is spent, or no model gave an answer of the right form."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The instructions of one task, read from a file. `version` is in provenance and in the cache key."""

    task: str
    version: str
    instructions: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer that the fidelity core refused, as JSON, and the reason in words for the model. Part of the key."""

    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to answer. `text` is article text: data, never instruction; it is fenced before it is sent.

    `names`: what the name sheet says of names in this text, the wanted form by the form here; part of the key.
    `context`: what may help and is no part of the key, such as the sentences before and after; fenced as well.
    `attempt`: other numbers ask the same again on purpose, for the spread of scores; part of the key.
    """

    id: str
    text: str
    names: Mapping[str, str] = field(default_factory=dict)
    context: str = ""
    failed: Failed | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Question(Generic[AnswerT]):
    """Items of one task of one article. `answer` is what the answer to each item must be, with all its bounds.

    `target`: the language to answer in. `context`: what may help with every item (title, name sheet); no part of the
    key; fenced. `longest_answer`: code points that an item's answer needs at most, for the limit on output.
    """

    article_id: str
    prompt: Prompt
    answer: type[AnswerT]
    target: Language
    items: Sequence[Item]
    context: str = ""
    longest_answer: int = 2000


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls took: tokens and US dollars, nothing for what came from the cache. `calls` to providers."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost_usd + other.cost_usd,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Answer(Generic[AnswerT]):
    """An answer of the right form, and the model that gave it."""

    value: AnswerT
    model: str


@dataclass(frozen=True, slots=True)
class Asked(Generic[AnswerT]):
    """What became of a question: every item is in one of `answers` and `gaps`."""

    answers: Mapping[str, Answer[AnswerT]]
    gaps: Mapping[str, Gap]
    usage: Usage


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What engines must know of a model. `small`: it gets small jobs only, one item a call.

    `context_tokens`: for input and output together.
    """

    name: str
    small: bool
    context_tokens: int


class Models(Protocol):
    """The models of this installation, in order of preference."""

    @property
    def profiles(self) -> Sequence[ModelProfile]:
        """At least one; their order is the order of preference."""
        ...

    async def ask(self, question: Question[AnswerT], work: Lease, *, skip: int = 0) -> Asked[AnswerT]:
        """Answer every item from the cache, else by the first model past `skip` that is up; store before returning.

        Raises Unavailable when all of these models are down, or the day's budget is spent; LeaseLost from `work`.
        """
        ...
