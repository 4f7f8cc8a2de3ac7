"""The `diglot` command: its options and its help.

Each command imports what it needs when it runs, so that one that only asks a server needs no broker and no database.
"""

from __future__ import annotations

import sys
from typing import Annotated, Final, Literal

import typer

from cli import exit_codes, model_options, operator_options
from cli.arguments import AsJson, DataDir, examples, run_async
from cli.evaluate import options as evaluate_options
from cli.exit_codes import CliError, ExitCode
from cli.settings import KEY_VARIABLE
from shared.errors import ConfigError, DiglotError
from shared.settings import CONFIG_VARIABLE

_EXIT_CODES: Final = "**Exit codes**\n\n" + exit_codes.table()


app = typer.Typer(
    name="diglot",
    help="Turns posted news articles into verified bilingual (English / Chinese) analysis documents.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

IngestUrl = Annotated[
    str | None,
    typer.Option("--ingest-url", help="Where articles are posted. Else DIGLOT_INGEST_URL, else the local run."),
]
ReadUrl = Annotated[
    str | None,
    typer.Option("--read-url", help="Where documents are read. Else DIGLOT_READ_URL, else the local run."),
]
KeyFrom = Annotated[
    str, typer.Option("--key-from", metavar="VARIABLE", help="Environment variable that holds the API key.")
]
ArticleIdArgument = Annotated[str, typer.Argument(metavar="ID", help="The article's id, as `submit` printed it.")]


def _port(name: str, default: str) -> object:
    return typer.Option(f"--{name}-port", metavar="PORT", min=1, max=65535, show_default=False, help=f"Else {default}.")


IngestPort = Annotated[int | None, _port("ingest", "DIGLOT_INGEST_PORT, else 8001")]
ReadPort = Annotated[int | None, _port("read", "DIGLOT_READ_PORT, else 8000")]
AnalyzePort = Annotated[int | None, _port("analyze", "DIGLOT_ANALYZE_PORT, else 8002")]
TranslatePort = Annotated[int | None, _port("translate", "DIGLOT_TRANSLATE_PORT, else 8003")]
WriterPort = Annotated[int | None, _port("writer", "DIGLOT_WRITER_PORT, else 8004")]
KafkaPort = Annotated[int | None, _port("kafka", "any free one, for the embedded broker")]
MongodbPort = Annotated[int | None, _port("mongodb", "any free one, for the embedded database")]


@app.command(epilog=examples("diglot run --samples", "DIGLOT_LOG_LEVEL=debug diglot run --read-port 9000"))
def run(
    samples: Annotated[bool, typer.Option("--samples", help="Submit the sample articles and show their way.")] = False,
    data_dir: DataDir = None,
    ingest_port: IngestPort = None,
    read_port: ReadPort = None,
    analyze_port: AnalyzePort = None,
    translate_port: TranslatePort = None,
    writer_port: WriterPort = None,
    kafka_port: KafkaPort = None,
    mongodb_port: MongodbPort = None,
) -> None:
    """Start everything on this machine: broker, database, all services; Ctrl-C drains and stops.

    A broker or database that DIGLOT_KAFKA_BOOTSTRAP or DIGLOT_MONGODB_URI names is used instead of the embedded one. A
    default port that is taken is replaced by the next free one; a port given here is not. Ctrl-C twice stops at once.
    """
    from cli.run.app import RunOptions
    from cli.run.app import run as run_everything
    from cli.run.journal import RunConsole
    from cli.settings import CliSettings
    from shared.settings import load_settings

    options = RunOptions(
        data_dir=data_dir or load_settings(CliSettings).data_dir,
        samples=samples,
        ports={
            "ingest": ingest_port,
            "reader": read_port,
            "analyze": analyze_port,
            "translate": translate_port,
            "writer": writer_port,
        },
        kafka_port=kafka_port,
        mongodb_port=mongodb_port,
    )
    run_async(run_everything(options, RunConsole()))


@app.command(
    epilog=examples(
        "diglot submit article.json --follow",
        "diglot submit https://news.example/story",
        "pbpaste | diglot submit - --source desk --external-id 42",
    )
)
def submit(
    inputs: Annotated[list[str], typer.Argument(metavar="FILE|URL|-", help="What to submit; - is standard input.")],
    source: Annotated[str | None, typer.Option(help="The source's slug. Else the JSON's own, else `local`.")] = None,
    external_id: Annotated[
        str | None, typer.Option(help="The source's own id of the article. Else its URL, else the file's name.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The article's public address.")] = None,
    title: Annotated[
        str | None, typer.Option(help="The headline. Else the text's first line, or the page's title.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="en or zh; detected when absent.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Stay until each is published.")] = False,
    key_from: KeyFrom = KEY_VARIABLE,
    as_json: AsJson = False,
    ingest_url: IngestUrl = None,
    read_url: ReadUrl = None,
    data_dir: DataDir = None,
) -> None:
    """Submit articles: JSON as `POST /v1/articles` takes it, plain text (its first line is the title), or web pages.

    A server that is busy is asked again for a minute. Submitting an article twice does no harm.
    """
    from cli import commands
    from cli.inputs import Fields

    fields = Fields(source=source, external_id=external_id, url=url, title=title, language=language)
    session = commands.Session(ingest_url, read_url, data_dir, key_from, as_json)
    run_async(commands.submit(session, inputs, fields, follow=follow))


@app.command("follow", epilog=examples("diglot follow local-abcdefghijklmnopqrst"))
def follow_(
    article_id: ArticleIdArgument, as_json: AsJson = False, read_url: ReadUrl = None, data_dir: DataDir = None
) -> None:
    """Show an article's way through the stages until it is published (0), failed (1) or was retracted (4).

    With --json each change is one line.
    """
    from cli import commands

    run_async(commands.follow(commands.Session(None, read_url, data_dir, None, as_json), article_id))


@app.command(epilog=examples("diglot show local-abcdefghijklmnopqrst --lang zh"))
def show(
    article_id: ArticleIdArgument,
    lang: Annotated[
        Literal["en", "zh", "both"], typer.Option(help="Which language; both are shown side by side.")
    ] = "both",
    as_json: AsJson = False,
    read_url: ReadUrl = None,
    data_dir: DataDir = None,
) -> None:
    """Show an article's document."""
    from cli import commands

    run_async(commands.show(commands.Session(None, read_url, data_dir, None, as_json), article_id, lang))


@app.command("list")
def list_(
    sort: Annotated[Literal["latest", "hot", "quality", "impact"], typer.Option(help="The order.")] = "latest",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 20,
    category: Annotated[str | None, typer.Option(help="Only this category (its id).")] = None,
    tag: Annotated[str | None, typer.Option(help="Only articles with this tag (its id).")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source (its slug).")] = None,
    as_json: AsJson = False,
    read_url: ReadUrl = None,
    data_dir: DataDir = None,
) -> None:
    """List published articles. With --json each article is one line."""
    from cli import commands

    filters = {"sort": sort, "limit": str(limit), "category": category, "tag": tag, "source": source}
    session = commands.Session(None, read_url, data_dir, None, as_json)
    run_async(commands.list_articles(session, {name: value for name, value in filters.items() if value is not None}))


@app.command()
def retract(
    article_id: ArticleIdArgument,
    reason: Annotated[str | None, typer.Option(help="Why, shown to readers.")] = None,
    key_from: KeyFrom = KEY_VARIABLE,
    as_json: AsJson = False,
    ingest_url: IngestUrl = None,
    data_dir: DataDir = None,
) -> None:
    """Retract an article: its document is emptied, readers get 410. A later post of it brings it back."""
    from cli import commands

    session = commands.Session(ingest_url, None, data_dir, key_from, as_json)
    run_async(commands.retract(session, article_id, reason))


@app.command()
def config(as_json: AsJson = False) -> None:
    """List all settings of all processes: variable, value, where it comes from, what it is for."""
    from cli import commands

    commands.config(as_json=as_json)


@app.command()
def doctor(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Check this machine, the broker, its topics and the database, and say what to do; 1 if a check fails."""
    from cli import commands

    run_async(commands.doctor(data_dir, as_json=as_json))


@app.command(epilog=examples("diglot keygen reuters"))
def keygen(
    source: Annotated[str, typer.Argument(help="The slug of the source that the key is for: a-z and 0-9.")],
    as_json: AsJson = False,
) -> None:
    """Make an API key for a source, and the lines with its hash for the settings file."""
    from cli import commands

    commands.keygen(source, as_json=as_json)


model_options.register(app)
operator_options.register(app)
evaluate_options.register(app)


def run_command() -> None:
    """Run the command that the arguments name; every error is one line on stderr and an exit code."""
    try:
        app()
    except CliError as error:
        _end(str(error), error.code)
    except ConfigError as error:
        separator = "\n" if "\n" in str(error) else " "
        _end(f"a setting is wrong ({CONFIG_VARIABLE} or the environment):{separator}{error}", ExitCode.USAGE)
    except DiglotError as error:
        _end(str(error), ExitCode.FAILED)
    except ModuleNotFoundError as error:
        _end(f"{error.name} is not installed; this command needs diglot[local]", ExitCode.USAGE)


def _end(message: str, code: ExitCode) -> None:
    from cli.terminal import clean

    print(f"diglot: {clean(message)}", file=sys.stderr)
    raise SystemExit(code)
