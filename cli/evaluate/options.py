"""The options of `diglot eval` and its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import AsJson, examples
from cli.interrupts import interruptible

_File = Annotated[
    Path, typer.Argument(metavar="FILE.jsonl", help="What to judge, one JSON object a line; - is standard input.")
]
_Against = Annotated[
    Path | None,
    typer.Option(metavar="OTHER.jsonl", help="What an earlier run wrote with --json: show what changed, by id."),
]
_Jobs = Annotated[int, typer.Option(min=1, max=256, help="Processes.")]

evaluation = typer.Typer(
    name="eval",
    help="Measure the checks on texts of your own.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def register(app: typer.Typer) -> None:
    """Add the commands to `diglot`."""
    app.add_typer(evaluation)


@evaluation.command(
    epilog=examples(
        "diglot eval pairs pairs.jsonl",
        "diglot eval pairs pairs.jsonl --json > before.jsonl",
        "diglot eval pairs pairs.jsonl --against before.jsonl",
    )
)
def pairs(file: _File, as_json: AsJson = False, against: _Against = None, jobs: _Jobs = 1) -> None:
    """Judge translations: lines of `{"id", "en", "zh", "source": "en"|"zh"}`.

    Prints how many failed and warned, by check. With --json each line gets one of
    `{"id", "verdict": "pass"|"warn"|"fail", "checks": [{"check", "result", "en", "zh", "why"}]}`: the two
    fragments that were compared and what to do about it. With --against, too, only the lines that changed; lines with
    the same id are compared in their order. A line that can't be read fails, and the exit code is 2 after all lines are
    done.
    """
    from cli.evaluate.pairs import judge_line
    from cli.evaluate.run import evaluate

    with interruptible():
        evaluate(file, judge_line, as_json=as_json, against=against, jobs=jobs)


@evaluation.command(
    epilog=examples(
        "diglot eval claims claims.jsonl",
        "diglot eval claims claims.jsonl --json > before.jsonl",
        "diglot eval claims claims.jsonl --against before.jsonl",
    )
)
def claims(file: _File, as_json: AsJson = False, against: _Against = None, jobs: _Jobs = 1) -> None:
    """Judge claims against their quotes: lines of `{"id", "article", "claim", "quotes"}`.

    Prints how many failed, by check. With --json each line gets one of
    `{"id", "verdict": "pass"|"fail", "checks": [{"check", "result", "claim", "quote", "why"}]}`; with --against, too,
    only the lines that changed. A line that can't be read fails, and the exit code is 2 after all lines are done.
    """
    from cli.evaluate.claims import judge_line
    from cli.evaluate.run import evaluate

    with interruptible():
        evaluate(file, judge_line, as_json=as_json, against=against, jobs=jobs)
