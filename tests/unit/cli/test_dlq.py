"""Which dead letters a filter means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cli.dlq import Filter
from tests.support.events import submitted
from tests.unit.cli.test_letters import LETTER

ARTICLE = submitted("one").key


@pytest.mark.parametrize(
    ("article", "key", "fits"),
    [
        (ARTICLE, ARTICLE.encode(), True),
        (ARTICLE, f"{ARTICLE}/draft".encode(), True),
        ("demo-x", b"demo-x", True),
        ("demo-x", b"demo-x/draft", True),
        ("demo-x", b"demo-xy", False),
        ("demo-x", None, False),
        ("demo-x", ARTICLE.encode(), False),
    ],
)
def test_an_article_is_found_by_its_id_or_by_the_key_that_is_none(article: str, key: bytes | None, fits: bool) -> None:
    assert Filter(article=article).fits(replace(LETTER, key=key)) is fits
