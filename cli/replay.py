"""What `diglot replay` does: plans a range, runs the stage's own handler over it, and shows how far it is."""

from __future__ import annotations

import asyncio
import json
import logging
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from cli.brokers import broker, broker_settings
from cli.exit_codes import CliError, ExitCode
from cli.interrupts import leaving_with
from cli.processes import SERVICES, Service
from cli.progress import duration
from cli.ranges import parse_range
from cli.run.state import live_state
from cli.settings import CliSettings, with_run
from cli.terminal import clean, counted, print_json
from shared.errors import Unavailable
from shared.process import Shutdown
from shared.settings import CommonSettings, load_settings
from shared.stream import Handler, Stage, StageRunner
from shared.stream.replay import INPUTS, Edge, Fenced, Partition, Range, Replay, ReplayPlace, plan, retractions
from shared.telemetry import Metrics
from shared.telemetry.logs import configure_logging

_LOOK_SECONDS: Final = 0.5
_PATIENCE_SECONDS: Final = 5.0
# The name of a stage begins with that of its process, but for one.
_PROCESSES: Final = {"publish": "writer"}
_Open = Callable[[CommonSettings, Metrics], AbstractAsyncContextManager[Mapping[Stage, Handler]]]


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks for: a new replay from `begin` to `end`, or with `run` to go on with one.

    `data_dir`: the one that was named, for a run's broker and database.
    """

    stage: str
    begin: Sequence[str]
    end: Sequence[str]
    run: int | None
    dry_run: bool
    sure: bool
    as_json: bool
    data_dir: Path | None = None

    def go_on(self, run: int) -> str:
        """The command that goes on with this run."""
        return self._here(f"diglot replay --stage {self.stage} --run {run}")

    def list_letters(self) -> str:
        """The command that lists the dead letters of the stage."""
        return self._here(f"diglot dlq list --stage {self.stage}")

    def _here(self, command: str) -> str:
        return command if self.data_dir is None else f"{command} --data-dir {shlex.quote(str(self.data_dir))}"


@dataclass(frozen=True, slots=True)
class _Workshop:
    """Where a stage's handler comes from, and the settings that it gets."""

    open: _Open
    settings: CommonSettings


def replay(order: Order) -> None:
    """Handle a part of a stage's input again."""
    if order.stage not in INPUTS:
        raise CliError(f"there is no stage {order.stage!r}; there are {', '.join(INPUTS)}", ExitCode.USAGE)
    if (order.run is None) != bool(order.begin) or (order.run is not None and order.end):
        raise CliError("say where to begin, --from, or which replay to go on with, --run; not both", ExitCode.USAGE)
    run = _now() if order.run is None else order.run
    edges = parse_range(order.begin, order.end, INPUTS[order.stage], run) if order.run is None else None
    settings = broker_settings(order.data_dir)
    with broker():
        with leaving_with("stopped; nothing was begun"):
            workshop = _workshop(order.stage, order.data_dir, settings)
            asyncio.run(_check(workshop, order.stage))
            chosen = _rest(settings, order, run) if edges is None else _planned(settings, order, edges)
        if chosen is None:
            return
        if edges is not None:
            with leaving_with(f"stopped while it was written down; if it was, go on with: {order.go_on(run)}"):
                _write_down(settings, order, chosen, run)
        # Once the work is on, Ctrl-C stops it in good order.
        with leaving_with(f"stopped; go on with: {order.go_on(run)}"):
            made = Replay(run, chosen.ends, retractions(settings))
            asyncio.run(_Work(workshop, settings, order, made).run())


def _workshop(stage: str, data_dir: Path | None, cli: CliSettings) -> _Workshop:
    base = stage.partition(".")[0]
    service = next(service for service in SERVICES if service.name == _PROCESSES.get(base, base))
    settings = with_run(load_settings(_settings_class(service)), live_state(data_dir or cli.data_dir))
    return _Workshop(import_module(service.module).open_handlers, settings)


def _settings_class(service: Service) -> type[CommonSettings]:
    module, _, name = service.settings.partition(":")
    found: type[CommonSettings] = getattr(import_module(module), name)
    return found


async def _check(workshop: _Workshop, stage: str) -> None:
    async with workshop.open(workshop.settings, Metrics()) as handlers:
        _chosen(handlers, stage)


