"""How well a stage keeps 1,000 calls in flight, when each takes long.

Even: every handler takes one second. Measured is the time from the first handler's start until the group has committed
the last article; the ideal is articles / concurrency x 1 s.

Stuck: handlers take a lognormal time (median 1 s, 99th percentile 20 s), and the handler of one key never ends, with
more articles of that key behind it. Measured are the handlers that run, as a share of all slots, from the moment when
all are first taken until the last article that can start has started. A stall of another key is the time from its
handler's end until a read_committed consumer has its result, or a time in which a partition that has articles left
starts none.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bench.figures import machine, table
from bench.follow import Follower
from bench.options import parser_of
from bench.payloads import submitted
from bench.running import Brokers, kafka, running, until
from shared.model import ArticleSubmitted
from shared.stream.partitioning import partition_of

_LIMIT_SECONDS: Final = 1800.0
_STUCK_EVERY: Final = 200
"""Every so many articles is one of the stuck key."""
_AFTER_SECONDS: Final = 5.0
"""How long the results of the last handlers that ended are waited for."""

_Times = Mapping[str, float]


@dataclass(frozen=True)
class Even:
    """Seconds from the first handler's start to the last commit, and what they would be at best."""

    articles: int
    concurrency: int
    seconds: float
    ideal: float

    @property
    def share(self) -> float:
        return self.ideal / self.seconds


@dataclass(frozen=True)
class Stuck:
    """`seconds`: how long all slots could be taken. `busy`: share of them that were, `least` at worst.

    The stalls are in seconds: until a result is seen, and without a start in the stuck key's partition and in others.
    """

    articles: int
    concurrency: int
    seconds: float
    busy: float
    least: float
    until_seen: float
    without_start: float
    without_start_elsewhere: float


def even(brokers: Brokers, directory: Path, options: argparse.Namespace) -> Even:
    """Run the stage with handlers of one length until all is committed."""
    articles, concurrency = options.articles, options.concurrency
    events = (submitted(number, size=options.bytes) for number in range(articles))
    orders = {"handler": "sleep", "seconds": options.seconds, "concurrency": concurrency}
    with running(brokers, directory, events, orders) as run:
        end = until("even", lambda: brokers.committed(run.name) >= articles, run.child.check, _LIMIT_SECONDS)
        answer = run.child.stop()
    return Even(articles, concurrency, end - answer.started, math.ceil(articles / concurrency) * options.seconds)


def stuck(brokers: Brokers, directory: Path, options: argparse.Namespace) -> Stuck:
    """Run the stage with handlers of many lengths and one that never ends, until the input has run out."""
    events = list(_with_stuck_key(options.articles, options.bytes))
    blocked = events[0].key
    startable = 1 + sum(event.key != blocked for event in events)
    orders: dict[str, float | str] = {
        "handler": "lognormal",
        "median": options.seconds,
        "p99": options.seconds * 20,
        "stuck": blocked,
        "concurrency": options.concurrency,
        "watched": 1,
    }
    with (
        running(brokers, directory, events, orders) as run,
        Follower(brokers.bootstrap, run.target, "read_committed") as follower,
    ):
        # The worker knows how many have started, and is asked only once, at the end; here their results show it.
        until(
            "stuck",
            lambda: len(follower.seen) >= startable - options.concurrency,
            run.child.check,
            _LIMIT_SECONDS,
        )
        time.sleep(_AFTER_SECONDS)
        asked = time.monotonic()
        more = run.child.stop().more
    places = {
        event.id: partition_of(event.key.encode(), run.source.partitions)
        for event in events
        if event.key != blocked or event is events[0]
    }
    seen = {name: moment for name, moment in follower.seen.items() if moment <= asked}
    return judge(more, seen, places, partition_of(blocked.encode(), run.source.partitions), startable, options)


