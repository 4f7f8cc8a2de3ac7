"""What goes through the chain: its topics and stages, its articles, and how long each handler takes."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final, NamedTuple

from shared.model import ArticleSubmitted
from shared.stream import Stage
from shared.stream.topics import STATUS, Topic
from tests.support.events import ACCEPTED, submitted

PARTITIONS: Final = 6
CONCURRENCY: Final = 64
_SLOW_SHARE: Final = 0.1


def _topic(name: str) -> Topic:
    return Topic(name, PARTITIONS, timedelta(days=1), False, 200_000, ArticleSubmitted)


TOPICS: Final = (_topic("chaos.in"), _topic("chaos.between"), _topic("chaos.out"))
STAGES: Final = tuple(
    Stage(name, (consumed,), (produced,), concurrency=CONCURRENCY)
    for name, consumed, produced in zip(("chaos.a", "chaos.b"), TOPICS, TOPICS[1:], strict=False)
)
ALL_TOPICS: Final = (*TOPICS, *(stage.dead_letters for stage in STAGES), STATUS)


def article(number: int, keys: int) -> ArticleSubmitted:
    """The article of that number: the keys take turns, and each has its articles in the order of their numbers."""
    return submitted(str(number % keys), ACCEPTED + number)


class Pauses(NamedTuple):
    """Seconds that a handler waits before and after the place where an engine would pay."""

    before: float
    after: float


def pauses(seed: int, stage: str, event_id: str) -> Pauses:
    """5-60 ms as a rule; one article in ten takes up to 2 s, so that others of its partition are done before it."""
    drawn = random.Random(f"{seed} {stage} {event_id}")
    total = drawn.uniform(0.3, 2.0) if drawn.random() < _SLOW_SHARE else drawn.uniform(0.005, 0.060)
    before = drawn.random() * total
    return Pauses(before, total - before)
