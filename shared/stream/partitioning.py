"""Which partition a key leads to."""

from __future__ import annotations

from functools import lru_cache

from kafka.partitioner.default import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key on a topic of so many partitions, as Kafka's default partitioner has it."""
    return _hash(key) % partitions


@lru_cache(maxsize=4096)
def _hash(key: bytes) -> int:
    # Kept, because a record and its status have the same key and murmur2 is Python.
    return int(murmur2(key)) & 0x7FFFFFFF
