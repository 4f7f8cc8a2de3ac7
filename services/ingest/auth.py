"""API keys: who posts, and for which sources."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from services.ingest.problems import FORBIDDEN, UNAUTHORIZED
from shared.http import ProblemError
from shared.settings import SourceSettings


class Keys:
    """Checks API keys against the hashes in the settings. In local mode every post is good for every source."""

    def __init__(self, sources: Mapping[str, SourceSettings], *, local: bool) -> None:
        self._hashes = {
            slug: source.key_sha256.get_secret_value() for slug, source in sources.items() if source.key_sha256
        }
        self._local = local

    def authenticate(self, key: str | None) -> Rights:
        """Return what `key` is good for.

        Raises:
            ProblemError: unauthorized, where the key is missing or unknown.
        """
        if self._local:
            return Rights(None)
        digest = hashlib.sha256((key or "").encode()).hexdigest()
        # All are compared, each in constant time, so that the time says nothing about the keys.
        matches = [slug for slug, known in self._hashes.items() if hmac.compare_digest(known, digest)]
        if not matches or not key:
            challenge = {"WWW-Authenticate": 'Bearer realm="diglot"'}
            raise ProblemError(UNAUTHORIZED, "Send the source's key as `Authorization: Bearer KEY`.", headers=challenge)
        return Rights(frozenset(matches))


class Rights:
    """The sources that a request may speak for; None means all."""

    def __init__(self, sources: frozenset[str] | None) -> None:
        self._sources = sources

    def require(self, slug: str) -> None:
        """Raise the problem `forbidden` unless the request may speak for this source, which needn't exist."""
        if self._sources is not None and slug not in self._sources:
            raise ProblemError(FORBIDDEN, f"This key can't post or retract articles of {slug}.")
