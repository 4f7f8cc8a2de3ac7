"""The tables of `python -m bench.quality`, and the list of what it got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.figures import table
from bench.quality.measure import Result
from bench.quality.pairs import SPLITS

_HEAD = ("", "dev", "held out", "all", "")
_UNPROMISED = ("lexical_negation", "negation_added")
"""Classes of errors that the gate isn't meant to fail: it may warn of them."""


def report(results: Sequence[Result], *, all_texts: bool = False) -> str:
    """Everything in Markdown: faithful pairs, planted errors by class and operation, claims, then each wrong answer."""
    faithful = _of(results, "faithful")
    by_program = _of(results, "by program")
    promised = [result for result in by_program if result.error not in _UNPROMISED]
    others = [result for result in by_program if result.error in _UNPROMISED]
    supported = [result for result in _of(results, "claims") if result.error is None]
    parts = [
        "## Faithful pairs",
        table(_HEAD, [_row("failed", faithful, ("fail",)), _row("warned", faithful, ("warn",))]),
        "## Errors planted by hand, failed",
        table(_HEAD, _by_class(_of(results, "by hand"))),
        "## Errors planted by program, failed",
        table(_HEAD, _by_class(promised)),
        "by operation:",
        table(_HEAD, _by_operation(promised)),
        "## Other errors planted by program, failed or warned",
        table(_HEAD, _by_class(others, ("fail", "warn"))),
        "## Claims",
        table(_HEAD, [_row("supported, rejected", supported, ("fail",))]),
        "planted, rejected:",
        table(_HEAD, _by_class(_of(results, "claims"))),
        "## Misses and false alarms",
        wrong(results, all_texts=all_texts),
    ]
    return "\n\n".join(parts)


def wrong(results: Iterable[Result], *, all_texts: bool = False) -> str:
    """A line for each miss of what is promised, false alarm and warning on a faithful pair.

    Texts of the held-out half only with `all_texts`: who sees them while writing rules can't measure with them.
    """
    lines = []
    for result in results:
        warned = result.error is None and result.verdict == "warn"
        if (result.right and not warned) or result.error in _UNPROMISED:
            continue
        what = "missed" if result.error else "warned" if warned else "false alarm"
        kind = f", {result.error}" if result.error else ""
        shown = all_texts or result.split == "dev"
        texts = f": {result.text}" if shown else ""
        said = f" [{'; '.join(result.checks)}]" if shown and result.checks else ""
        lines.append(f"- {result.id} ({result.corpus}, {result.split}{kind}) {what}{texts}{said}")
    return "\n".join(lines)


def _of(results: Sequence[Result], corpus: str) -> list[Result]:
    return [result for result in results if result.corpus == corpus]


def _by_class(results: Sequence[Result], verdicts: tuple[str, ...] = ("fail",)) -> list[tuple[str, ...]]:
    errors = dict.fromkeys(result.error for result in results if result.error)
    return [_row(error, [result for result in results if result.error == error], verdicts) for error in errors]


def _by_operation(results: Sequence[Result]) -> list[tuple[str, ...]]:
    names = dict.fromkeys(result.operation for result in results if result.operation)
    return [_row(name, [result for result in results if result.operation == name], ("fail",)) for name in names]


def _row(name: str, results: Sequence[Result], verdicts: tuple[str, ...]) -> tuple[str, ...]:
    """How many have one of the verdicts: in each half, together, and as a share."""
    groups = [[result for result in results if result.split == split] for split in SPLITS]
    counts = [f"{_count(group, verdicts)}/{len(group)}" for group in (*groups, results)]
    share = f"{_count(results, verdicts) / len(results):.1%}" if results else ""
    return (name, *counts, share)


def _count(results: Sequence[Result], verdicts: tuple[str, ...]) -> int:
    return sum(result.verdict in verdicts for result in results)
