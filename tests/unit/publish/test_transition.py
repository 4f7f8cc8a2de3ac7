"""The rules of a document's times and of what is told, one event after another."""

from __future__ import annotations

from services.publish.transition import Body, Cause, advance, card_of, published
from services.publish.writer import edition_of
from shared.model import ArticleTranslated, Document, Retraction, Standing, admit, article_id, retract, shown
from shared.store import StoredArticle
from tests.support.documents import rich_document
from tests.support.translated import translated

READY_AFTER = 600
ID = article_id("acme", "1")


def after(stored: StoredArticle | None, event: ArticleTranslated, now: int) -> StoredArticle:
    """Apply an edition, with no body lost."""
    edition = edition_of(event)
    standing = admit(stored.standing if stored else Standing(), edition.post)
    current = shown(standing)
    assert current is not None
    body = Body.of(edition)
    if current.post != edition.post:
        assert stored is not None
        assert stored.post == current.post
        assert stored.document.content is not None
        body = Body(stored.post, stored.document.content, 100)
    accepted = event.article.accepted
    cause = Cause(event.id, ready_at=accepted + READY_AFTER, hot_since=event.scores.hot.since)
    return advance(ID, stored, standing, body, cause, now)


def withdrawn(stored: StoredArticle | None, at: int, now: int) -> StoredArticle:
    """Retract everything."""
    standing = retract(stored.standing if stored else Standing(), at)
    cause = Cause(f"{ID}/retract:{at}", withdrawal=Retraction(at=at, by="acme"))
    return advance(ID, stored, standing, None, cause, now)


def document(event: ArticleTranslated, *more: ArticleTranslated, now: int = 5000) -> Document:
    """The document after these events, each a second after the one before."""
    stored = after(None, event, now)
    for index, other in enumerate(more, start=1):
        stored = after(stored, other, now + 1000 * index)
    return stored.document


def test_a_first_draft_is_published_now_and_listed_later() -> None:
    found = document(translated(revision=1000))
    assert (found.state, found.change) == ("published", 1)
    assert (found.published_at, found.updated_at, found.ready_at) == (5000, 5000, 1000 + READY_AFTER)


def test_an_edit_keeps_the_place_in_lists_and_the_first_publication() -> None:
    found = document(translated(revision=1000), translated(revision=2000, body="b"))
    assert (found.published_at, found.updated_at, found.ready_at) == (5000, 6000, 1000 + READY_AFTER)
    assert found.change == 2


def test_an_earlier_post_that_comes_late_lowers_the_time_of_listing() -> None:
    assert document(translated(revision=2000, body="b"), translated(revision=1000)).ready_at == 1000 + READY_AFTER


def test_a_model_edition_lists_the_article_at_once_and_never_later_than_before() -> None:
    slow = translated(revision=10_000_000)
    model = translated(revision=10_000_000, rank=1)
    assert document(slow, model).ready_at == 6000
    early = translated(revision=1000)
    assert document(early, translated(revision=1000, rank=1)).ready_at == 1000 + READY_AFTER


def test_a_repeat_is_no_update_and_does_not_make_an_article_young_again() -> None:
    before, found = document(translated(revision=1000)), document(translated(revision=1000), translated(revision=2000))
    assert found.content is not None
    assert before.content is not None
    assert found.content.version == before.content.version
    assert found.content.scores.hot.since == 1000
    assert (found.updated_at, found.ready_at) == (before.updated_at, before.ready_at)
    assert found.accepted_at == 2000


def test_the_same_event_again_changes_nothing() -> None:
    stored = after(None, translated(), 5000)
    assert after(stored, translated(), 9000) is stored


def test_a_tombstone_says_who_and_when_and_shows_nothing() -> None:
    stored = withdrawn(after(None, translated(revision=1000), 5000), at=1500, now=6000)
    found = stored.document
    assert (found.state, found.content, found.accepted_at) == ("retracted", None, None)
    assert found.retraction == Retraction(at=1500, by="acme")
    assert (found.updated_at, found.change) == (6000, 2)
    told = published(stored)
    assert (told.state, told.card, told.version, told.retracted_at) == ("retracted", None, None, 1500)
    assert stored.post is None


def test_a_revival_keeps_the_retraction_in_mind_and_not_on_show() -> None:
    gone = withdrawn(after(None, translated(revision=1000), 5000), at=1500, now=6000)
    stored = after(gone, translated(revision=2000), 7000)
    assert stored.document.state == "published"
    assert stored.document.retraction is None
    assert stored.standing.retracted_at == 1500
    assert (stored.document.published_at, stored.document.updated_at) == (5000, 7000)


def test_an_earlier_retraction_that_comes_late_does_not_rename_the_withdrawal() -> None:
    gone = withdrawn(withdrawn(None, at=2000, now=5000), at=1000, now=6000)
    assert gone.document.retraction == Retraction(at=2000, by="acme")


def test_a_card_is_what_lists_need_of_a_document() -> None:
    rich = rich_document()
    card = card_of(rich)
    assert card is not None
    assert rich.content is not None
    assert card.title == rich.content.analysis.title
    assert card.lead == rich.content.analysis.summary[0].text
    assert (card.quality, card.impact, card.hot_base) == (71.0, None, 58.5)
