"""What the collections promise, on the embedded database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from cli.embedded import EmbeddedDatabase, free_port
from services.publish.writer import edition_of
from shared.errors import ConfigError, Poison, Unavailable
from shared.model import ArticleStatus, Ruling, Version, article_id
from shared.settings import CommonSettings
from shared.store import Store, StoredCard, StoredRuling, open_store
from shared.store.probe import probe
from shared.telemetry import Metrics
from tests.support.translated import translated

ID = article_id("acme", "1")


def card(change: int) -> StoredCard:
    return StoredCard(id=ID, change=change, state="retracted", card=None)


async def test_of_many_that_swap_at_once_one_wins(store: Store) -> None:
    won = await asyncio.gather(*(store.cards.swap(card(1), None) for _ in range(20)))
    assert won.count(True) == 1
    won = await asyncio.gather(*(store.cards.swap(card(2), 1) for _ in range(20)))
    assert won.count(True) == 1
    assert not await store.cards.swap(card(3), 1)
    assert await store.cards.get(ID) == card(2)


async def test_advance_never_goes_back(store: Store) -> None:
    assert await store.cards.advance(card(5))
    assert not await store.cards.advance(card(5))
    assert not await store.cards.advance(card(4))
    assert await store.cards.advance(card(6))
    assert await store.cards.get(ID) == card(6)


async def test_the_latest_ruling_of_a_kind_is_kept(store: Store) -> None:
    rulings = [Ruling(article_id=ID, kind="retract", by="acme", at=at) for at in (5, 9, 7)]
    for ruling in rulings:
        await store.rulings.advance(StoredRuling(id=ruling.key, change=ruling.at, ruling=ruling))
    kept = await store.rulings.get(f"{ID}/retract")
    assert kept is not None
    assert kept.ruling.at == 9


async def test_a_document_that_is_too_large_is_poison_and_hits_no_other_in_its_batch(store: Store) -> None:
    edition = edition_of(translated("1"))
    huge = edition.model_copy(update={"article": edition.article.model_copy(update={"text": "x" * 17_000_000})})
    results = await asyncio.gather(
        store.revisions.keep(huge), store.revisions.keep(edition_of(translated("2"))), return_exceptions=True
    )
    assert isinstance(results[0], Poison)
    assert results[1] is None
    assert await store.revisions.get(f"{article_id('acme', '2')}:1000") is not None


async def test_what_cannot_be_encoded_is_poison_and_hits_no_other_in_its_batch(store: Store) -> None:
    rulings = [Ruling(article_id=article_id("acme", str(n)), kind="retract", by="acme", at=1) for n in range(3)]
    too_long = 2**64
    written = await asyncio.gather(
        *(
            store.rulings.advance(StoredRuling(id=ruling.key, change=change, ruling=ruling))
            for ruling, change in zip(rulings, (1, too_long, 1), strict=True)
        ),
        return_exceptions=True,
    )
    assert written[::2] == [True, True]
    assert isinstance(written[1], Poison)
    found = await asyncio.gather(store.rulings.get("\ud800"), store.rulings.get(rulings[0].key), return_exceptions=True)
    assert isinstance(found[0], Poison)
    assert isinstance(found[1], StoredRuling)


async def test_emptied_bodies_are_gone_from_the_database_and_stay_away(store: Store, settings: CommonSettings) -> None:
    early, late = edition_of(translated(accepted=1000)), edition_of(translated(accepted=3000, body="b"))
    await store.revisions.keep(early)
    await store.revisions.keep(late)
    await store.revisions.empty(ID, 2000)
    assert await store.revisions.edition(ID, early.post) is None
    assert await store.revisions.edition(ID, late.post) == late
    await store.revisions.keep(early)
    kept = await store.revisions.get(f"{ID}:1000")
    assert kept is not None
    assert [edition.post for edition in kept.editions] == [late.post]
    assert (kept.accepted, kept.emptied_at) == (3000, 2000)
    assert "The bridge a opened" not in kept.model_dump_json()


async def test_scan_gives_every_document_once(store: Store) -> None:
    cards = [StoredCard(id=article_id("acme", str(n)), change=1, state="retracted", card=None) for n in range(1203)]
    await asyncio.gather(*map(store.cards.advance, cards))
    found = [found.id async for batch in store.cards.scan() for found in batch]
    assert sorted(found) == sorted(c.id for c in cards)


async def test_a_document_that_is_not_ours_fails_alone(store: Store) -> None:
    good, bad = card(1), article_id("acme", "bad")
    await store.cards.advance(good)
    await store._database["cards"].insert_one({"_id": bad, "change": 1, "state": "eaten"})
    results = await asyncio.gather(store.cards.get(bad), store.cards.get(ID), return_exceptions=True)
    assert isinstance(results[0], Poison)
    assert bad in str(results[0])
    assert results[1] == good
    assert [found async for batch in store.cards.scan() for found in batch] == [good]


async def test_what_two_writers_report_of_one_article_at_once_is_all_kept(store: Store) -> None:
    async def report(stage: str) -> None:
        for n in range(20):
            version = Version(revision=n)
            await store.journeys.record(
                [ArticleStatus(article_id=ID, version=version, stage=stage, status="done", at=n)]
            )

    await asyncio.gather(report("analyze.draft"), report("translate.draft"))
    journey = await store.journeys.get(ID)
    assert journey is not None
    assert len(journey.entries) == 40


async def test_statuses_of_several_articles_are_recorded_though_the_journey_of_one_is_broken(store: Store) -> None:
    bad, *good = [article_id("acme", name) for name in ("bad", "b", "c")]
    await store._database["journeys"].insert_one({"_id": bad, "change": 1, "entries": "eaten"})
    version = Version(revision=1)
    statuses = [
        ArticleStatus(article_id=each, version=version, stage=stage, status="done", at=1)
        for stage in ("analyze", "translate")
        for each in (bad, *good)
    ]
    with pytest.raises(Poison, match=bad):
        await store.journeys.record(statuses)
    for each in good:
        journey = await store.journeys.get(each)
        assert journey is not None
        assert [entry.stage for entry in journey.entries] == ["analyze", "translate"]


async def test_a_database_that_is_away_is_unavailable_and_serves_again_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    uri = SecretStr(f"mongodb://127.0.0.1:{port}/?directConnection=true")
    async with open_store(CommonSettings(mongodb_uri=uri), Metrics()) as store:
        with EmbeddedDatabase(port, tmp_path):
            await store.cards.advance(card(1))
        with pytest.raises(Unavailable, match=r"cards.find: the database does not answer"):
            await store.cards.get(ID)
        with pytest.raises(Unavailable):
            await store.cards.advance(card(2))
        with EmbeddedDatabase(port, tmp_path):
            assert await store.cards.advance(card(2))


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    port = free_port()
    uri = SecretStr(f"mongodb://127.0.0.1:{port}/?directConnection=true")
    cards = [StoredCard(id=article_id("acme", str(n)), change=1, state="retracted", card=None) for n in range(100)]
    async with open_store(CommonSettings(mongodb_uri=uri), Metrics()) as store:
        with EmbeddedDatabase(port, tmp_path) as server:
            await asyncio.gather(*map(store.cards.advance, cards))
            server.kill()
        with EmbeddedDatabase(port, tmp_path):
            found = [found.id async for batch in store.cards.scan() for found in batch]
    assert len(found) == len(cards)


async def test_the_probe_says_what_is_there_or_why_not(settings: CommonSettings) -> None:
    assert (await probe(settings))[0].isdigit()
    away = SecretStr(f"mongodb://127.0.0.1:{free_port()}/?directConnection=true")
    with pytest.raises(Unavailable, match="does not answer"):
        await probe(CommonSettings(mongodb_uri=away))
    with pytest.raises(ConfigError, match="DIGLOT_MONGODB_URI"):
        await probe(CommonSettings(mongodb_uri=SecretStr("postgres://user:secret@host")))
