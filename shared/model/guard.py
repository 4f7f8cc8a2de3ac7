"""The guard: which content a document shows, whatever order its posts and retractions arrive in.

A document's standing is what the guard remembers of it: the latest retraction and the posts accepted after it. Adding
to a standing is a union, so order and repeats can't matter, and what is shown is a function of the standing alone.
`docs/decisions/0001-the-guard-remembers-posts.md` says why one stored version is not enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import Field

from shared.model.base import Instant, Model, Sha256
from shared.model.version import Version

MAX_POSTS: Final = 32
"""Posts remembered per document. Past it, the oldest that is not needed for what is shown now is forgotten."""


class Post(Model):
    """What the guard needs to know of one edition of one accepted post."""

    version: Version
    accepted: Instant
    content_hash: Sha256


class Standing(Model):
    """What is remembered of a document: the latest retraction, and every later post (metadata only)."""

    retracted_at: Instant | None = None
    posts: tuple[Post, ...] = Field(default=(), max_length=MAX_POSTS)


@dataclass(frozen=True)
class Shown:
    """What a document shows: the content of `post`, as `version`, last posted at `accepted`."""

    post: Post
    version: Version
    accepted: int


def shown(standing: Standing) -> Shown | None:
    """Return what is shown, or None for a tombstone or a document that nobody has posted yet.

    The newest post decides the content. Of all posts with that same content the best edition is shown, so that a
    repeat does not put a draft over a paid analysis. Its revision is the first at which this content came up and
    stayed, so that a repeat is no update.
    """
    if not standing.posts:
        return None
    newest = max(standing.posts, key=_recency)
    same = [p for p in standing.posts if p.content_hash == newest.content_hash]
    older = max((p.version.revision for p in standing.posts if p.content_hash != newest.content_hash), default=-1)
    best = max(same, key=lambda p: (p.version.edition, p.version.revision, p.accepted))
    revision = min((p.version.revision for p in same if p.version.revision > older), default=newest.version.revision)
    version = Version(revision=revision, rank=best.version.rank, run=best.version.run)
    return Shown(post=best, version=version, accepted=max(p.accepted for p in standing.posts))


def admit(standing: Standing, post: Post) -> Standing:
    """Return the standing after `post`. A post accepted no later than the latest retraction changes nothing."""
    if standing.retracted_at is not None and post.accepted <= standing.retracted_at:
        return standing
    return _standing(standing.retracted_at, (*standing.posts, post))


def retract(standing: Standing, at: int) -> Standing:
    """Return the standing after a retraction at `at` (ms): posts accepted until then are forgotten."""
    latest = at if standing.retracted_at is None else max(at, standing.retracted_at)
    return _standing(latest, tuple(p for p in standing.posts if p.accepted > latest))


def _recency(post: Post) -> tuple[int, int, str]:
    return (post.version.revision, post.accepted, post.content_hash)


def _replaces(other: Post, post: Post) -> bool:
    """Whether `post` can never matter again beside `other`: the same revision and content, no worse, no earlier."""
    return (
        other.content_hash == post.content_hash
        and other.version.revision == post.version.revision
        and other.version.edition >= post.version.edition
        and other.accepted >= post.accepted
    )


def _standing(retracted_at: int | None, posts: tuple[Post, ...]) -> Standing:
    kept = list(dict.fromkeys(posts))
    kept = [p for p in kept if not any(_replaces(q, p) for q in kept if q != p)]
    kept.sort(key=lambda p: (p.version.order, p.accepted, p.content_hash), reverse=True)
    while len(kept) > MAX_POSTS:
        kept.remove(_least_needed(Standing.model_construct(retracted_at=retracted_at, posts=tuple(kept))))
    return Standing(retracted_at=retracted_at, posts=tuple(kept))


def _least_needed(standing: Standing) -> Post:
    now = shown(standing)
    assert now is not None  # noqa: S101  # called only with more than MAX_POSTS posts
    newest = max(standing.posts, key=_recency)
    spare = [p for p in reversed(standing.posts) if p not in {now.post, newest}]
    # The first post of the shown content gives its revision; forget it only when all others have that revision too.
    return next((p for p in spare if p.version.revision != now.version.revision), spare[0])
