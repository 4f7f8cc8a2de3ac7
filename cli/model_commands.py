"""What `diglot model` does: gets weights, serves them, says what is there."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from cli import model_index
from cli.exit_codes import CliError, ExitCode
from cli.model_pull import pull
from cli.model_server import ServeOptions, serve
from cli.model_weights import LOCAL_WEIGHTS
from cli.settings import CliSettings
from cli.terminal import print_json
from shared.settings import load_settings

_HTTP_SECONDS = 2.0


def model_directory(chosen: Path | None) -> Path:
    """Where weights are: the option, else the setting."""
    return chosen or load_settings(CliSettings).model_dir


def weights_to_serve(chosen: Path | None) -> Path:
    """The file that was chosen, else what `diglot model pull` got. Raises CliError where there is none."""
    if chosen is not None:
        return chosen
    directory = model_directory(None)
    found = LOCAL_WEIGHTS.found_in(directory)
    if found is None:
        raise CliError(
            f"there are no weights in {directory}; run `diglot model pull` ({decimal(LOCAL_WEIGHTS.size)}), "
            "or name a GGUF file: --weights",
            ExitCode.USAGE,
        )
    return found


async def pull_weights(to: Path | None, *, as_json: bool) -> None:
    """Get the weights, with a bar on a terminal, or a line for every tenth."""
    directory = model_directory(to)
    console = Console(stderr=as_json)
    console.print(
        f"{LOCAL_WEIGHTS.name} ({LOCAL_WEIGHTS.licence}), {decimal(LOCAL_WEIGHTS.size)}, into {directory}",
        highlight=False,
        soft_wrap=True,
    )
    if console.is_terminal:
        with _bar(console) as bar:
            task = bar.add_task("weights", total=LOCAL_WEIGHTS.size)
            path = await pull(LOCAL_WEIGHTS, directory, model_index.fetch, lambda n: bar.update(task, completed=n))
    else:
        path = await pull(LOCAL_WEIGHTS, directory, model_index.fetch, _Tenths(console, LOCAL_WEIGHTS.size))
    if as_json:
        print_json(json.dumps({"path": str(path), "bytes": LOCAL_WEIGHTS.size, "sha256": LOCAL_WEIGHTS.sha256}))
    else:
        print(f"the weights are there and their sum is right: {path}")


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console)


class _Tenths:
    """Says how far it is, where no bar can be drawn."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._said = 0

    def __call__(self, done: int) -> None:
        if (tenths := done * 10 // self._total) > self._said:
            self._said = tenths
            self._console.print(f"{decimal(done)} of {decimal(self._total)}", highlight=False)


async def serve_model(options: ServeOptions) -> None:
    """Serve in the foreground, and say when it is ready."""

    def ready() -> None:
        print(
            f"{options.model} answers at {options.url} ({options.context:,} tokens a request, "
            f"{options.parallel} at once); Ctrl-C stops it",
            flush=True,
        )

    await serve(options, ready)


async def show_status(port: int, *, as_json: bool) -> None:
    """Say what is there; exit code 1 unless the server can be asked."""
    directory = model_directory(None)
    path = LOCAL_WEIGHTS.path(directory)
    there = LOCAL_WEIGHTS.found_in(directory) is not None
    url = ServeOptions(path, port).url
    served = await served_model(url)
    if as_json:
        weights = {"name": LOCAL_WEIGHTS.name, "path": str(path), "there": there, "bytes": LOCAL_WEIGHTS.size}
        print_json(json.dumps({"weights": weights, "server": {"url": url, "model": served}}))
    else:
        size = decimal(LOCAL_WEIGHTS.size)
        print(f"weights: {path}, {size}, verified when it was got" if there else _no_weights(directory, size))
        print(f"server:  {served} at {url}" if served else f"server:  none answers at {url}; run `diglot model serve`")
    if served is None:
        raise SystemExit(ExitCode.FAILED)


def _no_weights(directory: Path, size: str) -> str:
    return f"weights: none in {directory}; `diglot model pull` gets {LOCAL_WEIGHTS.name} ({size})"


async def served_model(url: str) -> str | None:
    """The name of the model that the server at `url` (its base address) has loaded; None where none answers."""
    try:
        async with httpx.AsyncClient(timeout=_HTTP_SECONDS, trust_env=False) as http:
            answer = await http.get(f"{url}/models")
        return str(answer.raise_for_status().json()["data"][0]["id"])
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return None
