"""Settings that every process has. Each service adds its own in its `settings.py`.

Sources, strongest first: arguments (tests), `DIGLOT_*` environment variables, the TOML file named by
`DIGLOT_CONFIG` (keys are the field names: `kafka_bootstrap = "..."`), the defaults here. One file may serve
all services, so keys that a service doesn't know are ignored.
"""

from __future__ import annotations

import os
import re
import socket
import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from shared.errors import ConfigError
from shared.model import Slug

ENV_PREFIX = "DIGLOT_"
CONFIG_VARIABLE = "DIGLOT_CONFIG"

Lane = Literal["draft", "model"]
Port = Annotated[int, Field(ge=1, le=65535)]


class SourceSettings(BaseModel):
    """One upstream system that may post articles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100, description="Shown to readers as the credit.")
    key_sha256: SecretStr | None = Field(
        default=None,
        description="SHA-256 of the source's API key, 64 hex digits; the key itself is stored nowhere. "
        "None: the source can post in local mode only.",
    )
    versioned: bool = Field(
        default=False,
        description="True: every post carries updated_at, its revision. False: the time of acceptance is.",
    )
    show_text: bool = Field(
        default=False,
        description="True: readers get the canonical text. Off, because most sources licence quotes only.",
    )
    url: str | None = Field(
        default=None,
        max_length=2048,
        pattern=r"^https?://",
        description="The source's home page, for the credit.",
    )

    @field_validator("key_sha256")
    @classmethod
    def _is_sha256(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        digest = value.get_secret_value().lower()
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError("must be 64 hex digits (the SHA-256 of the key)")
        return SecretStr(digest)


class CommonSettings(BaseSettings):
    """Settings that all processes share; read once, in `main`, by `load_settings`."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    kafka_bootstrap: str = Field(
        default="127.0.0.1:9092",
        min_length=1,
        description="Brokers to ask first, `host:port`, comma separated. Default: a broker on this machine.",
    )
    kafka_embedded: bool = Field(
        default=False,
        description="True: client settings for the embedded broker (range assignor, one replica). "
        "Off, because only `diglot run` and the tests start that broker.",
    )
    kafka_replication: int = Field(
        default=3,
        ge=1,
        le=9,
        description="Copies of each partition, used when topics are made. 3 survives the loss of a broker; "
        "set 1 on a single broker.",
    )
    slot: str = Field(
        default_factory=socket.gethostname,
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="Names this worker among the live workers of its stages; must be the same after a restart, so that "
        "the broker can end what the last run left open. Two workers with one slot stop each other. "
        "Default: the name of the host.",
    )
    mongodb_uri: SecretStr = Field(
        default=SecretStr("mongodb://127.0.0.1:27017/?directConnection=true"),
        description="Connection string; may hold a password, so it is never logged. "
        "The default is a database on this machine.",
    )
    mongodb_database: str = Field(
        default="diglot",
        min_length=1,
        max_length=63,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Database name, so that several installations can share a server.",
    )
    local: bool = Field(
        default=False,
        description="True: ingest takes posts without a key for any source slug, and says so. "
        "Off, because it is for one's own machine only.",
    )
    lanes: Annotated[tuple[Lane, ...], NoDecode] = Field(
        default=("draft",),
        description="`draft` or `draft,model`: the lanes that run. Draft only, because models need a key or a machine.",
    )
    models: str = Field(
        default="none",
        min_length=1,
        max_length=500,
        description="`none`, or the models to ask, first choice first. None, so that nothing is paid for by default.",
    )
    ready_after: float = Field(
        default=600.0,
        ge=0,
        le=86400,
        description="Seconds after acceptance at which a draft is listed without its model edition. "
        "600: longer than a model takes, short enough for news. Without models it counts as 0.",
    )
    sources: dict[Slug, SourceSettings] = Field(
        default_factory=dict,
        description="Upstream systems by slug; in the environment as one JSON object.",
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address that HTTP servers bind. This machine only by default; containers set 0.0.0.0.",
    )
    log_format: Literal["json", "console"] = Field(
        default="json",
        description="`json` for machines (one object a line), `console` for people.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="Least severe level that is written; info shows each start, stop, pause and dead letter.",
    )
    otlp_endpoint: str = Field(
        default_factory=lambda: os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        pattern=r"^(https?://[^\s?#@]+)?$",
        max_length=500,
        description="Collector that traces are sent to over OTLP/HTTP, such as http://127.0.0.1:4318. Empty: none are "
        "made. Default: what OTEL_EXPORTER_OTLP_ENDPOINT says.",
    )
    trace_ratio: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Share of the articles that are traced. 1: all of them. A post that comes with its own traceparent "
        "is traced if its sampled flag is set.",
    )

    @field_validator("lanes", mode="before")
    @classmethod
    def _split_lanes(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("lanes")
    @classmethod
    def _with_draft(cls, value: tuple[Lane, ...]) -> tuple[Lane, ...]:
        if "draft" not in value or len(set(value)) != len(value):
            raise ValueError("must be `draft`: it is the only lane that this version has an engine for")
        return value

    @property
    def ready_after_ms(self) -> int:
        """Milliseconds from acceptance to listing; 0 where no model is configured."""
        return 0 if self.models == "none" else int(self.ready_after * 1000)

    @property
    def replication(self) -> int:
        """Copies of each partition that this broker can keep; the embedded broker is one process."""
        return 1 if self.kafka_embedded else self.kafka_replication

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        path = os.environ.get(CONFIG_VARIABLE)
        if not path:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=Path(path))


SettingsT = TypeVar("SettingsT", bound=CommonSettings)


def load_settings(settings_type: type[SettingsT]) -> SettingsT:
    """Read the settings of one process from the environment and the TOML file.

    Raises ConfigError with one line for each bad setting, which names its variable and never shows its value.
    """
    path = os.environ.get(CONFIG_VARIABLE)
    if path and not Path(path).is_file():
        raise ConfigError(f"{CONFIG_VARIABLE}: there is no file {path}")
    try:
        return settings_type()
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{CONFIG_VARIABLE}: {path} is not valid TOML: {error}") from error
    except SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = ENV_PREFIX + field[1].upper() if field else f"a {ENV_PREFIX}* variable"
        raise ConfigError(f"{name}: must be JSON, and is not: {error.__cause__ or error}") from None
    except ValidationError as error:
        lines = [_describe(detail) for detail in error.errors(include_url=False, include_input=False)]
        # `from None`: the original error prints the values, and some are secrets.
        raise ConfigError("\n".join(lines)) from None


def _describe(detail: ErrorDetails) -> str:
    field, *inner = (str(part) for part in detail["loc"])
    where = f" (at {'.'.join(inner)})" if inner else ""
    return f"{ENV_PREFIX}{field.upper()}{where}: {detail['msg']}"
