"""Records that are sent again for one stage alone, though other stages read the same topic. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

REPLAY_FOR: Final = "replay_for"
"""Names the only stage that a record is for; every other one passes over it."""

REPLAY_OF: Final = "replay_of"
"""Names the dead letter that a record was sent again from."""


def is_for(stage: str, headers: Iterable[tuple[str, bytes]]) -> bool:
    """Whether a stage is to handle a record with these headers: most are for all that read their topic."""
    return all(value == stage.encode() for name, value in headers if name == REPLAY_FOR)
