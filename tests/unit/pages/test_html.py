"""The HTML of every kind of page, read back."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from services.publish.api.params import ListParams
from services.publish.library import CardPage
from services.publish.pages.assets import load_assets
from services.publish.pages.columns import BOTH, Columns
from services.publish.pages.render import Renderer
from shared.model import Card, Document
from tests.support.documents import (
    DAY,
    HOSTILE,
    HOUR,
    NOW,
    card_of,
    draft_document,
    hostile_document,
    hostile_tombstone,
    rich_document,
    tombstone,
)
from tests.support.pages import reading_of
from tests.unit.pages.parsing import Page

COLUMNS: list[Columns] = [BOTH, ("en",), ("zh",)]
DOCUMENTS = [rich_document(), draft_document(), hostile_document()]


def html_of(document: Document, columns: Columns = BOTH, public_url: str | None = None) -> str:
    renderer = Renderer(load_assets(), public_url)
    if document.content is None:
        assert document.retraction is not None
        return renderer.tombstone(document.id, document.retraction, NOW, columns)
    return renderer.article(reading_of(document), document.content, NOW, columns)


def page_of(document: Document, columns: Columns = BOTH) -> Page:
    return Page.of(html_of(document, columns))


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("document", [*DOCUMENTS, tombstone(), hostile_tombstone()], ids=lambda d: d.id[:12])
def test_every_page_is_well_formed_with_one_heading_of_the_first_level_and_unique_ids(
    document: Document, columns: Columns
) -> None:
    page = page_of(document, columns)
    assert len(page.all("h1")) == 1
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch("h[1-6]", e.tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert len(page.all("main")) == len(page.all("nav")) == len(page.all("footer")) == 1


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.id[:12])
def test_every_link_within_the_page_leads_somewhere(document: Document, columns: Columns) -> None:
    page = page_of(document, columns)
    ids = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
    targets = {e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"].startswith("#")}
    assert targets <= ids


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("document", [hostile_document(), hostile_tombstone()], ids=["article", "tombstone"])
def test_hostile_text_stays_text(document: Document, columns: Columns) -> None:
    page = page_of(document, columns)
    assert {e.tag for e in page.elements}.isdisjoint({"img", "style", "textarea", "iframe", "object", "form", "input"})
    assert [e for e in page.all("script") if e.attributes.get("type") != "application/ld+json"] == []
    for element in page.elements:
        handlers = [name for name in element.attributes if name.startswith("on") or name == "style"]
        assert handlers == []
        for name in ("href", "cite"):
            assert re.match(r"(https?://|/|#)", element.attributes.get(name, "/"))
    visible = "".join(text for text, _ in page.texts)
    assert HOSTILE[:200] in visible
    assert "{{ 7*7 }} {% raw %}" in visible


def test_hostile_text_is_isolated_from_the_direction_around_it() -> None:
    html = html_of(hostile_document())
    for before in re.findall(r"<([a-z]+)[^<>]*>[^<>]*\u202e", html):
        assert before in {"bdi", "blockquote", "a"}
    assert "\u202e" not in Page.of(html).all("title")[0].text
    assert "\u202e" not in Page.of(html).all("meta", name="description")[0].attributes["content"]


def test_everything_the_document_has_is_on_the_page_in_both_columns() -> None:
    rich = rich_document()
    assert rich.content is not None
    page = page_of(rich)
    for leaf, pair in rich.content.analysis.leaves().items():
        if leaf.endswith(".by"):
            continue
        assert pair.en is None or page.says(pair.en, "en"), leaf
        assert pair.zh is None or page.says(pair.zh, "zh"), leaf
    for claim in rich.content.analysis.claims():
        for evidence in claim.evidence:
            assert any(evidence.quote == e.text for e in page.all("blockquote", lang="en")), evidence.quote
    for text in (
        "The Harbour Gazette",
        "Mina Castell",
        "ab" * 32,
        "northmere-trams",
        "128",
        "quality-1",
        "warned: length",
    ):
        assert any(text in found for found, _ in page.texts), text


def test_a_pending_text_is_labelled_and_keeps_its_own_language() -> None:
    page = page_of(draft_document())
    cell = page.all("div", class_="gapped")[0]
    assert cell.lang == "en"
    assert page.says("Not in English yet", "en")
    assert page.all("bdi", class_="original")[0].lang == "zh"
    alone = page_of(draft_document(), ("zh",))
    assert not alone.all("bdi", class_="original")
    assert not any("尚无中文" in text for text, _ in alone.texts)


def test_failed_warned_and_pending_texts_are_told_apart() -> None:
    page = page_of(rich_document())
    (failed,) = page.all("span", class_="failed")
    assert failed.text == "中文译文未通过核对：有数字与原文不一致。"
    assert [each.lang for each in page.all("span", class_="warned")] == ["zh"]
    assert not page.all("span", class_="pending")
    assert page_of(draft_document()).all("span", class_="pending")


def test_an_original_comes_before_its_repetition_in_the_source() -> None:
    heading = page_of(draft_document()).all("span", class_="cell")[:2]
    assert [e.lang for e in heading] == ["zh", "en"]


def test_every_page_carries_the_disclaimer_and_only_its_languages() -> None:
    both = page_of(rich_document())
    assert both.says("may be wrong", "en")
    assert both.says("机器生成", "zh")
    english = page_of(rich_document(), ("en",))
    assert {lang for _, lang in english.texts} <= {"en", "zh"}
    chinese = {text for text, lang in english.texts if lang == "zh"}
    assert chinese == {"中文", "对照"}


def test_the_source_is_linked_without_handing_over_the_page() -> None:
    link = next(e for e in page_of(rich_document()).all("a") if e.attributes["href"].startswith("https://"))
    assert link.attributes == {"href": "https://news.example/city/tram-line", "rel": "noopener nofollow"}
    assert link.text == "The Harbour Gazette"


def test_quotes_open_on_demand() -> None:
    page = page_of(rich_document())
    claims = rich_document().content.analysis.claims()  # type: ignore[union-attr]
    assert len(page.all("details", class_="evidence")) >= len(claims)
    assert not [e for e in page.all("details") if "open" in e.attributes]


def test_one_language_points_to_the_other_and_to_itself() -> None:
    rich = rich_document()
    page = Page.of(html_of(rich, ("zh",), "https://diglot.example/"))
    base = "https://diglot.example"
    assert page.all("html")[0].attributes["lang"] == "zh"
    assert page.all("link", rel="canonical")[0].attributes["href"] == f"{base}/zh/articles/{rich.id}"
    alternates = {e.attributes["hreflang"]: e.attributes["href"] for e in page.all("link", rel="alternate")}
    assert alternates == {
        "en": f"{base}/en/articles/{rich.id}",
        "zh": f"{base}/zh/articles/{rich.id}",
        "x-default": f"{base}/articles/{rich.id}",
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.id[:12])
@pytest.mark.parametrize("columns", COLUMNS[1:])
def test_one_language_is_described_for_machines(document: Document, columns: Columns) -> None:
    assert document.content is not None
    (script,) = page_of(document, columns).all("script")
    data = json.loads(script.text)
    said = document.content.analysis.title.get(columns[0]) or document.content.analysis.title.zh
    assert data["@type"] == "AnalysisNewsArticle"
    assert data["headline"] == said
    assert data["isBasedOn"]["publisher"]["name"] == document.content.source.name
    assert "null" not in script.text


def test_json_ld_can_not_end_its_script_element() -> None:
    html = html_of(hostile_document(), ("en",))
    inside = html.partition('application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(inside)["headline"] == HOSTILE
    assert "<" not in inside
    assert "&" not in inside


def test_a_tombstone_says_what_who_and_when_in_both_languages() -> None:
    page = page_of(tombstone())
    assert page.says("This article has been withdrawn", "en")
    assert page.says("这篇文章已撤回", "zh")
    for lang in ("en", "zh"):
        assert page.says(tombstone().id, lang)
        assert page.says("harbour", lang)
        assert page.says("The interview was not authorised.", lang)
    assert page.says("22 November 2026, 06:00 UTC", "en")
    assert page.says("2026年11月22日 06:00 UTC", "zh")
    assert page.all("meta", name="robots")[0].attributes["content"] == "noindex"
    assert "Northmere" not in html_of(tombstone())


def test_a_quote_past_the_limit_gives_its_place_only() -> None:
    rich = rich_document()
    assert rich.content is not None
    evidence = rich.content.analysis.summary[1].evidence[0]
    reading = reading_of(rich, frozenset({(evidence.start, evidence.end)}))
    html = Renderer(load_assets(), None).article(reading, rich.content, NOW, BOTH)
    assert evidence.quote not in html
    assert Page.of(html).says(f"Characters {evidence.start + 1} to {evidence.end} of the source", "en")


def test_the_source_text_is_shown_where_the_source_allows_it() -> None:
    rich = rich_document()
    assert rich.content is not None
    reading = reading_of(rich, text="First paragraph.\n\nSecond <b>paragraph</b>.")
    page = Page.of(Renderer(load_assets(), None).article(reading, rich.content, NOW, BOTH))
    assert page.says("First paragraph.", "en")
    assert page.says("Second <b>paragraph</b>.", "en")
    assert not page_of(rich).all("details", class_="source-text")


@pytest.mark.parametrize("columns", COLUMNS)
def test_the_list_shows_title_lead_source_age_and_scores(columns: Columns) -> None:
    cards = CardPage(tuple(card_of(d) for d in DOCUMENTS), "20")
    page = Page.of(Renderer(load_assets(), None).cards(cards, NOW, columns, ListParams()))
    assert len(page.all("article")) == 3
    root = "/" if columns == BOTH else f"/{columns[0]}/"
    links = {e.attributes["href"] for e in page.all("article") + page.all("a") if "href" in e.attributes}
    assert f"{root}articles/{rich_document().id}" in links
    assert page.all("a", rel="next")[0].attributes["href"] == f"{root}?cursor=20"
    text = " ".join(found for found, _ in page.texts)
    assert "The Harbour Gazette" in text
    assert ("6 hours ago" in text) == ("en" in columns)
    assert ("6小时前" in text) == ("zh" in columns)
    assert "49" in text
    assert not page.all("img")


def list_of(card: Card, params: ListParams | None = None, columns: Columns = ("en",)) -> Page:
    renderer = Renderer(load_assets(), None)
    return Page.of(renderer.cards(CardPage((card,), None), NOW, columns, params or ListParams()))


def test_the_list_shows_the_date_it_is_ordered_by_before_the_one_of_the_source() -> None:
    card = card_of(rich_document())
    late = card.model_copy(
        update={
            "ready_at": NOW - 2 * HOUR,
            "source": card.source.model_copy(update={"published_at": NOW - 5 * DAY}),
        }
    )
    (meta,) = list_of(late).all("div", class_="meta")
    assert re.search("Listed 2 hours ago · Source published 5 days ago$", meta.text.strip())
    unknown = late.model_copy(update={"source": late.source.model_copy(update={"published_at": None})})
    assert list_of(unknown).all("div", class_="meta")[0].text.strip().endswith("Listed 2 hours ago")


@pytest.mark.parametrize(
    ("base", "age", "shown"), [(1.0, 0, "1"), (1.0, 2 * DAY, "0.2"), (1.0, 9 * DAY, "<0.1"), (58.0, 0, "58")]
)
def test_a_faded_score_is_not_zero(base: float, age: int, shown: str) -> None:
    card = card_of(rich_document()).model_copy(update={"hot_base": base, "hot_since": NOW - age})
    chips = [chip.text for chip in list_of(card).all("ul", class_="chips")]
    assert [re.sub(r"\s+", " ", chip).split(" Quality")[0].strip() for chip in chips] == [f"Hot {shown}"]


def test_the_hot_score_of_an_article_says_what_its_base_is() -> None:
    rich = rich_document()
    assert rich.content is not None
    hot = rich.content.scores.hot.model_copy(update={"base": 1.0, "since": NOW - 2 * DAY})
    scores = rich.content.scores.model_copy(update={"hot": hot})
    page = page_of(rich.model_copy(update={"content": rich.content.model_copy(update={"scores": scores})}), ("en",))
    assert "Hot 0.2" in page.all("ul", class_="chips")[0].text
    (score,) = page.all("div", id="score-hot")
    assert "a base of 1, which is at least 1, halved every 24 hours" in score.text


def test_the_list_links_its_orders_and_keeps_the_category() -> None:
    params = ListParams(sort="quality", category="transport", cursor="20")
    page = list_of(card_of(rich_document()), params, ("zh",))
    assert page.all("h1")[0].text == "质量 · 交通"
    links = [e.attributes["href"] for e in page.all("a")]
    for tail in ("category=transport", "category=transport&sort=hot", "category=transport&sort=impact"):
        assert f"/zh/?{tail}" in links
    (current,) = [e for e in page.all("a") if e.attributes.get("aria-current") == "true"]
    assert current.attributes["href"] == "/zh/?category=transport&sort=quality"
    english = next(e for e in page.all("a", hreflang="en"))
    assert english.attributes["href"] == "/en/?category=transport&sort=quality&cursor=20"


def test_an_empty_list_says_so_and_the_last_page_has_no_next() -> None:
    page = Page.of(Renderer(load_assets(), None).cards(CardPage((), None), NOW, BOTH, ListParams()))
    assert page.says("Nothing has been published yet.", "en")
    assert page.says("还没有发布任何内容。", "zh")
    assert not page.all("a", rel="next")
