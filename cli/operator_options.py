"""The options of the commands for whoever keeps the system running: dead letters, lag, replay, terms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.arguments import AsJson, DataDir, examples
from cli.interrupts import interruptible
from cli.terms_options import terms

_LetterId = Annotated[str, typer.Argument(metavar="ID", help="A dead letter's id, as `dlq list` prints it.")]
_Stages = Annotated[list[str] | None, typer.Option("--stage", help="Only this stage; may be repeated.")]
_Kind = Annotated[
    Literal["poison", "exhausted", "bug"] | None,
    typer.Option(help="poison: can never succeed; exhausted: tried for long enough; bug: ours."),
]
_Error = Annotated[str | None, typer.Option(help="Only this class of error, as `KeyError`.")]
_Article = Annotated[str | None, typer.Option(metavar="ID", help="Only about this article.")]
_Since = Annotated[
    str | None, typer.Option(metavar="TIME", help="Only from then on: `2h` (ago; s, m, h, d) or an ISO 8601 time, UTC.")
]
_Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Only where the reason contains this.")]

dlq = typer.Typer(
    name="dlq",
    help="Dead letters: records that a stage has given up.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def register(app: typer.Typer) -> None:
    """Add the commands to `diglot`."""
    app.add_typer(dlq)
    app.add_typer(terms)
    app.command()(lag)
    app.command(
        "replay",
        epilog=examples(
            "diglot replay --stage translate.draft --from 2d --dry-run",
            "diglot replay --stage analyze.draft --from 2026-11-20 --to 2026-11-21T12:00",
            "diglot replay --stage analyze.draft --from 3:1200 --to 3:1300",
        ),
    )(replay_stage)


@dlq.command("list", epilog=examples("diglot dlq list --stage translate.draft --since 2h"))
def list_(
    stages: _Stages = None,
    kind: _Kind = None,
    error: _Error = None,
    article: _Article = None,
    since: _Since = None,
    reason: _Reason = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 20,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List dead letters, the newest first. With --json each is one line."""
    from cli import dlq as command
    from cli.brokers import broker_settings

    chosen = command.Filter(tuple(stages or ()), kind, error, article, since, reason, limit)
    command.list_letters(broker_settings(data_dir), chosen, as_json=as_json)


@dlq.command(epilog=examples("diglot dlq show translate.draft@17", "diglot dlq show analyze@3 --raw payload.json"))
def show(
    letter_id: _LetterId,
    raw: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the payload there, as it is; - is standard output.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show a dead letter: why it is there, where its record came from, what it holds."""
    from cli import dlq as command
    from cli.brokers import broker_settings

    command.show(broker_settings(data_dir), letter_id, raw, as_json=as_json)


@dlq.command(
    epilog=examples(
        "diglot dlq replay translate.draft@17 --edit",
        "diglot dlq replay --stage translate.draft --error KeyError --since 1d --dry-run",
    )
)
def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Dead letters' ids; or use filters.")] = None,
    stages: _Stages = None,
    kind: _Kind = None,
    error: _Error = None,
    article: _Article = None,
    since: _Since = None,
    reason: _Reason = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent where, and send nothing.")] = False,
    edit: Annotated[bool, typer.Option("--edit", help="Correct the payload in $VISUAL or $EDITOR before.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With filters: also those that were sent again before.")
    ] = False,
    sure: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Send the records of dead letters to their stage again; other stages that read the topic pass over them.

    Doing it twice does no harm.
    """
    from cli import dlq as command
    from cli.brokers import broker_settings

    chosen = command.Filter(tuple(stages or ()), kind, error, article, since, reason, limit)
    how = command.How(dry_run=dry_run, edit=edit, sure=sure, again=again, as_json=as_json)
    with interruptible():
        command.replay(broker_settings(data_dir), ids or (), chosen, how)


def replay_stage(
    stage: Annotated[str, typer.Option("--stage", help="Which stage runs again.")],
    begin: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="WHERE",
            help="A time (`2h` ago; or ISO 8601, UTC), PARTITION:OFFSET (repeat it), or `beginning`.",
        ),
    ] = None,
    end: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="WHERE", help="The same, not included. Else what is there now."),
    ] = None,
    run: Annotated[int | None, typer.Option("--run", metavar="ID", help="Go on with this replay.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be read, with --run what is left, and do nothing.")
    ] = False,
    sure: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Run a stage again over a part of its input, beside its live workers: what comes out replaces what was there.

    Retracted articles are left out. Ctrl-C stops in good order; --run goes on.
    """
    from cli.replay import Order, replay

    order = Order(stage, tuple(begin or ()), tuple(end or ()), run, dry_run, sure, as_json, data_dir)
    replay(order)


def lag(
    stages: _Stages = None,
    partitions: Annotated[bool, typer.Option("--partitions", help="Each partition on a line.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Look again every two seconds, until Ctrl-C.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show how far each stage is behind what is on its topics. With --json each stage is one line."""
    from cli.brokers import broker_settings
    from cli.lag import show_lag

    with interruptible():
        show_lag(broker_settings(data_dir), tuple(stages or ()), partitions=partitions, watch=watch, as_json=as_json)
