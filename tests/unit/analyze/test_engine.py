"""The offline engine on short, odd and hostile articles."""

import asyncio
from decimal import Decimal
from unicodedata import normalize

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.analyze.offline.engine import OfflineEngine, analyze
from shared.errors import Poison
from shared.model import MAX_TEXT, Language, canonical_text
from tests.support.growth import check_growth
from tests.support.samples import posted, sample

SENTENCE = "The council of Marrow Bay approved the plan on Monday. "
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Unpaid:
    """Work whose lease must not be asked for, because nothing offline is paid for."""

    async def lease(self) -> None:
        raise AssertionError("the offline engine asked for the lease")


def test_below_120_words_only_title_summary_and_data_are_made() -> None:
    long, short = (analyze(posted("A plan", SENTENCE * n).article).analysis for n in (13, 11))
    assert "too_short" not in {absence.reason for absence in long.absent}
    assert {a.part for a in short.absent if a.reason == "too_short"} == {
        "tldr",
        "entities",
        "deep_analysis",
        "insights",
        "faq",
        "tags",
    }


@pytest.mark.parametrize(("hint", "expected"), [("space", "space"), ("sponsored", None), (None, None)])
def test_a_hint_counts_only_when_the_vocabulary_has_it(hint: str | None, expected: str | None) -> None:
    assert analyze(posted("A plan", SENTENCE, hint=hint).article).analysis.category == expected


def test_the_category_follows_from_the_words_without_a_hint() -> None:
    body = "Astronomers pointed a telescope at the planet. The researchers hope for a discovery."
    assert analyze(posted("A planet", body).article).analysis.category == "science"


def test_a_title_is_put_on_one_line_without_hidden_characters() -> None:
    assert analyze(posted("A\u200b  plan\u202e\tfor\u00a0all", SENTENCE).article).analysis.title == "A plan for all"


@pytest.mark.parametrize(("title", "body"), [("1234", "5678"), ("!!!", "…"), ("😀", "😀😀"), ("\u200b", "text")])
def test_what_has_no_words_is_poison(title: str, body: str) -> None:
    with pytest.raises(Poison, match="no words"):
        analyze(posted(title, body).article)


def test_a_long_sentence_is_quoted_in_pieces_cut_at_clauses() -> None:
    clause = "the plant of Ostrava Grid in Marrow Bay makes parts for turbines and for pumps"
    body = f"{clause.capitalize()}, " + ", ".join([clause] * 6) + "."
    claim = analyze(posted("Turbine parts made in Marrow Bay", body).article).analysis.summary[0]
    assert len(claim.evidence) == 3
    assert all(quote.quote.endswith((",", ".")) for quote in claim.evidence)
    assert claim.text == body


def test_a_sentence_too_long_for_three_quotes_is_no_claim() -> None:
    body = "word " * 300
    analysis = analyze(posted("A plan", body).article).analysis
    assert analysis.claims() == ()
    assert "summary" in {a.part for a in analysis.absent if a.reason == "dropped_unsupported"}


def test_a_short_sentence_is_quoted_with_its_neighbour() -> None:
    body = "北溟储能周二公布业绩。营收增长三成。毛利率则下降，公司没有解释原因。"
    analysis = analyze(posted("北溟储能营收增长三成", body, "zh").article).analysis
    assert all(len(quote.quote) >= 20 for claim in analysis.claims() for quote in claim.evidence)
    assert analysis.summary[0].text == "北溟储能周二公布业绩。"


async def test_a_long_article_does_not_hold_up_the_event_loop() -> None:
    article = posted("A plan for Marrow Bay", (SENTENCE * 2000)[: MAX_TEXT - 100]).article
    task = asyncio.create_task(OfflineEngine().analyze(article, Unpaid()))
    beats = 0
    while not task.done():
        await asyncio.sleep(0.005)
        beats += 1
    assert (await task).analysis.summary
    assert beats >= 3  # held up, the loop would beat once


