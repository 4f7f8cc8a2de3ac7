"""Who an article is: the id that its source and its key give it, and the hash of its content."""

from __future__ import annotations

import base64
import hashlib

_ID_CHARACTERS = 20


def article_id(source: str, key: str) -> str:
    """Return the id of the article that `source` knows by `key` (its external id, else its canonical URL).

    The id is `<source>-<20 base32 characters of SHA-256(key)>`: 100 bits, so that a collision within one source
    stays below one in a billion up to 10^10 articles.
    """
    digest = hashlib.sha256(key.encode()).digest()
    return f"{source}-{base64.b32encode(digest).decode().lower()[:_ID_CHARACTERS]}"


def source_of(article: str) -> str:
    """Return the source's slug from an article id alone; this is what a key's rights are checked against."""
    return article.partition("-")[0]


def content_hash(*parts: str | None) -> str:
    """Return the SHA-256 of what a reader sees: the canonical text and the shown metadata, in a fixed order.

    Parts are framed by their length, so that no two different lists of parts hash alike.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = b"" if part is None else part.encode()
        digest.update(b"-;" if part is None else b"%d;" % len(data))
        digest.update(data)
    return digest.hexdigest()
