"""What the gate fails, what it warns of, and what it lets through."""

from typing import Any, cast

import pytest

from services.translate.gate import MAX_CODE_POINTS, Finding, judge, verdict
from shared.model import Language
from shared.names import build_sheet, shipped_terms


def found(en: str, zh: str, source: Language = "en") -> tuple[Finding, ...]:
    text, translation = (en, zh) if source == "en" else (zh, en)
    return judge(text, translation, source, build_sheet(text, source, shipped_terms()))


def failed(en: str, zh: str, source: Language = "en") -> set[str]:
    return {each.check for each in found(en, zh, source) if each.result == "fail"}


FAITHFUL: tuple[tuple[str, str], ...] = (
    ("The company may cut jobs, a spokesman said.", "一名发言人表示，公司可能裁员。"),
    ("The company has not said when it will open.", "公司尚未透露何时开业。"),
    ("It is not only cheap but fast.", "它不仅便宜，而且快。"),
    ("He had no choice but to resign.", "他不得不辞职。"),
    ("Prices are continually rising.", "价格不断上涨。"),
    ("She said he refused to answer.", "她说，他拒绝回答。"),
    ("The talks ended without an agreement.", "会谈未达成协议。"),
    ("The plan will not start until March.", "该计划要到3月才会启动。"),
    ("Whether or not it rains, the match goes ahead.", "无论下不下雨，比赛都会进行。"),
    ("The attack was reportedly carried out by two men.", "据报道，袭击由两名男子实施。"),
    ("A man was arrested for allegedly stealing a car.", "一名男子因涉嫌偷车被捕。"),
    ("The drug appears to be safe.", "该药似乎是安全的。"),
    ("Analysts expect sales to grow.", "分析师预计销售额将增长。"),
    ("The deal is expected to close in May.", "交易预计5月完成。"),
    ("Unless prices fall, few people will buy.", "除非降价，否则很少有人会买。"),
    ("It could take years.", "这可能需要数年时间。"),
)


@pytest.mark.parametrize(("en", "zh"), FAITHFUL)
@pytest.mark.parametrize("source", ["en", "zh"])
def test_a_faithful_translation_does_not_fail(en: str, zh: str, source: Language) -> None:
    assert failed(en, zh, source) == set()


LOST: tuple[tuple[str, str, Language, str], ...] = (
    ("The company may cut jobs.", "公司将裁员。", "en", "possibility"),
    ("The company will cut jobs.", "公司可能裁员。", "zh", "possibility"),
    ("The firm is expected to cut jobs.", "该公司裁员。", "en", "possibility"),
    ("It seems to work.", "它有效。", "en", "possibility"),
    ("The minister reportedly took bribes.", "部长受贿。", "en", "hearsay"),
    ("The minister took bribes.", "据报道，部长受贿。", "zh", "hearsay"),
    ("A man was held for allegedly stealing a car.", "一名男子因偷车被拘。", "en", "hearsay"),
    ("The bank has not paid.", "该银行已付款。", "en", "negation"),
    ("The bank has paid.", "该银行没有付款。", "zh", "negation"),
    ("He can't rule and he won't resign.", "他不能执政，他将辞职。", "en", "negation"),
    ("They won with help from nobody.", "他们得到了所有人的帮助。", "en", "negation"),
    ("The firm denied the claim.", "该公司承认了这一说法。", "en", "negation"),
    ("Prices will rise.", "价格不会上涨。", "zh", "negation"),
)


@pytest.mark.parametrize(("en", "zh", "source", "check"), LOST)
def test_a_lost_hedge_or_negation_fails(en: str, zh: str, source: Language, check: str) -> None:
    assert check in failed(en, zh, source)


def test_the_same_word_on_both_sides_hides_no_lost_negation() -> None:
    """The translation's 禁止 renders the source's ban, so the lost "not" has no counterpart."""
    assert "negation" in failed("They did not lift the ban.", "他们解除了禁令。")


def test_a_hedge_counts_in_its_own_sentence() -> None:
    en = "The bank may raise rates. The economy grew. Exports fell. Unions agreed."
    zh = "该行将加息。经济增长。出口下降。工会可能同意。"
    assert "possibility" in failed(en, zh)


