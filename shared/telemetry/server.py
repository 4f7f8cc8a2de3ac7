"""An ASGI application served by uvicorn inside the event loop of the process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from shared.errors import ConfigError


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: the process drains its own work before its server goes."""
        yield


@asynccontextmanager
async def serve(app: ASGIApp, host: str, port: int, *, drain_seconds: float = 5.0) -> AsyncIterator[int]:
    """Serve `app` while the block runs; gives the port (useful with port 0, which picks a free one).

    On leaving, no new connection is taken and running requests get `drain_seconds` to finish. Raises
    ConfigError when the address can't be bound, and RuntimeError when the server ends before it started.
    """
    listener = _bind(host, port)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="auto",
        timeout_graceful_shutdown=max(1, round(drain_seconds)),
        server_header=False,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the HTTP server ended before it started")
            await asyncio.sleep(0.005)  # uvicorn offers nothing to wait on
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it, each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Without this a restart has to wait for the old connections to time out.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise ConfigError(f"can't listen on {host}:{port}: {error.strerror or error}; choose another port") from error
    return listener
