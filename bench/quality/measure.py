"""Judges the corpora: each line by the same function as `diglot eval`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from bench.quality.pairs import Pair, line_of, read_pairs
from bench.quality.plant import planted
from cli.evaluate.claims import judge_line as judge_claim
from cli.evaluate.lines import Line, Outcome
from cli.evaluate.pairs import judge_line as judge_pair

HERE: Final = Path(__file__).parent
Corpus = Literal["faithful", "by hand", "by program", "claims"]


@dataclass(frozen=True, slots=True)
class Result:
    """What the checks said of one line. `error` is None where there is nothing to be found."""

    corpus: Corpus
    id: str
    split: str
    error: str | None
    operation: str | None
    verdict: str
    checks: tuple[str, ...]
    text: str

    @property
    def right(self) -> bool:
        """Whether an error was failed, or what has none was not."""
        return (self.verdict == "fail") == (self.error is not None)


def results(faithful: Sequence[Pair], seed: int) -> Iterator[Result]:
    """Judge faithful pairs, errors planted in them by program, the errors planted by hand and the claims."""
    yield from _of_pairs("faithful", faithful)
    yield from _of_pairs("by hand", read_pairs(HERE / "planted.jsonl"))
    yield from _of_pairs("by program", planted(faithful, seed))
    for line in (HERE / "claims.jsonl").read_text(encoding="utf-8").splitlines():
        yield _of_claim(json.loads(line), judge_claim(Line(1, line.encode())))


def _of_pairs(corpus: Corpus, pairs: Iterable[Pair]) -> Iterator[Result]:
    for pair in pairs:
        outcome = judge_pair(Line(1, line_of(pair).encode()))
        text = f"{pair.text(pair.source)} => {pair.text(pair.target)}"
        yield Result(corpus, pair.id, pair.split, pair.error, pair.operation, outcome.verdict, _checks(outcome), text)


def _of_claim(claim: Mapping[str, Any], outcome: Outcome) -> Result:
    error = None if claim["supported"] else claim["error"]
    text = f"{' … '.join(claim['quotes'])} => {claim['claim']}"
    return Result("claims", claim["id"], claim["split"], error, None, outcome.verdict, _checks(outcome), text)


def _checks(outcome: Outcome) -> tuple[str, ...]:
    """Each check with what it says, "number (fail): 42亿美元 / $4.3bn"."""
    found = []
    for check in outcome.checks:
        said = [str(value) for value in (check.model_extra or {}).values() if value]
        found.append(f"{check.check} ({check.result}): {' / '.join(said)}")
    return tuple(found)
