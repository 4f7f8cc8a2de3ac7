"""The pages in a real browser, over hand-written documents: what a reader sees, on a desk and on a phone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from shared.model import Document, Pair
from shared.model.identity import article_id
from shared.telemetry.server import serve
from tests.support.documents import (
    draft_document,
    hostile_document,
    hostile_tombstone,
    rich_document,
    tombstone,
)
from tests.support.pages import ShelfLibrary, pages_app

pytestmark = pytest.mark.browser


def hedged_document() -> Document:
    """A draft whose Chinese claims are hedged and whose one entity has a role; none of its prose is translated."""
    draft = draft_document()
    assert draft.content is not None
    analysis = draft.content.analysis
    by = Pair(zh="陈立")
    (claim,) = analysis.tldr
    role = claim.model_copy(update={"id": "entities.0.role", "text": Pair(zh="港口公司")})
    changes = {
        "tldr": (claim.model_copy(update={"stance": "alleged", "by": by}),),
        "entities": (analysis.entities[0].model_copy(update={"role": role}),),
    }
    content = draft.content.model_copy(update={"analysis": analysis.model_copy(update=changes)})
    return draft.model_copy(update={"id": article_id("qingyu", "hedged"), "content": content})


DOCUMENTS = [
    rich_document(),
    draft_document(),
    hostile_document(),
    tombstone(),
    hostile_tombstone(),
    hedged_document(),
]
HEDGED = DOCUMENTS[-1].id
RICH, DRAFT, HOSTILE_ARTICLE = (document.id for document in DOCUMENTS[:3])
PHONE: ViewportSize = {"width": 360, "height": 740}
ARTICLES = [f"{prefix}/articles/{d.id}" for prefix in ("", "/en", "/zh") for d in DOCUMENTS]
LISTS = ["/", "/en/", "/zh/"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the pages, served from a thread of their own: the browser's calls block this one."""
    started: threading.Event = threading.Event()
    addresses: list[str] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        async with serve(pages_app(ShelfLibrary(DOCUMENTS)), "127.0.0.1", 0) as port:
            addresses.append(f"http://127.0.0.1:{port}")
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        assert started.wait(10)
        yield addresses[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@dataclass
class Visit:
    """A page in the browser, with all that went wrong and every address that it asked for."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: self.problems.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def go(self, address: str) -> int:
        response = self.page.goto(address)
        assert response is not None
        return response.status

    def width(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth"))


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport=PHONE)
    yield Visit(context.new_page())
    context.close()


def column(page: Page, lang: str) -> list[str]:
    """The texts that are seen in the cells of one column."""
    return [text for text in page.locator(f".cell[lang={lang}]").all_inner_texts() if text.strip()]


@pytest.mark.parametrize("path", ARTICLES + LISTS)
def test_every_page_fits_a_phone_without_errors_or_requests_elsewhere(visit: Visit, site: str, path: str) -> None:
    status = visit.go(site + path)
    assert status in {200, 410}
    assert visit.width() <= PHONE["width"]
    visit.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert visit.width() <= PHONE["width"]
    # Chromium reports the status of a withdrawn article's own page as a resource that failed; nothing else may be.
    expected = [] if status == 200 else [p for p in visit.problems if "410" in p]
    assert visit.problems == expected
    assert {url.removeprefix(site).split("/")[1] for url in visit.requests} <= {"", "en", "zh", "articles", "assets"}
    assert all(url.startswith(site) for url in visit.requests)


def test_both_languages_stand_side_by_side_and_level(visit: Visit, site: str) -> None:
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    visit.go(f"{site}/articles/{RICH}")
    assert any("Northmere’s council approved" in text for text in column(visit.page, "en"))
    assert any("诺思米尔市议会批准" in text for text in column(visit.page, "zh"))
    for row in visit.page.locator("ol.claims .row").all():
        english, chinese = (row.locator(f".cell[lang={lang}]").bounding_box() for lang in ("en", "zh"))
        assert english is not None
        assert chinese is not None
        assert english["x"] + english["width"] <= chinese["x"]
        assert english["y"] == chinese["y"]


def test_on_a_phone_each_pair_stays_together(visit: Visit, site: str) -> None:
    visit.go(f"{site}/articles/{RICH}")
    boxes = [cell.bounding_box() for cell in visit.page.locator("ol.numbered .cell").all()]
    tops = [box["y"] for box in boxes if box is not None]
    assert len(tops) == 8
    assert tops == sorted(tops)
    table = [cell.inner_text() for cell in visit.page.locator("tbody").first.get_by_role("cell").all()]
    assert table[:3] == ["Tram line", "Approved cost", "£1.8 billion"]
    assert table[3:6] == ["有轨电车线", "获批造价", "18亿英镑"]


def test_a_quote_opens_on_a_click_and_from_the_keyboard(visit: Visit, site: str) -> None:
    visit.go(f"{site}/articles/{RICH}")
    details = visit.page.locator("ol.numbered details").first
    words = details.locator("blockquote")
    assert not words.is_visible()
    details.locator("summary").click()
    assert words.is_visible()
    assert words.inner_text().startswith("The 14-kilometre line is to carry 62,000 passengers a day")
    details.locator("summary").press("Enter")
    assert not words.is_visible()


def test_an_untranslated_text_is_seen_once_on_a_phone_and_labelled(visit: Visit, site: str) -> None:
    visit.go(f"{site}/articles/{DRAFT}")
    seen = visit.page.get_by_text("公司没有调整全年目标。", exact=True).filter(visible=True)
    assert seen.count() == 1
    assert visit.page.locator("ol.numbered .gap").inner_text() == "Not in English yet"
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    assert seen.count() == 2


def test_a_phone_keeps_the_stance_of_both_languages_and_one_note_a_pair(visit: Visit, site: str) -> None:
    visit.go(f"{site}/articles/{HEDGED}")
    stances = visit.page.locator("ol.numbered .stance").filter(visible=True).all_inner_texts()
    assert stances == ["据陈立指称", "Alleged · 陈立"]
    assert visit.page.locator("ol.numbered .stance bdi").filter(visible=True).count() == 2
    notes = visit.page.locator("ol.numbered .gap").filter(visible=True)
    assert notes.all_inner_texts() == ["Not in English yet"]
    entity = visit.page.locator(".entities > li")
    assert entity.locator(".gap").filter(visible=True).all_inner_texts() == ["Not translated"]
    # The note stands beside the name that it is about, and what is said about it is seen once.
    assert entity.locator(".cell[lang=en] .name bdi").is_visible()
    assert entity.get_by_text("港口公司", exact=True).filter(visible=True).count() == 1


def test_a_stance_has_one_colour_in_both_columns(visit: Visit, site: str) -> None:
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    visit.go(f"{site}/articles/{HEDGED}")
    colours = visit.page.locator("ol.numbered .stance bdi").evaluate_all(
        "all => all.map((e) => getComputedStyle(e).color)"
    )
    assert len(colours) == 2
    assert len(set(colours)) == 1


def test_hostile_text_stays_text(visit: Visit, site: str) -> None:
    visit.go(f"{site}/en/articles/{HOSTILE_ARTICLE}")
    visit.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert visit.page.title() != "owned"
    assert visit.page.locator("main :is(script, img, style, textarea, iframe)").count() == 0
    assert visit.page.locator("h1").inner_text().startswith("<script>document.title='owned'</script><img src=x")
    assert visit.page.locator("[onload], [onerror], [style]").count() == 0


def test_a_withdrawn_article_says_what_who_and_when_in_both_languages(visit: Visit, site: str) -> None:
    assert visit.go(f"{site}/articles/{tombstone().id}") == 410
    text = visit.page.locator("main").inner_text()
    for words in ("This article has been withdrawn", "这篇文章已撤回", tombstone().id, "harbour", "1 day ago", "1天前"):
        assert words in text


def test_the_list_leads_to_the_article_and_its_other_language(visit: Visit, site: str) -> None:
    visit.go(f"{site}/")
    visit.page.get_by_role("link", name="Northmere approves").click()
    visit.page.wait_for_url(f"{site}/articles/{RICH}")
    visit.page.get_by_role("navigation").get_by_role("link", name="中文").click()
    visit.page.wait_for_url(f"{site}/zh/articles/{RICH}")
    assert visit.page.locator("h1").inner_text().startswith("诺思米尔批准18亿英镑")


def test_the_keyboard_reaches_the_text_first(visit: Visit, site: str) -> None:
    visit.go(f"{site}/articles/{RICH}")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{site}/articles/{RICH}#main")
    assert visit.page.evaluate("document.activeElement.id") == "main"


CONTRAST = """() => {
  const light = (c) => {
    const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    const c = getComputedStyle(e).backgroundColor;
    return c === 'rgba(0, 0, 0, 0)' && e.parentElement ? behind(e.parentElement) : c;
  };
  const worst = [...document.querySelectorAll('body *')]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
    .map((e) => {
      const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
      return { ratio: (a + 0.05) / (b + 0.05), text: e.textContent.trim().slice(0, 40) };
    });
  return worst.sort((x, y) => x.ratio - y.ratio)[0];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("document", [RICH, DRAFT])
def test_every_text_has_enough_contrast(visit: Visit, site: str, scheme: str, document: str) -> None:
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit.go(f"{site}/articles/{document}")
    worst = visit.page.evaluate(CONTRAST)
    assert worst["ratio"] >= 4.5, worst
