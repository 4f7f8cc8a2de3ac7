"""What goes through the chain: its topics and stages, its articles, and how long each handler takes."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final, NamedTuple

from shared.model import ArticleSubmitted
from shared.stream import Stage
from shared.stream._rebalance import GRACE_SECONDS
from shared.stream.topics import STATUS, Topic
from tests.support.events import ACCEPTED, submitted

PARTITIONS: Final = 6
CONCURRENCY: Final = 64
_SLOW_SHARE: Final = 0.1
_STUBBORN_SHARE: Final = 0.01


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
    """5-60 ms as a rule. One article in ten takes up to 2 s, so that others of its partition are done before it; one in
    a hundred takes longer than the runtime lets handlers go on when their partition is revoked."""
    drawn = random.Random(f"{seed} {stage} {event_id}")
    kind = drawn.random()
    if kind < _STUBBORN_SHARE:
        total = drawn.uniform(GRACE_SECONDS + 1.0, GRACE_SECONDS + 4.0)
    elif kind < _STUBBORN_SHARE + _SLOW_SHARE:
        total = drawn.uniform(0.3, 2.0)
    else:
        total = drawn.uniform(0.005, 0.060)
    before = drawn.random() * total
    return Pauses(before, total - before)
