"""Settings of the processes that ask language models."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from shared.errors import ConfigError
from shared.llm.choices import parse_models
from shared.settings import CommonSettings

Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000)]
Tokens = Annotated[int, Field(ge=0, le=10**12)]
ModelUrl = Annotated[str, Field(pattern=r"^https?://[^\s?#@]+$", max_length=500)]


class ModelSettings(CommonSettings):
    """Which models are asked, how, and what that may cost. Keys of providers are read from their own variables."""

    model_key: SecretStr | None = Field(
        default=None,
        description="Key for models given as NAME@URL; never logged. Providers' own keys are read from their usual "
        "variables, such as OPENAI_API_KEY.",
    )
    model_timeout: float | None = Field(
        default=None,
        gt=0,
        le=3600,
        description="Seconds that one call to a model may take. Default: 120, and 600 for `local`.",
    )
    model_concurrency: int = Field(
        default=16,
        ge=1,
        le=1000,
        description="Calls to one model at once, by each process; fewer after a 429. A `local` model gets one "
        "at a time, because calls would share its cores.",
    )
    model_repairs: int = Field(
        default=2,
        ge=0,
        le=5,
        description="Times that an answer which fails a check is asked again, with the reason. Then the next model is.",
    )
    budget_day_usd: Dollars | None = Field(
        default=None,
        description="US dollars that all models together may cost a day (UTC). At the limit the model lane pauses. "
        "None: no limit.",
    )
    budget_day_tokens: Tokens | None = Field(
        default=None,
        description="Tokens in and out that all models together may take a day (UTC). None: no limit.",
    )
    budget_article_usd: Dollars | None = Field(
        default=Decimal("0.50"),
        description="US dollars that one article may cost in all; at the limit it is published with what it has. "
        "0.50: many times what a long article takes.",
    )
    budget_article_tokens: Tokens | None = Field(
        default=1_000_000,
        description="Tokens in and out that one article may take in all. A million: a limit for accidents, also where "
        "no price is known.",
    )
    local_model_url: ModelUrl = Field(
        default="http://127.0.0.1:8085/v1",
        description="Base URL of the model named `local`. Default: where `diglot model serve` listens.",
    )

    @field_validator("models")
    @classmethod
    def _are_models(cls, value: str) -> str:
        try:
            parse_models(value)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return value

    @property
    def has_money_limit(self) -> bool:
        """True where calls whose price is not known would pass a limit unseen."""
        return self.budget_day_usd is not None or "budget_article_usd" in self.model_fields_set
