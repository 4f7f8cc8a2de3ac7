"""The report of a run as lines for people."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator

from tests.support.chaos.driver import Report
from tests.support.chaos.verifier import Verdict

_SHOWN = 10


def lines(report: Report) -> list[str]:
    """What was done, what situations came about, what was repeated, and the violations, of each kind ten in full."""
    verdict, options = report.verdict, report.options
    text = [
        f"seed {options.seed}: {verdict.articles} articles, {report.faults} faults, {report.kills} kills "
        f"({report.worker_kills} of workers, {report.broker_kills} of brokers), {report.seconds:.0f} s",
        *(f"  {count:4} x {situation}" for situation, count in report.counts.items()),
        *(
            f"  {repeats.stage}: {verdict.starts[repeats.stage]} starts, {repeats.starts} repeat uncommitted work "
            f"(bound {repeats.bound}: under way at {repeats.takeovers} takeovers of partitions)"
            for repeats in verdict.repeats
        ),
        f"  workers ended with: {_codes(report)}",
        *(f"  {e.name} ended by itself with {e.code}" for e in report.endings if e.code != -signal.SIGKILL),
        *(f"PROBLEM {problem}" for problem in report.problems),
        *_violations(verdict),
    ]
    kinds = Counter(f"{violation.kind} ({violation.stage})" for violation in verdict.violations)
    if kinds:
        text.append("violations: " + ", ".join(f"{count} x {kind}" for kind, count in kinds.items()))
    text.append("OK" if report.ok else "FAILED")
    return text


def _violations(verdict: Verdict) -> Iterator[str]:
    shown: Counter[tuple[str, str]] = Counter()
    for violation in verdict.violations:
        kind = (violation.stage, violation.kind)
        shown[kind] += 1
        if shown[kind] <= _SHOWN:
            yield f"VIOLATION {violation}"


def _codes(report: Report) -> str:
    codes = Counter(ending.code for ending in report.endings)
    return ", ".join(f"{code} ({count} x)" for code, count in sorted(codes.items())) or "none ended"
