"""Serves a model on this machine: llama.cpp's OpenAI-compatible server, from the package xllamacpp."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cli.exit_codes import CliError, ExitCode
from cli.run.ports import is_free
from shared.process import Shutdown

if TYPE_CHECKING:
    from xllamacpp import CommonParams

HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8085
DEFAULT_CONTEXT: Final = 4096
_WARNINGS: Final = 2
_PROMPT_CACHE_MIB: Final = 512
"""Room for the state of some 18,000 tokens: the prompts of all our tasks, so that a slot may change between them."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What to serve, and how. `context`: tokens that a request and its answer may take together.

    `parallel`: requests that are worked at at once; they share the cores. `threads`: all cores of this process if None.
    """

    weights: Path
    port: int = DEFAULT_PORT
    threads: int | None = None
    context: int = DEFAULT_CONTEXT
    parallel: int = 1

    @property
    def model(self) -> str:
        """The model's name in answers."""
        return self.weights.stem

    @property
    def url(self) -> str:
        """The base address for clients of OpenAI's protocol."""
        return f"http://{HOST}:{self.port}/v1"

    @property
    def health_url(self) -> str:
        """Answers 200 when the model is loaded."""
        return f"http://{HOST}:{self.port}/health"

    def command(self) -> tuple[str, ...]:
        """The command of a process that serves this."""
        numbers = {"port": self.port, "context": self.context, "parallel": self.parallel, "threads": self.threads}
        return (
            *(sys.executable, "-c", "from cli.main import main; main()", "model", "serve", f"--weights={self.weights}"),
            *(f"--{name}={number}" for name, number in numbers.items() if number is not None),
        )


async def serve(options: ServeOptions, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, which end the process with 0; `ready` is called when the server answers.

    Raises CliError: the package or the file is missing, the port is taken, or llama.cpp can't load the file.
    """
    params = _params(options)
    from xllamacpp import Server

    shutdown = Shutdown()
    shutdown.listen()
    # In a thread: it takes seconds, and a signal must be heard meanwhile.
    loading = asyncio.create_task(asyncio.to_thread(Server, params))
    stopping = asyncio.create_task(shutdown.draining.wait())
    await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        try:
            await loading  # the task keeps the server
        except RuntimeError as error:
            stopping.cancel()
            raise CliError(f"{options.weights} can't be served ({error}); is it a whole GGUF file?") from error
        ready()
        await stopping
    # Not by the server's own end: it waits for ever when a request is under way. There is nothing to save.
    sys.stdout.flush()
    os._exit(ExitCode.OK)


def _params(options: ServeOptions) -> CommonParams:
    if not options.weights.is_file():
        raise CliError(f"there are no weights at {options.weights}; run `diglot model pull`", ExitCode.USAGE)
    if not is_free(HOST, options.port):
        raise CliError(
            f"port {options.port} is taken; stop what listens there, or choose another: --port", ExitCode.USAGE
        )
    try:
        from xllamacpp import CommonParams
    except ModuleNotFoundError as error:
        raise CliError("xllamacpp is not installed; install diglot[localmodel]", ExitCode.USAGE) from error
    params = CommonParams()
    params.model.path = str(options.weights)
    params.model_alias = {options.model}
    params.port = options.port
    params.n_parallel = options.parallel
    params.n_ctx = options.context * options.parallel
    params.cpuparams.n_threads = options.threads or _cores()
    params.fit_params = False  # else a machine with little memory would get less context than was asked for
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.verbosity = _WARNINGS
    # Web pages that are open on this machine must not read answers, and nobody needs more than the model.
    params.cors_origins = ""
    params.ui = False
    params.endpoint_slots = False
    return params


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
