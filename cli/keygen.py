"""API keys of sources: made here, kept by the source, known to ingest by their hash only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new API key and what the settings file says about it."""

    source: str
    key: str
    key_sha256: str

    def toml(self) -> str:
        """The lines for the file that DIGLOT_CONFIG names."""
        return (
            f"[sources.{self.source}]\n"
            f'name = "{self.source}"  # shown to readers as the credit\n'
            f'key_sha256 = "{self.key_sha256}"'
        )


def new_key(source: str) -> NewKey:
    """Make a key of 256 random bits for a source. A plain hash suffices for those: nobody can guess them."""
    key = f"diglot_{source}_{secrets.token_urlsafe(_BYTES)}"
    return NewKey(source, key, hashlib.sha256(key.encode()).hexdigest())
