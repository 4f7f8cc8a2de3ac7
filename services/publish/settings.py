"""Settings of the writer and of the reader, past those that all processes share."""

from __future__ import annotations

from pydantic import Field

from shared.settings import CommonSettings, Port


class WriterSettings(CommonSettings):
    """What the writer process reads at start."""

    writer_port: Port = Field(default=8004, description="Port of the writer's health endpoints and metrics.")
