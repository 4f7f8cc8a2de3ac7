"""The collection of learned terms, on the embedded database."""

from __future__ import annotations

import asyncio

import pytest

from shared.errors import Poison
from shared.model import article_id
from shared.store import Search, Store, StoredTerm, learned_id
from shared.store.terms import MAX_ARTICLES

ONE = article_id("acme", "1")
ID = learned_id("Beiming Storage", "北溟储能")


def term(term_id: str, en: str = "Corvane", zh: str = "科凡", at: int = 1) -> StoredTerm:
    return StoredTerm(
        id=term_id,
        change=1,
        state="confirmed",
        kind="organisation",
        en=en,
        zh=zh,
        changed_at=at,
        decided_by="ann",
        decided_at=at,
    )


async def propose(store: Store, article: str = ONE, at: int = 5) -> None:
    await store.terms.propose("Beiming Storage", "北溟储能", "organisation", article, at)


async def test_articles_propose_a_term_once_and_are_remembered_up_to_a_bound(store: Store) -> None:
    articles = [article_id("acme", str(n)) for n in range(MAX_ARTICLES + 5)]
    await asyncio.gather(*(propose(store, article) for article in (*articles, *articles)))
    stored = await store.terms.get(ID)
    assert stored is not None
    assert stored.state == "proposed"
    assert len(stored.articles) == MAX_ARTICLES
    assert set(stored.articles) <= set(articles)


async def test_a_proposal_changes_nothing_that_was_decided(store: Store) -> None:
    for state in ("confirmed", "rejected"):
        await propose(store)
        decided = await store.terms.decide(ID, state, "ann", 7)
        assert decided is not None
        await propose(store, article_id("acme", "2"), 9)
        assert await store.terms.get(ID) == decided
        assert (decided.state, decided.decided_by, decided.decided_at) == (state, "ann", 7)


async def test_what_is_not_there_can_not_be_decided(store: Store) -> None:
    assert await store.terms.decide("nothing", "confirmed", "ann", 7) is None


async def test_what_a_person_says_replaces_a_proposal_and_keeps_its_articles(store: Store) -> None:
    await propose(store)
    await store.terms.put(term(ID, "Beiming Energy", "北溟能源"))
    stored = await store.terms.get(ID)
    assert stored is not None
    assert (stored.state, stored.en, stored.articles, stored.change) == ("confirmed", "Beiming Energy", (ONE,), 2)


async def test_only_confirmed_terms_are_given_to_the_translation(store: Store) -> None:
    await store.terms.put(term("one"))
    await propose(store)
    assert [t.id async for batch in store.terms.confirmed() for t in batch] == ["one"]
    await store.terms.decide("one", "rejected", "ann", 9)
    assert [t async for batch in store.terms.confirmed() for t in batch] == []


async def test_every_decision_is_seen_and_no_proposal_is(store: Store) -> None:
    seen = [await store.terms.decisions()]
    await propose(store)
    assert await store.terms.decisions() == seen[0]
    await store.terms.decide(ID, "confirmed", "ann", 7)
    seen.append(await store.terms.decisions())
    await store.terms.put(term("one"))
    seen.append(await store.terms.decisions())
    await store.terms.put(term("one", zh="科维"))
    seen.append(await store.terms.decisions())
    await store.terms.decide(ID, "rejected", "ann", 8)
    seen.append(await store.terms.decisions())
    assert len(set(seen)) == len(seen)


async def test_terms_are_searched_by_state_kind_and_any_form_the_latest_first(store: Store) -> None:
    await propose(store)
    await store.terms.put(term("one", at=6))
    await store.terms.put(term("two", en="a.*b", zh="双星", at=7))

    async def ids(search: Search, limit: int = 10) -> list[str]:
        found = [each.id for each in await store.terms.search(search, limit)]
        assert await store.terms.count(search) >= len(found)
        return found

    assert await ids(Search()) == ["two", "one", ID]
    assert await ids(Search(), 2) == ["two", "one"]
    assert await ids(Search(state="proposed")) == [ID]
    assert await ids(Search(text="北溟")) == [ID]
    assert await ids(Search(text="CORV")) == ["one"]
    assert await ids(Search(text=".*")) == ["two"]
    assert await ids(Search(kind="person")) == []


async def test_names_that_are_too_long_are_refused(store: Store) -> None:
    with pytest.raises(Poison, match="no term"):
        await store.terms.propose("x" * 201, "北溟", "other", ONE, 1)


@pytest.mark.parametrize("name", ["Bei\u200bming", "Bei\u202eming", "Be\u0456ming"])
async def test_names_that_look_like_others_are_refused(store: Store, name: str) -> None:
    with pytest.raises(Poison, match="this is no term"):
        await store.terms.propose(name, "北溟储能", "organisation", ONE, 1)


def test_the_id_of_two_names_is_the_same_everywhere_and_another_for_other_names() -> None:
    assert ID == "beiming-storage-7063993713"
    assert len({learned_id("A", "b"), learned_id("A", "c"), learned_id("B", "b"), learned_id("Aa", "b")}) == 4
    assert learned_id("Ω", "欧米伽").startswith("term-")
