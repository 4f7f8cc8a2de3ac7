"""What the client does: the same for the same seed, and everything that may go wrong is in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest

from tests.support.product_chaos.killer import FAILPOINTS, plan
from tests.support.product_chaos.script import Operation, Post, Retract, operations


def articles(seed: int) -> Iterator[list[Operation]]:
    return (operations(seed, number) for number in range(300))


def test_the_seed_decides_everything() -> None:
    assert list(articles(1)) == list(articles(1))
    assert list(articles(1)) != list(articles(2))


def test_there_are_edits_repeats_late_edits_retractions_and_revivals() -> None:
    seen: set[tuple[str, bool]] = set()
    for done in articles(1):
        posts = [operation for operation in done if isinstance(operation, Post)]
        hashes = [post.content_hash for post in posts]
        revisions = [post.revision for post in posts if post.revision is not None]
        seen |= {
            "edit": len(set(hashes)) > 1,
            "repeat": len(set(hashes)) < len(hashes),
            "late edit": sorted(revisions) != revisions,
            "retracted in the end": isinstance(done[-1], Retract),
            "revived": any(isinstance(a, Retract) and isinstance(b, Post) for a, b in pairwise(done[1:])),
            "retracted before it was posted": isinstance(done[0], Retract),
        }.items()
    assert {name for name, there in seen if there} == {name for name, _ in seen}


def test_a_revision_of_a_versioned_source_is_one_text() -> None:
    for done in articles(3):
        texts = {(post.revision, post.content_hash) for post in done if isinstance(post, Post) and post.revision}
        assert len({revision for revision, _ in texts}) == len(texts)


def test_the_plan_kills_everything() -> None:
    targets = ("ingest", "database", *FAILPOINTS)
    assert set(plan(Random(1), len(targets), targets)) == set(targets)
    with pytest.raises(ValueError, match="too few"):
        plan(Random(1), len(targets) - 1, targets)
