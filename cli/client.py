"""Talks to ingest and to the read API over HTTP, and says in one line what went wrong."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx
from httpx_sse import EventSource, SSEError
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_delay

from cli.exit_codes import CliError, ExitCode
from cli.inputs import Post, Raw
from cli.journey import Journey
from cli.settings import Addresses
from shared.model import ArticleId, Card, Model, Retraction

_TIMEOUT: Final = httpx.Timeout(15.0, connect=5.0)
_RETRY_SECONDS: Final = 60.0
"""How long a server that is overloaded or not ready is asked again, before the command gives up."""
_LONGEST_WAIT: Final = 15.0
_RECONNECT_SECONDS: Final = 1.0
_UNKNOWN_SECONDS: Final = 0.1
_SSE_HEADERS: Final = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
# Between two events there may be minutes, but the server says every 15 s that it is still there.
_SSE_TIMEOUT: Final = httpx.Timeout(60.0, connect=5.0)
_MAX_PAGE_BYTES: Final = 10 * 1024 * 1024

Say = Callable[[str], None]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Accepted(BaseModel):
    """Ingest's answer to a post. `revision` is in milliseconds since the epoch."""

    model_config = ConfigDict(frozen=True)

    article_id: str
    revision: int
    status_url: str


class _Cards(BaseModel):
    items: tuple[Card, ...]


class _BusyError(Exception):
    """The server asks to come back later."""

    def __init__(self, server: str, wait: float) -> None:
        super().__init__(server)
        self.server = server
        self.wait = wait


class RetractedAnswer(Model):
    """What the read API answers for a retracted article; `detail` says by whom, when and why."""

    detail: str
    retraction: Retraction


class Client:
    """The servers at `addresses`. `say` is told about waiting; every method raises CliError with an exit code."""

    def __init__(self, http: httpx.AsyncClient, addresses: Addresses, key: str | None, say: Say) -> None:
        self.addresses = addresses
        self._http = http
        self._key = key
        self._say = say

    async def submit(self, post: Post) -> Accepted:
        """Post one article; asked again while ingest is busy, which is harmless because a repeat changes nothing."""
        answer = await self._send("ingest", "POST", f"{self.addresses.ingest}/v1/articles", json=post)
        return parse(Accepted, answer.content)

    async def retract(self, article_id: str, reason: str | None) -> str:
        """Retract an article and return ingest's answer as JSON. `reason` is shown to readers."""
        url = f"{self.addresses.ingest}/v1/articles/{_segment(article_id)}"
        params = None if reason is None else {"reason": reason}
        return (await self._send("ingest", "DELETE", url, params=params)).text

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> str:
        """Read a JSON document of the read API."""
        return (await self._send("the read API", "GET", self.addresses.read + path, params=params)).text

    async def document(self, article_id: str, language: str) -> str:
        """Read an article's document as JSON, in `en`, `zh` or `both`."""
        return await self.get(f"/v1/articles/{_segment(article_id)}", {"lang": language})

    async def retraction(self, article_id: str) -> RetractedAnswer | None:
        """When and why readers are told that an article was retracted; None while it isn't."""
        url = f"{self.addresses.read}/v1/articles/{_segment(article_id)}"
        try:
            answer = await self._http.get(url)
        except httpx.HTTPError as error:
            raise _unreachable("the read API", url, error) from error
        return parse(RetractedAnswer, answer.content) if answer.status_code == httpx.codes.GONE else None

    async def follow(self, article_id: str, unknown_for: float = 0.0) -> AsyncIterator[Journey]:
        """Yield an article's journey now and after each change, until the reader of this has enough.

        `unknown_for`: seconds that the article may be unknown at first; a new one is until a stage has seen it.
        """
        url = f"{self.addresses.read}/v1/articles/{_segment(article_id)}/journey"
        patient_until = time.monotonic() + unknown_for
        while True:
            heard = False
            try:
                async with self._http.stream("GET", url, headers=_SSE_HEADERS, timeout=_SSE_TIMEOUT) as answer:
                    if answer.status_code == httpx.codes.NOT_FOUND and time.monotonic() < patient_until:
                        await asyncio.sleep(_UNKNOWN_SECONDS)
                        continue
                    if answer.is_error:
                        await answer.aread()
                        raise _failure("the read API", answer)
                    async for event in EventSource(answer).aiter_sse():
                        heard = True
                        # Once an id is known, a comment that keeps the connection open comes as an event without data.
                        if event.data:
                            yield parse(Journey, event.data)
            except (httpx.HTTPError, SSEError) as error:
                if not heard:
                    raise _unreachable("the read API", url, error) from error
            # Cut off by a proxy or a restart: what was missed is in the first event of the next connection.
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def fetch(self, url: str) -> Raw:
        """Fetch a web page to submit; at most 10 MiB."""
        try:
            async with self._http.stream("GET", url, follow_redirects=True) as answer:
                if answer.is_error:
                    raise CliError(f"{url} answers {answer.status_code} {answer.reason_phrase}", ExitCode.UNREACHABLE)
                data = b""
                async for chunk in answer.aiter_bytes():
                    data += chunk
                    if len(data) > _MAX_PAGE_BYTES:
                        raise CliError(f"{url}: more than {_MAX_PAGE_BYTES:,} bytes, no article", ExitCode.USAGE)
                return Raw(url, data, url=str(answer.url), media_type=answer.headers.get("content-type"))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CliError(f"{url} can't be fetched: {_words(error)}", ExitCode.UNREACHABLE) from error

    async def _send(
        self,
        server: str,
        method: str,
        url: str,
        *,
        json: Post | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._key}"} if self._key and server == "ingest" else {}
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_BusyError),
            wait=_asked_wait,
            stop=stop_after_delay(_RETRY_SECONDS),
            before_sleep=self._say_wait,
            reraise=True,
        )
        try:
            return await retrying(self._once, server, method, url, headers, json, params)
        except _BusyError as error:
            message = f"{server} at {url} stayed busy for {_RETRY_SECONDS:.0f} s; try again later"
            raise CliError(message, ExitCode.UNREACHABLE) from error

    async def _once(
        self,
        server: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: Post | None,
        params: Mapping[str, str] | None,
    ) -> httpx.Response:
        try:
            answer = await self._http.request(method, url, headers=headers, json=json, params=params)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(server, url, error) from error
        if answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS):
            raise _BusyError(server, retry_after(answer.headers.get("retry-after"), datetime.now(UTC)))
        if answer.is_error:
            raise _failure(server, answer)
        return answer

    def _say_wait(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _BusyError):
            self._say(f"{error.server} is busy; asking again in {error.wait:.0f} s")


