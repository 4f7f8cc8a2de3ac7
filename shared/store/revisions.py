"""The bodies of each revision: canonical text, metadata and content, until a retraction takes them away."""

from __future__ import annotations

import time

from shared.failpoints import failpoint
from shared.model import Post, Standing, admit, format_instant
from shared.store._collection import Collection, attempts
from shared.store._errors import database_errors
from shared.store.documents import MAX_EDITIONS, Edition, StoredRevision, revision_id


class Revisions(Collection[StoredRevision]):
    """Collection `revisions`. It keeps a body for each post that the guard remembers of a revision."""

    async def keep(self, edition: Edition) -> None:
        """Keep the body of a post, unless a better or later one of the same content is there already.

        A post that a retraction has already emptied here is not kept.
        """
        document_id = revision_id(edition.article.id, edition.post.version.revision)
        stored: StoredRevision | None = None  # nearly always true, and then one trip to the database is enough
        for attempt in attempts(document_id):
            if attempt > 0:
                stored = await self.get(document_id)
            wanted = with_edition(stored, edition)
            if wanted == stored or await self.swap(wanted, None if stored is None else stored.change):
                return

    async def edition(self, article_id: str, post: Post) -> Edition | None:
        """Return the body of `post`, or None where it was emptied or pushed out."""
        stored = await self.get(revision_id(article_id, post.version.revision))
        return next((e for e in stored.editions if e.post == post), None) if stored else None

    async def empty(self, article_id: str, until: int) -> None:
        """Take away every body of the article that was accepted until `until` (ms)."""
        gone = {"$lte": format_instant(until)}
        started = time.perf_counter()
        with database_errors("revisions.empty"):
            result = await self._raw.update_many(
                {"article_id": article_id, "editions.post.accepted": gone},
                {
                    "$pull": {"editions": {"post.accepted": gone}},
                    "$max": {"emptied_at": format_instant(until)},
                    "$inc": {"change": 1},
                },
            )
        self._time("empty", started)
        if result.modified_count > 0:
            failpoint("store.revisions.emptied")


def with_edition(stored: StoredRevision | None, edition: Edition) -> StoredRevision:
    """Return the revision with `edition` in it; `stored` itself when that changes nothing.

    The guard's own rule decides which posts are worth a body, so every post that it may ever show has one.
    """
    post = edition.post
    if stored is None:
        return StoredRevision(
            id=revision_id(edition.article.id, post.version.revision),
            change=1,
            article_id=edition.article.id,
            accepted=post.accepted,
            editions=(edition,),
        )
    if stored.emptied_at is not None and post.accepted <= stored.emptied_at:
        return stored
    bodies = {e.post: e for e in (edition, *stored.editions)}
    kept = admit(Standing(posts=tuple(e.post for e in stored.editions)), post).posts
    newest = sorted(kept, key=lambda p: (p.accepted, p.version.order, p.content_hash), reverse=True)[:MAX_EDITIONS]
    editions = tuple(bodies[p] for p in newest)
    if editions == stored.editions:
        return stored
    changes = {"change": stored.change + 1, "accepted": max(stored.accepted, post.accepted), "editions": editions}
    return stored.model_copy(update=changes)
