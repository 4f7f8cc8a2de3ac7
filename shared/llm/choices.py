"""DIGLOT_MODELS read: which models are asked, in which order; and what could be asked and was not named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.errors import ConfigError

_NAME: Final = r"[\w./:+-]{1,120}"
_AT_URL: Final = re.compile(rf"({_NAME})@(https?://[^\s?#@]+)", re.ASCII)
_HOSTED: Final = re.compile(r"([a-z][a-z0-9-]{0,40}):([\w./:+@-]{1,120})", re.ASCII)
_MOST: Final = 8
_SIZE: Final = re.compile(r"(?<![\w.])(\d{1,4}(?:\.\d{1,2})?)b(?![a-z0-9])", re.IGNORECASE)
SMALL_UP_TO: Final = 14.5
"""Billions of parameters up to which a model gets small jobs only."""

OLLAMA: Final = "http://127.0.0.1:11434"

KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "OPENAI_API_KEY": ("openai:gpt-5-mini", "openai"),
    "ANTHROPIC_API_KEY": ("anthropic:claude-haiku-4-5", "anthropic"),
    "DEEPSEEK_API_KEY": ("deepseek:deepseek-chat", "openai"),
    "OPENROUTER_API_KEY": ("openrouter:openai/gpt-5-mini", "openai"),
    "GEMINI_API_KEY": ("google:gemini-2.5-flash", "google.genai"),
    "MISTRAL_API_KEY": ("mistral:mistral-medium-latest", "mistralai"),
    "GROQ_API_KEY": ("groq:openai/gpt-oss-120b", "groq"),
}
"""Variables that hold a provider's key: the model that `auto` asks there, and the module that it takes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One model of the list. `model`: what the provider is asked for, by pydantic-ai's name or at `url`.

    `kind`: `hosted` is known to pydantic-ai, `url` an OpenAI-compatible server, `local` the one of this machine, whose
    model is what it serves.
    """

    kind: Literal["hosted", "url", "local"]
    model: str
    url: str = ""


def parse_models(text: str) -> tuple[Choice, ...] | Literal["auto"]:
    """Read `none`, `auto`, or a list such as `openai:gpt-5-mini, mymodel@http://host:8000/v1, local`.

    Raises ConfigError that says which entry is wrong, and how it would be right.
    """
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    if entries in (["none"], ["auto"]):
        return () if entries == ["none"] else "auto"
    if not entries or len(entries) > _MOST or len(set(entries)) != len(entries):
        raise ConfigError(f"must be `none`, `auto`, or 1 to {_MOST} different models with commas between them")
    return tuple(_choice(entry) for entry in entries)


def _choice(entry: str) -> Choice:
    if entry == "local":
        return Choice("local", "local")
    if entry in ("none", "auto"):
        raise ConfigError(f"`{entry}` stands alone, not in a list")
    if match := _AT_URL.fullmatch(entry):
        return Choice("url", match[1], match[2].rstrip("/"))
    if "@http" not in entry and "://" not in entry and _HOSTED.fullmatch(entry):
        return Choice("hosted", entry)
    raise ConfigError(
        f"can't read {entry[:80]!r}: a model is `local`, `provider:name` such as `openai:gpt-5-mini`, or "
        "`name@http://host:port/v1`"
    )


def keys_found(environ: Mapping[str, str]) -> list[tuple[str, Choice, str]]:
    """The providers whose keys are in the environment: the variable, what `auto` would ask, and the module it takes."""
    return [
        (variable, Choice("hosted", model), module)
        for variable, (model, module) in KEYS.items()
        if environ.get(variable, "").strip()
    ]


def is_small(name: str, parameters: int | None = None) -> bool:
    """Whether a model gets small jobs only, by its parameters, else by a size in its name such as `7b`."""
    if parameters:
        return parameters <= SMALL_UP_TO * 1e9
    sizes = [float(size) for size in _SIZE.findall(name)]
    return bool(sizes) and max(sizes) <= SMALL_UP_TO
