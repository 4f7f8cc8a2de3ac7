"""What `diglot lag` does: shows how far each stage is behind."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.brokers import broker
from cli.exit_codes import CliError, ExitCode
from cli.progress import duration
from cli.terminal import print_json
from shared.model import format_instant
from shared.settings import CommonSettings
from shared.stream.lag import PartitionLag, StageLag, stage_lags
from shared.stream.topics import STAGE_INPUTS, STAGE_LANES

_EVERY_SECONDS: Final = 2.0
_UNLIMITED: Final = 10_000
"""Columns, where no screen has fewer; a line takes what it needs of them."""
_NOTE: Final = "lag counts offsets; transaction markers take some, so it overstates the records"


def show_lag(settings: CommonSettings, stages: Sequence[str], *, partitions: bool, watch: bool, as_json: bool) -> None:
    """Show the lag of these stages, or of all that run, once or again and again until Ctrl-C."""
    for stage in stages:
        if stage not in STAGE_INPUTS:
            raise CliError(f"there is no stage {stage!r}; there are {', '.join(STAGE_INPUTS)}", ExitCode.USAGE)
    off = {stage for stage, lane in STAGE_LANES.items() if lane not in settings.lanes}
    # Nobody reads for these, so that they would seem ever further behind.
    chosen = {stage: STAGE_INPUTS[stage] for stage in stages or STAGE_INPUTS if stages or stage not in off}
    console = lag_console()
    redraw = watch and not as_json and console.is_terminal
    screen: AbstractContextManager[Live | None] = Live(console=console, auto_refresh=False) if redraw else nullcontext()
    with broker(), screen as live:
        while True:
            lags = stage_lags(settings, chosen)
            page = lag_page(lags, _now(), off, partitions=partitions)
            if as_json:
                for lag in lags:
                    print_json(json.dumps(lag_json(lag, off)))
            elif live is not None:
                live.update(page, refresh=True)
            else:
                console.print(page, highlight=False)
            if not watch:
                return
            time.sleep(_EVERY_SECONDS)


def lag_console() -> Console:
    """Where the page goes. In a file or a pipe each row is one line, however long; a narrow screen folds cells."""
    return Console(width=None if sys.stdout.isatty() else _UNLIMITED)


def lag_json(lag: StageLag, off: Collection[str]) -> dict[str, object]:
    """A stage for programs; `off` are those whose lane is."""
    return {
        "stage": lag.stage,
        "lag": lag.lag,
        "done_ahead": lag.done_ahead,
        "workers": lag.workers,
        "lane_off": lag.stage in off,
        "oldest_at": _instant(lag.oldest_at),
        "partitions": [_partition_json(partition) for partition in lag.partitions],
    }


def _partition_json(lag: PartitionLag) -> dict[str, object]:
    return {
        "topic": lag.partition.topic,
        "partition": lag.partition.number,
        "committed": lag.committed,
        "end": lag.end,
        "done_ahead": lag.done_ahead,
        "lag": lag.lag,
        "oldest_at": _instant(lag.oldest_at),
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else format_instant(at)


def lag_page(lags: Sequence[StageLag], now: int, off: Collection[str], *, partitions: bool) -> Group:
    """The stages for people; `now` is our time (ms), `off` are the stages whose lane is."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    grid.add_column("stage" if not partitions else "stage, partition", overflow="fold")
    for name in ("lag", "done ahead", "oldest", "committed", "end") if partitions else ("lag", "done ahead", "oldest"):
        grid.add_column(name, justify="right", overflow="fold")
    grid.add_column("" if partitions else "workers", overflow="fold")
    for lag in lags:
        cells = _cells(lag.lag, lag.done_ahead, lag.oldest_at, now)
        grid.add_row(lag.stage, *cells, *(["", ""] if partitions else []), _workers(lag, off))
        for part in lag.partitions if partitions else ():
            committed = "-" if part.committed is None else str(part.committed)
            name = f"  {part.partition.topic}[{part.partition.number}]"
            grid.add_row(name, *_cells(part.lag, part.done_ahead, part.oldest_at, now), committed, str(part.end), "")
    return Group(grid, Text(_NOTE, "dim"))


def _cells(lag: int, done_ahead: int | None, oldest_at: int | None, now: int) -> list[Text]:
    age = "-" if oldest_at is None else duration(max(0, now - oldest_at))
    return [Text(f"{lag:,}", "yellow" if lag else "green"), _or_unknown(done_ahead), Text(age)]


def _or_unknown(number: int | None) -> Text:
    return Text("?", "dim") if number is None else Text(f"{number:,}")


def _workers(lag: StageLag, off: Collection[str]) -> Text:
    if lag.stage in off:
        return Text("lane off", "dim")
    if lag.workers:
        return Text(str(lag.workers))
    if not lag.has_run:
        return Text("nothing finished yet", "dim")
    return Text("?", "dim") if lag.workers is None else Text("0", "red")


def _now() -> int:
    return int(time.time() * 1000)
