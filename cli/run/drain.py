"""How much a stage process still has to do, read from its metrics."""

from __future__ import annotations

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


class DrainWatch:
    """Decides when a process is drained: once its backlog was empty in several looks in a row.

    One look is not enough: a record can be on its way between the broker and the process, in neither number.
    """

    def __init__(self, looks: int = 3) -> None:
        self._looks = looks
        self._empty = 0

    def look(self, backlog: Backlog) -> bool:
        """Take the next look; true when the process is drained."""
        self._empty = self._empty + 1 if backlog.empty else 0
        return self._empty >= self._looks
