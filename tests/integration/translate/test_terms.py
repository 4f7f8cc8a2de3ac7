"""The terms of the translation and the database: read soon after a decision, and never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import SecretStr

from cli.embedded import EmbeddedDatabase, free_port
from services.translate.terms import Terms, open_terms
from shared.model import Entity, Text, article_id
from shared.names import Learned
from shared.settings import CommonSettings
from shared.store import Search, Store, learned_id, open_store
from shared.telemetry import Metrics

ARTICLE = article_id("acme", "1")
BEIMING = Learned("Beiming Storage", "北溟储能", "organisation")
ID = learned_id(BEIMING.en, BEIMING.zh)


async def until(what: str, probe: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    """Wait until `probe` gives True; fail after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await probe():
        assert asyncio.get_running_loop().time() < deadline, f"waited {seconds:.0f} s for {what}"
        await asyncio.sleep(0.02)


async def knows(terms: Terms, name: str) -> bool:
    return bool(terms.index().find(name))


async def test_what_an_article_teaches_is_used_once_a_person_confirms_it(
    settings: CommonSettings, store: Store
) -> None:
    async with open_terms(settings, Metrics(), 0.05) as terms:
        before = terms.index()
        terms.propose(ARTICLE, [BEIMING])

        async def proposed() -> bool:
            return await store.terms.get(ID) is not None

        await until("the proposal", proposed)
        await asyncio.sleep(0.2)
        assert terms.index() is before
        await store.terms.decide(ID, "confirmed", "ann", 2)
        await until("the confirmed term", lambda: knows(terms, "北溟储能"))
        (found,) = terms.index().find("Beiming Storage")
        assert (found.zh, found.kind) == ("北溟储能", "organisation")
        await store.terms.decide(ID, "rejected", "ann", 3)
        await until("the rejection", lambda: _not(knows(terms, "北溟储能")))


async def _not(answer: Awaitable[bool]) -> bool:
    return not await answer


async def test_confirmed_terms_are_there_from_the_start(settings: CommonSettings, store: Store) -> None:
    await store.terms.propose(BEIMING.en, BEIMING.zh, BEIMING.kind, ARTICLE, 1)
    await store.terms.decide(ID, "confirmed", "ann", 2)
    async with open_terms(settings, Metrics()) as terms:
        assert await knows(terms, "Beiming Storage")


async def test_names_that_are_known_and_names_that_no_term_can_have_are_not_proposed(
    settings: CommonSettings, store: Store
) -> None:
    async with open_terms(settings, Metrics(), 0.05) as terms:
        terms.propose(
            ARTICLE,
            [
                Learned("Andy Jassy", "安迪·贾西", "person"),
                Learned("x" * 500, "长", "other"),
                Learned("Reuters", "利润丰厚", "other"),  # a source in brackets, after a sentence
                BEIMING,
            ],
        )

        async def stored() -> bool:
            return await store.terms.count(Search()) > 0

        await until("a proposal", stored)
        await asyncio.sleep(0.1)
        assert [term.id for term in await store.terms.search(Search(), 10)] == [ID]


async def test_the_analysis_says_the_kind_where_the_article_does_not(settings: CommonSettings, store: Store) -> None:
    company = Entity[Text](id="corvane", kind="organisation", name="科凡半导体")
    async with open_terms(settings, Metrics(), 0.05) as terms:
        terms.propose(ARTICLE, [Learned("Corvane", "科凡半导体", "other")], [company])

        async def stored() -> bool:
            return await store.terms.count(Search(kind="organisation")) == 1

        await until("the proposal", stored)


async def test_one_article_proposes_a_bounded_number_of_names(settings: CommonSettings, store: Store) -> None:
    names = [Learned(f"Corvane {chr(97 + number)}x", f"科凡{chr(0x4E00 + number)}", "other") for number in range(26)]
    async with open_terms(settings, Metrics(), 0.05) as terms:
        terms.propose(ARTICLE, names)
        terms.propose(ARTICLE, [*names, BEIMING])

        async def stored() -> bool:
            return await store.terms.count(Search()) >= 20

        await until("the proposals", stored)
        await asyncio.sleep(0.1)
        assert await store.terms.count(Search()) == 20


async def test_a_database_that_is_away_costs_nothing_and_is_used_when_it_comes(tmp_path: Path) -> None:
    port = free_port()
    uri = SecretStr(f"mongodb://127.0.0.1:{port}/?directConnection=true")
    settings = CommonSettings(mongodb_uri=uri)
    async with open_terms(settings, Metrics(), 0.05) as terms:
        began = asyncio.get_running_loop().time()
        for number in range(5000):
            terms.propose(article_id("acme", str(number)), [Learned(f"Name {number}", "某某", "person")])
        assert await knows(terms, "Google")
        assert asyncio.get_running_loop().time() - began < 1
        with EmbeddedDatabase(port, tmp_path):
            async with open_store(settings, Metrics()) as store:
                await store.terms.propose(BEIMING.en, BEIMING.zh, BEIMING.kind, ARTICLE, 1)
                await store.terms.decide(ID, "confirmed", "ann", 2)
            await until("the terms", lambda: knows(terms, "北溟储能"))
        assert await knows(terms, "北溟储能")


async def test_without_a_database_there_are_the_built_in_terms() -> None:
    async with open_terms(CommonSettings(), Metrics()) as terms:
        terms.propose(ARTICLE, [BEIMING])
        assert await knows(terms, "Google")
