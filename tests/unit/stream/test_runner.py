from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from shared.model import Event
from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream import StageRunner, Work
from shared.stream._outbox import FailureKind
from shared.telemetry import CounterName, Metrics
from tests.support.stages import declare


async def echo(event: Event, _work: Work) -> Sequence[Event]:
    return [event]


def test_all_counters_of_a_stage_are_there_before_its_first_record() -> None:
    metrics = Metrics()
    stage = declare("made.now")
    StageRunner(stage, echo, CommonSettings(), metrics, Shutdown())
    shown = [line for line in metrics.render().decode().splitlines() if "_created" not in line]
    of_stage = [line for line in shown if f'stage="{stage.name}"' in line]
    names = {line.partition("{")[0] for line in of_stage}
    counters = {name for name in get_args(CounterName) if name.startswith("diglot_stage_")}
    assert names == {*counters, "diglot_stage_paused"}
    assert all(line.endswith(" 0.0") for line in of_stage)
    dead = [line for line in of_stage if line.startswith("diglot_stage_dead_lettered_total")]
    assert all(any(f'error="{kind}"' in line for line in dead) for kind in get_args(FailureKind))
