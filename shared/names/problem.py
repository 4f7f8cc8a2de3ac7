"""What a check of names found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class NameProblem:
    """A name that went wrong: what to change, in words for a repair request, and the two fragments.

    `result` is `warn` where a good translator may have chosen another form than the termbase has.
    """

    message: str
    source: str
    target: str
    result: Literal["fail", "warn"] = "fail"
