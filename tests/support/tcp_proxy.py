"""A proxy between Kafka clients and their brokers that can lose the answer to a commit.

The request reaches the broker, which commits and answers; the client sees its connection end instead.
"""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import Coroutine, Mapping
from typing import Any, Final, Self, TypeVar

from tests.support.kafka_server import HOST

END_TXN: Final = 26
"""The key of the request that commits or aborts a transaction."""

_FLEXIBLE: Final = 3  # from this version of EndTxn on, headers and bodies end with tagged fields

T = TypeVar("T")


class KafkaProxy:
    """Forwards each port to a broker's; runs in a thread of its own until the end of the `with` block.

    `routes`: from the port that clients connect to, to the port of the broker behind it.
    """

    def __init__(self, routes: Mapping[int, int]) -> None:
        self._routes = dict(routes)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._servers: dict[int, asyncio.Server] = {}
        self._open: dict[int, set[asyncio.StreamWriter]] = {port: set() for port in routes}
        self._to_swallow = 0
        self.swallowed = 0
        """Answers "your commit is done" that no client got to see."""

    def __enter__(self) -> Self:
        self._thread.start()
        for port in self._routes:
            self.accept(port)
        return self

    def __exit__(self, *_: object) -> None:
        for port in self._routes:
            self.refuse(port)
        self._run(_others_to_end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def bootstrap(self) -> str:
        return ",".join(f"{HOST}:{port}" for port in self._routes)

    def accept(self, port: int) -> None:
        """Let clients connect to a port, as when its broker has come up."""
        self._run(self._accept(port))

    def refuse(self, port: int) -> None:
        """End a port's connections and let no client connect, as when its broker is down."""
        self._run(self._refuse(port))

    def swallow(self, answers: int) -> None:
        """Lose the next so many answers that tell a client of its commit's success; 0 calls it off."""
        self._to_swallow = answers

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _accept(self, port: int) -> None:
        if port not in self._servers:
            self._servers[port] = await asyncio.start_server(
                lambda reader, writer: self._serve(port, reader, writer), HOST, port
            )

    async def _refuse(self, port: int) -> None:
        server = self._servers.pop(port, None)
        if server is not None:
            server.close()
        for writer in list(self._open[port]):
            writer.transport.abort()

    async def _serve(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        self._open[port].add(writer)
        try:
            broker_reader, broker_writer = await asyncio.open_connection(HOST, self._routes[port])
            ends.add(broker_writer)
            self._open[port].add(broker_writer)
            commits: dict[int, int] = {}
            ways = [
                asyncio.ensure_future(_requests(reader, broker_writer, commits)),
                asyncio.ensure_future(self._answers(broker_reader, writer, commits)),
            ]
            _, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in rest:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass  # the broker is down
        finally:
            self._open[port] -= ends
            for end in ends:
                end.transport.abort()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, commits: dict[int, int]
    ) -> None:
        """Pass on answers, until one that is to be lost."""
        while True:
            frame = await _frame(reader)
            version = commits.pop(struct.unpack_from(">i", frame, 4)[0], None)
            if version is not None and self._to_swallow > 0 and succeeded(frame, version):
                self._to_swallow -= 1
                self.swallowed += 1
                return
            writer.write(frame)
            await writer.drain()


async def _others_to_end() -> None:
    """Wait for the connections, whose ends are gone already."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=5.0)


async def _requests(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, commits: dict[int, int]) -> None:
    """Pass on requests; notes the version of each commit by its correlation id."""
    while True:
        frame = await _frame(reader)
        key, version, correlation = struct.unpack_from(">hhi", frame, 4)
        if key == END_TXN and is_commit(frame, version):
            commits[correlation] = version
        writer.write(frame)
        await writer.drain()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """One request or answer with the four bytes of its length."""
    length = await reader.readexactly(4)
    return length + await reader.readexactly(struct.unpack(">i", length)[0])


def is_commit(request: bytes, version: int) -> bool:
    """Whether an EndTxn request commits: its last field says so, and one byte of tags may follow."""
    return request[-2 if version >= _FLEXIBLE else -1] == 1


def succeeded(answer: bytes, version: int) -> bool:
    """Whether the answer to an EndTxn request has no error: length, correlation id, tags, throttle time, error."""
    tags = 1 if version >= _FLEXIBLE else 0
    return bool(struct.unpack_from(">h", answer, 4 + 4 + tags + 4)[0] == 0)
