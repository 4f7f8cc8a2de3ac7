"""Who takes part, and what each one gives up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal


@dataclass(frozen=True)
class Contender:
    """A way to run the stage.

    `module`: the child that does it. `done`: what shows that all is done: the offsets of its `group` where they are
    committed with or after the results, else the records in its `output`. `target`: the largest wanted ratio of our
    CPU time to its.
    """

    name: str
    title: str
    module: str
    done: Literal["group", "output"]
    gives_up: str
    options: Mapping[str, float | str] = field(default_factory=dict)
    target: float | None = None


OURS: Final = Contender(
    "ours",
    "ours, everything on",
    "bench.worker",
    "group",
    "nothing: exactly once, 1,000 at once, order per key, statuses, metrics, retries, dead letters",
    {"handler": "noop", "concurrency": 1000},
)

CONTENDERS: Final = (
    OURS,
    Contender(
        "workers",
        "FastStream + aiokafka, `max_workers=50`, as documented",
        "bench.stage.peers.fast",
        "output",
        "exactly once; order per key; a crash also loses: offsets are committed on a timer before the work is done",
        {"mode": "workers"},
        target=0.50,
    ),
    Contender(
        "tuned",
        "FastStream + aiokafka, `max_workers=50`, tuned: batches of 64 KiB, our way to validate, collector relaxed",
        "bench.stage.peers.fast",
        "output",
        "the same as documented",
        {"mode": "tuned"},
        target=0.50,
    ),
    Contender(
        "quix",
        "Quix Streams, exactly once",
        "bench.stage.peers.quix",
        "group",
        "concurrency: one record at a time, no async handlers",
        target=2.5,
    ),
    Contender(
        "partitions",
        "FastStream + aiokafka, `max_workers=12`, `AckPolicy.ACK`",
        "bench.stage.peers.fast",
        "output",
        "exactly once (at least once); concurrency beyond one record a partition; a commit a record",
        {"mode": "partitions"},
    ),
    Contender(
        "batch",
        "FastStream + aiokafka, lists of 90",
        "bench.stage.peers.fast",
        "output",
        "exactly once (at least once); a handler a record; partition by key and headers of the results",
        {"mode": "batch"},
    ),
    Contender(
        "confluent",
        "confluent-kafka, a plain loop",
        "bench.stage.peers.confluent",
        "group",
        "exactly once (at least once); concurrency: one record at a time, no async handlers",
    ),
    Contender(
        "bare",
        "our client, a bare loop",
        "bench.stage.bare",
        "group",
        "concurrency across batches; order per key; statuses, metrics, retries, dead letters",
    ),
    Contender(
        "bytes",
        "our client, a bare loop that doesn't read the records",
        "bench.stage.bare",
        "group",
        "the same, and validation",
        {"bytes": 1},
    ),
)
