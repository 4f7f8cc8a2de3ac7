"""Models through pydantic-ai. Nothing else imports it, and this module is imported only where models are configured."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, Final, Literal, TypeVar

import httpx2
import orjson
from genai_prices import Usage as PricedUsage
from genai_prices import calc_price
from pydantic_ai import exceptions as errors
from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters, infer_model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from shared.errors import ConfigError
from shared.llm.choices import Choice, is_small
from shared.llm.provider import Call, Down, Fault, Misconfigured, Rejected, Reply, TooSlow, TooSoon
from shared.llm.question import ModelProfile, Usage

T = TypeVar("T")
Mode = Literal["native", "tool", "prompted"]

HOSTED_CONTEXT: Final = 32_000
SERVED_CONTEXT: Final = 8192
LOCAL_CONTEXT: Final = 4096
"""Tokens of context where nobody says."""
_THINKING: Final = 4000
"""Tokens on top of the limit on output for models that think before they answer: it counts as output."""
_ASK_SERVER: Final = 5.0
_TOOL: Final = "answers"
_DETAIL: Final = 300


class HostedModel:
    """A model of a provider that pydantic-ai knows, by its name there, such as `openai:gpt-5-mini`."""

    def __init__(self, choice: Choice, timeout: float) -> None:
        self._choice = choice
        self._model = _infer(choice.model)
        self._calls = _Calls(self._model, timeout, strict=True)

    async def profile(self) -> ModelProfile:
        """What pydantic-ai knows of the model; asks nobody."""
        return self.known

    @property
    def known(self) -> ModelProfile:
        """What pydantic-ai knows of the model."""
        window = self._model.profile.get("context_window") or HOSTED_CONTEXT
        return ModelProfile(self._choice.model, is_small(self._choice.model), window)

    async def call(self, call: Call) -> Reply:
        """See Provider."""
        return _reply(await self._calls.make(call), self.price)

    def price(self, tokens_in: int, tokens_out: int) -> Decimal | None:
        """US dollars by the list that comes with genai-prices."""
        provider, _, name = self._choice.model.partition(":")
        return _price(name, self._model.base_url, provider, tokens_in, tokens_out)

    async def close(self) -> None:
        """Close connections."""
        await _close(self._model)


class ServedModel:
    """A model behind an OpenAI-compatible URL. `local`: the one that the server of this machine serves; it is free."""

    def __init__(self, choice: Choice, key: str | None, timeout: float) -> None:
        self._choice = choice
        self._key = key
        self._timeout = timeout
        self._http = httpx2.AsyncClient(timeout=_ASK_SERVER)
        self._model: OpenAIChatModel | None = None
        self._calls: _Calls | None = None

    @property
    def known(self) -> ModelProfile:
        """What is assumed until the server was asked."""
        local = self._choice.kind == "local"
        small = local or is_small(self._choice.model)
        return ModelProfile(self._choice.model, small, LOCAL_CONTEXT if local else SERVED_CONTEXT)

    async def profile(self) -> ModelProfile:
        """Ask the server which models it has. A server that doesn't say is taken as it is configured."""
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            answer = await self._http.get(f"{self._choice.url}/models", headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Down(f"{self._choice.url} can't be reached ({type(error).__name__})") from error
        if answer.status_code in (401, 403):
            raise Misconfigured(f"{self._choice.url} refuses the key ({answer.status_code}); check DIGLOT_MODEL_KEY")
        if answer.status_code >= 500:
            raise Down(f"{self._choice.url} answers {answer.status_code}")
        served = _served(answer.content) if answer.status_code == 200 else []
        return self._use(self._pick(served))

    async def call(self, call: Call) -> Reply:
        """See Provider. Only after `profile`."""
        if self._calls is None:
            raise Down("its server was not reached yet")
        return _reply(await self._calls.make(call), self.price)

    def price(self, tokens_in: int, tokens_out: int) -> Decimal | None:
        """US dollars where the URL is a known provider's; a model of this machine is free."""
        if self._choice.kind == "local":
            return Decimal(0)
        return _price(self._choice.model, self._choice.url, None, tokens_in, tokens_out)

    async def close(self) -> None:
        """Close connections."""
        if self._model is not None:
            await _close(self._model)
        await self._http.aclose()

    def _pick(self, served: list[dict[str, Any]]) -> dict[str, Any]:
        if self._choice.kind == "url":
            return next((each for each in served if each["id"] == self._choice.model), {"id": self._choice.model})
        if not served:
            raise Down(f"{self._choice.url} serves no model")
        return served[0]

    def _use(self, served: dict[str, Any]) -> ModelProfile:
        name = served["id"]
        # Older servers know only `max_tokens`.
        profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
        provider = OpenAICompatibleProvider("diglot", base_url=self._choice.url, api_key=self._key)
        self._model = OpenAIChatModel(name, provider=provider, profile=profile)
        self._calls = _Calls(self._model, self._timeout, strict=None)
        meta = served["meta"] if isinstance(served.get("meta"), dict) else {}
        context = _whole(meta.get("n_ctx")) or _whole(served.get("max_model_len")) or self.known.context_tokens
        parameters = _whole(meta.get("n_params"))
        small = is_small(name, parameters) or (self._choice.kind == "local" and not parameters)
        return ModelProfile(name, small, context)


class _Calls:
    """Calls with structured output: by schema, else by tool, else by prompt; what the server can is learned once."""

    def __init__(self, model: Model, timeout: float, *, strict: bool | None) -> None:
        self._model = model
        self._timeout = timeout
        self._strict = strict
        modes: list[Mode] = ["tool", "prompted"] if model.profile.get("supports_tools", True) else ["prompted"]
        if model.profile.get("supports_json_schema_output"):
            modes.insert(0, "native")
        self._modes = modes

    async def make(self, call: Call) -> ModelResponse:
        mode = self._modes[0]
        try:
            return await self._request(call, mode)
        except Rejected:
            if self._modes[0] != mode:  # another call has learned it meanwhile
                return await self.make(call)
            if len(self._modes) == 1:
                raise
            return await self._try_next_modes(call)

    async def _try_next_modes(self, call: Call) -> ModelResponse:
        """Make a rejected call in simpler modes: if one takes it, the mode was to blame, else the call."""
        for mode in self._modes[1:]:
            try:
                response = await self._request(call, mode)
            except Rejected as rejected:
                last = rejected
            else:
                self._modes = self._modes[self._modes.index(mode) :]
                return response
        raise last

    async def _request(self, call: Call, mode: Mode) -> ModelResponse:
        thinks = self._model.profile.get("supports_thinking", False)
        settings = ModelSettings(
            max_tokens=call.most_tokens + (_THINKING if thinks else 0),
            timeout=self._timeout,
            max_retries=0,
            extra_headers={"X-Diglot-Task": call.task},
        )
        if thinks:
            settings["thinking"] = "low"
        else:
            settings["temperature"] = call.temperature
        messages = [ModelRequest(parts=[SystemPromptPart(call.messages.system), UserPromptPart(call.messages.user)])]
        return await _with_faults(
            lambda: self._model.request(list(messages), settings, self._parameters(call, mode)), self._timeout
        )

    def _parameters(self, call: Call, mode: Mode) -> ModelRequestParameters:
        schema = dict(call.schema)
        if mode == "tool":
            tool = ToolDefinition(name=_TOOL, parameters_json_schema=schema, kind="output", strict=self._strict)
            return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
        output = OutputObjectDefinition(json_schema=schema, name=_TOOL, strict=self._strict)
        return ModelRequestParameters(output_mode=mode, output_object=output)


def model_for(choice: Choice, key: str | None, timeout: float) -> HostedModel | ServedModel:
    """The model of a choice. Raises ConfigError when its package or its key is missing, or nobody knows it."""
    if choice.kind == "hosted":
        return HostedModel(choice, timeout)
    return ServedModel(choice, key if choice.kind == "url" else None, timeout)


def _infer(name: str) -> Model:
    provider = name.partition(":")[0]
    try:
        return infer_model(name)
    except ImportError as error:
        raise ConfigError(
            f"DIGLOT_MODELS: {name} needs a package that is not installed; "
            f'install it with: pip install "pydantic-ai-slim[{provider}]"'
        ) from error
    except errors.UserError as error:
        raise ConfigError(f"DIGLOT_MODELS: {name}: {str(error).split('. ')[0]}") from None


async def _with_faults(request: Callable[[], Awaitable[T]], timeout: float) -> T:  # noqa: ASYNC109 -- in all, not a step
    """Make a request, its errors told as faults. No text of a provider's is passed on in full."""
    try:
        async with asyncio.timeout(timeout):
            return await request()
    except (TimeoutError, errors.ModelTimeoutError) as error:
        raise TooSlow(f"no reply in {timeout:.0f} s") from error
    except errors.ModelAPIError as error:
        raise _fault(error) from error
    except errors.ContentFilterError as error:
        raise Rejected("refused by the provider's filter") from error
    except errors.UnexpectedModelBehavior as error:
        # A reply that is no reply: cut off, empty, or no JSON where the protocol wants it.
        raise Rejected(f"not a reply: {str(error)[:_DETAIL]}") from error
    except errors.UserError as error:
        raise Misconfigured(str(error)[:_DETAIL]) from error


def _fault(error: errors.ModelAPIError) -> Fault:
    status = getattr(error, "status_code", None)
    said = f"{status or type(error).__name__}: {_message(error.body)}"
    if isinstance(error, errors.ModelQuotaExceededError):
        return Misconfigured(f"the account has no credit left ({said})")
    if isinstance(error, errors.ModelAuthenticationError) or status in (401, 403):
        return Misconfigured(f"the key is refused; set another one ({said})")
    if status == 404:
        return Misconfigured(f"there is no such model or URL; check DIGLOT_MODELS ({said})")
    if isinstance(error, errors.ModelRateLimitError) or status == 429:
        return TooSoon(said, retry_after=error.retry_after)
    if status is not None and 400 <= status < 500 and status not in (408, 409, 425):
        return Rejected(said)
    return Down(said, retry_after=error.retry_after)


def _message(body: object) -> str:
    """A provider's own words, on one line and short; a key can't be in them but for its end, which some show."""
    message = body.get("message") if isinstance(body, dict) else body
    return " ".join(str(message or "").split())[:_DETAIL]


def _reply(response: ModelResponse, price: Callable[[int, int], Decimal | None]) -> Reply:
    tokens_in, tokens_out = response.usage.input_tokens, response.usage.output_tokens
    usage = Usage(tokens_in, tokens_out, price(tokens_in, tokens_out) or Decimal(0), calls=1)
    ended: Literal["whole", "cut", "filtered"] = "whole"
    if response.finish_reason == "length":
        ended = "cut"
    elif response.finish_reason == "content_filter":
        ended = "filtered"
    return Reply(_text(response), usage, ended)


def _text(response: ModelResponse) -> str:
    parts: list[str] = []
    for part in response.parts:
        if isinstance(part, ToolCallPart):
            return part.args_as_json_str()
        if isinstance(part, TextPart):
            parts.append(part.content)
    return "".join(parts)


def _price(name: str, url: str | None, provider: str | None, tokens_in: int, tokens_out: int) -> Decimal | None:
    usage = PricedUsage(input_tokens=tokens_in, output_tokens=tokens_out)
    try:
        if url:
            return calc_price(usage, name, provider_api_url=url).total_price
    except LookupError:
        if provider is None:
            return None
    try:
        return calc_price(usage, name, provider_id=provider).total_price if provider else None
    except LookupError:
        return None


def _served(body: bytes) -> list[dict[str, Any]]:
    try:
        data = orjson.loads(body)["data"]
        return [each for each in data if isinstance(each["id"], str) and 0 < len(each["id"]) <= 200]
    except (ValueError, TypeError, KeyError):
        return []


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 10**13 else None


async def _close(model: Model) -> None:
    client = getattr(model, "client", None)
    if client is not None:
        await client.close()
