"""What the gate costs: sentence pairs a second through all its checks, on one core.

    python -m bench.gate [FILE.jsonl] [--rounds N] [--json]

The pairs are the project's own faithful ones, or those of a file of `{"id", "en", "zh", "source"}`. Measured twice:
with the name sheet made beforehand, as a stage does for a document, and with a sheet made for every pair, as `diglot
eval pairs` does. Time is CPU time of this thread; the median of the rounds, the slowest and the fastest.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.figures import Spread, machine, table
from services.translate.gate import judge
from shared.model import Language
from shared.names import NameSheet, build_sheet, shipped_terms

_PAIRS: Final = Path(__file__).with_name("quality") / "faithful.jsonl"
_LEAST_PAIRS: Final = 2_000


class Case(NamedTuple):
    """A pair with its name sheet."""

    source: str
    target: str
    language: Language
    sheet: NameSheet


def cases(path: Path) -> list[Case]:
    """Read the pairs, again and again until there are enough."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    read = [_case(line["en"], line["zh"], line["source"]) for line in lines]
    return read * -(-_LEAST_PAIRS // len(read))


def _case(en: str, zh: str, language: Language) -> Case:
    source, target = (en, zh) if language == "en" else (zh, en)
    return Case(source, target, language, build_sheet(source, language, shipped_terms()))


def with_sheet(case: Case) -> None:
    """Judge a pair by the sheet that there is."""
    judge(case.source, case.target, case.language, case.sheet)


def with_own_sheet(case: Case) -> None:
    """Make a sheet and judge a pair by it."""
    judge(case.source, case.target, case.language, build_sheet(case.source, case.language, shipped_terms()))


def rate(work: Callable[[Case], None], pairs: Sequence[Case], rounds: int) -> Spread:
    """Return the pairs a second of CPU time, over so many rounds after one that warms up."""
    rates = []
    for number in range(rounds + 1):
        started = time.thread_time()
        for case in pairs:
            work(case)
        spent = time.thread_time() - started
        if number:
            rates.append(len(pairs) / spent)
    return Spread.of(rates)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.gate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=_PAIRS, help="pairs; else the project's own")
    parser.add_argument("--rounds", type=int, default=5, help="how often all pairs are judged")
    parser.add_argument("--json", action="store_true", help="a JSON object for each figure instead of the table")
    options = parser.parse_args()
    pairs = cases(options.file)
    rows = []
    for name, work in (("sheet of the document", with_sheet), ("a sheet for each pair", with_own_sheet)):
        found = rate(work, pairs, options.rounds)
        rows.append(
            (name, f"{found.median:,.0f}", f"{found.low:,.0f} to {found.high:,.0f}", f"{1e6 / found.median:.0f}")
        )
        if options.json:
            print(json.dumps({"sheet": name, "pairs": len(pairs), **found.__dict__}), flush=True)
    if not options.json:
        print(f"{machine()}, {len(pairs):,} pairs, {options.rounds} rounds; target: >= 2,000 pairs/s on one core\n")
        print(table(("", "pairs/s, median", "slowest to fastest", "CPU µs a pair"), rows))


if __name__ == "__main__":
    main()
