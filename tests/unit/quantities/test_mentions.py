"""No text makes the parser fail or slow, and every mention is an exact slice of its text."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model import Language, Quantity
from shared.quantities import differences, find_mentions
from shared.quantities.render import render_quantity
from tests.support.growth import check_growth

LANGUAGES: tuple[Language, ...] = ("en", "zh")
PIECES = (
    "0123456789,.:/-–~%$¥€£#()“”\u202e\u200d😀 　"
    "两万亿成元至到多约近第年月日点时分半个十百千一二三零〇双翻倍折比号世纪代季度之"
    "abcGPTx Oct May March one two twenty hundred million dozen half third of in out and to a about over percent points"
)


@settings(deadline=None, max_examples=400)
@given(st.text(alphabet=st.sampled_from(PIECES)), st.sampled_from(LANGUAGES))
def test_no_text_raises_and_mentions_are_slices_in_order(text: str, language: Language) -> None:
    end = 0
    found = find_mentions(text, language)
    for mention in found:
        assert end <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        end = mention.end
    assert differences(found, found) == ()


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_two_texts_compare(one: str, other: str, language: Language) -> None:
    differences(find_mentions(one, language), find_mentions(other, "en"))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["one two", "twenty-", "a hundred and ", "第", "三", "十", "亿", "1 in ", "3-", "Oct. ", "90年代"]
        )
    )
)
def test_no_run_of_numerals_raises(pieces: list[str]) -> None:
    for language in LANGUAGES:
        find_mentions("".join(pieces), language)


HOSTILE: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "1" * n,
    "groups": lambda n: "1," * (n // 2),
    "points": lambda n: "1." * (n // 2),
    "thousands": lambda n: ",111" * (n // 4),
    "colons": lambda n: "1:" * (n // 2),
    "slashes": lambda n: "1/" * (n // 2),
    "characters": lambda n: "一" * n,
    "numerals": lambda n: "十百千万亿" * (n // 5),
    "ranges": lambda n: "3-" * (n // 2),
    "quotes": lambda n: "“‘「『" * (n // 4),
    "letters": lambda n: "a" * n,
    "codes": lambda n: "a1" * (n // 2),
    "hyphens": lambda n: "a-" * (n // 2),
    "spaces": lambda n: " " * n,
    "signs": lambda n: "$" * n,
    "emoji": lambda n: "😀1" * (n // 2),
    "bidi": lambda n: "\u202e1\u202c" * (n // 3),
    "punctuation": lambda n: "，。！？：；" * (n // 6),
    "scripts": lambda n: "a一1अ" * (n // 4),
    "words": lambda n: "twenty-one hundred and " * (n // 23),
    "odds": lambda n: "1 in " * (n // 5),
    "months": lambda n: "Oct. 17-" * (n // 8),
    "decades": lambda n: "90年代" * (n // 4),
    "blanks": lambda n: "1 亿 " * (n // 4),
    "addresses": lambda n: "http://" * (n // 7),
    "money": lambda n: "5亿美元3万元" * (n // 8),
    "currencies": lambda n: "美元dollar " * (n // 9),
    "units": lambda n: "3公里5 kg " * (n // 8),
    "names": lambda n: "iPhone 15 Xbox 5、歼-20" * (n // 21),
    "scores": lambda n: "3比2 2-3 " * (n // 8),
    "signs and words of loss": lambda n: "亏损-5% fell " * (n // 12),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_time_grows_with_the_text_and_not_faster(name: str, language: Language) -> None:
    def work(size: int) -> None:
        found = find_mentions(HOSTILE[name](size), language)
        differences(found, found[1:])

    check_growth(work, 800, 6_400)


def test_a_hundred_thousand_digits_are_one_code() -> None:
    for language in LANGUAGES:
        (mention,) = find_mentions("1" * 100_000, language)
        assert mention.quantity.kind == "identifier"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "quantity",
    [
        Quantity(kind="amount", value=Decimal("4.2e9"), currency="USD", approximate="about"),
        Quantity(kind="amount", value=Decimal(300_000_000), upper=Decimal(500_000_000), currency="CNY"),
        Quantity(kind="share", value=Decimal("12.5"), unit="percent", approximate="over"),
        Quantity(kind="points", value=Decimal("1.5"), unit="percentage_point"),
        Quantity(kind="points", value=Decimal(25), unit="basis_point"),
        Quantity(kind="count", value=Decimal(12_000_000)),
        Quantity(kind="multiple", value=Decimal("2.5")),
        Quantity(kind="duration", value=Decimal(18), unit="month", approximate="nearly"),
        Quantity(kind="measure", value=Decimal(450), unit="megawatt"),
        Quantity(kind="rank", value=Decimal(3)),
        Quantity(kind="score", value=Decimal(1), upper=Decimal(3)),
    ],
    ids=lambda quantity: quantity.kind if isinstance(quantity, Quantity) else str(quantity),
)
def test_what_the_renderer_writes_is_read_back(quantity: Quantity, language: Language) -> None:
    (mention,) = find_mentions(render_quantity(quantity, language), language)
    assert mention.quantity == quantity


def test_the_renderings_of_a_quantity_in_both_languages_agree() -> None:
    quantity = Quantity(kind="amount", value=Decimal("4.2e9"), currency="USD", approximate="about")
    english, chinese = (find_mentions(render_quantity(quantity, language), language) for language in LANGUAGES)
    assert differences(english, chinese) == ()