def _chosen(handlers: Mapping[Stage, Handler], stage: str) -> tuple[Stage, Handler]:
    for declared, handler in handlers.items():
        if declared.name == stage:
            return declared, handler
    raise CliError(f"{stage} is not set up here: its lane is not in DIGLOT_LANES", ExitCode.USAGE)


def _planned(settings: CommonSettings, order: Order, edges: tuple[Edge, Edge]) -> Range | None:
    """Plan a new replay, and have the person agree; None where there is nothing to do."""
    chosen = plan(settings, INPUTS[order.stage], *edges)
    what = _described(chosen)
    if order.dry_run or chosen.size == 0:
        _show_plan(chosen, order, f"{order.stage} would run again over {what}", "there is nothing in that range")
        return None
    if not order.sure:
        _confirm(f"Run {order.stage} again over {what}?")
    return chosen


def _write_down(settings: CommonSettings, order: Order, chosen: Range, run: int) -> None:
    with ReplayPlace(settings, order.stage, INPUTS[order.stage], run) as place:
        place.begin(chosen)
    _say(f"replay {run} of {order.stage}: {_described(chosen)}")


def _described(chosen: Range) -> str:
    return f"{counted(chosen.size, 'offset')} in {counted(chosen.partitions, 'partition')}"


def _show_plan(chosen: Range, order: Order, what: str, nothing: str) -> None:
    if order.as_json:
        partitions = [
            {"topic": p.topic, "partition": p.number, "from": begin, "to": chosen.ends[p]}
            for p, begin in chosen.begins.items()
        ]
        run = {} if order.run is None else {"run": order.run}
        print_json(json.dumps({"stage": order.stage, **run, "offsets": chosen.size, "partitions": partitions}))
        return
    print(f"{what}; the second of each pair is not included" if chosen.size else nothing)
    for partition, begin in chosen.begins.items():
        if chosen.ends[partition] > begin:
            print(f"  {partition.topic}[{partition.number}]  {begin} to {chosen.ends[partition]}")


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise CliError("nobody is here to confirm; say --yes, or --dry-run to see what it would be", ExitCode.USAGE)
    if not typer.confirm(question, err=True):
        raise CliError("nothing was done")


def _rest(settings: CommonSettings, order: Order, run: int) -> Range | None:
    """What is left of a replay, once the person agreed to go on with it; None where nothing is to be done."""
    with ReplayPlace(settings, order.stage, INPUTS[order.stage], run) as place:
        ends = place.ends()
        rest = None if ends is None else place.rest(ends)
    if ends is None or rest is None:
        raise CliError(
            f"there is no replay {run} of {order.stage} (any more: the broker forgets it a week after it was worked "
            "on)",
            ExitCode.NOT_FOUND,
        )
    what = _described(rest)
    if order.dry_run:
        name = f"replay {run} of {order.stage}"
        _show_plan(rest, order, f"{name} would go on over {what}", f"{name} is finished")
        return None
    if rest.size and not order.sure:
        _confirm(f"Go on with replay {run} of {order.stage}, over {what}?")
    return rest


