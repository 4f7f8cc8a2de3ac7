"""How much the stage processes still have to do, read from their metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

_LAG: Final = "diglot_stage_lag_records"
_IN_FLIGHT: Final = "diglot_stage_in_flight"
_PAUSED: Final = "diglot_stage_paused"


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the stages of one process have before them. `paused` names those that wait for something that is down."""

    waiting: int
    in_flight: int
    paused: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return self.waiting == 0 and self.in_flight == 0

    def __str__(self) -> str:
        paused = f", paused: {', '.join(self.paused)}" if self.paused else ""
        return f"{self.waiting} waiting, {self.in_flight} in flight{paused}"


def read_backlog(metrics: str) -> Backlog:
    """Sum the backlog over the stages in a page of metrics. Raises ValueError when it is no such page."""
    totals = {_LAG: 0.0, _IN_FLIGHT: 0.0}
    paused = []
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name in totals:
                totals[sample.name] += max(0.0, sample.value)
            elif sample.name == _PAUSED and sample.value > 0:
                paused.append(sample.labels.get("stage", "?"))
    return Backlog(int(totals[_LAG]), int(totals[_IN_FLIGHT]), tuple(paused))


def describe_loss(backlogs: Mapping[str, Backlog | None]) -> str | None:
    """What a broker that kept nothing lost, from what its stages counted last; None when that was nothing."""
    unknown = [name for name, backlog in backlogs.items() if backlog is None]
    queued = {name: b.waiting + b.in_flight for name, b in backlogs.items() if b is not None and not b.empty}
    if not unknown and not queued:
        return None
    counted = [f"{number} for {name}" for name, number in queued.items()]
    counted += [f"nobody knows how many for {name}" for name in unknown]
    return f"the broker lost the records that were queued ({', '.join(counted)}): post again what is not published"


class DrainWatch:
    """Decides when the stages are drained: once nothing was queued for any of them for `quiet` seconds.

    One look is not enough. A record that is on its way from one stage to the next is in neither's numbers, and a stage
    counts what waits for it only once a second.
    """

    def __init__(self, quiet: float) -> None:
        self._quiet = quiet
        self._empty_since: float | None = None

    def look(self, backlogs: Iterable[Backlog | None], now: float) -> bool:
        """Take the next look, at `now` seconds; None is a stage that can't say. True when all are drained."""
        if not all(backlog is not None and backlog.empty for backlog in backlogs):
            self._empty_since = None
            return False
        if self._empty_since is None:
            self._empty_since = now
        return now - self._empty_since >= self._quiet
