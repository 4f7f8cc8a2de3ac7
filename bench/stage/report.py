"""The table of the contest. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bench.figures import Spread, table
from bench.stage.contenders import OURS, Contender
from bench.stage.contest import Run


def ratios(runs: Sequence[Run], contender: str) -> list[float]:
    """Our CPU time over the contender's, round by round."""
    ours, theirs = (
        {run.round: run.cpu_seconds for run in runs if run.contender == name} for name in (OURS.name, contender)
    )
    return [ours[number] / theirs[number] for number in sorted(ours.keys() & theirs.keys())]


def report(runs: Sequence[Run], contenders: Sequence[Contender]) -> str:
    """A Markdown table with a row for each contender that ran, and the targets' verdicts."""
    ran = {run.contender for run in runs}
    rows, verdicts = [], []
    for contender in contenders:
        if contender.name not in ran:
            continue
        own = [run for run in runs if run.contender == contender.name]
        cpu = Spread.of(run.cpu_per_1000 for run in own)
        rate = Spread.of(run.per_second for run in own)
        ratio = Spread.of(found) if (found := ratios(runs, contender.name)) else None
        rows.append(
            (
                contender.title,
                f"{cpu.median:.3f} ({cpu.low:.3f}-{cpu.high:.3f})",
                "" if ratio is None else f"{ratio.median:.2f} ({ratio.low:.2f}-{ratio.high:.2f})",
                "" if contender.target is None else f"<= {contender.target:.2f}",
                f"{rate.median:.0f}",
                contender.gives_up,
            )
        )
        if contender.target is not None and ratio is not None:
            verdict = "met" if ratio.median <= contender.target else "missed"
            verdicts.append(
                f"ours / {contender.title}: {ratio.median:.2f}, wanted <= {contender.target:.2f}: {verdict}"
            )
    head = ("contender", "CPU-s per 1,000 articles", "ours / this", "target", "articles/s", "gives up")
    return "\n".join([table(head, rows), "", *verdicts])