@asynccontextmanager
async def open_client(addresses: Addresses, key: str | None, say: Say) -> AsyncIterator[Client]:
    """Open connections to the servers while the block runs."""
    # A proxy of the environment can't reach this machine, and is not meant to.
    local = all(_is_local(url) for url in (addresses.ingest, addresses.read))
    headers = {"User-Agent": "diglot"}
    async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=not local, headers=headers) as http:
        yield Client(http, addresses, key, say)


def retry_after(header: str | None, now: datetime) -> float:
    """Seconds to wait as a Retry-After header says (seconds or a date), within 1 and 15; 2 where it says nothing."""
    if header is None:
        return 2.0
    try:
        seconds = float(header) if header.strip().isdigit() else (parsedate_to_datetime(header) - now).total_seconds()
    except (ValueError, TypeError):
        return 2.0
    return min(max(seconds, 1.0), _LONGEST_WAIT)


def _asked_wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.wait if isinstance(error, _BusyError) else 0.0


def _failure(server: str, answer: httpx.Response) -> CliError:
    if answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        code = ExitCode.NOT_FOUND
    else:
        code = ExitCode.REJECTED if answer.is_client_error else ExitCode.UNREACHABLE
    advice = ""
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        advice = "; set DIGLOT_API_KEY to the key of this article's source (`diglot keygen` makes one)"
    return CliError(f"{server} answers {answer.status_code}: {problem_text(answer)}{advice}", code)


def parse_cards(answer: str) -> tuple[Card, ...]:
    """Read a list of the read API, asked for in both languages."""
    return parse(_Cards, answer).items


def problem_text(answer: httpx.Response) -> str:
    """What an RFC 9457 problem says, with each wrong field; the reason phrase where the answer is none."""
    try:
        problem = answer.json()
    except ValueError:
        return answer.reason_phrase
    if not isinstance(problem, dict):
        return answer.reason_phrase
    text = str(problem.get("detail") or problem.get("title") or answer.reason_phrase)
    errors = problem.get("errors")
    fields = [
        f"{error.get('field')}: {error.get('reason')}"
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, dict)
    ]
    return "; ".join([text, *(field for field in fields if field not in text)])


def _unreachable(server: str, url: str, error: Exception) -> CliError:
    parts = urlsplit(url)
    return CliError(
        f"{server} doesn't answer at {parts.scheme}://{parts.netloc} ({_words(error)}); start everything with "
        "`diglot run`, or say where it is: DIGLOT_INGEST_URL, DIGLOT_READ_URL",
        ExitCode.UNREACHABLE,
    )


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


def parse(model: type[ModelT], content: bytes | str) -> ModelT:
    """Read an answer as JSON. Raises CliError when it doesn't have the expected fields."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CliError(
            f"the server's {model.__name__} is not as expected ({where}: {first['msg']}); are this command and the "
            "server of the same version?"
        ) from error


def _segment(article_id: str) -> str:
    """Return an article id as part of an address. Raises CliError when it is none."""
    try:
        return TypeAdapter(ArticleId).validate_python(article_id)
    except ValidationError:
        raise CliError(
            f"{article_id!r} is no article id, as `samples-abcdefghijklmnopqrst` is", ExitCode.USAGE
        ) from None


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
