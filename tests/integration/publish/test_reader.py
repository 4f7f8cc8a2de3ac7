"""The reader over HTTP, with a real database and broker."""

from __future__ import annotations

import pytest

from shared.model import article_id
from tests.integration.publish.conftest import Newsroom
from tests.support.translated import retracted, translated


async def test_a_published_article_is_read_listed_and_counted(newsroom: Newsroom) -> None:
    told = await newsroom.publish(translated("1"))
    document = (await newsroom.http.get(f"/v1/articles/{told.article_id}")).json()
    assert document["state"] == "published"
    assert document["analysis"]["title"] == {"en": "Harbour bridge opens", "zh": None}
    listed = (await newsroom.http.get("/v1/articles")).json()
    assert [item["id"] for item in listed["items"]] == [told.article_id]
    assert listed["next"] is None
    counts = {term["id"]: term["count"] for term in (await newsroom.http.get("/v1/categories")).json()["items"]}
    assert counts["business"] == 1
    assert sum(counts.values()) == 1
