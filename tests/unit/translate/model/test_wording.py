"""The form of a sentence is put right by us: blanks, punctuation, marks. No word and no figure changes."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.translate.model.wording import tidied
from shared.model import Language

CHINESE = (
    ("谷歌可能裁员。", "谷歌可能裁员。"),
    ("谷歌 可能\n裁员 。", "谷歌可能裁员。"),
    ("谷歌,苹果和NVIDIA, 英特尔可能裁员.", "谷歌，苹果和NVIDIA，英特尔可能裁员。"),
    ("据 Reuters 报道,收入增长 3.5% 至 1,200 亿美元.", "据Reuters报道，收入增长3.5%至1,200亿美元。"),
    ("会议10:30开始:共3人.", "会议10:30开始：共3人。"),
    ('安迪·贾西(Andy Jassy)说:"不会."', "安迪·贾西（Andy Jassy）说：“不会。”"),
    ("他说「会」。", "他说“会”。"),
    ("访问Amazon.com和Google Cloud", "访问Amazon.com和Google Cloud"),
    ("GPT-5.2 版本(2025年)", "GPT-5.2版本（2025年）"),
    ("Corvane Semiconductor, Inc.", "Corvane Semiconductor, Inc."),
    ("译文：谷歌裁员。", "谷歌裁员。"),
    ("“谷歌裁员。”", "谷歌裁员。"),
    ("\u202e谷歌\u200b裁员\x07。\ufeff", "谷歌裁员。"),
    ("股价上涨\ud83d。", "股价上涨。"),
    ('他问"为什么', '他问"为什么'),
)
ENGLISH = (
    ("Google may cut jobs.", "Google may cut jobs."),
    ("Google，which may cut jobs，grew ３．５％。", "Google, which may cut jobs, grew 3.5%."),
    ("It has 1，000 stores（and more）in U.S.A.", "It has 1,000 stores (and more) in U.S.A."),
    ("The train left at 10：30、on time。", "The train left at 10:30, on time."),
    ("Translation: Google cut jobs.", "Google cut jobs."),
    ('"Google cut jobs."', "Google cut jobs."),
    ("The film 《Red Sun》 won。", "The film “Red Sun” won."),
    ("“No,” she said. “Never.”", "“No,” she said. “Never.”"),
    ("Cafe\u0301  opened\r\nagain.", "Café opened again."),
)


@pytest.mark.parametrize(("text", "wanted"), CHINESE)
def test_chinese_is_put_right(text: str, wanted: str) -> None:
    assert tidied(text, "Google may cut jobs.", "zh") == wanted
    assert tidied(wanted, "Google may cut jobs.", "zh") == wanted


@pytest.mark.parametrize(("text", "wanted"), ENGLISH)
def test_english_is_put_right(text: str, wanted: str) -> None:
    assert tidied(text, "谷歌裁员。", "en") == wanted
    assert tidied(wanted, "谷歌裁员。", "en") == wanted


def test_marks_that_the_source_has_as_well_stay() -> None:
    assert tidied("“谷歌裁员。”", "“Google cut jobs.”", "zh") == "“谷歌裁员。”"
    assert tidied("翻译：一门手艺", "Translation: a craft", "zh") == "翻译：一门手艺"


def test_quotation_marks_that_are_not_around_all_of_it_stay() -> None:
    assert tidied("“会”与“不会”", "Yes and no", "zh") == "“会”与“不会”"


@given(st.text(max_size=200), st.text(max_size=50), st.sampled_from(["en", "zh"]))
def test_any_text_becomes_one_visible_line_with_the_same_words_and_figures(
    text: str, source: str, target: Language
) -> None:
    made = tidied(text, source, target)
    assert "\n" not in made
    assert made == unicodedata.normalize("NFC", made)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") for c in made)
    made.encode()
    assert len(made) <= 3 * len(text)
    assert tidied(made, source, target) == tidied(tidied(made, source, target), source, target)
    if ":" not in text and "：" not in text:  # what stands before a colon may be a label
        assert re.findall(r"[0-9]|[A-Za-z]", made) == re.findall(r"[0-9]|[A-Za-z]", _plain(text, target))


def _plain(text: str, target: Language) -> str:
    visible = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs") or c.isspace())
    composed = unicodedata.normalize("NFC", visible)
    if target == "en":
        return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in composed)
    return composed
