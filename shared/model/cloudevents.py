"""Events as CloudEvents 1.0 in Kafka's binary mode: attributes in headers, the payload as JSON in the value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pydantic import ValidationError

from shared.errors import Poison, Unavailable
from shared.model.base import format_instant, validation_problems
from shared.model.events import EVENT_TYPES, Event

CONTENT_TYPE: Final = "application/json"
_TYPES: Final = {event.type_name: event for event in EVENT_TYPES}


@dataclass(frozen=True)
class Record:
    """A Kafka record: what `encode` gives and the stream produces."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def encode(event: Event, source: str, traceparent: str | None = None) -> Record:
    """Return the record of `event`. `source` is the producing service, as `/diglot/analyze`.

    `schemaversion` and `traceparent` (W3C trace context) are CloudEvents extension attributes.
    """
    key = event.key.encode()
    own = [
        ("ce_id", event.id.encode()),
        ("ce_time", format_instant(event.time).encode()),
        ("ce_subject", key),
    ]
    if traceparent is not None:
        own.append(("ce_traceparent", traceparent.encode()))
    return Record(key=key, value=event.model_dump_json().encode(), headers=(*_same_headers(type(event), source), *own))


@lru_cache(maxsize=256)
def _same_headers(event_type: type[Event], source: str) -> tuple[tuple[str, bytes], ...]:
    """The headers that all events of a type and source have; made once, because every record has them."""
    attributes = {
        "content-type": CONTENT_TYPE,
        "ce_specversion": "1.0",
        "ce_source": source,
        "ce_type": event_type.type_name,
        "ce_schemaversion": str(event_type.schema_version),
    }
    return tuple((name, value.encode()) for name, value in attributes.items())


def decode(headers: Iterable[tuple[str, bytes]], value: bytes | None) -> Event:
    """Return the event of a record.

    Raises:
        Poison: the record is not an event of ours; the message says which header or field is wrong.
        Unavailable: its schema version is newer than this program knows: upgrade it.
    """
    attributes = _attributes(headers)
    if attributes.get("ce_specversion") != "1.0":
        raise Poison("not a CloudEvents 1.0 record: the header ce_specversion is not 1.0")
    if attributes.get("content-type", "").partition(";")[0].strip() != CONTENT_TYPE:
        raise Poison(f"the header content-type is not {CONTENT_TYPE}")
    event_type = _TYPES.get(attributes.get("ce_type", ""))
    if event_type is None:
        raise Poison(f"unknown event type {attributes.get('ce_type', '')[:100]!r} in the header ce_type")
    _check_schema_version(event_type, attributes.get("ce_schemaversion", ""))
    if value is None:
        raise Poison("the record has no value")
    try:
        return event_type.model_validate_json(value)
    except ValidationError as error:
        raise Poison(f"not a valid {event_type.type_name}: {validation_problems(error)}") from error


def header(headers: Iterable[tuple[str, bytes]], name: str) -> str | None:
    """Return a header as text, or None where it is absent or not UTF-8."""
    return _attributes(pair for pair in headers if pair[0] == name).get(name)


def _attributes(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        try:
            found[name] = value.decode()
        except (UnicodeDecodeError, AttributeError):
            continue
    return found


def _check_schema_version(event_type: type[Event], text: str) -> None:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Poison(f"the header ce_schemaversion is not a number: {text[:20]!r}")
    if int(text) > event_type.schema_version:
        raise Unavailable(
            f"{event_type.type_name} has schema version {text}, this program knows {event_type.schema_version}: "
            "upgrade it (deploy the writer first)"
        )
