"""Runs the contenders by turns on one broker and one input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.children import Child, Orders
from bench.running import Brokers, until
from bench.stage.contenders import Contender
from bench.topics import fresh_name, topic
from shared.stream.topics import Topic, dead_letter_topic

_LIMIT_SECONDS: Final = 600.0


@dataclass(frozen=True)
class Run:
    """One run of one contender. Seconds are from its first record until all results are there."""

    round: int
    contender: str
    articles: int
    cpu_seconds: float
    wall_seconds: float

    @property
    def cpu_per_1000(self) -> float:
        return self.cpu_seconds * 1000 / self.articles

    @property
    def per_second(self) -> float:
        return self.articles / self.wall_seconds


def rounds(
    brokers: Brokers, contenders: Sequence[Contender], source: Topic, articles: int, count: int, python: Path, log: Path
) -> Iterator[Run]:
    """Let each contender run once a round; each round begins with another one, so that none always follows the same."""
    for number in range(count):
        first = number % len(contenders)
        for contender in (*contenders[first:], *contenders[:first]):
            cpu, wall = _run(brokers, contender, source, articles, python, log)
            yield Run(number, contender.name, articles, cpu, wall)


def _run(
    brokers: Brokers, contender: Contender, source: Topic, articles: int, python: Path, log: Path
) -> tuple[float, float]:
    name = fresh_name()
    target = topic(f"{name}.out")
    brokers.make_for_stage(name, source, target)
    orders = Orders(brokers.bootstrap, name, source.name, target.name, contender.options)
    done: Callable[[], bool] = (
        (lambda: brokers.committed(name) >= articles)
        if contender.done == "group"
        else (lambda: brokers.written(target) >= articles)
    )
    with Child(contender.module, orders, log, python) as child:
        end = until(f"{contender.name} with {articles} articles", done, child.check, _LIMIT_SECONDS)
        answer = child.stop()
    _check(contender, brokers.keys(target, articles), articles)
    brokers.delete(target, dead_letter_topic(name, (source,)))
    return answer.cpu_seconds, end - answer.started


def _check(contender: Contender, keys: Sequence[bytes], articles: int) -> None:
    """A contender that is fast because it loses or repeats something is no comparison."""
    if len(keys) != articles or len(set(keys)) != articles:
        raise RuntimeError(f"{contender.name}: {len(keys)} results, {len(set(keys))} different ones, of {articles}")
