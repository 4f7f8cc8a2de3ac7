"""Status, headers and addresses of the pages."""

from __future__ import annotations

import httpx
import pytest

from services.publish.library import CardPage, ListQuery, Reading
from shared.errors import Unavailable
from tests.support.documents import draft_document, rich_document, tombstone
from tests.support.pages import ShelfLibrary, pages_app
from tests.unit.pages.parsing import Page

RICH = rich_document()
HIDDEN = draft_document().model_copy(update={"state": "hidden"})


class ClosedLibrary(ShelfLibrary):
    """A library whose database does not answer."""

    async def reading(self, article_id: str) -> Reading | None:
        raise Unavailable(f"the database does not answer for {article_id}")

    def cards(self, query: ListQuery, now: int) -> CardPage:
        raise Unavailable(f"the database does not answer for {query} at {now}")


def client_of(library: ShelfLibrary) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(pages_app(library)), base_url="http://pages.test")


@pytest.fixture
def client() -> httpx.AsyncClient:
    return client_of(ShelfLibrary([RICH, tombstone(), HIDDEN]))


@pytest.mark.parametrize("prefix", ["", "/en", "/zh"])
@pytest.mark.parametrize(
    ("article_id", "status"),
    [
        (RICH.id, 200),
        (tombstone().id, 410),
        (HIDDEN.id, 404),
        ("harbour-aaaaaaaaaaaaaaaaaaaa", 404),
        ("<script>", 404),
        ("x" * 5000, 404),
    ],
)
async def test_every_page_has_its_status_and_strict_headers(
    client: httpx.AsyncClient, prefix: str, article_id: str, status: int
) -> None:
    response = await client.get(f"{prefix}/articles/{article_id}")
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert response.headers["cache-control"] == "no-cache"
    assert "set-cookie" not in response.headers


async def test_a_hidden_article_shows_nothing_of_itself(client: httpx.AsyncClient) -> None:
    response = await client.get(f"/articles/{HIDDEN.id}")
    assert "青屿" not in response.text
    assert "hidden at the moment" in response.text


async def test_an_unchanged_page_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get(f"/articles/{RICH.id}")
    again = await client.get(f"/articles/{RICH.id}", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = await client.get(f"/en/articles/{RICH.id}", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("known", ["{strong}", "*", '"other", W/{strong}', "W/{strong}-1"])
async def test_every_form_in_which_a_client_may_name_its_copy_is_understood(
    client: httpx.AsyncClient, known: str
) -> None:
    first = await client.get(f"/articles/{RICH.id}")
    strong = first.headers["etag"].removeprefix("W/")
    again = await client.get(f"/articles/{RICH.id}", headers={"If-None-Match": known.format(strong=strong)})
    assert again.status_code == (200 if known.endswith("-1") else 304)


async def test_head_answers_like_get_without_a_body(client: httpx.AsyncClient) -> None:
    response = await client.head(f"/articles/{RICH.id}")
    assert response.status_code == 200
    assert response.headers["etag"] == (await client.get(f"/articles/{RICH.id}")).headers["etag"]
    assert response.content == b""


async def test_files_are_kept_for_ever_because_their_address_changes_with_them(client: httpx.AsyncClient) -> None:
    page = Page.of((await client.get("/")).text)
    addresses = [e.attributes["href"] for e in page.all("link", rel="stylesheet") + page.all("link", rel="icon")]
    assert len(addresses) == 2
    for address in addresses:
        response = await client.get(address)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]
        assert "url(" not in response.text
    assert (await client.get("/assets/style.0000000000000000.css")).status_code == 404


async def test_the_list_goes_on_by_cursor_in_its_own_language() -> None:
    library = ShelfLibrary(rich_document(id=f"harbour-{'a' * 19}{c}") for c in "abcdefghijklmnopqrstuvwxy")
    client = client_of(library)
    first = Page.of((await client.get("/zh/")).text)
    assert len(first.all("article")) == 20
    second = Page.of((await client.get(first.all("a", rel="next")[0].attributes["href"])).text)
    assert len(second.all("article")) == 5
    assert second.all("html")[0].attributes["lang"] == "zh"
    assert not second.all("a", rel="next")


class RecordingLibrary(ShelfLibrary):
    """A library that keeps what it was asked for."""

    asked: ListQuery | None = None

    def cards(self, query: ListQuery, now: int) -> CardPage:
        self.asked = query
        return super().cards(query, now)


async def test_the_list_takes_the_order_and_the_filters_of_the_api() -> None:
    library = RecordingLibrary([RICH])
    response = await client_of(library).get("/en/?sort=quality&category=business&min_quality=40&utm_source=x")
    assert response.status_code == 200
    assert library.asked == ListQuery(sort="quality", category="business", min_quality=40)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("sort=loudest", 400),
        ("category=Business!", 400),
        ("category=nonsense", 404),
        ("limit=1000", 400),
        ("min_quality=x", 400),
        ("cursor=", 400),
    ],
)
async def test_a_list_that_does_not_exist_is_refused(client: httpx.AsyncClient, query: str, status: int) -> None:
    response = await client.get(f"/?{query}")
    assert response.status_code == status
    assert "There is no such list" in response.text


async def test_an_unknown_address_is_a_page_for_browsers_and_json_for_others(client: httpx.AsyncClient) -> None:
    page = await client.get("/fr/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "There is no such page" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path, accept in (("/fr/", "*/*"), ("/v1/nothing", "text/html")):
        response = await client.get(path, headers={"Accept": accept})
        assert response.status_code == 404
        assert "json" in response.headers["content-type"]


async def test_a_damaged_cursor_is_a_clear_refusal(client: httpx.AsyncClient) -> None:
    assert (await client.get("/?cursor=<broken>")).status_code == 400


@pytest.mark.parametrize("path", ["/", "/en/", f"/articles/{RICH.id}"])
async def test_an_outage_says_so_and_asks_to_come_back(path: str) -> None:
    response = await client_of(ClosedLibrary([])).get(path)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert "etag" not in response.headers
