"""`diglot eval claims`: a line of article, claim and quotes gets its verdict, and what speaks against it."""

import json
from typing import Any

import pytest

from cli.evaluate.claims import judge_line
from cli.evaluate.lines import Line

ARTICLE = "A plan\n\nOdell Freight may buy Tarn Ports for $4.2 billion."
QUOTE = "Odell Freight may buy Tarn Ports for $4.2 billion."


def judge(**fields: object) -> dict[str, Any]:
    line = {"id": "a", "article": ARTICLE, "claim": "Odell may acquire Tarn Ports.", "quotes": [QUOTE], **fields}
    outcome = judge_line(Line(1, json.dumps(line, ensure_ascii=False).encode()))
    return dict(json.loads(outcome.model_dump_json()))


def test_a_supported_claim_passes() -> None:
    assert judge() == {"id": "a", "verdict": "pass", "checks": []}


def test_a_refused_claim_says_what_and_why() -> None:
    found = judge(claim="Odell will acquire Tarn Ports.")
    assert found["verdict"] == "fail"
    (check,) = found["checks"]
    assert (check["check"], check["claim"], check["quote"]) == ("certainty", "Odell will acquire Tarn Ports.", QUOTE)
    assert "“may”" in check["why"]


def test_the_articles_language_is_told_by_its_script() -> None:
    article = "计划\n\n奥德尔货运可能以42亿美元收购塔恩港口，双方周一宣布。"
    quote = "奥德尔货运可能以42亿美元收购塔恩港口，双方周一宣布。"
    assert judge(article=article, claim="奥德尔货运可能买下塔恩港口。", quotes=[quote])["verdict"] == "pass"
    assert judge(article=article, claim="奥德尔货运买下塔恩港口。", quotes=[quote])["verdict"] == "fail"


@pytest.mark.parametrize("fields", [{"quotes": "no list"}, {"claim": None}, {"article": 1}, {"language": "fr"}])
def test_a_line_that_can_not_be_read_fails(fields: dict[str, object]) -> None:
    found = judge(**fields)
    assert found["verdict"] == "fail"
    assert found["checks"][0]["check"] == "unreadable"
    assert "tuple" not in found["checks"][0]["why"]
