"""A model behind its provider, as the pool sees it: one call in, one reply or one fault out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

from shared.llm.fence import Messages
from shared.llm.question import ModelProfile, Usage


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `schema`: JSON schema of the reply. `most_tokens`: limit on output."""

    task: str
    messages: Messages
    schema: Mapping[str, Any]
    most_tokens: int
    temperature: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `ended`: whole, cut off by the limit on output, or refused by the provider's filter."""

    text: str
    usage: Usage
    ended: Literal["whole", "cut", "filtered"] = "whole"


class Fault(Exception):  # noqa: N818 -- the subclasses are named for what the pool does
    """A call that has no reply. `retry_after`: seconds, when the provider said so."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class NotBegun(Fault):
    """The model went down before the call began."""


class TooSoon(Fault):
    """The provider takes no more calls for now (429)."""


class Down(Fault):
    """The provider or the model does not work now: 5xx, no connection."""


class TooSlow(Down):
    """No reply in time."""


class Misconfigured(Fault):
    """A person must change something: the key, the model's name, the account (401, 402, 403, 404)."""


class Rejected(Fault):
    """The provider takes calls, and not this one: too long, or refused for what it says (400, 413, 422)."""


class Provider(Protocol):
    """One model."""

    async def profile(self) -> ModelProfile:
        """What is known of the model; asks its server where only that knows. Raises Down."""
        ...

    async def call(self, call: Call) -> Reply:
        """Make one request, with no retry. Raises Fault."""
        ...

    def price(self, tokens_in: int, tokens_out: int) -> Decimal | None:
        """US dollars for so many tokens; None where the price is not known."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
