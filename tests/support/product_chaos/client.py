"""An upstream system as it should be: it does one thing after the other with an article, each until it gets its 202.

It also reads, so that what readers keep in memory is there to become stale.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import Final, Self

import httpx

from tests.support.product_chaos.script import Operation, Post, operations
from tests.support.product_chaos.truth import Histories, instant
from tests.support.system import System

STEADY: Final = "reader.steady"
"""The reader that is never killed."""
READERS: Final = ("reader", STEADY)
_CONNECTIONS: Final = 8
_OPEN_ARTICLES: Final = 6
"""Articles that one connection has begun and not ended: what it does with one is spread over some seconds."""
_ACCEPT_SECONDS: Final = 180.0
_RETRY_SECONDS: Final = 0.1
# Longer than ingest waits for the broker: an attempt that we gave up must not be accepted after the next one.
_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)


class Client:
    """Posts `rate` times a second from when it is entered until `finish`; at least `articles` articles by then.

    `histories` is its model of what was accepted. `begun` and `ended` count articles, `accepted` what got its 202.
    """

    def __init__(self, system: System, seed: int, articles: int, rate: float) -> None:
        self._system = system
        self._seed = seed
        self._articles = articles
        self._pause = _CONNECTIONS / rate
        self._stop = threading.Event()
        self._finish = threading.Event()
        self._numbers = iter(range(1_000_000))
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="client")
        self._running: list[Future[None]] = []
        self.histories = Histories()
        self.begun = 0
        self.ended = 0
        self.accepted = 0
        self.retries = 0

    def __enter__(self) -> Self:
        self._running = [self._pool.submit(self._connection, number) for number in range(_CONNECTIONS)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stop.set()
        self._pool.shutdown()

    def check(self) -> None:
        """Raise what ended a connection, if anything did."""
        for running in self._running:
            if running.done():
                running.result()

    def finish(self) -> None:
        """Return once everything that was begun is done, and `articles` articles were. Raises what went wrong."""
        self._finish.set()
        for running in self._running:
            running.result()

    def _connection(self, number: int) -> None:
        rng = Random(f"{self._seed}:connection:{number}")
        at_hand: list[list[Operation]] = []
        with httpx.Client(timeout=_TIMEOUT) as http:
            while not self._stop.is_set():
                while len(at_hand) < _OPEN_ARTICLES and (fresh := self._next_article()) is not None:
                    at_hand.append(fresh)
                if not at_hand:
                    return
                mine = rng.choice(at_hand)
                operation = mine.pop(0)
                self._do(http, operation)
                if not mine:
                    at_hand.remove(mine)
                    self.ended += 1
                self._look(http, rng, operation.article_id)
                self._stop.wait(self._pause * rng.uniform(0.5, 1.5))

    def _next_article(self) -> list[Operation] | None:
        with self._lock:
            if self._finish.is_set() and self.begun >= self._articles:
                return None
            self.begun += 1
            return operations(self._seed, next(self._numbers))

    def _do(self, http: httpx.Client, operation: Operation) -> None:
        """Send it until it is accepted, and note that."""
        began, certain = _now(), True
        deadline = time.monotonic() + _ACCEPT_SECONDS
        while True:
            try:
                answer = self._send(http, operation)
            except httpx.TransportError as error:
                certain = certain and isinstance(error, httpx.ConnectError)
            else:
                if answer.status_code == 202:
                    break
                assert answer.status_code == 503, f"{operation.article_id}: {answer.status_code} {answer.text}"
                certain = False
            assert not self._stop.is_set(), "stopped"
            assert time.monotonic() < deadline, f"{operation.article_id}: not accepted in {_ACCEPT_SECONDS:.0f} s"
            self.retries += 1
            self._stop.wait(_RETRY_SECONDS)
        self._note(operation, answer, began, certain)

    def _send(self, http: httpx.Client, operation: Operation) -> httpx.Response:
        url = f"{self._system.url('ingest')}/v1/articles"
        if isinstance(operation, Post):
            return http.post(url, json=operation.body)
        return http.delete(f"{url}/{operation.article_id}")

    def _note(self, operation: Operation, answer: httpx.Response, began: int, certain: bool) -> None:
        said = answer.json()
        assert said["article_id"] == operation.article_id, answer.text
        history = self.histories.of(operation.article_id)
        if isinstance(operation, Post):
            history.posted(operation, int(said["revision"]), began, _now(), certain=certain)
        else:
            history.retracted(instant(said["retracted_at"]))
        self.accepted += 1

    def _look(self, http: httpx.Client, rng: Random, article_id: str) -> None:
        with suppress(httpx.TransportError):
            http.get(f"{self._system.url(rng.choice(READERS))}/v1/articles/{article_id}")


def _now() -> int:
    return int(time.time() * 1000)
