"""Any text is judged, in time that grows with its length only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.translate.gate import judge, verdict
from shared.model import Language
from tests.support.growth import check_growth

HOSTILE = {
    "digits": "1",
    "commas in digits": "1,",
    "quotes": "“",
    "nested brackets": "(（[",
    "no spaces": "a",
    "spaces": " ",
    "stops": ".",
    "closed stops": '.")',
    "negations": "not ",
    "chinese negations": "不",
    "hedges": "可能",
    "short sentences": "Not so. ",
    "short chinese sentences": "不。",
    "bracketed": "(中",
    "hyphens": "a-",
    "apostrophes": "n't",
    "markup": "<a",
    "entities": "&a",
    "addresses": "https://",
    "emoji": "👩‍👩‍👧",
    "bidi": "\u202e\u2066x\u2069",
    "mixed": "a中1，",
    "words": "the company may not ",
    "repeated words": "go go ",
    "numerals": "一千万亿",
    "domains": "a.com/",
    "labels": "a.",
    "invisible": "\u200b\u202e",
    "half a name": "A-1",
}


def pieces(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("source_language", ["en", "zh"])
def test_time_grows_with_the_length(unit: str, source_language: Language) -> None:
    def work(length: int) -> None:
        judge(pieces(unit, length), pieces(unit + "x", length), source_language)

    check_growth(work, 1_600, 12_800)


_ANY = st.text(st.characters(exclude_categories=()))
"""Surrogates, too: an engine may give half a pair."""


@given(_ANY, _ANY, st.sampled_from(["en", "zh"]))
def test_any_text_is_judged(source: str, target: str, language: str) -> None:
    findings = judge(source, target, "en" if language == "en" else "zh")
    assert verdict(findings) in ("pass", "warn", "fail")
    assert all(len(each.en) <= 160 and len(each.zh) <= 160 for each in findings)


_WORDS = (
    "may",
    "not",
    "n't",
    "never",
    "可能",
    "不",
    "没有",
    "据报道",
    "the",
    ". ",
    "。",
    "said",
    "说",
    "5%",
    "三成",
    "May",
    "“",
    "”",
)


@given(st.lists(st.sampled_from(_WORDS)).map("".join), st.lists(st.sampled_from(_WORDS)).map(" ".join))
def test_any_words_are_judged(source: str, target: str) -> None:
    assert verdict(judge(source, target, "zh")) in ("pass", "warn", "fail")
    assert verdict(judge(target, source, "en")) in ("pass", "warn", "fail")
