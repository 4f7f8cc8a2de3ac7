"""Progress on the screen: a table that is drawn again, or a line for each change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.table import Table
from rich.text import Text

from cli.journey import Progress, Step
from cli.terminal import clean
from shared.model.events import Status

STAGES: Final = ("ingest", "analyze", "translate", "publish")
_SIGNS: Final[Mapping[Status, tuple[str, str]]] = {
    "accepted": ("✓", "green"),
    "started": ("…", "cyan"),
    "retrying": ("↻", "yellow"),
    "paused": ("‖", "yellow"),
    "done": ("✓", "green"),
    "unchanged": ("=", "green"),
    "failed": ("✗", "bold red"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the table. `problem` is why it has no progress; `progress` is None before the first report."""

    name: str
    progress: Progress | None = None
    problem: str | None = None

    @property
    def over(self) -> bool:
        return self.problem is not None or (self.progress is not None and self.progress.outcome is not None)


def duration(milliseconds: int) -> str:
    """Write a time in the unit that people use for its size: 85 ms, 1.2 s, 3 min 05 s."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02} s"


def cell(step: Step | None) -> Text:
    """A stage's state for the table."""
    if step is None:
        return Text("·", "dim")
    sign, style = _SIGNS[step.status]
    if step.took is not None:
        return Text(f"{sign} {duration(step.took)}", style)
    return Text(sign if step.final else f"{sign} {step.status}", style)


def sentence(step: Step) -> str:
    """A stage's state as a line of its own."""
    took = "" if step.took is None else f" after {duration(step.took)}"
    detail = f": {clean(step.detail)}" if step.detail else ""
    return f"{step.stage} {step.status}{took}{detail}"


def outcome_sentence(progress: Progress) -> str:
    """How it ended, in words."""
    total = "" if progress.total is None else f" {duration(progress.total)} after it was accepted"
    if progress.outcome == "published":
        return f"published{total}"
    if progress.outcome == "unchanged":
        return f"unchanged{total}: readers see what they saw before"
    if progress.outcome == "retracted":
        return f"was retracted: {clean(progress.retraction or '')}"
    failed = next((step for step in progress.steps if step.status == "failed"), None)
    return "under way" if failed is None else f"was not published: {sentence(failed)}"


def changed_steps(before: Progress | None, now: Progress) -> list[Step]:
    """The steps that are new or different since the last look."""
    known = set() if before is None else {(step.stage, step.status, step.detail) for step in before.steps}
    return [step for step in now.steps if (step.stage, step.status, step.detail) not in known]


def table(rows: Sequence[Row]) -> Table:
    """All articles by all stages."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("article", no_wrap=True, overflow="ellipsis", ratio=1)
    for stage in STAGES:
        grid.add_column(stage, no_wrap=True, min_width=9)
    grid.add_column("total", no_wrap=True, min_width=7)
    for row in rows:
        name = Text(clean(row.name))
        if row.problem is not None:
            grid.add_row(name, Text("✗ refused", "bold red"))
            continue
        progress = row.progress
        steps = [cell(progress.step(stage) if progress else None) for stage in STAGES]
        ended = progress is not None and progress.outcome is not None and progress.total is not None
        total = duration(progress.total) if ended and progress and progress.total is not None else ""
        grid.add_row(name, *steps, Text(total, "bold"))
    return grid
