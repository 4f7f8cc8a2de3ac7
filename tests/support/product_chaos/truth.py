"""The client's own model of what it got 202 for, and of what must therefore be seen in the end.

It is kept apart from the product's guard on purpose: it goes through the posts of one article in the order in which
they were accepted, which the client knows because it does one thing after the other with an article.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from tests.support.product_chaos.script import Post


@dataclass(frozen=True)
class Window:
    """Milliseconds from `low` to `high`: a moment that is known so far. An attempt whose answer was lost may have been
    accepted, at a moment that only the product knows."""

    low: int
    high: int

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, int) and self.low <= moment <= self.high

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"


@dataclass(frozen=True)
class AcceptedPost:
    """A post that got its 202. `revision`: what the product may count it as, lost attempts included."""

    title: str
    content_hash: str
    revision: Window
    accepted: Window


@dataclass(frozen=True)
class Shown:
    """What readers must see of a published article."""

    title: str
    content_hash: str
    revision: Window
    accepted: Window


@dataclass(frozen=True)
class Truth:
    """What must be seen of one article: `shown`, or a tombstone where that is None. `retracted_at`: the latest one.

    `posted`: whether it was ever posted, so that stages have told of it.
    """

    shown: Shown | None
    retracted_at: int | None
    posted: bool


@dataclass
class History:
    """What was accepted of one article, in order."""

    live: list[AcceptedPost] = field(default_factory=list)
    """The posts since the latest retraction."""
    retracted_at: int | None = None
    posts: int = 0

    def posted(self, post: Post, revision: int, began: int, ended: int, *, certain: bool) -> None:
        """Note a post that was answered with `revision`; it was sent first at `began` (ms), and answered at `ended`.

        `certain`: no attempt before may have been accepted too.
        """
        self.posts += 1
        if post.revision is None:
            # Not versioned: the revision is the moment of acceptance.
            counted = Window(revision if certain else began, revision)
            accepted = Window(revision, revision)
        else:
            counted, accepted = Window(revision, revision), Window(began, ended)
        self.live.append(AcceptedPost(post.title, post.content_hash, counted, accepted))

    def retracted(self, at: int) -> None:
        """Note a retraction that was answered with this moment: it covers all posts until now."""
        self.live.clear()
        self.retracted_at = at

    def truth(self) -> Truth:
        """Return what must be seen once everything has come through."""
        if not self.live:
            return Truth(None, self.retracted_at, self.posts > 0)
        # Sorting is stable: of equal revisions the one accepted later comes later.
        newest_first = sorted(self.live, key=lambda post: post.revision.high)[::-1]
        newest = newest_first[0]
        unchanged = list(takewhile(lambda post: post.content_hash == newest.content_hash, newest_first))
        shown = Shown(
            title=newest.title,
            content_hash=newest.content_hash,
            # A repeat is no update: the revision is the first at which this text came up and stayed.
            revision=unchanged[-1].revision,
            accepted=self.live[-1].accepted,
        )
        return Truth(shown, self.retracted_at, posted=True)


class Histories:
    """The histories of all articles that the client has begun."""

    def __init__(self) -> None:
        self._of: dict[str, History] = {}

    def of(self, article_id: str) -> History:
        """Return the history of an article, which begins now if it has none."""
        return self._of.setdefault(article_id, History())

    def truths(self) -> Mapping[str, Truth]:
        """Return what must be seen of each article."""
        return {article_id: history.truth() for article_id, history in self._of.items()}


def instant(text: str) -> int:
    """Return an RFC 3339 moment in milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
