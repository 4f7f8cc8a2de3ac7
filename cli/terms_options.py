"""The options of `diglot terms`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from cli.arguments import AsJson, DataDir, examples, run_async
from shared.model import EntityKind

terms = typer.Typer(
    name="terms",
    help="Terms: names with their forms in both languages. Those that come with the product, and your own. "
    "Translations use both; analysis finds names with those that come with the product.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

_LONGEST: Final = 200


def _text(value: str | None) -> str | None:
    """Refuse what is no text, and what is longer than any name."""
    if value is not None and len(value) > _LONGEST:
        raise typer.BadParameter(f"it is longer than {_LONGEST} characters")
    if value is not None and any("\ud800" <= char <= "\udfff" or char == "\0" for char in value):
        raise typer.BadParameter("it has bytes that are not UTF-8")
    return value


def _texts(values: list[str] | None) -> list[str] | None:
    for value in values or ():
        _text(value)
    return values


_Ids = Annotated[
    list[str], typer.Argument(metavar="ID", help="Terms' ids, as `terms list` prints them.", callback=_texts)
]
_State = Annotated[
    Literal["proposed", "confirmed", "rejected", "built-in"] | None,
    typer.Option(help="Only these. proposed: an article gives both names; built-in: these come with the product."),
]
_Kind = Annotated[EntityKind | None, typer.Option(help="Only this kind; `other`: terms and roles, which are no names.")]
_By = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who decides; else the user of this machine.", callback=_text)
]


def _forms(what: str) -> object:
    return typer.Option(metavar="FORM", help=f"{what}; may be repeated.", callback=_texts)


@terms.command(
    "list", epilog=examples("diglot terms list --state proposed", "diglot terms list 特朗普 --state built-in")
)
def list_(
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="Only where a form or the id contains this, in any case.", callback=_text),
    ] = None,
    state: _State = None,
    kind: _Kind = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the terms of the database, those that changed last first. With --json each is one line."""
    from cli import terms as command

    run_async(command.list_terms(command.Desk(data_dir, as_json), command.Filter(state, kind, text), limit))


@terms.command(
    epilog=examples(
        'diglot terms add "Andy Jassy" 安迪·贾西 --kind person --short-en Jassy --short-zh 贾西',
        "diglot terms add Nvidia 英伟达 --kind organisation --id nvidia --also-zh NVIDIA",
    )
)
def add(
    en: Annotated[str, typer.Argument(metavar="ENGLISH", help="The name that is written in English.", callback=_text)],
    zh: Annotated[str, typer.Argument(metavar="CHINESE", help="The name that is written in Chinese.", callback=_text)],
    kind: Annotated[EntityKind, typer.Option(help="What it names; `other`: a term or role, which is no name.")],
    also_en: Annotated[list[str] | None, _forms("Another English name that is accepted")] = None,
    also_zh: Annotated[list[str] | None, _forms("Another Chinese name that is accepted")] = None,
    short_en: Annotated[list[str] | None, _forms("A surname or acronym that stands alone")] = None,
    short_zh: Annotated[list[str] | None, _forms("The same in Chinese")] = None,
    not_in: Annotated[list[str] | None, _forms("A longer phrase in which a form is not this name")] = None,
    ambiguous: Annotated[
        list[str] | None, _forms("One of these forms that is also another word: it counts only beside a sure one")
    ] = None,
    shown_by: Annotated[list[str] | None, _forms("A word beside which an ambiguous form counts")] = None,
    loose: Annotated[list[str] | None, _forms("A word that may stand for it in a translation (中方 for China)")] = None,
    term_id: Annotated[
        str | None,
        typer.Option("--id", help="The id; that of another term or of a built-in one replaces it.", callback=_text),
    ] = None,
    by: _By = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Add a term, as confirmed, or change one. The translation uses it within half a minute."""
    from cli import terms as command
    from cli.terms_csv import Row

    lists = {
        "also_en": also_en,
        "also_zh": also_zh,
        "short_en": short_en,
        "short_zh": short_zh,
        "not_in": not_in,
        "ambiguous": ambiguous,
        "shown_by": shown_by,
        "loose": loose,
    }
    forms = {name: tuple(values or ()) for name, values in lists.items()}
    row = Row(line=0, id=term_id or "", state="confirmed", kind=kind, en=en, zh=zh, lists=forms)
    run_async(command.add(command.Desk(data_dir, as_json, by), row))


@terms.command(epilog=examples("diglot terms confirm beiming-storage-7063993713 --kind organisation"))
def confirm(
    ids: _Ids,
    kind: Annotated[EntityKind | None, typer.Option(help="What they name, where the proposal says `other`.")] = None,
    by: _By = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Confirm proposed terms: the translation uses them within half a minute. Articles can't change them any more."""
    from cli import terms as command

    run_async(command.decide(command.Desk(data_dir, as_json, by), ids, "confirmed", kind))


@terms.command(epilog=examples("diglot terms reject beiming-storage-7063993713"))
def reject(ids: _Ids, by: _By = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Reject terms: they are not used, and not proposed again. What was confirmed can be rejected, and back."""
    from cli import terms as command

    run_async(command.decide(command.Desk(data_dir, as_json, by), ids, "rejected"))


@terms.command(
    "import", epilog=examples("diglot terms import terms.csv --dry-run", "diglot terms export | diglot terms import -")
)
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE.csv|-", help="What to import; - is standard input.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it, say what would change, store nothing.")] = False,
    by: _By = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Import terms from CSV as `terms export` writes it. If one row is wrong, none is stored.

    The columns `en` and `zh` are enough. A row with an id changes that term. A row without a state is `confirmed`;
    rows that are still `proposed` are left alone. Several forms in a cell are separated by `|`.
    """
    from cli.terms import Desk
    from cli.terms_transfer import import_terms

    run_async(import_terms(Desk(data_dir, as_json, by), file, dry_run=dry_run))


@terms.command(
    epilog=examples("diglot terms export proposed.csv --state proposed", "diglot terms export --all > everything.csv")
)
def export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.csv", help="Where to; else standard output.")] = None,
    state: _State = None,
    kind: _Kind = None,
    with_built_in: Annotated[bool, typer.Option("--all", help="Also the terms that come with the product.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Export the terms of the database as CSV, for a spreadsheet; `terms import` reads it again."""
    from cli.terms import Desk, Filter
    from cli.terms_transfer import export_terms

    run_async(export_terms(Desk(data_dir), file, Filter(state, kind), with_built_in=with_built_in))
