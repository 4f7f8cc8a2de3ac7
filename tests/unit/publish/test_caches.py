"""What a reader keeps in memory of documents, and when it lets go of it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from starlette.requests import Request

from services.publish.api.documents import Documents
from services.publish.live import LiveLibrary
from services.publish.lru import Lru
from services.publish.shelf import Shelf
from shared.model import ArticlePublished, Document
from shared.store import Store, StoredArticle
from tests.support.documents import NOW, card_of, rich_document

RICH = rich_document()


class Database:
    """Has one document; `on_read` happens while it is read."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.reads = 0
        self.on_read: Callable[[], None] = lambda: None

    async def get(self, _article_id: str) -> StoredArticle:
        self.reads += 1
        self.on_read()
        stored = SimpleNamespace(id=self.document.id, document=self.document, post=object(), text_length=9000)
        return cast(StoredArticle, stored)

    @property
    def store(self) -> Store:
        return cast(Store, SimpleNamespace(articles=self))


def shelf_of(change: int) -> Shelf:
    shelf = Shelf()
    shelf.apply(RICH.id, change, "published", card_of(RICH))
    return shelf


def retraction(change: int) -> ArticlePublished:
    return ArticlePublished(
        article_id=RICH.id,
        change=change,
        state="retracted",
        version=None,
        accepted=None,
        retracted_at=NOW,
        ready_at=None,
        updated_at=NOW,
        card=None,
    )


class Desk:
    """Documents over one database, as the API answers them."""

    def __init__(self) -> None:
        self.database = Database(RICH)
        self.library = LiveLibrary(self.database.store, {})
        self.library.shelf = shelf_of(RICH.change)
        self.documents = Documents(self.library, 10_000_000, lambda: NOW)

    async def read(self) -> bytes:
        request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""})
        return bytes((await self.documents.answer(request, RICH.id, "both")).body)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_what_is_read_often_is_read_from_the_database_once(desk: Desk) -> None:
    assert await desk.read() == await desk.read()
    assert desk.database.reads == 1


async def test_a_retraction_takes_the_text_out_of_memory(desk: Desk) -> None:
    await desk.read()
    assert len(desk.documents._encoded) == len(desk.library._readings) == 1
    desk.library.apply(retraction(RICH.change + 1))
    assert len(desk.documents._encoded) == len(desk.library._readings) == 0


async def test_what_was_read_while_it_was_retracted_is_not_kept(desk: Desk) -> None:
    desk.database.on_read = lambda: desk.library.apply(retraction(RICH.change + 1))
    await desk.read()
    assert len(desk.documents._encoded) == len(desk.library._readings) == 0


async def test_a_shelf_that_is_loaded_anew_counts_from_its_own_numbers(desk: Desk) -> None:
    before = await desk.read()
    restored = RICH.model_copy(update={"change": RICH.change - 1, "updated_at": RICH.updated_at - 1})
    desk.database.document = restored
    desk.library.shelf = shelf_of(restored.change)
    assert await desk.read() != before


def test_the_memory_lets_go_of_what_was_used_longest_ago() -> None:
    lru: Lru[str, int] = Lru(10, lambda weight: weight)
    lru.put("a", 5)
    lru.put("b", 4)
    lru.drop("a")
    lru.drop("a")
    lru.put("c", 6)
    assert (lru.get("a"), lru.get("b"), lru.get("c")) == (None, 4, 6)
    lru.clear()
    lru.put("d", 10)
    assert (len(lru), lru.get("d")) == (1, 10)
