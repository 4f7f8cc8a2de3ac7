"""What the client does with an article: posts, edits, repeats and retractions in an order that a seed decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from shared.model import Article, article_id, canonical_text, format_instant
from tests.support.articles import article

SOURCES: Final[Mapping[str, Mapping[str, object]]] = {
    "wire": {"name": "The Wire"},
    "dated": {"name": "Dated Wire", "versioned": True},
}
_LONGEST: Final = 7
_EDITS: Final = 4
"""Texts an article has at most; a post of one that it had before is a repeat, or brings it back."""
_FIRST_UPDATE: Final = 1_780_000_000_000
"""`updated_at` of a first text (ms), some months ago: a source's clock has nothing to do with ours."""


@dataclass(frozen=True)
class Post:
    """A post as it is sent. `revision`: its `updated_at` (ms), or None where the time of acceptance is the revision."""

    article_id: str
    title: str
    content_hash: str
    revision: int | None
    body: Mapping[str, object]


@dataclass(frozen=True)
class Retract:
    article_id: str


Operation = Post | Retract


def operations(seed: int, number: int) -> list[Operation]:
    """Return what is done to article `number`, in this order.

    Every other article is of the versioned source, whose edits may come in any order. One in ten is retracted before
    it is posted.
    """
    rng = Random(f"{seed}:{number}")
    source = tuple(SOURCES)[number % len(SOURCES)]
    length = rng.randint(1, _LONGEST)
    kinds = ["post", *rng.choices(("post", "retract"), (4, 1), k=length - 1)]
    if rng.random() < 0.1:
        kinds.insert(0, "retract")
    edits = [rng.randrange(_EDITS) for _ in kinds]
    if not SOURCES[source].get("versioned"):
        return [
            _retract(source, number) if kind == "retract" else _post(source, number, edit, None)
            for kind, edit in zip(kinds, edits, strict=True)
        ]
    # A revision of a versioned source is one text for ever; the same one may be sent again, also late.
    steps = [rng.randrange(length) for _ in kinds]
    texts = dict(zip(steps, edits, strict=True))
    return [
        _retract(source, number) if kind == "retract" else _post(source, number, texts[step], step)
        for kind, step in zip(kinds, steps, strict=True)
    ]


def _post(source: str, number: int, edit: int, step: int | None) -> Post:
    fields: dict[str, object] = {"external_id": f"c{number}"}
    revision = None if step is None else _FIRST_UPDATE + step * 60_000
    if revision is not None:
        fields["updated_at"] = format_instant(revision)
    body = article(number * _EDITS + edit, source, **fields)
    title, name = str(body["title"]), str(SOURCES[source]["name"])
    text = canonical_text(title, str(body["body"]))
    return Post(
        article_id=article_id(source, f"c{number}"),
        title=title,
        content_hash=Article.hash_of(text, "en", None, None, None, name),
        revision=revision,
        body=body,
    )


def _retract(source: str, number: int) -> Retract:
    return Retract(article_id(source, f"c{number}"))
