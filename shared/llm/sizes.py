"""Estimates of tokens from characters, and how many items go into one call."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeVar

from shared.model import Language

T = TypeVar("T")

ITEMS_PER_CALL: Final = 12
_BYTES_PER_TOKEN: Final = 3
"""A Han character has 3 bytes in UTF-8 and takes about one token, an English word of 5 letters takes 1.3."""
_MARGIN: Final = 200
"""Tokens around each call's messages: roles, the schema's echo, the answer's own brackets."""
_PER_ANSWER: Final = 60
"""Tokens of JSON around one answer."""


def tokens_of(size: int) -> int:
    """Estimate, on the high side, the tokens of `size` UTF-8 bytes."""
    return -(-size // _BYTES_PER_TOKEN) + _MARGIN


def tokens_to_answer(items: int, longest_answer: int, target: Language) -> int:
    """The limit on output for so many answers of `longest_answer` code points."""
    width = 3 if target == "zh" else 1
    return items * (-(-longest_answer * width // _BYTES_PER_TOKEN) + _PER_ANSWER) + _MARGIN


def parts(items: Sequence[T], most: int) -> list[Sequence[T]]:
    """Split into parts of at most `most`, as even as they can be: their calls run at once, and the longest counts."""
    count = -(-len(items) // most)
    borders = [len(items) * i // count for i in range(count + 1)] if count else []
    return [items[a:b] for a, b in pairwise(borders)]
