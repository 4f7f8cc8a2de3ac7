"""Lists against a naive one: filter all cards, sort them, cut the page."""

from __future__ import annotations

import base64
import json
import math
import tracemalloc
from dataclasses import dataclass, replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.publish.cursors import Place, decode_cursor, encode_cursor
from services.publish.library import BadCursor, ListQuery, Sort
from services.publish.shelf import Shelf, category, tag
from shared.model import Card, Pair, SourceCredit, State, Tag, Version, article_id, hot_value

NOW = 10 * 24 * 3_600_000
SORTS: tuple[Sort, ...] = ("latest", "hot", "quality", "impact")


def card(
    key: str = "1",
    source: str = "acme",
    language: str = "en",
    ready_at: int = NOW - 1000,
    term: str | None = "business",
    tags: tuple[str, ...] = (),
    base: float = 40.0,
    since: int = NOW - 5000,
    quality: float | None = 50.0,
    impact: float | None = None,
) -> Card:
    return Card(
        id=article_id(source, key),
        version=Version(revision=1),
        state="published",
        title=Pair(en="A title"),
        lead=None,
        source=SourceCredit(
            slug=source,
            name=source,
            url=None,
            author=None,
            published_at=None,
            language="en" if language == "en" else "zh",
        ),
        category=term,
        tags=tuple(Tag[Pair](id=t) for t in tags),
        ready_at=ready_at,
        accepted_at=ready_at,
        updated_at=ready_at,
        hot_base=base,
        hot_since=since,
        quality=quality,
        impact=impact,
    )


scores = st.none() | st.sampled_from([0.0, 12.5, 50.0, 100.0])
cards = st.builds(
    card,
    key=st.sampled_from("abcdefghijklmnopqrst"),
    source=st.sampled_from(["acme", "wire"]),
    language=st.sampled_from(["en", "zh"]),
    ready_at=st.integers(NOW - 5, NOW + 2),
    term=st.sampled_from(["business", "science", None]),
    tags=st.sampled_from([(), ("chips",), ("chips", "energy")]),
    base=st.sampled_from([1.0, 40.0, 99.0]),
    since=st.sampled_from([NOW, NOW - 24 * 3_600_000]),
    quality=scores,
    impact=scores,
)
changes = st.lists(st.tuples(cards, st.integers(1, 4), st.booleans()), min_size=8, max_size=40)
queries = st.builds(
    ListQuery,
    source=st.none() | st.just("acme"),
    category=st.none() | st.just("business"),
    tag=st.none() | st.just("chips"),
    language=st.none() | st.just("en"),
    min_quality=st.none() | st.just(12.5),
    ready_any=st.booleans(),
    sort=st.sampled_from(SORTS),
    limit=st.integers(1, 3),
)


@dataclass
class Naive:
    """The latest change of each article, as it is."""

    latest: dict[str, tuple[int, Card | None]]

    def page(self, query: ListQuery) -> list[str]:
        wanted = [c for _, c in self.latest.values() if c is not None and self._matches(c, query)]
        return [c.id for c in sorted(wanted, key=lambda c: (self._key(c, query.sort), c.id))]

    @staticmethod
    def _key(c: Card, sort: Sort) -> float:
        if sort == "latest":
            return -c.ready_at
        if sort == "hot":
            return -hot_value(c.hot_base, c.hot_since, NOW)
        score = c.quality if sort == "quality" else c.impact
        return math.inf if score is None else -score

    @staticmethod
    def _matches(c: Card, q: ListQuery) -> bool:
        return (
            (q.source is None or c.source.slug == q.source)
            and (q.category is None or c.category == q.category)
            and (q.tag is None or q.tag in {t.id for t in c.tags})
            and (q.language is None or c.source.language == q.language)
            and (q.min_quality is None or (c.quality is not None and c.quality >= q.min_quality))
            and (q.ready_any or c.ready_at <= NOW)
        )


