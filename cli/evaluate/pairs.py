"""`diglot eval pairs`: the gate over lines of `{"id", "en", "zh", "source": "en"|"zh"}`.

There is no article around a pair: its name sheet is made of the source itself and the terms that ship with the product.
"""

from __future__ import annotations

from cli.evaluate.lines import Check, Line, Outcome, Readable, outcome, parse, unreadable
from services.translate.gate import Finding, judge
from shared.model import Language
from shared.names import build_sheet, shipped_terms


class _Pair(Readable):
    en: str
    zh: str
    source: Language


def judge_line(line: Line) -> Outcome:
    """Return what the gate says of a line."""
    try:
        pair = _Pair.model_validate(parse(line))
    except ValueError as error:
        return unreadable(line, error, "en", "zh")
    source, target = (pair.en, pair.zh) if pair.source == "en" else (pair.zh, pair.en)
    sheet = build_sheet(source, pair.source, shipped_terms())
    return outcome(pair.id, [_check(each) for each in judge(source, target, pair.source, sheet)])


def _check(finding: Finding) -> Check:
    return Check.model_validate(
        {
            "check": finding.check,
            "result": finding.result,
            "en": finding.en,
            "zh": finding.zh,
            "why": finding.request,
        }
    )
