"""What `diglot terms import` and `export` do: terms from CSV and to it."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import track

from cli.exit_codes import CliError, ExitCode
from cli.terminal import counted, print_json
from cli.terms import Desk, Filter, Shown, now, say, shipped
from cli.terms_check import Termbase, same, term_of
from cli.terms_csv import BUILT_IN, Row, read_rows, refuse, write_terms
from shared.errors import Unavailable
from shared.store import Search, Store, StoredTerm

_MOST: Final = 1_000_000
_AT_ONCE: Final = 500
_LARGEST_FILE: Final = 64 * 1024 * 1024


async def import_terms(desk: Desk, name: str, *, dry_run: bool) -> None:
    """Store the terms of a CSV file: all of them, or none where one of them is wrong."""
    rows = read_rows(_read(name), name)
    async with desk.store() as store:
        stored = {term.id: term for term in await store.terms.search(Search(), _MOST)}
        changes, counts = _changes(rows, stored, name, desk.who)
        if not dry_run:
            await _store_all(store, changes)
    verb = "would be " if dry_run else ""
    if desk.as_json:
        print_json(json.dumps({**counts, "dry_run": dry_run}))
        return
    said = [f"{counts[what]:,} {verb}{what}" for what in ("added", "changed") if counts[what] or what == "added"]
    said += [f"{counts['unchanged']:,} unchanged"] if counts["unchanged"] else []
    said += [f"{counts['proposed']:,} left as proposed"] if counts["proposed"] else []
    print(f"{counted(len(rows), 'row')}: {', '.join(said)}")


def _changes(
    rows: Sequence[Row], stored: Mapping[str, StoredTerm], name: str, by: str
) -> tuple[list[StoredTerm], Counter[str]]:
    """Return what is to be stored, and how many rows do what. Raises CliError with all that is wrong."""
    own = shipped()
    counts: Counter[str] = Counter(added=0, changed=0, unchanged=0, proposed=0)
    problems: list[str] = []
    lines: dict[str, int] = {}
    changed: list[tuple[int, StoredTerm]] = []
    for row in rows:
        if row.state == "proposed":
            counts["proposed"] += 1
            continue
        try:
            # A built-in entry that a person changed is one that they confirm.
            term = term_of(replace(row, state="confirmed") if row.state == BUILT_IN else row, by, now())
        except CliError as error:
            problems.append(f"{name}:{row.line}: {error}")
            continue
        known = (None if row.state == BUILT_IN else stored.get(term.id)) or own.get(term.id)
        if known is not None and same(known, term):
            counts["unchanged"] += 1
            continue
        if term.id in lines:
            problems.append(f"{name}:{row.line}: {term.id} is in line {lines[term.id]} already")
            continue
        counts["added" if known is None else "changed"] += 1
        lines[term.id] = row.line
        changed.append((row.line, term))
    termbase = Termbase((*own.values(), *(term for term in stored.values() if term.state == "confirmed")))
    problems += _clashes(termbase, changed, own, name)
    refuse(problems)
    return [term for _, term in changed], counts


def _clashes(
    termbase: Termbase, changed: Sequence[tuple[int, StoredTerm]], own: Mapping[str, StoredTerm], name: str
) -> Iterator[str]:
    counting: list[tuple[int, StoredTerm]] = []
    # All of them count, or don't any more, before any is checked: a row may take the form that another one gives up,
    # and two may share a form that both call ambiguous.
    for line, term in changed:
        now_counting = term if term.state == "confirmed" else own.get(term.id)
        if now_counting is None:
            termbase.remove(term.id)
        else:
            termbase.put(now_counting)
            counting.append((line, now_counting))
    for line, term in counting:
        yield from (f"{name}:{line}: {problem}" for problem in termbase.problems(term))


async def _store_all(store: Store, terms: Sequence[StoredTerm]) -> None:
    console = Console(stderr=True)
    starts = range(0, len(terms), _AT_ONCE)
    for start in track(starts, "importing", console=console, transient=True, disable=not console.is_terminal):
        try:
            await asyncio.gather(*map(store.terms.put, terms[start : start + _AT_ONCE]))
        except Unavailable as error:
            raise CliError(
                f"the database stopped answering after {start:,} of {len(terms):,} terms ({error}); import the file "
                "again: what is stored already stays as it is",
                ExitCode.UNREACHABLE,
            ) from error


async def export_terms(desk: Desk, path: Path | None, chosen: Filter, *, with_built_in: bool) -> None:
    """Write terms as CSV: to a file, for spreadsheets, or to stdout."""
    shown: list[Shown] = []
    replaced: set[str] = set()
    if chosen.state != BUILT_IN:
        async with desk.store() as store:
            if with_built_in:
                replaced = {term.id for term in await store.terms.search(Search("confirmed"), _MOST)}
            shown = [(term.state, term) for term in await store.terms.search(chosen.search, _MOST)]
    if with_built_in or chosen.state == BUILT_IN:
        shown += [(BUILT_IN, t) for t in shipped().values() if chosen.fits(t) and t.id not in replaced]
    _write(path, shown)


def _write(path: Path | None, terms: Sequence[Shown]) -> None:
    out = io.StringIO()
    write_terms(out, terms)
    if path is None:
        sys.stdout.write(out.getvalue())
        return
    try:
        # With a byte order mark: without one, spreadsheets take UTF-8 for something else.
        path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise CliError(f"{path}: {error.strerror}", ExitCode.USAGE) from error
    say(f"{counted(len(terms), 'term')} written to {path}")


def _read(name: str) -> bytes:
    if name == "-":
        data = sys.stdin.buffer.read(_LARGEST_FILE + 1)
        if len(data) > _LARGEST_FILE:
            raise CliError("standard input: is larger than 64 MiB", ExitCode.USAGE)
        return data
    path = Path(name)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise CliError(f"{name}: is larger than 64 MiB", ExitCode.USAGE)
        return path.read_bytes()
    except OSError as error:
        raise CliError(f"{name}: {error.strerror}", ExitCode.USAGE) from error
