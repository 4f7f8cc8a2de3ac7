"""Brings the database up to date with one event at a time. Every step may be repeated, by this process or another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.publish.clock import Clock
from services.publish.transition import (
    Body,
    Cause,
    advance,
    card_of,
    is_current,
    is_live,
    published,
    stored_body,
    without,
)
from shared.model import (
    ArticlePublished,
    ArticleTranslated,
    Content,
    Post,
    Retraction,
    Ruling,
    SourceCredit,
    Standing,
    admit,
    retract,
    shown,
)
from shared.store import Edition, Store, StoredArticle, StoredCard, StoredRuling, attempts

Decide = Callable[[StoredArticle | None], Awaitable[StoredArticle]]
"""From what is stored to what is to be stored; the same object where nothing changes."""


class Writer:
    """Applies events to the store under the guard.

    `clock` gives our time in ms. `ready_after_ms` is how long a draft waits for its model edition. All methods raise
    Unavailable when the database does not answer, and Transient when others keep writing the same article; after
    either, and after a crash, the same event may simply be applied again.
    """

    def __init__(self, store: Store, clock: Clock, ready_after_ms: int) -> None:
        self._store = store
        self._clock = clock
        self._ready_after_ms = ready_after_ms

    async def publish(self, event: ArticleTranslated) -> ArticlePublished | None:
        """Apply an edition of an article.

        Returns what readers are to be told, judged from what is stored, or None where the event is older than that or
        covered by a retraction.
        """
        edition = edition_of(event)
        article_id, post = event.article.id, edition.post
        known = await self._store.articles.get(article_id)
        if known is not None and not is_live(known.standing, post):
            # Its body must not be stored even for a moment; one that an interrupted try has left goes.
            await self._empty(known)
            return None
        # The body comes first: a standing must never name a post that has none.
        await self._store.revisions.keep(edition)

        async def decide(stored: StoredArticle | None) -> StoredArticle:
            old = stored.standing if stored else Standing()
            live = is_live(old, post)
            cause = Cause(
                event_id=event.id,
                ready_at=post.accepted + self._ready_after_ms if live else None,
                hot_since=edition.content.scores.hot.since if live else None,
            )
            standing, body = await self._choose(article_id, admit(old, post), stored_body(stored), Body.of(edition))
            return advance(article_id, stored, standing, body, cause, self._clock())

        stored = await self._write(article_id, decide)
        if not is_live(stored.standing, post):
            # Retracted in the meantime.
            await self._empty(stored)
            return None
        return published(stored) if is_current(stored, post, event.id) else None

    async def retract(self, ruling: Ruling, event_id: str) -> ArticlePublished | None:
        """Apply a retraction, of an unknown article too.

        Returns what readers are to be told, or None where a later retraction is known or a later post is shown, and
        this one changed nothing.
        """
        await self.note(ruling)
        cause = Cause(event_id, withdrawal=Retraction(at=ruling.at, by=ruling.by, reason=ruling.reason))
        article_id = ruling.article_id

        async def decide(stored: StoredArticle | None) -> StoredArticle:
            left = retract(stored.standing if stored else Standing(), ruling.at)
            standing, body = await self._choose(article_id, left, stored_body(stored), None)
            return advance(article_id, stored, standing, body, cause, self._clock())

        stored = await self._write(article_id, decide)
        await self._empty(stored)
        await self._store.journeys.retract(article_id, ruling.at)
        retraction = stored.document.retraction
        repeated = retraction is not None and retraction.at == ruling.at
        return published(stored) if repeated or stored.changed_by == event_id else None

    async def note(self, ruling: Ruling) -> None:
        """Keep a ruling, unless a later one of its key is kept."""
        await self._store.rulings.advance(StoredRuling(id=ruling.key, change=max(1, ruling.at), ruling=ruling))

    async def _choose(self, article_id: str, standing: Standing, *known: Body | None) -> tuple[Standing, Body | None]:
        """Return the standing and the body it shows; a post whose body is lost leaves the standing."""
        bodies = {body.post: body for body in reversed(known) if body is not None}
        while (now := shown(standing)) is not None:
            if body := bodies.get(now.post):
                return standing, body
            if edition := await self._store.revisions.edition(article_id, now.post):
                return standing, Body.of(edition)
            standing = without(standing, now.post)
        return standing, None

    async def _write(self, article_id: str, decide: Decide) -> StoredArticle:
        """Bring the article and its card up to date; returns what is stored."""
        for _ in attempts(article_id):
            stored = await self._store.articles.get(article_id)
            wanted = await decide(stored)
            if wanted is stored or await self._store.articles.swap(wanted, stored.change if stored else None):
                # Also where nothing changed: the process may have died between the two.
                card = StoredCard(
                    id=article_id, change=wanted.change, state=wanted.document.state, card=card_of(wanted.document)
                )
                await self._store.cards.advance(card)
                return wanted
        raise AssertionError("attempts ends by raising")

    async def _empty(self, stored: StoredArticle) -> None:
        if stored.standing.retracted_at is not None:
            await self._store.revisions.empty(stored.id, stored.standing.retracted_at)


def edition_of(event: ArticleTranslated) -> Edition:
    """Return what is kept of an edition: its post, its article, and the content that a document shows of it."""
    article = event.article
    credit = SourceCredit(
        slug=article.source,
        name=article.source_name,
        url=article.url,
        author=article.author,
        published_at=article.published_at,
        language=article.language,
    )
    content = Content(
        version=event.version,
        source=credit,
        content_hash=article.content_hash,
        analysis=event.analysis,
        scores=event.scores,
        fidelity=event.fidelity,
        provenance=event.provenance,
    )
    post = Post(version=event.version, accepted=article.accepted, content_hash=article.content_hash)
    return Edition(post=post, article=article, content=content)
