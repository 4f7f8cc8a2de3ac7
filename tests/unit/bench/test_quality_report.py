"""What the fidelity benchmark says of its results."""

from __future__ import annotations

from dataclasses import replace

from bench.quality.measure import Result
from bench.quality.report import report, wrong

_FAITHFUL = Result("faithful", "f-1", "dev", None, None, "pass", (), "One => 一")
_PLANTED = Result(
    "by program", "f-1+x", "dev", "number", "digit_changed", "fail", ("number (fail): 1 / 2",), "One => 二"
)


def test_what_is_right_is_not_listed() -> None:
    assert wrong([_FAITHFUL, _PLANTED]) == ""


def test_misses_false_alarms_and_warnings_are_listed_with_their_texts() -> None:
    missed, alarm = (
        replace(_PLANTED, verdict="warn"),
        replace(_FAITHFUL, verdict="fail", checks=("negation (fail): no",)),
    )
    warned = replace(_FAITHFUL, id="f-2", verdict="warn")
    assert wrong([missed, alarm, warned]).splitlines() == [
        "- f-1+x (by program, dev, number) missed: One => 二 [number (fail): 1 / 2]",
        "- f-1 (faithful, dev) false alarm: One => 一 [negation (fail): no]",
        "- f-2 (faithful, dev) warned: One => 一",
    ]


def test_texts_of_the_held_out_half_are_not_shown() -> None:
    found = wrong([replace(_PLANTED, split="held_out", verdict="pass")])
    assert found == "- f-1+x (by program, held_out, number) missed"


def test_tables_count_by_half() -> None:
    missed = replace(_PLANTED, split="held_out", verdict="pass")
    assert "| digit_changed | 1/1 | 0/1 | 1/2 | 50.0% |" in report([_FAITHFUL, _PLANTED, missed])
    assert "| failed | 0/1 | 0/0 | 0/1 | 0.0% |" in report([_FAITHFUL, _PLANTED, missed])
