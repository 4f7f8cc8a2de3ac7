"""What a stage is: its declaration, its handler, and what a handler may ask the runtime."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pydantic import TypeAdapter, ValidationError

from shared.model import Event, Status
from shared.model.events import StageName
from shared.stream.topics import Topic, dead_letter_topic

_NAME: Final = TypeAdapter(StageName)


class Work(Protocol):
    """One record in a handler's hands."""

    @property
    def attempt(self) -> int:
        """1 for the first attempt, counted up by each retry of this process."""
        ...

    @property
    def traceparent(self) -> str:
        """W3C trace context of this step, for calls to other systems."""
        ...

    async def lease(self) -> None:
        """Make sure that the record is still this worker's; await it before each paid call.

        Raises LeaseLost, which the handler lets through: another worker may have the record already.
        """
        ...

    def note(self, status: Status, detail: str | None = None) -> None:
        """Report progress; never waits and may be lost.

        `unchanged` replaces the final `done`; the others are sent after a tenth of a second, at most one a second:
        a later one replaces one that still waits, and the end of the work drops it.
        """
        ...


Handler = Callable[[Event, Work], Awaitable[Sequence[Event]]]
"""Turns one event into none, one or many. It may see an event again, so what it writes must be an upsert.

Raises Poison, Transient or Unavailable as `shared/errors.py` says; anything else is a bug and goes to the dead letters.
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the pipeline.

    `name` also names its consumer group, dead letters (`<name>.dlq`), metrics and journey entries: one or two words of
    small letters with a dot between them, else ValueError.
    `concurrency`: handlers that run at once in this process.
    `attempt_seconds`: longest run of a handler; then it counts as Transient.
    `retry_seconds`: how long a record that fails as Transient is tried before it is dead-lettered (5 minutes).
    `window`: offsets of one partition from the first unfinished record to the newest one that is worked on: how far one
    that is stuck may be left behind. Records past it that are done are named in the commit, which bounds it (26,176).
    """

    name: str
    consumes: tuple[Topic, ...]
    produces: tuple[Topic, ...]
    concurrency: int = 32
    attempt_seconds: float = 120.0
    retry_seconds: float = 300.0
    window: int = 20_000

    def __post_init__(self) -> None:
        try:
            _NAME.validate_python(self.name)
        except ValidationError as error:
            raise ValueError(
                f"a stage can't be called {self.name!r}: its name is one or two words of letters a to z with a dot "
                "between them, and at most 64 characters long, as in analyze.draft"
            ) from error

    @property
    def dead_letters(self) -> Topic:
        return dead_letter_topic(self.name, self.consumes)

    def topic_of(self, event: Event) -> Topic:
        """Where a result goes. Raises TypeError when the stage declares no topic for its class."""
        for topic in self.produces:
            if topic.carries is type(event):
                return topic
        raise TypeError(f"the stage {self.name} produces no {type(event).__name__}")

    def accepts(self, event: Event, topic: str) -> bool:
        """True when `event` is what the consumed topic of that name carries."""
        return any(t.name == topic and t.carries is type(event) for t in self.consumes)
