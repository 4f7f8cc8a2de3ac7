"""The comparison finds what is planted, and names the article."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.product_chaos.comparison import Content, Seen, Tombstone, compare
from tests.support.product_chaos.truth import Shown, Truth, Window

LIVE, GONE, UNKNOWN = "wire-live", "wire-gone", "wire-unknown"
TRUTHS = {
    LIVE: Truth(Shown("Second title", "hash-2", Window(20, 20), Window(25, 25)), retracted_at=10, posted=True),
    GONE: Truth(None, retracted_at=30, posted=True),
}
DOCUMENT = Content("Second title", 20, 25, "hash-2")
CARD = replace(DOCUMENT, content_hash=None)
SEEN = {LIVE: Seen(DOCUMENT, CARD, bodies=(20, 25)), GONE: Seen(Tombstone(30), None)}


def found(**changes: Seen | None) -> list[tuple[str, str]]:
    """Kind and article of each finding, after these changes of what is seen."""
    seen = {**SEEN, **{f"wire-{name}": change for name, change in changes.items()}}
    findings = compare("a reader", TRUTHS, {name: each for name, each in seen.items() if each is not None})
    assert all(finding.place == "a reader" and finding.article_id in str(finding) for finding in findings)
    return [(finding.kind, finding.article_id) for finding in findings]


def test_what_is_as_accepted_is_no_finding() -> None:
    assert found() == []


def test_a_lost_article_is_missing_as_document_and_in_the_list() -> None:
    assert found(live=None) == [("missing", LIVE), ("missing", LIVE)]


def test_an_article_that_is_only_not_listed_is_missing() -> None:
    assert found(live=Seen(DOCUMENT, None)) == [("missing", LIVE)]


def test_a_retraction_without_a_tombstone_is_missing() -> None:
    assert found(gone=None) == [("missing", GONE)]


@pytest.mark.parametrize(
    "stale",
    [
        replace(DOCUMENT, title="First title"),
        replace(DOCUMENT, content_hash="hash-1"),
        replace(DOCUMENT, revision=19),
        replace(DOCUMENT, revision=21),
        replace(DOCUMENT, accepted=24),
    ],
)
def test_an_older_or_another_document_is_stale(stale: Content) -> None:
    assert found(live=Seen(stale, CARD)) == [("stale", LIVE)]


def test_an_older_card_is_stale() -> None:
    assert found(live=Seen(DOCUMENT, replace(CARD, title="First title"))) == [("stale", LIVE)]


def test_an_older_retraction_is_stale() -> None:
    assert found(gone=Seen(Tombstone(29), None)) == [("stale", GONE)]


def test_a_retracted_article_that_is_readable_again_is_resurrected() -> None:
    assert found(gone=Seen(DOCUMENT, None)) == [("resurrected", GONE)]


def test_a_retracted_article_that_is_listed_again_is_resurrected() -> None:
    assert found(gone=Seen(Tombstone(30), CARD)) == [("resurrected", GONE)]


def test_an_article_that_was_posted_after_its_retraction_must_be_back() -> None:
    assert found(live=Seen(Tombstone(10), None)) == [("withdrawn", LIVE), ("missing", LIVE)]


def test_an_article_that_nobody_posted_is_extra() -> None:
    assert found(unknown=Seen(DOCUMENT, CARD)) == [("extra", UNKNOWN)]


def test_a_text_that_is_kept_past_its_retraction_is_a_leftover() -> None:
    assert found(live=replace(SEEN[LIVE], bodies=(10, 20))) == [("leftover", LIVE)]
    assert found(gone=replace(SEEN[GONE], bodies=(30,))) == [("leftover", GONE)]


def test_a_journey_that_does_not_end_is_unfinished() -> None:
    assert found(live=replace(SEEN[LIVE], final=False)) == [("unfinished", LIVE)]


def test_where_an_attempt_may_have_been_accepted_its_revision_is_right_too() -> None:
    shown = Shown("Second title", "hash-2", Window(18, 20), Window(25, 25))
    truths = {LIVE: Truth(shown, retracted_at=None, posted=True)}
    revisions = {
        revision: compare("a reader", truths, {LIVE: Seen(replace(DOCUMENT, revision=revision), CARD)})
        for revision in (17, 18, 20, 21)
    }
    assert {revision for revision, findings in revisions.items() if findings} == {17, 21}
