"""A part of a stage's input that is handled again, in a run of its own. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.model import ArticleAnalyzed, ArticleSubmitted, ArticleTranslated, Event
from shared.stream._records import Partition


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay handles, and how.

    `run`: its start (ms), which is part of the versions that it makes. `ends`: where it ends in each partition of the
    stage's input (not included); it begins at what its group has committed. `retracted`: the latest retraction of each
    article that has one (ms).
    """

    run: int
    ends: Mapping[Partition, int]
    retracted: Mapping[str, int]

    @property
    def group(self) -> str:
        """Its consumer group; the stage's own is never touched."""
        return f"replay-{self.run}"

    def pick(self, event: Event) -> Event | None:
        """The event as it is handled in this run; None for a post that was retracted."""
        if not isinstance(event, ArticleSubmitted | ArticleAnalyzed | ArticleTranslated):
            return event
        if event.article.accepted <= self.retracted.get(event.article.id, -1):
            return None
        return in_run(event, self.run)


def in_run(event: Event, run: int) -> Event:
    """The event as one of another run. Rulings and reports are of none: they are only repeated."""
    if not isinstance(event, ArticleSubmitted | ArticleAnalyzed | ArticleTranslated):
        return event
    return event.model_copy(update={"version": event.version.model_copy(update={"run": run})})
