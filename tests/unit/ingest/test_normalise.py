import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.normalise import clean_body, clean_headline, clean_line, has_words
from tests.support.growth import check_growth

# Any code point at all, lone surrogates too: functions that clean must not be the ones that fail.
_ANYTHING = st.text(st.characters(codec=None), max_size=60)
_MARKUP = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<", ">", "&", "amp;", "lt;", "gt;", "&#60;", "script", "\u200b", "\u0344", "a", " ", "\n", "é"]
    ),
    max_size=25,
).map("".join)


@given(_ANYTHING | _MARKUP)
def test_cleaning_again_changes_nothing(text: str) -> None:
    for clean in (clean_line, clean_headline, clean_body):
        try:
            once = clean(text)
        except ValueError:
            assert clean is clean_headline  # it refuses what is escaped too often
            continue
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)


@given(_ANYTHING | _MARKUP)
def test_a_headline_keeps_no_markup(text: str) -> None:
    try:
        cleaned = clean_headline(text)
    except ValueError:
        return  # escaped too often
    assert "<b>" not in cleaned
    assert "\n" not in cleaned


def test_nothing_invisible_is_left() -> None:
    kept = clean_body("".join(f"{chr(point)}x" for point in range(0x110000)))
    assert {unicodedata.category(c) for c in kept} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} == {"Cc"}
    assert {c for c in kept if unicodedata.category(c) == "Cc"} == {"\n"}


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Shares\tfell \n 3%  ", "Shares fell 3%"),
        ("<b>Corvane</b> buys <i class='x'>Lumetra</i>", "Corvane buys Lumetra"),
        ("Corvane buys<br>Lumetra", "Corvane buys Lumetra"),
        ("Corvane&nbsp;&amp; Lumetra &#8212; a deal", "Corvane & Lumetra — a deal"),
        ("&lt;img src=x onerror=alert(1)&gt;Deal", "Deal"),
        ("&amp;lt;b&amp;gt;Deal", "Deal"),
        ("<\u200bscript>alert(1)</script>Deal", "Deal"),
        ("Deal<script>alert('x')</script> done", "Deal done"),
        ("R&D at AT&T: 3 < 5 and 5 > 3", "R&D at AT&T: 3 < 5 and 5 > 3"),
        ("I <3 chips", "I <3 chips"),
        ("Where a<b and c>d", "Where a<b and c>d"),
        ("For x<y and y>z", "For x<y and y>z"),
        ("A <p and q> B", "A <p and q> B"),
        ("<BR/>A <img src=x/onerror=alert(1)>deal<hr><i hidden>!</i>", "A deal !"),
        ("It costs $5<sup>1</sup> million", "It costs $5¹ million"),
        (
            "It has 10<SUP class='e'>6</SUP> parts, 10<sup>&minus;9</sup> m, 5 km<sup><b>2</b></sup>",
            "It has 10⁶ parts, 10⁻⁹ m, 5 km²",
        ),
        (
            "A deal<sup><a href='#n'>1</a></sup> of $5<sup>[2]</sup> and $6<sup>*</sup>, 7<sup>1, 2</sup>",
            "A deal of $5 and $6, 7",
        ),
        ("The 21<sup>st</sup> deal, 2<sup>10x</sup>", "The 21st deal, 2^10x"),
        (
            "It costs <del>$3</del><ins>$8</ins> million, <s class='a'>now</s> <strike>or</strike> later",
            "It costs $8 million, later",
        ),
        ("\u202eegassem\u202c \u2066hidden\u2069 zero\u200bwidth", "egassem hidden zerowidth"),
        ("科凡　收购", "科凡 收购"),
        ("cafe\u0301", "café"),
        ("\x00NUL\x07", "NUL"),
    ],
)
def test_headlines(raw: str, clean: str) -> None:
    assert clean_headline(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("One.\r\n\r\nTwo.", "One.\n\nTwo."),
        ("One.\n \n\t\n\nTwo.\n", "One.\n\nTwo."),
        ("One,\nstill one.\n\nTwo.", "One,\nstill one.\n\nTwo."),
        ("One.\nTwo.\nThree.", "One.\n\nTwo.\n\nThree."),
        ("　　一段。\n　　二段。", "一段。\n\n二段。"),
        ("One.\u2029Two.\u2028Still two.", "One.\n\nTwo.\nStill two."),
        ("A <b>text</b> &amp; its markup", "A <b>text</b> &amp; its markup"),
        (" \n\u200b\n ", ""),
    ],
)
def test_bodies(raw: str, clean: str) -> None:
    assert clean_body(raw) == clean


def test_what_renders_blank_has_no_words() -> None:
    assert not has_words(clean_line("\u3164\u200b\u2800\ufeff … —"))
    assert has_words("5")


@pytest.mark.parametrize(
    "piece",
    ["\u0301\u0316", "<", "<b ", " \n", "\n", "\u200b"],
    ids=["marks", "less-than", "open tags", "blank lines", "line feeds", "zero width"],
)
def test_a_hostile_body_takes_linear_time(piece: str) -> None:
    check_growth(lambda size: clean_body("a" + (piece * size)[:size]), 50_000, 400_000)


@pytest.mark.parametrize("piece", ["<", "<b ", "&lt;script", "<script>", "a\u0301\u0316", "&#", "<!"])
def test_a_hostile_title_takes_linear_time(piece: str) -> None:
    check_growth(lambda size: clean_headline((piece * size)[:size]), 1_000, 16_000)


@pytest.mark.parametrize("text", ["&" + "amp;" * 990, "<" * 100 + "b>" * 100])
def test_a_title_that_is_escaped_without_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="escaped more than 4 times"):
        clean_headline(text)


def test_four_rounds_of_escaping_are_undone() -> None:
    assert clean_headline("R&amp;amp;amp;amp;D") == "R&D"


def test_stacked_marks_are_cut() -> None:
    assert len(clean_line("Z" + "\u0301\u0316" * 50)) == 9