HOSTILE = (
    "1",
    ".",
    "。",
    '"',
    "“",
    "😀",
    "字",
    "字，",
    "\n",
    "Abc, ",
    "A. ",
    "University of the ",
    "acc according to ",
    " said, ",
    "$1 million to ",
    "He said it rose 5% to $6 million. ",
    "砚山科技表示，营收为5亿元，增长3%。",
    "企业某某科技（Abc）",
    "分析师韩述之说，",
    "Corvane Semiconductor said. ",
    "\u202e\u200b",
    "\ue000\ue800 ",
    "Short line.\n\n",
)


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_time_grows_with_the_text_and_not_faster(unit: str, language: Language) -> None:
    def work(size: int) -> None:
        analyze(posted("A plan", (unit * size)[:size], language).article)

    check_growth(work, 4_000, 32_000)


PIECES = st.sampled_from(
    ["Corvane said ", "$4 billion", " rose to ", "31%", "砚山智能", "表示，", "增长三成", "。", ". ", "\n\n", "“", "”"]
)
VISIBLE = st.characters(codec="utf-8", exclude_characters="\r")


@settings(deadline=None)
@given(
    st.text(VISIBLE, min_size=1, max_size=80).map(lambda title: normalize("NFC", title)),
    st.lists(PIECES | st.text(VISIBLE, max_size=10), max_size=60).map("".join),
    st.sampled_from(LANGUAGES),
)
def test_no_text_raises_anything_but_poison(title: str, body: str, language: Language) -> None:
    assume(canonical_text(title, body).startswith(f"{title}\n\n"))
    article = posted(title, body, language).article
    try:
        analysis = analyze(article).analysis
    except Poison:
        return
    assert all(article.text[q.start : q.end] == q.quote for claim in analysis.claims() for q in claim.evidence)


TRADITIONAL = """據知情人士透露，儲能企業北溟儲能正與沙特企業洽談供貨協議，金額可能在3億至4億美元之間。北溟沒有回應。

北溟儲能上半年營業收入為86.4億元，增長31.3%；毛利率從21.0%降至18.7%。董事長賀川南否認將裁員兩成。"""


def test_traditional_characters_are_understood_and_shown_as_they_are_written() -> None:
    article = posted("北溟儲能洽談供貨協議", TRADITIONAL, "zh").article
    analysis = analyze(article).analysis
    lead = analysis.summary[0]
    assert (lead.stance, lead.by) == ("possible", "知情人士")
    assert lead.text == TRADITIONAL.split("。")[0] + "。"
    assert analysis.title == article.title
    assert {row.entity for row in analysis.key_data} == {"金額", "增速"}
    assert [row.metric.value for row in analysis.key_data] == [300_000_000, Decimal("31.3")]
    assert all(article.text[q.start : q.end] == q.quote for claim in analysis.claims() for q in claim.evidence)


@pytest.mark.parametrize(
    ("line", "first", "language"),
    [
        ("SAN FRANCISCO (Reuters) - ", "Lumetra said it opened a plant in Marrow Bay.", "en"),
        ("LONDON, Nov 3 — ", "Lumetra said it opened a plant in Marrow Bay.", "en"),
        ("", "NVIDIA said it opened a plant in Marrow Bay - its third.", "en"),
        ("新华社北京11月3日电（记者方以宁）", "北溟储能周二公布，在匈牙利的新工厂已经投产。", "zh"),
    ],
)
def test_an_agencys_line_is_no_part_of_the_first_sentence(line: str, first: str, language: Language) -> None:
    analysis = analyze(posted("Title", line + first, language).article).analysis
    assert analysis.summary[0].text == first


def test_what_sends_readers_somewhere_is_no_claim() -> None:
    body = f"Visit http://win.example for $1,000,000. {SENTENCE}Write to a@win.example for £5."
    analysis = analyze(posted("A plan for Marrow Bay", body).article).analysis
    assert [claim.text for claim in analysis.claims()] == [SENTENCE.strip()]


def test_the_same_article_gives_the_same_analysis() -> None:
    article = sample("01-chip-deal-en").article
    assert analyze(article) == analyze(article)
