import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.ingest.extract import HtmlExtractor
from services.ingest.normalise import clean_body
from shared.http import ProblemError
from tests.support.growth import check_growth

_SAMPLES = Path(__file__).parents[3] / "samples"
_EXTRACTOR = HtmlExtractor(max_tags=20_000)

_FORMS: dict[str, Callable[[list[str]], str]] = {
    "paragraphs": lambda texts: "".join(f"<p>{text}</p>" for text in texts),
    "divisions": lambda texts: "".join(f"<div>{text}</div>" for text in texts),
    "line breaks": "<br><br>".join,
    "styled": lambda texts: "".join(f'<p><span style="color:red">{text}</span></p>' for text in texts),
    "section": lambda texts: "<section>" + "".join(f"<p>{text}</p>" for text in texts) + "</section>",
    "a page": lambda texts: (
        "<!doctype html><html><head><title>News</title><script>alert(1)</script></head><body>"
        "<nav><ul><li><a href='/'>Home</a></li></ul></nav><main><article>"
        + "".join(f"<p>{text}</p>" for text in texts)
        + "</article></main><aside><ul><li><a href='/x'>Another story</a></li></ul></aside>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    ),
    "another charset stated": lambda texts: (
        '<?xml version="1.0" encoding="gbk"?><html><head><meta charset="gb2312"></head><body><article>'
        + "".join(f"<p>{text}</p>" for text in texts)
        + "</article></body></html>"
    ),
}


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("sample", ["01-chip-deal-en", "02-chip-deal-zh", "06-ferry-outage-en", "10-drone-denial-zh"])
def test_no_paragraph_is_lost_or_added(sample: str, form: str) -> None:
    body = json.loads((_SAMPLES / f"{sample}.json").read_text())["body"]
    paragraphs = body.split("\n\n")
    assert _EXTRACTOR.text_of(_FORMS[form](paragraphs)).split("\n") == paragraphs


def test_headings_and_lists_stay_and_tables_scripts_and_captions_go() -> None:
    html = (
        "<p>The deal needs the agreement of three bodies, the company said.</p><h2>Who decides</h2>"
        "<ul><li>Regulators in three countries.</li><li>Shareholders.</li></ul>"
        "<table><tr><td>Cell</td></tr></table><script>alert(1)</script><style>p{}</style>"
        "<figure><img src='x.png' alt='Picture'><figcaption>Caption</figcaption></figure>"
        "<p onclick='x()'>See <a href='javascript:alert(1)'>the report</a> &amp; &lt;b&gt;.</p>"
    )
    assert _EXTRACTOR.text_of(html).split("\n") == [
        "The deal needs the agreement of three bodies, the company said.",
        "Who decides",
        "Regulators in three countries.",
        "Shareholders.",
        "See the report & <b>.",
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("It costs $5<sup>1</sup> million, the company said.", "It costs $5¹ million, the company said."),
        ("It has 10<sup>6</sup> parts on 5 km<sup>2</sup> of land.", "It has 10⁶ parts on 5 km² of land."),
        ("It costs $5<sup><a href='#n'>1</a></sup> million.", "It costs $5 million."),
        ("It costs $5<a href='#n'><sup>1</sup></a> million<sup>[2]</sup>.", "It costs $5 million."),
        ("It costs $5; see <a href='/x'><sup>a</sup> report</a>.", "It costs $5; see a report."),
        ("On the 21<sup>st</sup> of the month.", "On the 21st of the month."),
        ("It costs <del>$3</del><ins>$8</ins> million.", "It costs $8 million."),
        ("They will <del>not</del> <s>never</s> <strike>ever</strike> sell.", "They will sell."),
        ("It costs 3<span hidden>0</span> dollars.", "It costs 3 dollars."),
        ("It costs 3<b style='color: red; DISPLAY : none'>0</b> dollars.", "It costs 3 dollars."),
        ("It costs 3<i style='visibility:hidden'>0</i> dollars.", "It costs 3 dollars."),
        ("See the report<span class='x sr-only'> (new window)</span>.", "See the report."),
        ("- 4.2 degrees were measured.", "- 4.2 degrees were measured."),
        ("<b>- </b>4.2 degrees were measured.", "- 4.2 degrees were measured."),
    ],
)
def test_numbers_stay_as_readers_see_them(html: str, text: str) -> None:
    other = "The coldest day of the year was in May."
    for form, paragraphs in [
        (f"<p>{html}</p><p>{other}</p>", [text, other]),
        (f"<p>{other}</p><p>{html}</p>", [other, text]),
        (f"<ul><li>{html}</li><li>{other}</li></ul>", [text, other]),
        (f"<ol><li><p>{other}</p><ul><li>{html}</li></ul></li></ol>", [other, text]),
    ]:
        assert clean_body(_EXTRACTOR.text_of(form)).split("\n\n") == paragraphs


def test_hidden_paragraphs_go_and_a_page_that_is_hidden_until_its_scripts_ran_stays() -> None:
    html = (
        "<html hidden><body style='visibility: hidden'><article><p>Corvane said that it is not in talks.</p>"
        "<div hidden><p>Corvane said that it is in talks.</p></div><template><p>Corvane sells.</p></template>"
        "<div style='display:none'>Corvane buys.</div><p>The shares fell by 3.1% on Monday.</p></article></body></html>"
    )
    assert _EXTRACTOR.text_of(html).split("\n") == [
        "Corvane said that it is not in talks.",
        "The shares fell by 3.1% on Monday.",
    ]


@pytest.mark.parametrize("html", ["", " ", "<p></p>", "<script>alert(1)</script>", "<!-- x -->"])
def test_html_without_text_is_refused(html: str) -> None:
    with pytest.raises(ProblemError) as caught:
        _EXTRACTOR.text_of(html)
    assert caught.value.kind.slug == "no-text"


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<b>",
        "<i><p>word word",
        "<h2>t</h2>",
        "<p>x<br>",
        "<table><tr><td>x",
        "<blockquote>",
        "<a href='x'>link</a>",
        "<li>one</li>",
        "<!--",
        "<svg><g>",
        "<sup>",
        "<sup>1</sup>",
        "<del>a</del>b",
        "<div hidden>",
        "<ul><li>a",
    ],
)
def test_time_grows_with_the_tags_and_not_faster(piece: str) -> None:
    def work(tags: int) -> None:
        try:
            _EXTRACTOR.text_of(piece * (tags // piece.count("<")))
        except ProblemError as problem:
            assert problem.kind.slug == "no-text"  # noqa: PT017

    check_growth(work, 2_500, 20_000)


def test_more_tags_are_refused_at_once() -> None:
    with pytest.raises(ProblemError) as caught:
        _EXTRACTOR.text_of("<h2>t</h2>" * 200_000)
    assert caught.value.kind.slug == "text-too-long"
