"""The version of a document: which post, which engine rank, which run."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from shared.model.base import MAX_INSTANT, Model

Revision = Annotated[int, Field(ge=0, le=MAX_INSTANT)]
RANK_OFFLINE: Final = 0
RANK_MODEL: Final = 1
LIVE_RUN: Final = 0


class Version(Model):
    """Ordered by revision, then rank, then run.

    `revision` is the source's updated_at, or the time of acceptance (ms). `rank` is 0 for the offline engine and 1 for
    a model. `run` is 0 for live work, or the start of a replay (ms).
    """

    revision: Revision
    rank: int = Field(default=RANK_OFFLINE, ge=0, le=9)
    run: int = Field(default=LIVE_RUN, ge=0, le=MAX_INSTANT)

    @property
    def edition(self) -> tuple[int, int]:
        """What distinguishes two analyses of the same content."""
        return (self.rank, self.run)

    @property
    def order(self) -> tuple[int, int, int]:
        return (self.revision, self.rank, self.run)

    def __str__(self) -> str:
        return f"{self.revision}.{self.rank}.{self.run}"
