"""What an evaluation found, by check; and what changed between two of them, by id."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel
from rich.table import Table

from cli.evaluate.lines import LineId, Outcome, Verdict
from cli.terminal import clean

_SHOWN: Final = 200
"""Changed lines that the table lists; --json has all."""


class Summary:
    """Counts lines by verdict and by check."""

    def __init__(self) -> None:
        self.verdicts: Counter[Verdict] = Counter()
        self.failed: Counter[str] = Counter()
        self.warned: Counter[str] = Counter()

    @property
    def lines(self) -> int:
        return sum(self.verdicts.values())

    def add(self, outcome: Outcome) -> None:
        """Count one line; a check that it did not pass twice counts once."""
        self.verdicts[outcome.verdict] += 1
        self.failed.update({check.check for check in outcome.checks if check.result == "fail"})
        self.warned.update({check.check for check in outcome.checks if check.result == "warn"})


class Change(BaseModel):
    """A line whose outcome is not what it was. None: the line is only in the other run."""

    id: LineId
    before: Verdict | None
    after: Verdict | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Comparison:
    """Finds what changed against an earlier run."""

    def __init__(self, before: Mapping[LineId, deque[Outcome]]) -> None:
        self._unanswered = before
        self.changes: list[Change] = []

    def add(self, outcome: Outcome) -> Change | None:
        """Return how a line differs from the one with the same id, or None where it doesn't.

        Of several lines with one id the first is compared with the first, the second with the second.
        """
        waiting = self._unanswered.get(outcome.id)
        old = waiting.popleft() if waiting else None
        had, has = _checks(old), _checks(outcome)
        if old is not None and had == has and old.verdict == outcome.verdict:
            return None
        change = Change(
            id=outcome.id,
            before=None if old is None else old.verdict,
            after=outcome.verdict,
            gained=tuple(sorted(has - had)),
            lost=tuple(sorted(had - has)),
        )
        self.changes.append(change)
        return change

    def missing(self) -> tuple[Change, ...]:
        """Return the lines of the earlier run that no line of this one has answered."""
        return tuple(
            Change(id=old.id, before=old.verdict, after=None, gained=(), lost=tuple(sorted(_checks(old))))
            for waiting in self._unanswered.values()
            for old in waiting
        )


def _checks(outcome: Outcome | None) -> set[str]:
    return set() if outcome is None else {f"{check.check} ({check.result})" for check in outcome.checks}


def summary_table(summary: Summary) -> Table:
    """The lines by check, then by verdict."""
    grid = _grid("check", "failed", "", "warned", "")
    checks = sorted(summary.failed.keys() | summary.warned.keys(), key=lambda check: (-summary.failed[check], check))
    for check in checks:
        failed, warned = summary.failed[check], summary.warned[check]
        grid.add_row(check, *_cells(failed, summary.lines), *_cells(warned, summary.lines))
    grid.add_section()
    passed, failed, warned = (summary.verdicts[verdict] for verdict in ("pass", "fail", "warn"))
    grid.add_row("passed", *_cells(passed, summary.lines), "", "")
    grid.add_row(f"of {summary.lines:,} lines", *_cells(failed, summary.lines), *_cells(warned, summary.lines))
    return grid


def comparison_tables(summary: Summary, comparison: Comparison) -> list[Table]:
    """How many lines went from which verdict to which, and which lines they are."""
    changes = [*comparison.changes, *comparison.missing()]
    moves = Counter((change.before, change.after) for change in changes)
    counts = _grid("before", "after", "lines")
    for before, after in sorted(moves, key=lambda move: (str(move[0]), str(move[1]))):
        counts.add_row(before or "-", after or "-", f"{moves[before, after]:,}")
    counts.add_section()
    counts.add_row("the same", "", f"{summary.lines - len(comparison.changes):,}")
    listed = _grid("id", "before", "after", "now also", "no longer")
    for change in changes[:_SHOWN]:
        gained, lost = ", ".join(change.gained), ", ".join(change.lost)
        listed.add_row(clean(str(change.id)), change.before or "-", change.after or "-", gained, lost)
    if len(changes) > _SHOWN:
        listed.add_row(f"and {len(changes) - _SHOWN:,} more: see --json", "", "", "", "")
    return [summary_table(summary), counts, listed] if changes else [summary_table(summary), counts]


def _grid(*heads: str) -> Table:
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        grid.add_column(
            head, justify="left" if head in ("check", "before", "after", "id") else "right", overflow="fold"
        )
    return grid


def _cells(count: int, of: int) -> tuple[str, str]:
    return f"{count:,}", f"{count / of:.2%}" if of else ""