def judge(
    more: Mapping[str, Any],
    seen: _Times,
    places: Mapping[str, int],
    blocked: int,
    startable: int,
    options: argparse.Namespace,
) -> Stuck:
    """Work out the figures from what the worker noted and the follower saw. `places`: the partition of each article
    that can start; `blocked`: that of the stuck key."""
    started: _Times = more["started"]
    ended: _Times = more["ended"]
    samples: Sequence[tuple[float, int, int]] = more["samples"]
    full = next((i for i, (_, running_now, _) in enumerate(samples) if running_now >= options.concurrency), None)
    if full is None:
        raise RuntimeError(f"the pool was never full: at most {max(running_now for _, running_now, _ in samples)}")
    window = [sample for sample in samples[full:] if sample[2] < startable]
    shares = [running_now / options.concurrency for _, running_now, _ in window]
    begun, over = window[0][0], window[-1][0]
    # What ended just before the end may be on its way.
    asked = samples[-1][0]
    waits = [seen.get(name, asked) - end for name, end in ended.items()]
    gaps = _gaps(started, places, begun, over)
    return Stuck(
        articles=options.articles,
        concurrency=options.concurrency,
        seconds=over - begun,
        busy=sum(shares) / len(shares),
        least=min(shares),
        until_seen=max(waits),
        without_start=gaps.get(blocked, 0.0),
        without_start_elsewhere=max((gap for place, gap in gaps.items() if place != blocked), default=0.0),
    )


def _gaps(started: _Times, places: Mapping[str, int], begun: float, over: float) -> dict[int, float]:
    """The longest time between two starts within the window, by partition. One that starts no more of what it has left
    stalls to the end of the window."""
    by_place: dict[int, list[float]] = {}
    for name, place in places.items():
        at = min(started.get(name, over), over)
        by_place.setdefault(place, [begun]).append(max(begun, at))
    return {place: max(b - a for a, b in itertools.pairwise(sorted(moments))) for place, moments in by_place.items()}


def _with_stuck_key(articles: int, size: int) -> Iterator[ArticleSubmitted]:
    for number in range(articles):
        yield submitted(number, size=size, key=0 if number % _STUCK_EVERY == 0 else number)


def main() -> None:
    parser = parser_of("bench.slots", __doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--concurrency", type=int, default=1000, help="handlers that may run at once")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a handler, or its median")
    parser.add_argument("--only", choices=("even", "stuck"), help="one of the two")
    options = parser.parse_args()
    figures: list[Even | Stuck] = []
    with tempfile.TemporaryDirectory(prefix="diglot-bench-") as name, kafka(Path(name)) as brokers:
        for measure in (even, stuck):
            if options.only in (None, measure.__name__):
                if not options.json:
                    print(f"{measure.__name__}: {options.articles} articles", flush=True)
                figures.append(measure(brokers, Path(name), options))
                if options.json:
                    print(json.dumps({"figure": measure.__name__, **asdict(figures[-1])}), flush=True)
    if not options.json:
        print(f"\n{machine()}, one Kafka broker, {options.articles} articles, concurrency {options.concurrency}\n")
        rows = (row for found in figures for row in (_even(found) if isinstance(found, Even) else _stuck(found)))
        print(table(("figure", "measured", "target"), rows))


def _even(figure: Even) -> list[tuple[str, str, str]]:
    return [
        ("first handler's start to last commit", f"{figure.seconds:.2f} s of {figure.ideal:.0f} s", ""),
        ("share of the ideal", f"{figure.share:.1%}", ">= 96%"),
    ]


def _stuck(found: Stuck) -> list[tuple[str, str, str]]:
    return [
        (f"busy slots, mean over {found.seconds:.0f} s", f"{found.busy:.1%}", ">= 90%"),
        ("busy slots, worst moment", f"{found.least:.1%}", ""),
        ("longest stall of another key: handler's end to result seen", f"{found.until_seen:.2f} s", "reported"),
        ("longest stall of the stuck key's partition: no start", f"{found.without_start:.2f} s", "reported"),
        ("longest stall of another partition: no start", f"{found.without_start_elsewhere:.2f} s", "reported"),
    ]


if __name__ == "__main__":
    main()
