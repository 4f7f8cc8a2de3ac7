"""Terms as CSV, for a spreadsheet and back: one row a term, several forms in a cell separated by `|`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TextIO, get_args

from cli.exit_codes import CliError, ExitCode
from shared.model import EntityKind
from shared.store import StoredTerm

LISTS: Final = ("also_en", "also_zh", "short_en", "short_zh", "not_in", "ambiguous", "shown_by", "loose")
COLUMNS: Final = ("id", "state", "kind", "en", "zh", *LISTS)
_FOR_READING: Final = ("articles", "changed_at", "decided_by")
STATES: Final = ("confirmed", "proposed", "rejected", "built-in")
BUILT_IN: Final = "built-in"

BETWEEN: Final = "|"
"""What separates the forms of a cell, so no form of a list can have it."""
# A spreadsheet runs what begins like this; a quote before it makes it text.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_MOST_ROWS: Final = 100_000
_MOST_ERRORS: Final = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row that a person wrote; `line` is where it begins in the file. An empty `id`: it is made from the names."""

    line: int
    id: str
    state: str
    kind: str
    en: str
    zh: str
    lists: Mapping[str, tuple[str, ...]]


def write_terms(out: TextIO, terms: Iterable[tuple[str, StoredTerm]]) -> None:
    """Write terms, each with its state or `built-in`, with a header."""
    # All is quoted: a reader that takes other separators would begin a cell, and a formula, in the middle of a name.
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow((*COLUMNS, *_FOR_READING))
    for state, term in terms:
        cells = term.model_dump(mode="json") | {"state": state}
        if state == BUILT_IN:
            cells["changed_at"] = None
        writer.writerow([_cell(cells[column]) for column in (*COLUMNS, *_FOR_READING)])


def _cell(value: object) -> str:
    if isinstance(value, list):
        return _guarded(f" {BETWEEN} ".join(map(str, value)))
    return "" if value is None else _guarded(str(value))


def _guarded(text: str) -> str:
    return f"'{text}" if _needs_guard(text) else text


def _unguarded(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and _needs_guard(text) else text


def _needs_guard(text: str) -> bool:
    # One that has a quote there already gets another, so that reading takes away the right one.
    return text.lstrip("'").startswith(_FORMULA)


def read_rows(data: bytes, name: str) -> list[Row]:
    """Read the rows of a file. Raises CliError that says what is wrong in which line of `name`, at most 20 times."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CliError(f"{name}:{line}: this is not UTF-8; save the file as CSV UTF-8", ExitCode.USAGE) from None
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    found: list[Row] = []
    problems: list[str] = []
    try:
        header = _header(next(lines, []), name)
        before = lines.line_num
        for cells in lines:
            line, before = before + 1, lines.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(found) == _MOST_ROWS:
                raise CliError(f"{name}:{line}: there are more than {_MOST_ROWS:,} rows", ExitCode.USAGE)
            row, wrong = _row(line, header, cells)
            problems += [f"{name}:{line}: {problem}" for problem in wrong]
            found.append(row)
    except csv.Error as error:
        raise CliError(f"{name}:{lines.line_num}: this is not CSV: {error}", ExitCode.USAGE) from None
    refuse(problems)
    return found


def refuse(problems: Sequence[str]) -> None:
    """Raise CliError with the problems of a file, if there are any."""
    if not problems:
        return
    more = len(problems) - _MOST_ERRORS
    shown = [*problems[:_MOST_ERRORS], *([f"and {more} more"] if more > 0 else [])]
    raise CliError("\n".join((*shown, "nothing was imported")), ExitCode.USAGE)


def _delimiter(text: str) -> str:
    """The one of the header: spreadsheets in many countries write semicolons."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _header(cells: Sequence[str], name: str) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    known = {*COLUMNS, *_FOR_READING}
    if strange := [cell for cell in header if cell not in known]:
        raise CliError(f"{name}:1: there is no column {strange[0]!r}; there are {', '.join(COLUMNS)}", ExitCode.USAGE)
    if missing := [column for column in ("en", "zh") if column not in header]:
        raise CliError(f"{name}:1: the header lacks {' and '.join(missing)}", ExitCode.USAGE)
    if len(set(header)) < len(header):
        raise CliError(f"{name}:1: the header names a column twice", ExitCode.USAGE)
    return header


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> tuple[Row, list[str]]:
    values = {column: _unguarded(cell) for column, cell in zip(header, cells, strict=False)}
    row = Row(
        line=line,
        id=values.get("id", ""),
        state=values.get("state") or "confirmed",
        kind=values.get("kind") or "other",
        en=values.get("en", ""),
        zh=values.get("zh", ""),
        lists={column: tuple(_parts(values.get(column, ""))) for column in LISTS},
    )
    return row, list(_problems(row, len(cells) - len(header)))


def _problems(row: Row, too_many: int) -> Iterator[str]:
    if too_many > 0:
        yield "there are more cells than columns; a name with a comma must be quoted"
    for language in ("en", "zh"):
        if not getattr(row, language):
            yield f"{language} is empty"
    if row.kind not in get_args(EntityKind):
        yield f"there is no kind {row.kind!r}; there are {', '.join(get_args(EntityKind))}"
    if row.state not in STATES:
        yield f"there is no state {row.state!r}; there are {', '.join(STATES)}"


def _parts(cell: str) -> Iterator[str]:
    return (part.strip() for part in cell.split(BETWEEN) if part.strip())
