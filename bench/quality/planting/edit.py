"""What an operation proposes: a place of the target and what to write there instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random

from shared.model.base import Language


@dataclass(frozen=True, slots=True)
class Case:
    """A faithful pair as an operation sees it, and its dice."""

    source: str
    target: str
    language: Language  # of the target
    dice: Random


@dataclass(frozen=True, slots=True)
class Edit:
    """`target[start:end]` becomes `new`."""

    start: int
    end: int
    new: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


Operation = Callable[[Case], Iterable[Edit]]
"""All places of a case where the error can be planted for sure; none where it can't."""


def substitutions(text: str, pattern: str, new: str) -> Iterator[Edit]:
    """Each match replaced; what comes to stand at the very start gets a capital."""
    for match in re.finditer(pattern, text):
        start, end = match.span()
        written = match.expand(new)
        if start == 0 and not written:
            written, end = text[end : end + 1], end + 1
        yield Edit(start, end, written[:1].upper() + written[1:] if start == 0 else written)
