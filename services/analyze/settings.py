"""Settings of analyze, past those that all processes share."""

from __future__ import annotations

from pydantic import Field

from shared.settings import CommonSettings, Port


class AnalyzeSettings(CommonSettings):
    """What the analyze process reads at start."""

    analyze_port: Port = Field(default=8002, description="Port of analyze's health endpoints and metrics.")
