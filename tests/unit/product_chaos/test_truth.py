"""The client's model: what must be seen after what was accepted."""

from __future__ import annotations

import pytest

from shared.model import Post as GuardedPost
from shared.model import Standing, Version, admit, retract, shown
from tests.support.product_chaos.script import Post, operations
from tests.support.product_chaos.truth import History, Window


def post(text: str, revision: int | None = None) -> Post:
    return Post("wire-a", f"Title of {text}", text, revision, {})


def test_the_latest_post_of_an_unversioned_source_is_shown() -> None:
    history = History()
    history.posted(post("a"), 10, 9, 11, certain=True)
    history.posted(post("b"), 20, 19, 21, certain=True)
    seen = history.truth().shown
    assert seen is not None
    assert (seen.content_hash, seen.revision, seen.accepted) == ("b", Window(20, 20), Window(20, 20))


def test_a_repeat_is_no_update() -> None:
    history = History()
    history.posted(post("a"), 10, 9, 11, certain=True)
    history.posted(post("a"), 20, 19, 21, certain=True)
    seen = history.truth().shown
    assert seen is not None
    assert (seen.revision, seen.accepted) == (Window(10, 10), Window(20, 20))


def test_an_attempt_without_an_answer_may_have_been_accepted() -> None:
    history = History()
    history.posted(post("a"), 20, 5, 21, certain=False)
    seen = history.truth().shown
    assert seen is not None
    assert seen.revision == Window(5, 20)


def test_the_highest_revision_of_a_versioned_source_is_shown_whatever_comes_later() -> None:
    history = History()
    history.posted(post("new", 500), 500, 9, 11, certain=True)
    history.posted(post("old", 400), 400, 19, 21, certain=True)
    seen = history.truth().shown
    assert seen is not None
    assert (seen.content_hash, seen.revision, seen.accepted) == ("new", Window(500, 500), Window(19, 21))


def test_a_retraction_covers_what_was_accepted_before_it_and_nothing_later() -> None:
    history = History()
    history.posted(post("new", 500), 500, 9, 11, certain=True)
    history.retracted(15)
    assert history.truth().shown is None
    history.posted(post("old", 400), 400, 19, 21, certain=True)
    seen = history.truth()
    assert seen.shown is not None
    assert (seen.shown.content_hash, seen.retracted_at) == ("old", 15)


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_the_guard_on_what_the_client_does(seed: int) -> None:
    for number in range(100):
        history, standing, now = History(), Standing(), 1_790_000_000_000
        for operation in operations(seed, number):
            now += 1000
            if isinstance(operation, Post):
                revision = operation.revision if operation.revision is not None else now
                history.posted(operation, revision, now, now, certain=True)
                version = Version(revision=revision)
                guarded = GuardedPost(version=version, accepted=now, content_hash=operation.content_hash)
                standing = admit(standing, guarded)
            else:
                history.retracted(now)
                standing = retract(standing, now)
        truth, guarded_view = history.truth(), shown(standing)
        assert truth.retracted_at == standing.retracted_at
        assert (truth.shown is None) == (guarded_view is None)
        if truth.shown is not None and guarded_view is not None:
            assert guarded_view.post.content_hash == truth.shown.content_hash
            assert guarded_view.version.revision in truth.shown.revision
            assert guarded_view.accepted in truth.shown.accepted
