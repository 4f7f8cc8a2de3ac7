"""The writer against the embedded database: what is stored after any history, with rivals and crashes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import ParamSpec, TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.publish.writer import Writer, edition_of
from shared.model import (
    ArticlePublished,
    ArticleRuled,
    ArticleStatus,
    ArticleTranslated,
    Document,
    Post,
    Standing,
    Version,
    admit,
    article_id,
    retract,
    shown,
)
from shared.model.guard import Shown
from shared.settings import CommonSettings
from shared.store import Edition, Store, StoredArticle, open_store
from shared.telemetry import Metrics
from tests.support.translated import retracted, translated

P = ParamSpec("P")
T = TypeVar("T")
READY_AFTER = 600_000
NOW = 5_000_000
Event = ArticleTranslated | ArticleRuled

_keys = (f"k{number}" for number in itertools.count())


def writer(store: Store, now: int = NOW) -> Writer:
    return Writer(store, lambda: now, READY_AFTER)


async def apply(one: Writer, event: Event) -> ArticlePublished | None:
    if isinstance(event, ArticleTranslated):
        return await one.publish(event)
    return await one.retract(event.ruling, event.id)


def post_of(event: ArticleTranslated) -> Post:
    return Post(version=event.version, accepted=event.article.accepted, content_hash=event.article.content_hash)


def expected(events: Sequence[Event]) -> Shown | None:
    """What the pure guard shows after these events."""
    standing = Standing()
    for event in events:
        if isinstance(event, ArticleTranslated):
            standing = admit(standing, post_of(event))
        else:
            standing = retract(standing, event.ruling.at)
    return shown(standing)


async def document(store: Store, key: str) -> Document:
    stored = await store.articles.get(article_id("acme", key))
    assert stored is not None
    return stored.document


def check(found: Document, events: Sequence[Event]) -> None:
    """The stored document is the one that the pure guard shows."""
    want = expected(events)
    if want is None:
        assert (found.state, found.content, found.accepted_at) == ("retracted", None, None)
        latest = max(e.ruling.at for e in events if isinstance(e, ArticleRuled))
        assert found.retraction is not None
        assert found.retraction.at == latest
        return
    assert found.state == "published"
    assert found.retraction is None
    assert found.content is not None
    assert found.content.version == want.version
    assert found.accepted_at == want.accepted
    by_post = {post_of(e): e for e in events if isinstance(e, ArticleTranslated)}
    assert found.content.provenance == by_post[want.post].provenance
    assert found.content.analysis == by_post[want.post].analysis


posts = st.builds(
    lambda revision, rank, run, delay, body: {
        "revision": revision,
        "rank": rank,
        "run": run,
        "accepted": max(1, revision + delay),
        "body": body,
    },
    st.integers(1, 4),
    st.integers(0, 1),
    st.sampled_from([0, 0, 0, 50]),
    st.integers(-3, 6),
    st.sampled_from(["a", "b", "c"]),
)
histories = st.lists(posts | posts | st.integers(1, 8), min_size=1, max_size=12)


def events_of(key: str, history: Sequence[object]) -> list[Event]:
    made = [translated(key, **e) if isinstance(e, dict) else retracted(key, at=e) for e in history]  # type: ignore[arg-type]
    # The same post is always the same analysis: what a repeat brings is what is there.
    return list({e.id + str(post_of(e)) if isinstance(e, ArticleTranslated) else e.id: e for e in made}.values())


async def check_all(store: Store, key: str, events: Sequence[Event]) -> StoredArticle:
    """The document, its card and its revisions agree, and a retraction left no text behind."""
    check(await document(store, key), events)
    stored = await store.articles.get(article_id("acme", key))
    card = await store.cards.get(article_id("acme", key))
    assert stored is not None
    assert card is not None
    assert card.change == stored.change
    assert (card.card is None) == (stored.document.content is None)
    limit = stored.standing.retracted_at or 0
    for revision in {e.version.revision for e in events if isinstance(e, ArticleTranslated)}:
        body = await store.revisions.get(f"{stored.id}:{revision}")
        # A revision that came after its retraction only was never stored.
        assert all(edition.post.accepted > limit for edition in (body.editions if body else ()))
    return stored


@given(histories, st.integers(0, 2**32))
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_writers_at_once_end_where_the_pure_guard_ends(
    settings: CommonSettings, history: list[object], seed: int
) -> None:
    async def run() -> None:
        key, order = next(_keys), Random(seed)
        events = events_of(key, history)
        async with open_store(settings, Metrics()) as one, open_store(settings, Metrics()) as other:

            async def feed(store: Store, share: list[Event]) -> None:
                order.shuffle(share)
                for event in share:
                    await apply(writer(store), event)

            split = order.randint(0, len(events))
            shares = [events[:split], events[split:], order.sample(events, len(events) // 2)]
            await asyncio.gather(
                *(feed(store, list(share)) for store, share in zip((one, other, one), shares, strict=True))
            )
            stored = await check_all(one, key, events)
            for event in events:
                await apply(writer(other, NOW + 1), event)
            assert await check_all(one, key, events) == stored, "a repeat of everything changes nothing"

    asyncio.run(run())


class Crash(Exception):  # noqa: N818 -- no error
    """Stands for kill -9."""


@contextmanager
def crash_after_write(store: Store, number: int) -> Iterator[None]:
    """Raise once `number` writes have reached the database."""
    left = itertools.count(number - 1, -1)

    def crashing(write: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        async def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
            result = await write(*args, **kwargs)
            if next(left) == 0:
                raise Crash
            return result

        return wrapped

    with pytest.MonkeyPatch.context() as patch:
        for collection in (store.articles, store.cards, store.revisions, store.rulings, store.journeys):
            patch.setattr(collection, "swap", crashing(collection.swap))
            patch.setattr(collection, "advance", crashing(collection.advance))
        patch.setattr(store.revisions, "empty", crashing(store.revisions.empty))
        yield


Make = Callable[[str], list[Event]]
# The last event of each is the one that crashes; all but those marked below are told to the readers.
CRASHES: dict[str, Make] = {
    "first post": lambda k: [translated(k)],
    "edit": lambda k: [translated(k), translated(k, revision=2000, body="b")],
    "repeat": lambda k: [translated(k), translated(k, revision=2000)],
    "model edition": lambda k: [translated(k), translated(k, rank=1)],
    "late older post that moves the revision": lambda k: [
        translated(k),
        translated(k, revision=3000),
        translated(k, revision=2000, body="b"),
    ],
    "retraction": lambda k: [translated(k), retracted(k, at=1500)],
    "retraction of an unknown article": lambda k: [retracted(k, at=1500)],
    "retraction that uncovers a later post": lambda k: [
        translated(k, revision=5000, accepted=1000),
        translated(k, revision=4000, accepted=3000, body="b"),
        retracted(k, at=2000),
    ],
    "revival": lambda k: [translated(k), retracted(k, at=1500), translated(k, revision=2000)],
    "edition that comes back inside one revision": lambda k: [
        translated(k, accepted=2000, body="b", rank=1),
        translated(k, accepted=4000, body="c"),
        translated(k, accepted=5000, body="b"),
    ],
    "late older post": lambda k: [translated(k, revision=2000), translated(k, accepted=2000, body="b")],
    "late draft of what a model has done": lambda k: [translated(k, rank=1), translated(k)],
    "late retraction of what was replaced": lambda k: [translated(k, revision=3000), retracted(k, at=2000)],
}
UNTOLD = {
    "late older post",
    "late draft of what a model has done",
    "late retraction of what was replaced",
}


async def test_the_body_of_a_retracted_post_is_not_stored_for_a_moment(store: Store) -> None:
    key = next(_keys)
    await apply(writer(store), retracted(key, at=1500))
    assert await apply(writer(store), translated(key)) is None
    # Not even an empty one: nothing was written that a crash could have left there.
    assert await store.revisions.get(f"{article_id('acme', key)}:1000") is None


async def test_a_body_that_a_crash_left_behind_a_retraction_goes_with_the_next_try(store: Store) -> None:
    key = next(_keys)
    late = translated(key)
    await apply(writer(store), retracted(key, at=1500))
    await store.revisions.keep(edition_of(late))
    assert await apply(writer(store), late) is None
    await check_all(store, key, [retracted(key, at=1500), late])


async def test_a_retraction_while_the_body_is_on_its_way_takes_it_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = next(_keys)
    late, ruling, keep = translated(key), retracted(key, at=1500), store.revisions.keep

    async def overtaken(edition: Edition) -> None:
        await apply(writer(store), ruling)
        await keep(edition)

    monkeypatch.setattr(store.revisions, "keep", overtaken)
    assert await apply(writer(store), late) is None
    await check_all(store, key, [ruling, late])


async def test_a_retraction_takes_away_what_stages_told_of_the_text(store: Store) -> None:
    key = next(_keys)

    def report(revision: int, at: int, stage: str = "analyze.draft") -> ArticleStatus:
        return ArticleStatus(
            article_id=article_id("acme", key),
            version=Version(revision=revision),
            stage=stage,
            status="failed",
            at=at,
            detail=f"no place for 'The bridge {revision}'",
        )

    async def details() -> dict[tuple[int, str], str | None]:
        journey = await store.journeys.get(article_id("acme", key))
        assert journey is not None
        return {(e.version.revision, e.stage): e.detail for e in journey.entries}

    await store.journeys.record([report(1000, 1200)])
    await apply(writer(store), translated(key))
    await apply(writer(store), retracted(key, at=1500))
    assert await details() == {(1000, "analyze.draft"): None}
    # A report that is delivered again, one that comes late, and one of what came after the retraction.
    await store.journeys.record([report(1000, 1200)])
    await store.journeys.record([report(1000, 1300, "publish.draft")])
    await store.journeys.record([report(2000, 2100)])
    assert await details() == {
        (1000, "analyze.draft"): None,
        (1000, "publish.draft"): None,
        (2000, "analyze.draft"): "no place for 'The bridge 2000'",
    }
    await apply(writer(store), retracted(key, at=1400))
    assert (await details())[2000, "analyze.draft"] is not None, "an older retraction takes no more away"


async def test_a_report_that_comes_after_its_retraction_keeps_no_details(store: Store) -> None:
    key = next(_keys)
    article = article_id("acme", key)
    await apply(writer(store), retracted(key, at=1500))
    status = ArticleStatus(
        article_id=article, version=Version(revision=1000), stage="analyze.draft", status="failed", at=1, detail="x"
    )
    await store.journeys.record([status])
    journey = await store.journeys.get(article)
    assert journey is not None
    assert [e.detail for e in journey.entries] == [None]


@pytest.mark.parametrize("name", CRASHES)
async def test_a_crash_after_any_write_is_repaired_by_the_same_event(store: Store, name: str) -> None:
    before = CRASHES[name]
    for crash_at in range(1, 10):
        calm_key, key = next(_keys), next(_keys)
        for event in before(calm_key):
            calm = await apply(writer(store), event)
        *earlier, last = before(key)
        for event in earlier:
            await apply(writer(store), event)
        with crash_after_write(store, crash_at):
            try:
                await apply(writer(store), last)
            except Crash:
                pass
            else:
                assert crash_at > 2, "too few writes for this to be a test"
                return
        again = await apply(writer(store, NOW + 1000), last)
        assert (again is None) == (calm is None) == (name in UNTOLD)
        if again is not None and calm is not None:
            told = again.model_dump(exclude={"article_id", "card", "updated_at"})
            assert told == calm.model_dump(exclude={"article_id", "card", "updated_at"})
        await check_all(store, key, before(key))
    pytest.fail("more writes than any event makes")
