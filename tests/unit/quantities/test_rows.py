"""The table of rows.txt: what is read in both languages, that the two agree, and that another number does not."""

from pathlib import Path

import pytest

from shared.model import Language
from shared.quantities import Mention, differences, find_mentions

ROWS = [
    [cell.strip() for cell in line.split("|")]
    for line in (Path(__file__).parent / "rows.txt").read_text(encoding="utf-8").splitlines()
    if "|" in line and not line.startswith("#")
]


def said(mentions: tuple[Mention, ...]) -> str:
    """Mentions as the table writes them."""
    return "; ".join(_said(mention) for mention in mentions)


def _said(mention: Mention) -> str:
    if mention.identifier is not None:
        return f"identifier {mention.identifier}"
    if mention.date is not None:
        parts = {name: getattr(mention.date, name) for name in mention.date.__slots__}
        return "date " + " ".join(f"{name}={value}" for name, value in parts.items() if value not in (None, False))
    quantity = mention.quantity
    upper = "" if quantity.upper is None else f"..{quantity.upper}"
    words = (quantity.unit or quantity.currency, quantity.approximate)
    return " ".join((f"{quantity.kind} {quantity.value}{upper}", *(word for word in words if word)))


def optional(text: str, language: Language) -> bool:
    """Whether a translation may leave out all that is read in a text."""
    return all(mention.optional for mention in find_mentions(text, language))


def first_digit(text: str) -> int | None:
    """The place of a text's first digit, zeros apart."""
    return next((place for place, character in enumerate(text) if character in "123456789"), None)


NEIGHBOURS = [
    (english, chinese)
    for (english, *_), (_, chinese, *_) in zip(ROWS, ROWS[-11:] + ROWS[:-11], strict=True)
    if not (optional(english, "en") and optional(chinese, "zh"))
]
LANGUAGES: tuple[Language, Language] = ("en", "zh")
WITH_DIGITS = [
    (text, language)
    for row in ROWS
    for text, language in zip(row[:2], LANGUAGES, strict=True)
    if first_digit(text) is not None and not optional(text, language)
]


def test_the_table_is_long() -> None:
    assert len(ROWS) >= 200
    assert len(NEIGHBOURS) > 0.9 * len(ROWS)
    assert len(WITH_DIGITS) > len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}={row[1]}")
def test_both_languages_are_read_and_agree(row: list[str]) -> None:
    english, chinese = find_mentions(row[0], "en"), find_mentions(row[1], "zh")
    assert (said(english), said(chinese)) == (row[2], row[-1])
    assert differences(english, chinese) == ()
    assert differences(chinese, english) == ()


@pytest.mark.parametrize(("english", "chinese"), NEIGHBOURS)
def test_another_number_is_a_difference(english: str, chinese: str) -> None:
    said_in_english, said_in_chinese = find_mentions(english, "en"), find_mentions(chinese, "zh")
    assert differences(said_in_english, said_in_chinese)
    assert differences(said_in_chinese, said_in_english)


@pytest.mark.parametrize(("text", "language"), WITH_DIGITS)
def test_a_digit_that_changes_is_a_difference(text: str, language: Language) -> None:
    place = first_digit(text)
    assert place is not None
    changed = f"{text[:place]}{9 if text[place] != '9' else 8}{text[place + 1 :]}"
    assert differences(find_mentions(text, language), find_mentions(changed, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("one of the most, on the one hand, no one, once, first of all, both, a pair, a couple", "en"),
        ("hundreds of people, dozens, thousands of years, tens of millions, several hundred, a few thousand", "en"),
        ("24/7, 9/11, COVID-19, the G20, CO2", "en"),
        ("He may march on; March on; World War II", "en"),
        ("a half-hearted attempt, second to none, the first lady, at first", "en"),
        ("https://example.org/2026/11/24?id=35", "en"),
        ("一方面，一些，一般，统一，唯一，之一，万一，三星，四川，五角大楼，十分，百姓，千方百计", "zh"),
        ("周三，星期五，数百万人，几十年，成千上万，几百人，数亿", "zh"),
        ("第一，首次，两国，双方，两岸，一名男子，一年，1名", "zh"),
        ("24/7，7×24，G20，新冠COVID-19", "zh"),
        ("零售，零部件，半导体，半岛，独一无二，一带一路，七嘴八舌", "zh"),
        ("https://example.org/2026/11/24", "zh"),
    ],
)
def test_sayings_and_words_for_one_and_many_may_be_left_out(text: str, language: Language) -> None:
    assert [mention.text for mention in find_mentions(text, language) if not mention.optional] == []