def test_a_hedge_may_move_to_the_next_sentence() -> None:
    en = "He spoke on Monday. Rates may rise, he said."
    zh = "他周一表示，利率可能上升。他讲了话。"
    assert failed(en, zh) == set()


def test_one_word_is_not_hearsay_and_possibility() -> None:
    assert failed("Sources say it reportedly may rise.", "可能上涨。") == {"hearsay"}
    assert failed("Reportedly it may rise.", "据称可能上涨。") == set()
    assert failed("It reportedly rose.", "可能上涨。") == set()


def test_may_is_a_month_too() -> None:
    assert failed("The talks begin in May.", "会谈于5月开始。") == set()


@pytest.mark.parametrize(
    ("en", "zh", "source", "check"),
    [
        ("Sales rose 5% in 2024.", "2024年销售额增长6%。", "en", "number"),
        ("Sales rose in 2025.", "2026年销售额增长。", "en", "number"),
        ("It costs $4.2 billion.", "其成本为42亿元。", "en", "number"),
        ("They hired 300 to 500 people.", "他们招聘了300人。", "en", "number"),
        ("The iPhone 16 sells well.", "iPhone 15卖得很好。", "en", "identifier"),
    ],
)
def test_a_number_or_identifier_that_differs_fails(en: str, zh: str, source: Language, check: str) -> None:
    assert failed(en, zh, source) & {"number", "identifier"}


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("It costs $4.2 billion.", "其成本为42亿美元。"),
        ("About 30% agree.", "约三成受访者同意。"),
        ("They hired 300 million to 500 million people.", "他们招聘了3-5亿人。"),
        ("Prices doubled in the first quarter.", "一季度价格翻了一番。"),
    ],
)
def test_a_number_in_another_form_passes(en: str, zh: str) -> None:
    assert failed(en, zh) == set()


@pytest.mark.parametrize(
    ("en", "zh", "source"),
    [
        ("Amazon's CEO reportedly mentioned it.", "据报道，亚马逊CEO reportedly提到此事。", "en"),
        ("If elected, she would scrap the tax.", "她表示，If elected，她将废除该税。", "en"),
        ("The company said it would cut its prices.", "该公司表示the company will cut its prices。", "en"),
        ("Prices rose 行情 sharply.", "行情大涨。", "zh"),
    ],
)
def test_words_of_the_source_language_that_are_no_name_fail(en: str, zh: str, source: Language) -> None:
    assert "leftover" in failed(en, zh, source)


@pytest.mark.parametrize(
    ("en", "zh", "source"),
    [
        ("The agent spends few tokens.", "该agent只用很少的token。", "en"),
        ("He read The Lord of the Rings.", "他读了《The Lord of the Rings》。", "en"),
        ("Bank of America and Procter & Gamble agreed.", "Bank of America与Procter & Gamble同意。", "en"),
        ("See https://example.org/the/fix for it.", "详见https://example.org/the/fix。", "en"),
        ("Chen Yu (陈宇) said so.", "陈宇这样说。", "zh"),
    ],
)
def test_names_titles_terms_and_addresses_may_stay(en: str, zh: str, source: Language) -> None:
    assert "leftover" not in failed(en, zh, source)


@pytest.mark.parametrize(
    ("en", "zh", "source", "check"),
    [
        ("The company cut its prices.", "The company cut its prices.", "en", "copied"),
        ("公司降价。", "公司降价。", "zh", "copied"),
        ("The company cut its prices.", " ", "en", "empty"),
        ("The company cut its prices.", "……", "en", "empty"),
        ("The company cut its prices.", "公司降价。公司降价了公司降价了。公司降价了公司降价了。", "en", "repeated"),
        ("Dozens of churches were hit.", "数十座教堂受损，另有数十座教堂受损，另有数十座教堂受损。", "en", "repeated"),
        (
            "The company cut its prices, the union agreed and exports fell in the year.",
            "公司降价，工会",
            "en",
            "cut_off",
        ),
        (
            "The company cut its prices for the",
            "公司下调了所有产品在全国各地的价格，并且表示还要继续降价。",
            "zh",
            "cut_off",
        ),
        ("The company cut its prices.", "公司<b>降价</b>。", "en", "markup"),
        ("The company cut its prices.", "公司**降价**。", "en", "markup"),
        ("The company cut its prices.", "公司降价，见https://example.org/x。", "en", "url"),
    ],
)
def test_a_broken_target_fails(en: str, zh: str, source: Language, check: str) -> None:
    assert check in failed(en, zh, source)


