"""Paragraphs, sentences and clauses are exact slices, and quotations keep the words that say whose they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model import Language
from shared.text.segment import Span, clauses, paragraphs, sentences
from tests.support.growth import check_growth


def texts(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "Dr. Lee of the U.S. unit saw 2.3%. Apple Inc. fell.",
            "en",
            ["Dr. Lee of the U.S. unit saw 2.3%.", "Apple Inc. fell."],
        ),
        (
            "It shut in May. Some left the U.S. He did not.",
            "en",
            ["It shut in May.", "Some left the U.S.", "He did not."],
        ),
        (
            "Gov. Lee of Apple Inc. rivals met the U.S. Senate.",
            "en",
            ["Gov. Lee of Apple Inc. rivals met the U.S. Senate."],
        ),
        ('"Is it?" he asked. He left.', "en", ['"Is it?" he asked.', "He left."]),
        ('"It is." Dana Whitlock said. She left.', "en", ['"It is." Dana Whitlock said.', "She left."]),
        ("“One. Two,” said Owen Tran. Three.", "en", ["“One. Two,” said Owen Tran.", "Three."]),
        ("“我们不造武器。”其发言人说。公司没有回应。", "zh", ["“我们不造武器。”其发言人说。", "公司没有回应。"]),
        ("他问：“为什么？因为什么？”她没答。", "zh", ["他问：“为什么？因为什么？”", "她没答。"]),
        ("增长3.5%。2021年，下降。", "zh", ["增长3.5%。", "2021年，下降。"]),
        ("公司回应称：「没有。」按照规定。", "zh", ["公司回应称：「没有。」", "按照规定。"]),
        # abbreviations
        (
            "Gen. Hale met Sen. Ruiz in Washington, D.C., on Nov. 3. They agreed.",
            "en",
            ["Gen. Hale met Sen. Ruiz in Washington, D.C., on Nov. 3.", "They agreed."],
        ),
        ("She resigned at 5 p.m. Monday. It hurt.", "en", ["She resigned at 5 p.m. Monday.", "It hurt."]),
        ("It began at 4 p.m. The hall was full.", "en", ["It began at 4 p.m.", "The hall was full."]),
        ("Approx. 30 staff left, e.g. Acme Co. cooks.", "en", ["Approx. 30 staff left, e.g. Acme Co. cooks."]),
        ("Acme Corp. paid Odell Co. Ltd. $3m.", "en", ["Acme Corp. paid Odell Co. Ltd. $3m."]),
        ("据J.P.摩根称，A.I.很热。它没说。", "zh", ["据J.P.摩根称，A.I.很热。", "它没说。"]),
        ("Lumetra Inc.公司上涨。No.1是塔恩。", "zh", ["Lumetra Inc.公司上涨。", "No.1是塔恩。"]),
        # decimals and versions
        ("It rose 3.5%. 5.6 million paid $3.50.", "en", ["It rose 3.5%.", "5.6 million paid $3.50."]),
        (
            "Section 3.2.1 holds. See Fig. 4. It is ver. 2.0.",
            "en",
            ["Section 3.2.1 holds.", "See Fig. 4.", "It is ver. 2.0."],
        ),
        ("价格为3.5元。2.4万人购买。3.0版明年发布。", "zh", ["价格为3.5元。", "2.4万人购买。", "3.0版明年发布。"]),
        # quotes inside quotes
        (
            "“He told me, ‘We won’t sell.’ I believed him,” she said. It died.",
            "en",
            ["“He told me, ‘We won’t sell.’ I believed him,” she said.", "It died."],
        ),
        (
            "\"He said 'no.' Then he left,\" she said. Nobody asked.",
            "en",
            ["\"He said 'no.' Then he left,\" she said.", "Nobody asked."],
        ),
        (
            "他说：“小王告诉我，‘我们不卖。’我信了。”交易失败。",
            "zh",
            ["他说：“小王告诉我，‘我们不卖。’我信了。”", "交易失败。"],
        ),
        (
            "他說：「他問『為什麼？』我不知道。」她走了。",
            "zh",
            ["他說：「他問『為什麼？』我不知道。」", "她走了。"],
        ),
        ("《第一部。第二部》出版了。好。", "zh", ["《第一部。第二部》出版了。", "好。"]),
    ],
)
def test_sentences(text: str, language: Language, expected: list[str]) -> None:
    assert texts(sentences(text, language)) == expected


def test_clauses_part_at_punctuation_but_not_inside_numbers() -> None:
    (sentence,) = sentences("It sold 1,900 units, but revenue fell; costs did not.", "en")
    assert texts(clauses(sentence, "en")) == ["It sold 1,900 units,", "but revenue fell;", "costs did not."]
    (sentence,) = sentences("营收增长31.3%；净利润3.5亿元，同比下降。", "zh")
    assert texts(clauses(sentence, "zh")) == ["营收增长31.3%；", "净利润3.5亿元，", "同比下降。"]


def test_paragraphs_end_at_blank_lines_and_at_lines_that_end_a_sentence() -> None:
    wrapped = "This line is one of a text that was wrapped at a\ncertain width and goes on here.\n"
    text = f"Title\n\n{wrapped}A new paragraph.\n \nThe last\n- an item"
    assert texts(paragraphs(text)) == [
        "Title",
        wrapped.strip(),
        "A new paragraph.",
        "The last",
        "- an item",
    ]


def test_a_headline_on_a_line_of_its_own_is_a_paragraph() -> None:
    headline = "A headline that is as long as a line of wrapped text often is"
    body = "A paragraph on one line is longer than that. " * 4
    assert texts(paragraphs(f"{headline}\n{body}")) == [headline, body.strip()]


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("aB1 \n.。！？“”\"'「」，,;；:：—-（）Mr. said说"), max_size=300))
def test_every_span_is_its_slice_and_nothing_but_space_is_lost(text: str) -> None:
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        kept = ""
        for paragraph in paragraphs(text):
            for sentence in sentences(paragraph.text, language, paragraph.start):
                assert text[sentence.start : sentence.end] == sentence.text
                for clause in clauses(sentence, language):
                    assert text[clause.start : clause.end] == clause.text
                    kept += clause.text
        assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize("unit", ["“", '"', ".", "。", "Mr. ", "(a. ", "字", "a", "，", "\n", "x" * 60 + "\n", "1"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_time_grows_with_the_text_and_not_faster(unit: str, language: Language) -> None:
    def work(size: int) -> None:
        for paragraph in paragraphs((unit * size)[:size]):
            for sentence in sentences(paragraph.text, language, paragraph.start):
                clauses(sentence, language)

    check_growth(work, 4_000, 32_000)
