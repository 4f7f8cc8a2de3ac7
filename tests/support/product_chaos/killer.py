"""Ends parts of the product with SIGKILL while they work, at moments that a seed decides."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from tests.support.product_chaos.client import Client
from tests.support.product_chaos.servers import Restart
from tests.support.system import System, wait_for

FAILPOINTS: Final = (
    "store.revisions.written",
    "store.revisions.emptied",
    "store.articles.written",
    "store.cards.written",
    "store.rulings.written",
    "store.journeys.written",
    "publish.before_published",
    "stream.before_commit",
)
"""Where a process ends itself: after each write to MongoDB, before its event is handed over, before a commit."""
_IN_FLIGHT: Final[Mapping[str, str]] = {
    "ingest": "diglot_http_in_flight",
    "reader": "diglot_http_in_flight",
    "analyze": "diglot_stage_in_flight",
    "translate": "diglot_stage_in_flight",
    "writer": "diglot_stage_in_flight",
}
_READY_SECONDS: Final = 60.0
_BUSY_SECONDS: Final = 2.0
_HIT_SECONDS: Final = 60.0
_LONGEST_PAUSE: Final = 1.0


@dataclass
class Tally:
    """What was killed how often; of a process also how often it had work in flight, as far as can be seen from
    outside. `missed`: failpoints that nobody came to."""

    kills: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def plan(rng: Random, kills: int, targets: Sequence[str]) -> list[str]:
    """Return what to kill, in order: each target once at least, all about equally often.

    Raises ValueError where there are too few kills for that.
    """
    if kills < len(targets):
        raise ValueError(f"{kills} kills are too few: there are {len(targets)} things to kill")
    rounds = [rng.sample(targets, len(targets)) for _ in range(-(-kills // len(targets)))]
    return [target for each in rounds for target in each][:kills]


class Killer:
    """Carries out a plan. `servers`: how to kill and restart the database and the broker, by name."""

    def __init__(self, system: System, failpoints: Path, servers: Mapping[str, Restart], rng: Random) -> None:
        self._system = system
        self._failpoints = failpoints
        self._servers = servers
        self._rng = rng
        self.tally = Tally()

    def run(self, targets: list[str], client: Client, articles: int, say: Callable[[str], None]) -> None:
        """Kill everything in `targets`, spread over the time that the client takes for `articles` articles."""
        for number, target in enumerate(targets):
            due = articles * (number + 1) // (len(targets) + 1)
            while client.ended < due:
                client.check()
                time.sleep(0.02)
            client.check()
            say(f"kill {number + 1} of {len(targets)}: {target} ({client.ended} articles, {client.accepted} accepted)")
            self._kill(target)

    def _kill(self, target: str) -> None:
        if target in FAILPOINTS:
            if not self._at_failpoint(target):
                self.tally.missed.append(target)
                return
        elif target in self._servers:
            self._servers[target](self._rng.uniform(0, _LONGEST_PAUSE))
        else:
            self._process(target)
        self.tally.kills[target] += 1

    def _process(self, instance: str) -> None:
        """Kill a process that is up, when it has work in flight if that comes soon."""
        wait_for(f"{instance} to be up again", lambda: self._system.is_ready(instance), _READY_SECONDS)
        metric = _IN_FLIGHT[instance.partition(".")[0]]
        deadline = time.monotonic() + _BUSY_SECONDS
        while not (busy := self._system.metric(instance, metric) > 0) and time.monotonic() < deadline:
            time.sleep(self._rng.uniform(0, 0.02))
        self.tally.busy[instance] += busy
        self._system.kill(instance)

    def _at_failpoint(self, name: str) -> bool:
        """Have the next process that comes to a failpoint kill itself there; returns whether one came."""
        order = self._failpoints / name
        draft = self._failpoints / f"{name}.draft"
        draft.write_text("kill")
        draft.rename(order)  # whole at once: a process may read it in between
        deadline = time.monotonic() + _HIT_SECONDS
        while order.exists():
            if time.monotonic() > deadline:
                order.unlink(missing_ok=True)
                return False
            time.sleep(0.02)
        return True