def test_a_name_is_equal_in_both_and_no_copy() -> None:
    assert failed("NVIDIA", "NVIDIA") == set()
    assert failed("Corvane Semiconductor", "Corvane Semiconductor") == set()


def test_what_is_odd_is_a_warning_only() -> None:
    odd = found("The company cut its prices.", "据报道，公司没有下调其产品的价格，而且很可能还要继续下调价格。")
    assert {each.check for each in odd} >= {"added_hedge", "added_negation"}
    assert verdict(odd) == "warn"


def test_a_finding_has_both_fragments_and_a_request() -> None:
    (each,) = found("The company may cut jobs.", "公司将裁员。")
    assert (each.check, each.result, each.en, each.zh) == ("possibility", "fail", "may", "公司将裁员。")
    assert each.request == "The source says 'may'; the translation is more certain. Add its counterpart, such as 可能."


def test_a_finding_of_the_other_direction_has_them_under_their_languages() -> None:
    (each,) = found("The company will cut jobs.", "公司可能裁员。", "zh")
    assert (each.en, each.zh) == ("The company will cut jobs.", "可能")


def test_a_pair_that_can_not_be_judged_fails_with_the_reason() -> None:
    (each,) = judge(cast("Any", None), "文字", "en")
    assert (each.check, each.result, each.request) == ("unjudged", "fail", "The pair is not text.")
    (each,) = judge(" ", "文字", "en")
    assert (each.check, each.result, each.request) == ("unjudged", "fail", "There is no source text.")
    (each,) = judge("a" * (MAX_CODE_POINTS + 1), "文字", "en")
    assert (each.check, each.result) == ("unjudged", "fail")


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert failed("The shares rose.", "股价上涨\ud83d。") == {"unjudged"}
    assert failed("The shares rose\ud83d.", "股价上涨。") == {"unjudged"}
    assert failed("The shares rose 😀.", "股价上涨😀。") == set()


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("详见evil.com/abc。", "url"),
        ("详见t.cn。", "url"),
        ("详见ｅｖｉｌ．com。", "url"),
        ("请发邮件至a@evil-shop.xyz。", "url"),
        ("公司\u202e上涨。", "markup"),
        ("公司\u200b上涨。", "markup"),
        ("公司\x07上涨。", "markup"),
        ("公司\ufeff上涨。", "markup"),
    ],
)
def test_addresses_and_invisible_characters_that_the_source_lacks_fail(text: str, check: str) -> None:
    assert check in failed("The company rose.", text)


@pytest.mark.parametrize(
    ("en", "zh", "source"),
    [
        ("Booking.com rose 3.5% in the U.S. market.", "Booking.com在美国市场上涨3.5%。", "en"),
        ("Amazon.com fell.", "亚马逊下跌。", "zh"),
        ("See t.cn for more.", "详见t.cn。", "en"),
        ("See https://www.example.com/a/b for more.", "详见example.com。", "en"),
        ("The family 👩‍👩‍👧 agreed.", "一家人👩‍👩‍👧同意了。", "en"),
    ],
)
def test_domains_that_the_source_has_or_that_are_a_name_pass(en: str, zh: str, source: Language) -> None:
    assert failed(en, zh, source) & {"url", "markup"} == set()


def test_findings_are_short_however_long_the_texts() -> None:
    long = "A" * 100_000 + "-7"
    for en, zh in (
        (f"The {long} flew.", "飞机飞了。"),
        ("It flew.", f"{long}飞了。"),
        (long + " may fly.", "<a>" * 9000),
    ):
        for each in found(en, zh):
            assert max(len(each.en), len(each.zh)) <= 160
            assert len(each.request) <= 800
