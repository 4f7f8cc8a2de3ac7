"""The articles of the benchmarks."""

from __future__ import annotations

import zlib

import pytest

from bench.payloads import ARTICLE_BYTES, submitted
from shared.model import decode, encode


def test_an_article_is_the_same_each_time() -> None:
    assert submitted(3) == submitted(3)
    assert submitted(3) != submitted(4)


@pytest.mark.parametrize("size", [2_000, ARTICLE_BYTES])
def test_an_event_has_the_wanted_size(size: int) -> None:
    values = [encode(submitted(number, size=size), "/test").value for number in (0, 7, 1_234)]
    assert all(abs(len(value) - size) < 100 for value in values)


def test_an_article_is_valid_and_compresses_like_prose() -> None:
    record = encode(submitted(1), "/test")
    assert decode(record.headers, record.value) == submitted(1)
    assert 0.25 < len(zlib.compress(record.value)) / len(record.value) < 0.6


def test_revisions_of_one_article_share_its_key_and_rise() -> None:
    first, second = submitted(10, key=1), submitted(11, key=1)
    assert first.key == second.key
    assert first.version.revision < second.version.revision