def shelf_and_naive(history: list[tuple[Card, int, bool]], loaded: int, walk: int = 16) -> tuple[Shelf, Naive]:
    """Apply the same changes to both; the first `loaded` of them as at a reader's start."""
    shelf, naive = Shelf(walk), Naive({})
    for index, (c, change, gone) in enumerate(history):
        # As in the database, a change number stands for one state only.
        if change > naive.latest.get(c.id, (0, None))[0]:
            naive.latest[c.id] = (change, None if gone else c)
        state: State = "retracted" if gone else "published"
        if index < loaded:
            shelf.add(c.id, change, state, None if gone else c)
        else:
            shelf.apply(c.id, change, state, None if gone else c)
        if index == loaded - 1:
            shelf.arrange()
    return shelf, naive


def walked(shelf: Shelf, query: ListQuery) -> list[str]:
    """The ids of all pages, one after another."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        ids, cursor = shelf.page(replace(query, cursor=cursor), NOW)
        found += ids
        assert len(ids) <= query.limit
        assert len(found) <= 100, "the pages do not end"
        if cursor is None:
            return found
        assert len(ids) == query.limit


@given(changes, queries, st.integers(0, 40), st.sampled_from([1, 2, 16]))
@settings(max_examples=400, deadline=None)
def test_walking_all_pages_gives_the_naive_list(
    history: list[tuple[Card, int, bool]], query: ListQuery, loaded: int, walk: int
) -> None:
    shelf, naive = shelf_and_naive(history, min(loaded, len(history)), walk)
    assert walked(shelf, query) == naive.page(query)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("walk", [1, 4, 16])
def test_every_mix_of_filters_gives_the_naive_list_on_a_full_shelf(sort: Sort, walk: int) -> None:
    random = Random(7)
    history = [
        (
            card(
                str(number),
                source=random.choice(["acme", "wire"]),
                language=random.choice(["en", "zh"]),
                ready_at=NOW - random.randrange(-5, 60),
                term=random.choice(["business", "science", None]),
                tags=random.choice([(), ("chips",), ("chips", "energy")]),
                base=random.choice([1.0, 40.0, 99.0]),
                quality=random.choice([None, 5.0, 12.5, 80.0]),
                impact=random.choice([None, 5.0, 80.0]),
            ),
            1,
            False,
        )
        for number in range(80)
    ]
    shelf, naive = shelf_and_naive(history, 50, walk)
    mixes = product([None, "acme"], [None, "business"], [None, "chips", "energy"], [None, "en"], [None, 12.5, 80.0])
    for source, term, label, language, quality in mixes:
        query = ListQuery(
            source=source,
            category=term,
            tag=label,
            language="en" if language else None,
            min_quality=quality,
            sort=sort,
            limit=4,
        )
        assert walked(shelf, query) == naive.page(query), query


@given(changes, st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_counts_are_those_of_the_lists(history: list[tuple[Card, int, bool]], loaded: int) -> None:
    shelf, naive = shelf_and_naive(history, min(loaded, len(history)))
    assert shelf.listed(category("business"), NOW) == len(naive.page(ListQuery(category="business")))
    assert shelf.listed(tag("chips"), NOW) == len(naive.page(ListQuery(tag="chips")))
    published = [c for _, c in naive.latest.values() if c is not None]
    assert shelf.counts()["published"] == len(published)
    assert shelf.counts()["retracted"] == len(naive.latest) - len(published)


def test_an_article_that_becomes_ready_is_listed_then_and_not_before() -> None:
    shelf = Shelf()
    waiting = card(ready_at=NOW + 10)
    shelf.apply(waiting.id, 1, "published", waiting)
    for sort in SORTS:
        assert shelf.page(ListQuery(sort=sort), NOW) == ([], None)
        assert shelf.page(ListQuery(sort=sort, ready_any=True), NOW) == ([waiting.id], None)
        assert shelf.page(ListQuery(sort=sort), NOW + 10) == ([waiting.id], None)


@pytest.mark.parametrize(
    "query",
    [
        ListQuery(source="acme", category="business", language="en"),
        ListQuery(source="acme", category="science", language="en"),
        ListQuery(source="wire", category="business", sort="hot"),
    ],
)
def test_a_page_is_not_made_by_copying_what_nearly_all_articles_are(query: ListQuery) -> None:
    shelf = Shelf()
    for number in range(3000):
        source, term = "wire" if number % 50 == 0 else "acme", "science" if number % 50 == 1 else "business"
        c = card(str(number), source=source, term=term)
        shelf.add(c.id, 1, "published", c)
    shelf.arrange()
    shelf.page(query, NOW)
    tracemalloc.start()
    try:
        ids, _ = shelf.page(query, NOW)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(ids) == 20
    assert peak < 20_000, "a set of 3000 takes 130 kB"


def test_an_older_change_that_comes_late_is_ignored() -> None:
    shelf = Shelf()
    late = card()
    assert shelf.apply(late.id, 3, "retracted", None)
    assert not shelf.apply(late.id, 2, "published", late)
    assert shelf.change(late.id) == 3
    assert shelf.page(ListQuery(), NOW) == ([], None)


def test_a_page_goes_on_where_the_last_one_ended_although_articles_came_in_between() -> None:
    shelf = Shelf()
    for number in range(4):
        c = card(str(number), ready_at=NOW - number)
        shelf.apply(c.id, 1, "published", c)
    first, cursor = shelf.page(ListQuery(limit=2), NOW)
    for number in range(10, 14):
        c = card(str(number), ready_at=NOW)
        shelf.apply(c.id, 1, "published", c)
    second, end = shelf.page(ListQuery(limit=2, cursor=cursor), NOW)
    assert [*first, *second] == [article_id("acme", str(number)) for number in range(4)]
    assert end is None


LAST = Place(-12.5, article_id("acme", "1"))


@given(queries, st.floats(allow_nan=False, allow_infinity=False) | st.just(math.inf))
def test_a_cursor_leads_back_to_its_place(query: ListQuery, key: float) -> None:
    place = Place(key, LAST.article_id)
    assert decode_cursor(query, encode_cursor(query, place)) == place


@pytest.mark.parametrize(
    "other",
    [
        ListQuery(sort="hot"),
        ListQuery(source="wire"),
        ListQuery(category="science"),
        ListQuery(tag="chips"),
        ListQuery(language="zh"),
        ListQuery(min_quality=10.0),
        ListQuery(ready_any=True),
    ],
)
def test_a_cursor_of_another_list_is_refused(other: ListQuery) -> None:
    with pytest.raises(BadCursor, match="another order or other filters"):
        decode_cursor(other, encode_cursor(ListQuery(), LAST))


def test_a_cursor_is_good_for_another_page_size() -> None:
    assert decode_cursor(ListQuery(limit=100), encode_cursor(ListQuery(limit=1), LAST)) == LAST


@given(st.text(max_size=400))
def test_any_other_text_is_refused_as_a_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(ListQuery(), text)


@pytest.mark.parametrize(
    "fields",
    [
        '[1,"latest","{f}",1e999,"{i}"]',
        '[1,"latest","{f}",NaN,"{i}"]',
        '[1,"latest","{f}",true,"{i}"]',
        '[1,"latest","{f}","1","{i}"]',
        '[1,"latest","{f}",1,"../x"]',
        '[1,"latest","{f}",1,null]',
        '[2,"latest","{f}",1,"{i}"]',
        '{{"a":1}}',
        "[1]",
    ],
)
def test_a_forged_cursor_is_refused(fields: str) -> None:
    good = encode_cursor(ListQuery(), LAST)
    digest = json.loads(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))[2]
    forged = base64.urlsafe_b64encode(fields.format(f=digest, i=LAST.article_id).encode()).decode().rstrip("=")
    with pytest.raises(BadCursor):
        decode_cursor(ListQuery(), forged)
