"""No text breaks the search or makes it slow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.model import Language
from shared.names import build_sheet, find_names, learned, name_problems, sheet_conflicts, shipped_terms
from shared.vocabulary import all_terms
from tests.support.growth import check_growth
from tests.unit.names.terms import INDEX

LANGUAGES: tuple[Language, ...] = ("en", "zh")
PIECES = (
    "Google",
    "谷歌",
    "安迪·",
    "贾西",
    "（",
    "(",
    ")",
    "）",
    "Andy",
    " ",
    "Jassy",
    "·",
    "the Fed",
    "’s",
    "A",
    "高通胀",
    "0",
    "\u202e",
)
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@given(texts, texts, st.sampled_from(LANGUAGES))
def test_any_text_has_ordered_mentions_and_an_answer(source: str, target: str, language: Language) -> None:
    sheet = build_sheet(source, language, INDEX, [(source[:20] or "x", "person"), (target[:20] or "x", "organisation")])
    end = 0
    for mention in find_names(source, language, sheet):
        assert end <= mention.start < mention.end <= len(source)
        assert source[mention.start : mention.end] == mention.text
        assert sheet.entry(mention.entity) is not None
        end = mention.end
    name_problems(source, target, language, sheet)
    sheet_conflicts({"a": source, "b": target}, language, sheet)
    sheet.forms_for(language)
    assert all(one.en and one.zh for one in learned(source))


@given(texts)
def test_a_text_is_a_faithful_translation_of_its_own_names(text: str) -> None:
    sheet = build_sheet(text, "en", INDEX)
    assert [one for one in name_problems(text, text, "en", sheet) if one.source] == []


@pytest.mark.parametrize(
    "piece",
    [
        "Google",
        "Google ",
        "谷歌",
        "安迪·",
        "·",
        "（",
        "A (",
        "Andy Jassy（",
        "（Andy Jassy",
        "中",
        "Aa",
        "Aa ",
        "安迪·贾西（Andy Jassy）",
        "9",
        "😀",
        "“",
    ],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    def work(length: int) -> None:
        text = (piece * length)[:length]
        sheet = build_sheet(text, "zh", INDEX, [(text[:40], "person")])
        name_problems(text, text[::-1], "zh", sheet)
        sheet_conflicts({"a": text}, "zh", sheet)

    check_growth(work, 2_000, 32_000)


NAMES = [term for term in all_terms() if term.kind != "other"]
SHARED = [form for term in NAMES for form in sorted(term.ambiguous)]
WORDS = [f"Ab{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}x" for i in range(8000)]


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("苹果。" * 20_000, "apples " * 20_000, "zh"),
        (", ".join(term.en for term in NAMES), " ".join(WORDS), "en"),
        ("，".join(term.zh for term in NAMES), " ".join(WORDS), "zh"),
        (", ".join(SHARED), "没有。" * 5000, "en"),
        ("，".join(WORDS), " ".join(word[::-1].capitalize() for word in WORDS), "zh"),
        ("".join(f"甲乙丙丁戊己庚{chr(0x4E00 + i)}（Abc{i}）" for i in range(9000)), "x", "zh"),
    ],
    ids=["ambiguous", "all names", "all names in Chinese", "all ambiguous forms", "Latin words", "glosses"],
)
def test_many_names_take_no_quadratic_time(source: str, target: str, language: Language) -> None:
    index = shipped_terms()

    def work(length: int) -> None:
        text = source[:length]
        name_problems(text, target[:length], language, build_sheet(text, language, index))

    check_growth(work, len(source) // 8, len(source))
