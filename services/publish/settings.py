"""Settings of the writer and of the reader, past those that all processes share."""

from __future__ import annotations

from pydantic import Field

from shared.settings import CommonSettings, Port


class WriterSettings(CommonSettings):
    """What the writer process reads at start."""

    writer_port: Port = Field(default=8004, description="Port of the writer's health endpoints and metrics.")


class ReaderSettings(CommonSettings):
    """What the reader process reads at start."""

    read_port: Port = Field(default=8000, description="Port of the read API and the pages.")
    read_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        max_length=500,
        description="Where clients reach the reader (`https://news.example`), for the links that search engines "
        "follow. None: the pages' links have no host.",
    )
    reader_cache_bytes: int = Field(
        default=64 * 1024 * 1024,
        ge=1024 * 1024,
        le=16 * 1024**3,
        description="Memory in bytes for documents that are read often, as JSON. 64 MiB: about 2,000 documents.",
    )
