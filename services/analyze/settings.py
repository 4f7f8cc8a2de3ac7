"""Settings of analyze, past those that all processes share."""

from __future__ import annotations

from pydantic import Field

from shared.llm import ModelSettings
from shared.settings import Port


class AnalyzeSettings(ModelSettings):
    """What the analyze process reads at start."""

    analyze_port: Port = Field(default=8002, description="Port of analyze's health endpoints and metrics.")
