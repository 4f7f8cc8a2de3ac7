"""A leaf is one sentence, and so is its translation: what stands beside it was not said."""

import pytest

from services.translate.gate import additions
from shared.model import Language


def added(source: str, target: str, language: Language) -> list[str]:
    return [each.request for each in additions(source, target, language)]


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("The bank cut rates.", "该银行降息。"),
        ("“Run! Now!” he shouted.", "“快跑！现在！”他喊道。"),
        ("He shouted: “Run!”", "他喊道：“快跑！”"),
        ("Mr. Lee of U.S. Steel Corp. spoke.", "美国钢铁公司的李先生讲了话。"),
        ("Rates fell. Shares rose.", "利率下降，股价上涨。"),
        ("Chip stocks slide", "芯片股下挫。"),
        ("Growth was 3.5% (it was 2.5% in 2024).", "增长3.5%（2024年为2.5%）。"),
        ("Will it last?", "能持续吗？"),
        ("Andy Jassy spoke.", "安迪·贾西（Andy Jassy）讲了话。"),
    ],
)
def test_one_sentence_for_one_sentence_is_all(en: str, zh: str) -> None:
    assert added(en, zh, "en") == []
    if zh.count("。") >= en.count("."):
        assert added(zh, en, "zh") == []


def test_another_sentence_fails() -> None:
    (request,) = added("The bank cut rates.", "该银行降息。请访问我们的网站。", "en")
    assert request == "The source is one sentence; the translation is 2 sentences. Write as many, and add nothing."
    assert added("该银行降息。", "The bank cut rates. Visit our site today.", "zh")
    assert added("该银行降息", "The bank cut rates! It is great.", "zh")


@pytest.mark.parametrize(
    "note", ["（译者注：数字有误）", "（注：数字有误）", "[Note: the figure is wrong]", "译注：数字有误"]
)
def test_a_note_fails_unless_the_source_has_one(note: str) -> None:
    assert added("The bank cut rates.", f"该银行降息{note}。", "en") == [
        "The translation has a note. Translate, and add nothing."
    ]
    assert added(f"该银行降息{note}。", f"该银行降息{note}。", "zh") == []


def test_nothing_is_added_to_nothing() -> None:
    assert added("", "", "en") == []
    assert added("…", "……", "en") == []
