"""A record as it was read, and where it was read from."""

from __future__ import annotations

from typing import NamedTuple


class Partition(NamedTuple):
    """One partition of a topic."""

    topic: str
    number: int


class Consumed(NamedTuple):
    """A record as it was read. `size`: bytes of key, value and headers together, where they count."""

    partition: Partition
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    size: int = 0
