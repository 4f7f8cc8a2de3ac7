"""What a stage's transaction adds to the latency of a record at low load.

Records are produced one by one at a low rate, at uneven intervals. Latency is from just before the send until a
consumer of the output topic has the result: read_committed behind our stage (no-op handler), read_uncommitted behind a
plain consume-produce loop without a transaction. What the stage adds is the difference of the two at the same quantile.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from kafka import KafkaProducer

from bench.children import Child, Orders
from bench.figures import machine, quantile, table
from bench.follow import Follower
from bench.options import parser_of
from bench.payloads import submitted
from bench.running import Brokers, kafka, until
from bench.topics import fresh_name, topic
from shared.model import encode
from shared.stream.topics import Topic

_LIMIT_SECONDS: Final = 60.0
_WARM_UP: Final = 40
"""Records before those that count: connections, metadata, the group's join."""

_Isolation = Literal["read_committed", "read_uncommitted"]
_WAYS: Final[Sequence[tuple[str, str, _Isolation]]] = (
    ("stage", "bench.worker", "read_committed"),
    ("plain", "bench.plain", "read_uncommitted"),
)


@dataclass(frozen=True)
class Latency:
    """Quantiles in ms."""

    brokers: int
    way: str
    samples: int
    p50: float
    p99: float


def measure(
    brokers: Brokers, nodes: int, way: str, module: str, isolation: _Isolation, options: argparse.Namespace, log: Path
) -> Latency:
    """Send the records through one kind of child, and take the time of each."""
    name = fresh_name()
    source, target = topic(f"{name}.in"), topic(f"{name}.out")
    brokers.make(source)
    brokers.make_for_stage(name, source, target)
    orders = Orders(brokers.bootstrap, name, source.name, target.name, {"handler": "noop"})
    with Child(module, orders, log) as child, Follower(brokers.bootstrap, target, isolation) as follower:
        count = round(options.rate * options.seconds)
        _send(brokers.bootstrap, source, _WARM_UP, options.rate, options.bytes, first=0)
        until(way, lambda: len(follower.seen) == _WARM_UP, child.check, _LIMIT_SECONDS)
        sent = _send(brokers.bootstrap, source, count, options.rate, options.bytes, first=_WARM_UP)
        until(way, lambda: sent.keys() <= follower.seen.keys(), child.check, _LIMIT_SECONDS)
        child.stop()
    waits = sorted(follower.seen[event] - at for event, at in sent.items())
    return Latency(nodes, way, count, quantile(waits, 0.50) * 1000, quantile(waits, 0.99) * 1000)


def _send(bootstrap: str, source: Topic, count: int, rate: float, size: int, first: int) -> dict[str, float]:
    """Send records at a rate, at intervals of 0.5 to 1.5 times the mean; returns when each was sent."""
    rng = random.Random(first)
    # Made beforehand: to make one takes a millisecond.
    events = [submitted(number, size=size) for number in range(first, first + count)]
    records = [(event.id, encode(event, "/diglot/bench")) for event in events]
    producer = KafkaProducer(bootstrap_servers=bootstrap.split(","), acks="all", max_request_size=source.max_bytes)
    sent = {}
    try:
        producer.partitions_for(source.name)
        due = time.monotonic()
        for event, record in records:
            due += rng.uniform(0.5, 1.5) / rate
            time.sleep(max(0.0, due - time.monotonic()))
            sent[event] = time.monotonic()
            producer.send(source.name, record.value, record.key, list(record.headers))
        producer.flush()
    finally:
        producer.close()
    return sent


def main() -> None:
    parser = parser_of("bench.latency", __doc__)
    parser.add_argument("--rate", type=float, default=20.0, help="records a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each run")
    parser.add_argument("--brokers", type=int, nargs="+", choices=(1, 3), default=[1, 3], help="nodes of each cluster")
    options = parser.parse_args()
    found: list[Latency] = []
    for nodes in options.brokers:
        with tempfile.TemporaryDirectory(prefix="diglot-bench-") as name, kafka(Path(name), nodes) as brokers:
            for way, module, isolation in _WAYS:
                log = Path(name) / f"{way}.log"
                found.append(measure(brokers, nodes, way, module, isolation, options, log))
                line = asdict(found[-1])
                print(json.dumps(line) if options.json else f"{nodes} brokers, {way}: {line}", flush=True)
    if not options.json:
        print(f"\n{machine()}, {options.rate:g} records/s, {found[0].samples} samples\n")
        print(table(("brokers", "", "p50 ms", "p99 ms", "target"), _rows(found)))


def _rows(found: Sequence[Latency]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for nodes in sorted({latency.brokers for latency in found}):
        stage, plain = (
            next(one for one in found if one.brokers == nodes and one.way == way) for way in ("stage", "plain")
        )
        target = "<= 30 / <= 150" if nodes == 1 else "reported"
        rows += [
            (str(nodes), "through the stage, read_committed", f"{stage.p50:.1f}", f"{stage.p99:.1f}", ""),
            (str(nodes), "through a plain loop, read_uncommitted", f"{plain.p50:.1f}", f"{plain.p99:.1f}", ""),
            (str(nodes), "added", f"{stage.p50 - plain.p50:.1f}", f"{stage.p99 - plain.p99:.1f}", target),
        ]
    return rows


if __name__ == "__main__":
    main()
