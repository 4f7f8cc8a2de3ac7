"""Whether a stage's memory stays flat: the resident size of its process while it works through many records.

Handlers take up to 0.8 s; one record in a hundred fails once and is retried, one in a thousand is dead-lettered. Every
record has a key of its own. The input is written while the stage runs, never far ahead of it. The size after warm-up is
the median of the samples in the next tenth of the records; growth is the highest later sample beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from bench.figures import machine, table
from bench.options import parser_of
from bench.payloads import submitted
from bench.running import Brokers, Running, kafka, running
from shared.model import ArticleSubmitted

_LOOK_SECONDS: Final = 1.0
_AHEAD: Final = 10_000
_HANDLER_SECONDS: Final = 0.8
"""With a thousand at once some 2,500 records a second: the input stays ahead, so that the stage's buffers stay full."""


@dataclass(frozen=True)
class Sample:
    """Resident bytes when so many records were committed."""

    records: int
    resident: int


@dataclass(frozen=True)
class Soak:
    """Megabytes, and the growth as shares of the size after warm-up."""

    records: int
    seconds: float
    after_warm_up: float
    highest: float
    last: float

    @property
    def growth(self) -> float:
        return self.highest / self.after_warm_up - 1

    @property
    def last_growth(self) -> float:
        return self.last / self.after_warm_up - 1


def judge(samples: Sequence[Sample], records: int, warm_up: int, seconds: float) -> Soak:
    """Work out the figures. Raises StatisticsError when the samples are too few."""
    later = [sample for sample in samples if sample.records >= warm_up]
    tenth = (records - warm_up) // 10
    base = statistics.median(sample.resident for sample in later if sample.records < warm_up + tenth)
    last = statistics.median(sample.resident for sample in later if sample.records >= records - tenth)
    highest = max(sample.resident for sample in later)
    return Soak(records, seconds, base / 1e6, highest / 1e6, last / 1e6)


class Feed:
    """The events, held back while the stage is far behind."""

    def __init__(self, count: int, size: int) -> None:
        self._count = count
        self._size = size
        self.done = 0
        self._error: Exception | None = None
        self._moved = threading.Condition()

    def __iter__(self) -> Iterator[ArticleSubmitted]:
        for number in range(self._count):
            with self._moved:
                while number - self.done >= _AHEAD:
                    self._moved.wait()
            yield submitted(number, size=self._size)

    def run(self, fill: Callable[[Iterable[ArticleSubmitted]], object]) -> None:
        """Have the events written; an error waits for `check`."""
        try:
            fill(self)
        except Exception as error:  # noqa: BLE001 -- raised in the thread that looks at the stage
            self._error = error

    def check(self) -> None:
        """Raise what ended the writing, if something did."""
        if self._error is not None:
            raise self._error

    def advance(self, done: int) -> None:
        """Say how far the stage is."""
        with self._moved:
            self.done = done
            self._moved.notify()


def soak(brokers: Brokers, directory: Path, options: argparse.Namespace) -> Soak:
    """Feed the stage and take samples until it has committed everything."""
    feed = Feed(options.records, options.bytes)
    started = time.monotonic()
    with running(
        brokers, directory, (), {"handler": "mixed", "seconds": _HANDLER_SECONDS, "concurrency": options.concurrency}
    ) as run:
        # A daemon: where the stage fails, nobody takes what it would still write.
        threading.Thread(target=feed.run, args=(partial(brokers.fill, run.source),), daemon=True).start()
        samples = list(_samples(brokers, run, feed, options))
        run.child.stop()
    return judge(samples, options.records, options.warm_up, time.monotonic() - started)


def _samples(brokers: Brokers, run: Running, feed: Feed, options: argparse.Namespace) -> Iterator[Sample]:
    process = psutil.Process(run.child.pid)
    shown = 0
    while feed.done < options.records:
        run.child.check()
        feed.check()
        sample = Sample(brokers.committed(run.name), process.memory_info().rss)
        feed.advance(sample.records)
        if sample.records * 10 // options.records > shown and not options.json:
            shown = sample.records * 10 // options.records
            print(f"{sample.records} records: {sample.resident / 1e6:.1f} MB", flush=True)
        yield sample
        time.sleep(_LOOK_SECONDS)


def main() -> None:
    parser = parser_of("bench.soak", __doc__)
    parser.add_argument("--records", type=int, default=260_000)
    parser.add_argument("--warm-up", type=int, default=60_000, help="records before the size counts")
    parser.add_argument("--concurrency", type=int, default=1000, help="handlers that may run at once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="diglot-bench-") as name, kafka(Path(name)) as brokers:
        found = soak(brokers, Path(name), options)
    if options.json:
        print(json.dumps(asdict(found) | {"growth": found.growth, "last_growth": found.last_growth}))
        return
    print(f"\n{machine()}, {found.records} records in {found.seconds:.0f} s\n")
    rows = (
        ("after warm-up", f"{found.after_warm_up:.1f} MB", ""),
        ("highest after that", f"{found.highest:.1f} MB ({found.growth:+.1%})", "<= +5%"),
        ("last tenth, median", f"{found.last:.1f} MB ({found.last_growth:+.1%})", ""),
    )
    print(table(("resident size", "measured", "target"), rows))


if __name__ == "__main__":
    main()