class _Work:
    """One process's part in a replay, and what the person sees of it."""

    def __init__(self, workshop: _Workshop, settings: CommonSettings, order: Order, made: Replay) -> None:
        self._workshop = workshop
        self._settings = settings
        self._order = order
        self._replay = made
        self._metrics = Metrics()
        self._began = time.monotonic()
        self._problem = ""
        self._problem_since: float | None = None

    async def run(self) -> None:
        """Work to the end of the range, or until told to stop; raises CliError where that is no success."""
        shutdown = Shutdown()
        shutdown.listen()
        inputs = INPUTS[self._order.stage]
        console = Console(stderr=True)
        with (
            ReplayPlace(self._settings, self._order.stage, inputs, self._replay.run) as place,
            Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[counts]}"),
                TimeRemainingColumn(),
                console=console,
                disable=not console.is_terminal,
            ) as bar,
        ):
            self._log_past(bar)
            over = await self._handle(place, bar, shutdown)
        self._end(over)

    async def _handle(self, place: ReplayPlace, bar: Bar, shutdown: Shutdown) -> bool:
        """Run the stage as often as it takes; whether the end of the range was reached."""
        async with self._workshop.open(self._workshop.settings, self._metrics) as handlers:
            stage, handler = _chosen(handlers, self._order.stage)
            over = await asyncio.to_thread(place.is_over, self._replay.ends)
            while not (over or shutdown.draining.is_set()):
                runner = StageRunner(
                    stage, handler, self._workshop.settings, self._metrics, shutdown, replay=self._replay
                )
                ended = asyncio.Event()
                watching = asyncio.create_task(self._watch(place, bar, runner, ended))
                try:
                    await runner.run()
                except Fenced as error:
                    raise CliError(
                        f"another worker of this replay has the slot {self._workshop.settings.slot}: "
                        "give each its own DIGLOT_SLOT"
                    ) from error
                finally:
                    ended.set()
                    # It asks in a thread of its own, and `place` is for one at a time.
                    await watching
                # A partition may have come from another worker at the last moment.
                over = await asyncio.to_thread(place.is_over, self._replay.ends)
            return over

    async def _watch(self, place: ReplayPlace, bar: Bar, runner: StageRunner, ended: asyncio.Event) -> None:
        """Show how far the replay is, all its workers together, until the runner has ended."""
        task, first = None, 0
        while True:
            with suppress(Unavailable):
                left = self._left(await asyncio.to_thread(place.committed))
                if task is None:
                    first = left
                    task = bar.add_task(self._order.stage, total=first, counts="")
                bar.update(task, completed=first - left, counts=self._counts())
            if ended.is_set():
                return
            self._tell_problem(bar, "; ".join(dict.fromkeys(runner.not_ready())))
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _LOOK_SECONDS)

    def _tell_problem(self, bar: Bar, problem: str) -> None:
        """Say why nothing gets on, once that has lasted a while."""
        now = time.monotonic()
        if problem != self._problem:
            self._problem, self._problem_since = problem, now
        elif problem and self._problem_since is not None and now - self._problem_since > _PATIENCE_SECONDS:
            self._problem_since = None
            bar.console.print(f"diglot: {clean(problem)}", highlight=False, markup=False, soft_wrap=True)

    def _left(self, committed: Mapping[Partition, int]) -> int:
        return sum(max(0, end - committed.get(partition, 0)) for partition, end in self._replay.ends.items())

    def _log_past(self, bar: Bar) -> None:
        """Have warnings written above the bar; `bar` has taken over stderr by now."""
        level = (
            self._workshop.settings.log_level if "log_level" in self._workshop.settings.model_fields_set else "warning"
        )
        changes = {"log_level": level, "log_format": "console"}
        configure_logging(self._workshop.settings.model_copy(update=changes), "replay")
        logging.getLogger("kafka").setLevel(logging.CRITICAL)

    def _counts(self) -> str:
        handled, passed_over, dead = self._numbers()
        dead_letters = f", {counted(dead, 'dead letter')}" if dead else ""
        return f"{handled:,} handled, {passed_over:,} passed over{dead_letters}"

    def _numbers(self) -> tuple[int, int, int]:
        return (
            self._metrics.total("diglot_stage_handled_total"),
            self._metrics.total("diglot_stage_passed_over_total"),
            self._metrics.total("diglot_stage_dead_lettered_total"),
        )

    def _end(self, over: bool) -> None:
        stage, run = self._order.stage, self._replay.run
        handled, passed_over, dead = self._numbers()
        if self._order.as_json:
            counts = {"handled": handled, "passed_over": passed_over, "dead_lettered": dead}
            print_json(json.dumps({"stage": stage, "run": run, "finished": over, **counts}))
        else:
            took = duration(int((time.monotonic() - self._began) * 1000))
            print(f"replay {run} of {stage}: {self._counts()}, in {took}")
        if not over:
            raise CliError(f"stopped before the end; go on with: {self._order.go_on(run)}", ExitCode.INTERRUPTED)
        if dead:
            raise CliError(f"it made {counted(dead, 'dead letter')}; to see them: {self._order.list_letters()}")


def _say(message: str) -> None:
    print(f"diglot: {message}", file=sys.stderr)


def _now() -> int:
    return int(time.time() * 1000)
