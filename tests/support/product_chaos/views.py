"""What MongoDB holds and what a reader answers, as `Seen` by article id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pymongo

from tests.support.product_chaos.comparison import Content, Seen, Tombstone
from tests.support.product_chaos.truth import instant
from tests.support.system import System

_PAGE: Final = 100
_AT_ONCE: Final = 8
_SECONDS: Final = 60_000

Json = Mapping[str, Any]


def database_view(uri: str) -> Mapping[str, Seen]:
    """Return what the collections `articles`, `cards` and `revisions` hold, read past the product's own store."""
    with pymongo.MongoClient[dict[str, Any]](uri, socketTimeoutMS=_SECONDS) as client:
        database = client["diglot"]
        documents = {str(raw["_id"]): raw["document"] for raw in database["articles"].find({}, {"document": 1})}
        cards = {str(raw["_id"]): raw["card"] for raw in database["cards"].find()}
        bodies: defaultdict[str, list[int]] = defaultdict(list)
        for raw in database["revisions"].find({}, {"article_id": 1, "editions.post.accepted": 1}):
            bodies[raw["article_id"]] += [instant(edition["post"]["accepted"]) for edition in raw["editions"]]
    return {
        article_id: Seen(
            document=_stored(documents.get(article_id)),
            listed=_card(cards.get(article_id)),
            bodies=tuple(bodies[article_id]),
        )
        for article_id in documents.keys() | cards.keys() | bodies.keys()
    }


def reader_view(system: System, instance: str, ids: Iterable[str]) -> Mapping[str, Seen]:
    """Return what a reader answers for each of these ids, and for all that it lists."""
    listed = _listed(system, instance)
    wanted = sorted(listed.keys() | set(ids))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(lambda i: _read(system, instance, i, listed.get(i)), wanted), strict=True))


def _read(system: System, instance: str, article_id: str, card: Json | None) -> Seen:
    response = system.read(f"/v1/articles/{article_id}", instance)
    match response.status_code:
        case 200:
            answer = response.json()
            document: Content | Tombstone | None = Content(
                title=answer["analysis"]["title"]["en"],
                revision=answer["version"]["revision"],
                accepted=instant(answer["accepted_at"]),
                content_hash=answer["content_hash"],
            )
        case 410:
            document = Tombstone(instant(response.json()["retraction"]["at"]))
        case 404:
            document = None
        case other:
            raise AssertionError(f"{instance} answers {other} for {article_id}: {response.text}")
    journey = system.read(f"/v1/articles/{article_id}/journey", instance)
    return Seen(document, _card(card), final=journey.status_code == 200 and bool(journey.json()["final"]))


def _listed(system: System, instance: str) -> Mapping[str, Json]:
    """Every card of the list, page by page."""
    found: dict[str, Json] = {}
    cursor = ""
    while True:
        page = system.read(f"/v1/articles?limit={_PAGE}{cursor}", instance).json()
        found |= {item["id"]: item for item in page["items"]}
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def _stored(document: Json | None) -> Content | Tombstone | None:
    if document is None:
        return None
    content = document["content"]
    if content is None:
        return Tombstone(instant(document["retraction"]["at"]))
    return Content(
        title=content["analysis"]["title"]["en"],
        revision=content["version"]["revision"],
        accepted=instant(document["accepted_at"]),
        content_hash=content["content_hash"],
    )


def _card(card: Json | None) -> Content | None:
    if card is None:
        return None
    return Content(
        title=card["title"]["en"],
        revision=card["version"]["revision"],
        accepted=instant(card["accepted_at"]),
        content_hash=None,
    )
