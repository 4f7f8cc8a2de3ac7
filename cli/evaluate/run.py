"""Runs a check over all lines, in order, on one core or several, and reports for people or programs."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from cli.evaluate.lines import Line, Outcome, opened, read_lines, read_outcomes
from cli.evaluate.report import Comparison, Summary, comparison_tables, summary_table
from cli.exit_codes import ExitCode
from cli.terminal import clean, print_json

Judge = Callable[[Line], Outcome]
"""Judges one line and never raises. A function of a module, because it is sent to other processes."""
_CHUNK: Final = 200
"""Lines that a process gets at once."""
_AHEAD: Final = 4
"""Chunks for each process that are under way at once, so that a large file is never held whole."""
_NAMED: Final = 20
"""Unreadable lines that are named one by one."""


def evaluate(path: Path, judge: Judge, *, as_json: bool, against: Path | None, jobs: int) -> None:
    """Judge the lines of `path`; `against` is an earlier run's --json.

    Exits with 2, once all lines are done, if some could not be read.
    """
    summary = Summary()
    comparison = None if against is None else Comparison(read_outcomes(against))
    problems = _Problems(path)
    with opened(path) as source, _bar(source) as advance:
        for outcome in _outcomes(read_lines(source), judge, jobs):
            advance()
            summary.add(outcome)
            problems.note(outcome)
            shown = outcome if comparison is None else comparison.add(outcome)
            if as_json and shown is not None:
                print_json(shown.model_dump_json())
    if as_json:
        for change in () if comparison is None else comparison.missing():
            print_json(change.model_dump_json())
    else:
        console = Console()
        for table in [summary_table(summary)] if comparison is None else comparison_tables(summary, comparison):
            console.print(table, highlight=False)
    problems.end(summary.lines)


class _Problems:
    """The lines that could not be read: the first ones are named, and there is an exit code for them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0

    def note(self, outcome: Outcome) -> None:
        """Say what was wrong with a line, if anything was."""
        if outcome.problem is None:
            return
        self._count += 1
        if self._count <= _NAMED:
            print(f"diglot: {self._path}, {clean(outcome.problem)}", file=sys.stderr)

    def end(self, lines: int) -> None:
        """End the command, if any of so many lines could not be read."""
        if self._count:
            print(f"diglot: {self._path}: {self._count:,} of {lines:,} lines could not be read", file=sys.stderr)
            raise SystemExit(ExitCode.USAGE)


def _outcomes(lines: Iterator[Line], judge: Judge, jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from map(judge, lines)
        return
    with ProcessPoolExecutor(jobs) as pool:
        under_way: deque[Future[list[Outcome]]] = deque()
        for chunk in _chunks(lines):
            under_way.append(pool.submit(_judged, judge, chunk))
            if len(under_way) >= jobs * _AHEAD:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, _CHUNK)):
        yield chunk


def _judged(judge: Judge, lines: Sequence[Line]) -> list[Outcome]:
    return [judge(line) for line in lines]


@contextmanager
def _bar(source: BinaryIO) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr if people see it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=_count(source))
        yield lambda: progress.advance(task)


def _count(source: BinaryIO) -> int | None:
    """Return how many lines there are, or None for what can be read only once."""
    if not source.seekable():
        return None
    count = sum(1 for line in source if line.strip())
    source.seek(0)
    return count
