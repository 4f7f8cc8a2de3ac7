"""Settings of translate, past those that all processes share."""

from __future__ import annotations

from pydantic import Field

from shared.llm import ModelSettings
from shared.settings import Port


class TranslateSettings(ModelSettings):
    """What the translate process reads at start."""

    translate_port: Port = Field(default=8003, description="Port of translate's health endpoints and metrics.")
