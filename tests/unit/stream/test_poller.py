from __future__ import annotations

from kafka.consumer.fetcher import ConsumerRecord

from shared.stream._holdings import Held
from shared.stream._poller import _consumed
from shared.stream._records import Partition


def test_a_header_without_a_value_becomes_an_empty_one() -> None:
    headers = [("mine", None), ("yours", b"x")]
    record = _consumed(
        Held(Partition("topic", 0)), ConsumerRecord("topic", 0, -1, 7, 0, 0, b"key", b"value", headers, None, 3, 5, 10)
    )
    assert record.headers == (("mine", b""), ("yours", b"x"))
    assert record.size == len(b"keyvaluemineyoursx")
