"""The guard against a naive one that keeps every event it ever saw."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model import Post, Standing, Version, admit, retract, shown
from shared.model.guard import MAX_POSTS, Shown

HASHES = ["a" * 64, "b" * 64, "c" * 64]


@dataclass(frozen=True)
class Retraction:
    at: int


Event = Post | Retraction

posts = st.builds(
    Post,
    version=st.builds(Version, revision=st.integers(1, 6), rank=st.integers(0, 1), run=st.sampled_from([0, 0, 0, 50])),
    accepted=st.integers(1, 12),
    content_hash=st.sampled_from(HASHES),
)
events = st.lists(posts | st.builds(Retraction, st.integers(1, 12)), max_size=14)


def fold(history: list[Event]) -> Standing:
    standing = Standing()
    for event in history:
        standing = retract(standing, event.at) if isinstance(event, Retraction) else admit(standing, event)
    return standing


def naive(history: list[Event]) -> Shown | None:
    """The same decision over everything that ever arrived, with nothing forgotten."""
    latest = max((e.at for e in history if isinstance(e, Retraction)), default=-1)
    live = [e for e in history if isinstance(e, Post) and e.accepted > latest]
    return shown(Standing.model_construct(retracted_at=latest, posts=tuple(live))) if live else None


@given(events, st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_any_order_with_any_repeats_ends_the_same(history: list[Event], random: object) -> None:
    shuffled = history + history[::2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert shown(fold(shuffled)) == shown(fold(history))


@given(events)
@settings(max_examples=300)
def test_forgetting_posts_never_changes_what_is_shown(history: list[Event]) -> None:
    assert shown(fold(history)) == naive(history)


@given(events, st.integers(1, 12))
def test_a_retraction_leaves_nothing_that_was_accepted_before_it(history: list[Event], at: int) -> None:
    standing = retract(fold(history), at)
    assert all(post.accepted > at for post in standing.posts)


@given(events, posts)
def test_a_later_post_revives(history: list[Event], post: Post) -> None:
    standing = fold([*history, Retraction(20)])
    assert shown(standing) is None
    later = post.model_copy(update={"accepted": 21})
    revived = shown(admit(standing, later))
    assert revived is not None
    assert revived.post == later


def _post(revision: int, content: str = "a", rank: int = 0, accepted: int | None = None) -> Post:
    return Post(
        version=Version(revision=revision, rank=rank),
        accepted=revision if accepted is None else accepted,
        content_hash=content * 64,
    )


def _shown(*history: Event) -> Shown:
    result = shown(fold(list(history)))
    assert result is not None
    return result


def test_a_repeat_keeps_the_revision_and_notes_the_later_acceptance() -> None:
    result = _shown(_post(10), _post(20))
    assert result.version.revision == 10
    assert result.accepted == 20


def test_a_repeat_does_not_put_a_draft_over_a_model_edition() -> None:
    assert _shown(_post(10, rank=1), _post(20)).version == Version(revision=10, rank=1)


def test_an_edit_replaces_even_a_model_edition() -> None:
    assert _shown(_post(10, rank=1), _post(20, "b")).version == Version(revision=20)


def test_going_back_to_an_earlier_text_is_an_update_that_reuses_its_best_edition() -> None:
    result = _shown(_post(10, "a", rank=1), _post(15, "b"), _post(20, "a"))
    assert result.version == Version(revision=20, rank=1)
    assert result.post == _post(10, "a", rank=1)


def test_a_late_older_revision_is_not_shown() -> None:
    assert _shown(_post(20, "b"), _post(10, "a", accepted=30)).version.revision == 20


def test_a_retraction_that_arrives_late_uncovers_the_post_accepted_after_it() -> None:
    stale = _post(50, "a", accepted=10)
    reposted = _post(40, "b", accepted=30)
    assert _shown(stale, reposted, Retraction(20)).post == reposted


def test_a_source_that_repeats_itself_for_ever_stays_bounded_and_keeps_its_revision() -> None:
    history: list[Event] = [_post(revision) for revision in range(1, 200)]
    standing = fold(history)
    assert len(standing.posts) == MAX_POSTS
    result = shown(standing)
    assert result is not None
    assert result.version.revision == 1
    assert result.accepted == 199


def test_a_source_that_edits_for_ever_stays_bounded_and_shows_the_latest() -> None:
    history: list[Event] = [
        Post(version=Version(revision=n), accepted=n, content_hash=f"{n:064d}") for n in range(1, 200)
    ]
    assert len(fold(history).posts) == MAX_POSTS
    assert _shown(*history).version.revision == 199


def test_a_source_that_edits_one_revision_for_ever_stays_bounded_and_shows_the_latest() -> None:
    history: list[Event] = [
        Post(version=Version(revision=1), accepted=n, content_hash=f"{n:064d}") for n in range(1, 200)
    ]
    assert len(fold(history).posts) == MAX_POSTS
    assert _shown(*history).accepted == 199


@given(st.lists(posts, min_size=MAX_POSTS, max_size=3 * MAX_POSTS, unique=True))
@settings(max_examples=30)
def test_more_posts_than_are_remembered_never_hide_the_newest_content(history: list[Event]) -> None:
    spread = [
        p.model_copy(update={"content_hash": f"{i % 50:064d}", "accepted": p.accepted + i})
        for i, p in enumerate(history)
        if isinstance(p, Post)
    ]
    result = _shown(*spread)
    newest = max(spread, key=lambda p: (p.version.revision, p.accepted, p.content_hash))
    assert result.post.content_hash == newest.content_hash
    assert len(fold(list(spread)).posts) <= MAX_POSTS
