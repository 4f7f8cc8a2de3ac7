"""What the database holds of an article after an event: the guard, and the document that follows from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from services.publish.leaves import names_of, pair_of
from shared.model import (
    RANK_MODEL,
    ArticlePublished,
    Card,
    Content,
    Document,
    Pair,
    Post,
    Retraction,
    Shown,
    Standing,
    shown,
)
from shared.store import Edition, StoredArticle


@dataclass(frozen=True)
class Body:
    """The content of a post, and the length of its canonical text in code points."""

    post: Post
    content: Content
    text_length: int

    @classmethod
    def of(cls, edition: Edition) -> Body:
        return cls(edition.post, edition.content, len(edition.article.text))


@dataclass(frozen=True)
class Cause:
    """What an event brings, besides its place in the standing.

    `ready_at` and `hot_since` (ms) only ever lower what is stored. All are None in an event that the guard ignores.
    """

    event_id: str
    ready_at: int | None = None
    hot_since: int | None = None
    withdrawal: Retraction | None = None


def stored_body(stored: StoredArticle | None) -> Body | None:
    """Return the body that the stored document shows, or None for a tombstone."""
    if stored is None or stored.post is None or stored.document.content is None or stored.text_length is None:
        return None
    return Body(stored.post, stored.document.content, stored.text_length)


def is_live(standing: Standing, post: Post) -> bool:
    """Whether no retraction that is known covers the post."""
    return standing.retracted_at is None or post.accepted > standing.retracted_at


def without(standing: Standing, post: Post) -> Standing:
    """Return the standing without a post whose body is lost."""
    return Standing(retracted_at=standing.retracted_at, posts=tuple(p for p in standing.posts if p != post))


def advance(
    article_id: str, stored: StoredArticle | None, standing: Standing, body: Body | None, cause: Cause, now: int
) -> StoredArticle:
    """Return what is to be stored; `stored` itself where the event changes nothing.

    `body` is the body of the post that `standing` shows. `now` (ms) is our clock; it counts only where something
    changes, so that a repeated event finds nothing to do.
    """
    withdrawal = _later(stored.withdrawal if stored else None, cause.withdrawal)
    draft = StoredArticle(
        id=article_id,
        change=stored.change if stored else 1,
        standing=standing,
        post=body.post if body else None,
        text_length=body.text_length if body else None,
        withdrawal=withdrawal,
        changed_by=stored.changed_by if stored else cause.event_id,
        document=_document(article_id, stored.document if stored else None, standing, body, withdrawal, cause, now),
    )
    if stored is None:
        return draft
    if draft == stored:
        return stored
    change = stored.change + 1
    changes: dict[str, object] = {"change": change, "document": draft.document.model_copy(update={"change": change})}
    if draft.document != stored.document:
        changes["changed_by"] = cause.event_id
    return draft.model_copy(update=changes)


def is_current(stored: StoredArticle, post: Post, event_id: str) -> bool:
    """Whether the event of `post` is to be published: it made the document what it is, or equals what it shows."""
    if stored.changed_by == event_id:
        return True
    now = shown(stored.standing)
    if now is None or not is_live(stored.standing, post) or post.content_hash != now.post.content_hash:
        return False
    return post.version.edition >= now.version.edition


def published(stored: StoredArticle) -> ArticlePublished:
    """Return the event that tells the readers what is stored."""
    document = stored.document
    return ArticlePublished(
        article_id=document.id,
        state=document.state,
        change=document.change,
        version=document.content.version if document.content else None,
        accepted=document.accepted_at,
        retracted_at=stored.standing.retracted_at,
        ready_at=document.ready_at,
        updated_at=document.updated_at,
        card=card_of(document),
    )


def card_of(document: Document) -> Card | None:
    """Return the card of a document, or None of a tombstone."""
    content = document.content
    if content is None or document.ready_at is None or document.accepted_at is None:
        return None
    analysis, scores = content.analysis, content.scores
    return Card(
        id=document.id,
        version=content.version,
        state=document.state,
        title=analysis.title,
        lead=_lead(content),
        source=content.source,
        category=analysis.category,
        tags=analysis.tags,
        ready_at=document.ready_at,
        accepted_at=document.accepted_at,
        updated_at=document.updated_at,
        hot_base=scores.hot.base,
        hot_since=scores.hot.since,
        quality=scores.quality.value,
        impact=scores.impact.value,
        story_id=document.story_id,
    )


def _lead(content: Content) -> Pair | None:
    analysis = content.analysis
    claims = (*analysis.summary, *analysis.tldr)
    return pair_of(claims[0].text, names_of(analysis)) if claims else None


def _document(
    article_id: str,
    old: Document | None,
    standing: Standing,
    body: Body | None,
    withdrawal: Retraction | None,
    cause: Cause,
    now: int,
) -> Document:
    current = shown(standing)
    content = _content(old, current, body, cause) if current and body else None
    ready = [at for at in (old.ready_at if old else None, cause.ready_at) if at is not None]
    if content is not None and content.version.rank >= RANK_MODEL and not _is_model(old):
        ready.append(now)
    first = old.published_at if old else None
    changed = old is None or _reads_differently(old.content, content)
    return Document(
        id=article_id,
        state="published" if content else "retracted",
        change=old.change if old else 1,
        content=content,
        retraction=None if content else withdrawal,
        accepted_at=current.accepted if current else None,
        published_at=first if first is not None or content is None else now,
        updated_at=now if old is None or changed else old.updated_at,
        ready_at=min(ready, default=None),
        story_id=old.story_id if old and content else None,
        views=old.views if old else 0,
    )


def _content(old: Document | None, current: Shown, body: Body, cause: Cause) -> Content:
    hot = body.content.scores.hot
    known = [hot.since] if cause.hot_since is None else [hot.since, cause.hot_since]
    if old and old.content:
        # A repeat or an edit makes no article young again.
        known.append(old.content.scores.hot.since)
    scores = body.content.scores.model_copy(update={"hot": hot.model_copy(update={"since": min(known)})})
    return body.content.model_copy(update={"version": current.version, "scores": scores})


def _is_model(document: Document | None) -> bool:
    return document is not None and document.content is not None and document.content.version.rank >= RANK_MODEL


def _reads_differently(old: Content | None, new: Content | None) -> bool:
    if old is None or new is None:
        return old is not new
    return (old.source, old.analysis, old.fidelity) != (new.source, new.analysis, new.fidelity)


def _later(one: Retraction | None, other: Retraction | None) -> Retraction | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda r: (r.at, r.by, r.reason or ""))
