"""Quotes that were copied with changes are found, and what is stored is the article's own slice."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analyze.claims import LONGEST_QUOTE, SHORTEST_QUOTE, NoQuote, QuoteFinder
from shared.model import Language, Quote
from tests.support.growth import check_growth

EN = (
    "Plant sold\n\n“We will act,” said Dana Whitlock — it cost $1.5 million… and more.\n\n"
    "The plant, which makes pumps, was sold for 15 million people\nwho live there. It closed. "
    "It cost too much to run.\n\nIt closed. It cost too much to run in the end, he said."
)
ZH = "工廠投產\n\n營收增長三成。他說：「我們不賣。」公司表示，工廠將於明年投產，投資約５億元。"


def find(text: str, language: Language, returned: str, hint: int | None = None) -> str:
    found = QuoteFinder(text, language).find(returned, hint)
    assert isinstance(found, Quote), found
    assert text[found.start : found.end] == found.quote
    return found.quote


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        ('"We will act," said Dana Whitlock - it cost $1.5', "“We will act,” said Dana Whitlock — it cost $1.5"),
        ("it cost $1.5 million... and more", "it cost $1.5 million… and more"),
        ("THE PLANT,  which makes pumps", "The plant, which makes pumps"),
        ("sold for 15 million people who live there", "sold for 15 million people\nwho live there"),
        # a quote can't begin inside a number or a word
        ("5 million people who live there", "15 million people\nwho live there"),
        ("“The plant, which makes pumps...”", "The plant, which makes pumps"),
    ],
)
def test_changed_signs_and_spaces_are_found(returned: str, expected: str) -> None:
    assert find(EN, "en", returned) == expected


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        ("公司表示,工厂将于明年投产,投资约5亿元.", "公司表示，工廠將於明年投產，投資約５億元。"),
        ("公司表示， 工廠將於明年投產，投資約 5 億元", "公司表示，工廠將於明年投產，投資約５億元"),
        # a whole sentence that is too short is given with its neighbours
        ("他说：“我们不卖。”", "他說：「我們不賣。」公司表示，工廠將於明年投產，投資約５億元。"),
    ],
)
def test_width_and_traditional_characters_are_found(returned: str, expected: str) -> None:
    assert find(ZH, "zh", returned) == expected


def test_of_several_places_the_nearest_to_the_hint_is_taken_and_else_the_first_of_the_body() -> None:
    finder = QuoteFinder(EN, "en")
    places = [finder.find("It cost too much to run", hint) for hint in (None, 0, len(EN))]
    assert [place.start if isinstance(place, Quote) else -1 for place in places] == [
        EN.index("It cost too"),
        EN.index("It cost too"),
        EN.rindex("It cost too"),
    ]


@pytest.mark.parametrize(
    ("returned", "why"),
    [
        ("", "empty"),
        ("nothing that the article ever says", "word for word"),
        ("We will act … and so much more", "copied without a gap"),
        ("who live there. It closed. It cost too much to run.\n\nIt closed.", "one paragraph"),
        ("makes pumps", f"fewer than {SHORTEST_QUOTE}"),
        ("x" * 5000, f"longer than {LONGEST_QUOTE}"),
    ],
)
def test_what_is_no_quote_is_refused_with_the_reason(returned: str, why: str) -> None:
    found = QuoteFinder(EN, "en").find(returned)
    assert isinstance(found, NoQuote)
    assert why in found.why


def test_a_quote_longer_than_the_limit_is_refused() -> None:
    text = f"Title\n\n{'word ' * 80}end."
    found = QuoteFinder(text, "en").find("word " * 70)
    assert isinstance(found, NoQuote)
    assert f"more than {LONGEST_QUOTE}" in found.why


@given(st.text(max_size=200), st.text(max_size=80))
def test_what_is_found_is_a_slice_of_the_text(text: str, returned: str) -> None:
    text = unicodedata.normalize("NFC", text)
    for each in (returned, text[3:60]):
        found = QuoteFinder(text, "zh").find(each)
        if isinstance(found, Quote):
            assert text[found.start : found.end] == found.quote
            assert SHORTEST_QUOTE <= len(found.quote) <= LONGEST_QUOTE


@pytest.mark.parametrize("unit", ["1", "“", "字", "...", " ", "1,", "\u200b", "a b ", "。", "😀"])
def test_the_time_grows_with_the_text_and_not_faster(unit: str) -> None:
    def work(size: int) -> None:
        QuoteFinder((unit * size)[:size], "en").find((unit * 40)[:40])

    check_growth(work, 10_000, 100_000)
