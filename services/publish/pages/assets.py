"""The files that pages load: few, small, from this server only, at addresses that change with their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final[Mapping[str, str]] = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file and its address, `/assets/style.<hash>.css`, which never serves other bytes."""

    path: str
    body: bytes
    media_type: str


def load_assets() -> Mapping[str, Asset]:
    """Read the files once; the keys are their names without suffix (`style`, `icon`)."""
    return {file.stem: _asset(file) for file in sorted(_STATIC.iterdir()) if file.suffix in _MEDIA_TYPES}


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(f"/assets/{file.stem}.{digest}{file.suffix}", body, _MEDIA_TYPES[file.suffix])
