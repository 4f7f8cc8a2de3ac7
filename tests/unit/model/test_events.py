from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.errors import Poison, Unavailable
from shared.model import (
    EVENT_TYPES,
    ArticleStatus,
    Event,
    StatusesReported,
    Version,
    article_id,
    decode,
    encode,
    header,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "events"
STATUS = ArticleStatus(
    article_id=article_id("acme", "42"), version=Version(revision=1), stage="analyze.draft", status="done", at=1000
)
EVENT = StatusesReported(statuses=(STATUS,))
RECORD = encode(EVENT, "/diglot/test", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


def golden(path: Path) -> tuple[list[tuple[str, bytes]], bytes]:
    record = json.loads(path.read_text())
    return [(k, v.encode()) for k, v in record["headers"].items()], json.dumps(record["value"]).encode()


def contains(whole: object, part: object) -> bool:
    """Whether `whole` has every field of `part`, with its value."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and contains(whole[k], v) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda t: t.type_name)
def test_every_version_of_every_event_has_a_golden_file(event_type: type[Event]) -> None:
    for version in range(1, event_type.schema_version + 1):
        assert (GOLDEN / f"{event_type.type_name}.v{version}.json").is_file()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda p: p.stem)
def test_golden_events_stay_readable(path: Path) -> None:
    headers, value = golden(path)
    event = decode(headers, value)
    assert contains(json.loads(event.model_dump_json()), json.loads(value))
    assert event.id == header(headers, "ce_id")
    assert event.key == header(headers, "ce_subject")


def test_a_record_is_a_cloudevent_in_binary_mode() -> None:
    headers = dict(RECORD.headers)
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"diglot.article.statuses"
    assert headers["ce_source"] == b"/diglot/test"
    assert headers["ce_time"] == b"1970-01-01T00:00:01.000Z"
    assert headers["ce_schemaversion"] == b"1"
    assert headers["ce_traceparent"].startswith(b"00-0af7")
    assert RECORD.key == STATUS.article_id.encode()
    assert decode(RECORD.headers, RECORD.value) == EVENT


def test_unknown_fields_are_ignored() -> None:
    value = json.loads(RECORD.value) | {"added_later": {"x": 1}}
    assert decode(RECORD.headers, json.dumps(value).encode()) == EVENT


def test_a_newer_schema_version_asks_for_an_upgrade() -> None:
    headers = [(k, b"2" if k == "ce_schemaversion" else v) for k, v in RECORD.headers]
    with pytest.raises(Unavailable, match=r"schema version 2, this program knows 1: upgrade it"):
        decode(headers, b"whatever a newer program writes")


def with_header(name: str, value: bytes) -> list[tuple[str, bytes]]:
    return [(k, value if k == name else v) for k, v in RECORD.headers]


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([], RECORD.value, "ce_specversion"),
        (with_header("ce_specversion", b"0.3"), RECORD.value, "ce_specversion"),
        (with_header("content-type", b"text/plain"), RECORD.value, "content-type"),
        (with_header("ce_type", b"diglot.article.eaten"), RECORD.value, "diglot.article.eaten"),
        (with_header("ce_type", b"\xff\xfe"), RECORD.value, "ce_type"),
        (with_header("ce_schemaversion", b"one"), RECORD.value, "ce_schemaversion"),
        (with_header("ce_schemaversion", b"9" * 5000), RECORD.value, "ce_schemaversion"),
        (RECORD.headers, None, "no value"),
        (RECORD.headers, b"", "status"),
        (RECORD.headers, b"{", "status"),
        (RECORD.headers, b"\xff\xfe", "status"),
        (RECORD.headers, b"[" * 100_000, "status"),
        (RECORD.headers, RECORD.value.replace(b'"done"', b'"eaten"'), "status"),
        (RECORD.headers, RECORD.value.replace(b'"done"', b'"\\ud800"'), "status"),
        (RECORD.headers, b'{"statuses": [{"article_id": 5}]}', "article_id"),
    ],
)
def test_what_is_not_an_event_is_poison_with_its_reason(
    headers: list[tuple[str, bytes]], value: bytes | None, reason: str
) -> None:
    with pytest.raises(Poison, match=reason):
        decode(headers, value)
