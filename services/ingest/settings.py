"""Settings of ingest, past those that all processes share."""

from __future__ import annotations

from pydantic import Field

from shared.settings import CommonSettings, Port


class IngestSettings(CommonSettings):
    """What the ingest process reads at start."""

    ingest_port: Port = Field(default=8001, description="Port of the HTTP interface.")
    read_url: str = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://[^\s?#]+$",
        max_length=500,
        description="Where clients reach the reader; `status_url` points there. Default: the reader on this machine.",
    )
    ingest_body_limit: int = Field(
        default=2 * 1024 * 1024,
        ge=1024,
        le=64 * 1024 * 1024,
        description="Largest request body in bytes. 2 MiB: the longest text we take, as HTML with its markup.",
    )
    ingest_html_tags: int = Field(
        default=20_000,
        ge=100,
        le=200_000,
        description="Most `<` in an HTML body. Extraction takes time by the square of the elements: 20,000 take "
        "about a second at worst, and news pages have 2,000 to 5,000.",
    )
    ingest_receive_timeout: float = Field(
        default=20.0,
        gt=0,
        le=300,
        description="Seconds within which a request body must have arrived. 20: the limit at 100 kB/s.",
    )
    ingest_send_timeout: float = Field(
        default=5.0,
        gt=0,
        le=60,
        description="Seconds that the broker has to acknowledge, before a post is answered with 503. "
        "5: longer than a change of leader, shorter than the patience of most clients.",
    )
    ingest_max_in_flight: int = Field(
        default=64,
        ge=1,
        le=10_000,
        description="Posts taken in at once; more are answered with 503. A fourth of them may be HTML of one source. "
        "64 of the largest need about 0.5 GB.",
    )
