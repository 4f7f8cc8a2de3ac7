"""Cursors of lists: where a page ended, bound to the list that it belongs to. Opaque to clients, validated here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from typing import Final, NamedTuple

from services.publish.library import BadCursor, ListQuery
from shared.model import is_article_id

_VERSION: Final = 1
_MAX_LENGTH: Final = 300


class Place(NamedTuple):
    """A place in a list, in its order: ascending by key, then by id. Infinity is the key of what has none."""

    key: float
    article_id: str


def encode_cursor(query: ListQuery, last: Place) -> str:
    """Return the cursor of the page that begins after `last`."""
    key = None if math.isinf(last.key) else last.key
    data = json.dumps([_VERSION, query.sort, _filters(query), key, last.article_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def decode_cursor(query: ListQuery, cursor: str) -> Place:
    """Return where the page before ended. Raises BadCursor."""
    version, sort, filters, key, article_id = _fields(cursor)
    if version != _VERSION:
        raise BadCursor("this cursor is of another version; begin at the first page")
    if sort != query.sort or filters != _filters(query):
        raise BadCursor("this cursor belongs to a list with another order or other filters")
    if not isinstance(article_id, str) or not is_article_id(article_id):
        raise BadCursor("this is no cursor of ours")
    if key is None:
        return Place(math.inf, article_id)
    if not isinstance(key, int | float) or isinstance(key, bool) or not math.isfinite(key):
        raise BadCursor("this is no cursor of ours")
    return Place(float(key), article_id)


def _fields(cursor: str) -> list[object]:
    if len(cursor) > _MAX_LENGTH:
        raise BadCursor("this is no cursor of ours")
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        fields = json.loads(data)
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor("this is no cursor of ours") from None
    if not isinstance(fields, list) or len(fields) != 5:
        raise BadCursor("this is no cursor of ours")
    return fields


def _filters(query: ListQuery) -> str:
    parts = (query.source, query.category, query.tag, query.language, query.min_quality, query.ready_any)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]
