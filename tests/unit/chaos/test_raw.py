"""Which records of a partition's log are committed, and when: read from batches as a broker keeps them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from tests.support.chaos.raw import Fate, commit_decisions, decided, digest, transactions

ATTRIBUTES = DefaultRecordBatch.ATTRIBUTES_OFFSET
PREPARE_COMMIT, PREPARE_ABORT, COMPLETE_COMMIT = 2, 3, 4


def batch(first: int, producer: int, records: list[tuple[bytes, bytes]], at: int, *, control: bool = False) -> bytes:
    transactional = producer >= 0
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=transactional,
        producer_id=producer,
        producer_epoch=0,
        base_sequence=0,
        batch_size=100_000,
    )
    for number, (key, value) in enumerate(records):
        builder.append(number, at, key, value, [])
    data = bytearray(builder.build())
    struct.pack_into(">q", data, 0, first)
    if control:
        (attributes,) = struct.unpack_from(">h", data, ATTRIBUTES)
        struct.pack_into(">h", data, ATTRIBUTES, attributes | DefaultRecordBatch.CONTROL_MASK)
    return bytes(data)


def sent(first: int, producer: int, count: int = 1) -> bytes:
    return batch(first, producer, [(b"k", b"v")] * count, at=50)


def marker(offset: int, producer: int, *, commit: bool, at: int) -> bytes:
    return batch(offset, producer, [(struct.pack(">hh", 0, int(commit)), b"\x00" * 6)], at, control=True)


def log(*data: bytes) -> Iterator[DefaultRecordBatch]:
    return map(DefaultRecordBatch, data)


def test_a_record_has_the_fate_of_its_transaction() -> None:
    fates = transactions(
        log(
            sent(0, 7, count=2),
            sent(2, 8),
            marker(3, 8, commit=False, at=120),
            marker(4, 7, commit=True, at=130),
            sent(5, 7),
            marker(6, 7, commit=True, at=230),
        ),
        {7: [110, 220]},
    )
    assert fates == {0: Fate(True, 110), 1: Fate(True, 110), 2: Fate(False, 120), 5: Fate(True, 220)}


def test_an_open_transaction_has_no_fate_yet() -> None:
    assert transactions(log(sent(0, 7)), {}) == {}


def test_a_record_without_a_transaction_counts_from_when_it_was_sent() -> None:
    assert transactions(log(sent(0, -1)), {}) == {0: Fate(True, 50)}


def test_the_decision_is_the_latest_before_the_marker() -> None:
    assert decided([100, 200, 300], 250) == 200
    assert decided([100, 200, 300], 200) == 200


def test_a_commit_that_nobody_decided_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="carried out at 250"):
        decided([300], 250)


def test_records_are_told_apart_by_key_and_value() -> None:
    assert digest(b"k", b"v") == digest(b"k", b"v")
    assert len({digest(*record) for record in ((b"k", b"v"), (b"kv", b""), (b"k", None), (None, b"v"))}) == 4


def test_decisions_are_read_from_the_coordinators_log(tmp_path: Path) -> None:
    def state(producer: int, status: int) -> bytes:
        return struct.pack(">hqhib", 1, producer, 0, 10_000, status) + b"and more"

    for partition, (producer, at) in enumerate([(7, 300), (8, 400)]):
        directory = tmp_path / f"__transaction_state-{partition}"
        directory.mkdir()
        lines = [
            batch(number, -1, [(b"id", state(producer, status))], at + number)
            for number, status in enumerate((PREPARE_ABORT, PREPARE_COMMIT, COMPLETE_COMMIT))
        ]
        (directory / "00000000000000000000.log").write_bytes(b"".join(lines))
    assert commit_decisions(tmp_path) == {7: [301], 8: [401]}
