"""Opens the models that DIGLOT_MODELS names, and tells of those that it doesn't."""

from __future__ import annotations

import asyncio
import http.client
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit

import orjson
import structlog

from shared.errors import ConfigError
from shared.llm.choices import OLLAMA, Choice, keys_found, parse_models
from shared.llm.endpoint import Endpoint
from shared.llm.ledger import Answers, Budgets
from shared.llm.pool import ModelPool
from shared.llm.settings import ModelSettings
from shared.telemetry import Metrics

log = structlog.stdlib.get_logger(__name__)

_TIMEOUT: Final = {"hosted": 120.0, "url": 120.0, "local": 600.0}
_LOOK: Final = 1.0


@asynccontextmanager
async def open_models(
    settings: ModelSettings, answers: Answers, budgets: Budgets, metrics: Metrics, stage: str, slot: str
) -> AsyncIterator[ModelPool]:
    """The models of these settings while the block runs. A model whose server is down now is asked when it is up.

    Raises ConfigError when there is none, a package or key is missing, or every model refuses as it is configured.
    """
    choices = await _choices(settings)
    endpoints = [_endpoint(choice, settings, metrics) for choice in choices]
    if settings.has_money_limit:
        _warn_of_unknown_prices(endpoints)
    await asyncio.gather(*(endpoint.learn() for endpoint in endpoints))
    pool = ModelPool(
        endpoints,
        answers,
        budgets,
        metrics,
        stage=stage,
        slot=slot,
        longest_call=max(_timeout(choice, settings) for choice in choices),
    )
    try:
        if all(endpoint.is_misconfigured for endpoint in endpoints):
            raise ConfigError("DIGLOT_MODELS: " + "; ".join(f"{e.profile.name}: {e.problem}" for e in endpoints))
        log.info("models, first choice first", models=[endpoint.profile.name for endpoint in endpoints], stage=stage)
        yield pool
    finally:
        await pool.close()


async def tell_of_found_models(settings: ModelSettings) -> None:
    """Name in the log what `auto` would use and these settings do not, so that nobody wonders. Asks no provider."""
    if parse_models(settings.models) == "auto":
        return
    used = settings.models
    found = [choice.model for _, choice, _ in keys_found(os.environ) if choice.model.partition(":")[0] not in used]
    if await asyncio.to_thread(_served_by_ollama) and OLLAMA not in used:
        found.append(f"an Ollama at {OLLAMA}")
    if found:
        log.info("found, not used: set DIGLOT_MODELS=auto", models=found)


async def _choices(settings: ModelSettings) -> Sequence[Choice]:
    parsed = parse_models(settings.models)
    choices = await _found() if parsed == "auto" else parsed
    if not choices:
        raise ConfigError(
            "DIGLOT_MODELS: the model lane needs a model, and none is named or found; set DIGLOT_MODELS=local, a "
            "provider's key and DIGLOT_MODELS=auto, or DIGLOT_LANES=draft"
        )
    return [replace(c, url=settings.local_model_url) if c.kind == "local" and not c.url else c for c in choices]


async def _found() -> list[Choice]:
    """What `auto` uses: providers whose key is in the environment, then an Ollama on this machine."""
    found: list[Choice] = []
    for variable, choice, module in keys_found(os.environ):
        if _is_installed(module):
            found.append(choice)
            log.info("found and used", variable=variable, model=choice.model)
        else:
            extra = choice.model.partition(":")[0]
            log.warning(f'found, not used: pip install "pydantic-ai-slim[{extra}]"', variable=variable)
    if await asyncio.to_thread(_served_by_ollama):
        found.append(Choice("local", "ollama", f"{OLLAMA}/v1"))
        log.info("found and used", ollama=OLLAMA)
    return found


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _served_by_ollama() -> bool:
    """True when an Ollama with a model listens on its usual port of this machine."""
    connection = http.client.HTTPConnection(urlsplit(OLLAMA).netloc, timeout=_LOOK)
    try:
        connection.request("GET", "/v1/models")
        answer = orjson.loads(connection.getresponse().read(1_000_000))
        return bool(answer["data"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    finally:
        connection.close()


def _timeout(choice: Choice, settings: ModelSettings) -> float:
    return settings.model_timeout or _TIMEOUT[choice.kind]


def _endpoint(choice: Choice, settings: ModelSettings, metrics: Metrics) -> Endpoint:
    try:
        from shared.llm._pydantic_ai import model_for  # takes a second to import, and drafts need no model
    except ImportError as error:
        raise ConfigError(f"DIGLOT_MODELS: models need pydantic-ai ({error}); install diglot[llm]") from error

    key = settings.model_key.get_secret_value() if settings.model_key else None
    provider = model_for(choice, key, _timeout(choice, settings))
    # Calls to a model of this machine share its cores: one after the other, none waits so long that it is given up.
    concurrency = 1 if choice.kind == "local" else settings.model_concurrency
    return Endpoint(provider, provider.known, concurrency, metrics)


def _warn_of_unknown_prices(endpoints: Sequence[Endpoint]) -> None:
    for endpoint in endpoints:
        if endpoint.provider.price(1000, 1000) is None:
            log.warning("no price is known: calls count as free; limit tokens too", model=endpoint.profile.name)
