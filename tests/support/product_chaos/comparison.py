"""Compares what a place shows with what it must show, and names each article that differs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tests.support.product_chaos.truth import Shown, Truth

Kind = Literal["missing", "stale", "withdrawn", "resurrected", "extra", "leftover", "unfinished"]


@dataclass(frozen=True)
class Finding:
    """What is wrong with one article at one place: MongoDB, or a reader."""

    kind: Kind
    place: str
    article_id: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.place}: {self.article_id}: {self.detail}"


@dataclass(frozen=True)
class Content:
    """What a place shows of a published article. Cards have no hash."""

    title: str
    revision: int
    accepted: int
    content_hash: str | None


@dataclass(frozen=True)
class Tombstone:
    retracted_at: int


@dataclass(frozen=True)
class Seen:
    """What a place has of one article: the document by its id, and the card in lists.

    `bodies`: when the posts were accepted whose texts it keeps. `final`: whether the journey says that all is done.
    """

    document: Content | Tombstone | None
    listed: Content | None
    bodies: tuple[int, ...] = ()
    final: bool = True


def compare(place: str, truths: Mapping[str, Truth], seen: Mapping[str, Seen]) -> list[Finding]:
    """Return everything that is not as it must be, by article."""

    def findings() -> Iterator[Finding]:
        for article_id in sorted(truths.keys() | seen.keys()):
            truth, found = truths.get(article_id), seen.get(article_id, Seen(None, None))
            for kind, detail in _differences(truth, found):
                yield Finding(kind, place, article_id, detail)

    return list(findings())


def _differences(truth: Truth | None, seen: Seen) -> Iterator[tuple[Kind, str]]:
    if truth is None:
        yield "extra", f"nobody posted it, and there is {seen}"
        return
    if truth.shown is None:
        yield from _of_retracted(truth, seen)
    else:
        yield from _of_published(truth.shown, seen)
    covered = [at for at in seen.bodies if truth.retracted_at is not None and at <= truth.retracted_at]
    if covered:
        yield "leftover", f"texts accepted at {covered} are kept past the retraction at {truth.retracted_at}"
    if truth.posted and not seen.final:
        yield "unfinished", "its journey is not final"


def _of_published(shown: Shown, seen: Seen) -> Iterator[tuple[Kind, str]]:
    match seen.document:
        case None:
            yield "missing", "there is no document"
        case Tombstone(at):
            yield "withdrawn", f"it shows the retraction at {at}, and a later post was accepted"
        case Content() as content:
            yield from (("stale", f"document: {each}") for each in _stale(shown, content))
    if seen.listed is None:
        yield "missing", "it is not in the list"
    else:
        yield from (("stale", f"list: {each}") for each in _stale(shown, seen.listed))


def _of_retracted(truth: Truth, seen: Seen) -> Iterator[tuple[Kind, str]]:
    match seen.document:
        case None:
            yield "missing", "there is no tombstone"
        case Tombstone(at) if at != truth.retracted_at:
            yield "stale", f"it shows the retraction at {at}, and the latest was at {truth.retracted_at}"
        case Content() as content:
            yield "resurrected", f"it shows revision {content.revision} ({content.title!r})"
    if seen.listed is not None:
        yield "resurrected", f"it is listed with revision {seen.listed.revision}"


def _stale(shown: Shown, content: Content) -> Iterator[str]:
    if content.title != shown.title:
        yield f"the title is {content.title!r}, and {shown.title!r} was accepted last"
    if content.content_hash not in {None, shown.content_hash}:
        yield f"the content hash is {content.content_hash}, and should be {shown.content_hash}"
    if content.revision not in shown.revision:
        yield f"the revision is {content.revision}, and should be {shown.revision}"
    if content.accepted not in shown.accepted:
        yield f"it was accepted at {content.accepted}, and should be at {shown.accepted}"
