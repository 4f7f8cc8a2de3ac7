"""What `diglot terms` does: lists, adds, confirms, imports and exports the terms of the database."""

from __future__ import annotations

import asyncio
import getpass
import io
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.brokers import broker_settings
from cli.exit_codes import CliError, ExitCode
from cli.terminal import clean, counted, print_json
from cli.terms_check import Termbase, built_in, forms_of, same, term_of
from cli.terms_csv import BUILT_IN, Row, read_rows, refuse, write_terms
from shared.errors import Unavailable
from shared.model import EntityKind
from shared.settings import CommonSettings
from shared.store import Search, Store, StoredTerm, TermState, open_store
from shared.telemetry import Metrics
from shared.vocabulary import all_terms

Decision = Literal["confirmed", "rejected"]
Shown = tuple[str, StoredTerm]
"""A term with its state, which is `built-in` for what comes with the product."""

_MOST: Final = 1_000_000
_AT_ONCE: Final = 500
_UNLIMITED: Final = 10_000
_LARGEST_FILE: Final = 64 * 1024 * 1024
_STYLES: Final[Mapping[str, str]] = {"proposed": "yellow", "confirmed": "green", "rejected": "red", BUILT_IN: "dim"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which terms are meant; every part that is given must fit."""

    state: TermState | Literal["built-in"] | None = None
    kind: EntityKind | None = None
    text: str | None = None

    @property
    def search(self) -> Search:
        """The same for the database."""
        return Search(None if self.state == BUILT_IN else self.state, self.kind, self.text)

    def fits(self, term: StoredTerm) -> bool:
        """Whether a built-in entry is meant."""
        if self.kind not in (None, term.kind) or self.state not in (None, BUILT_IN):
            return False
        text = (self.text or "").casefold()
        return any(text in form.casefold() for form in (term.id, *forms_of(term)))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the database is, who decides, and for whom to write. `by`: else the user of this machine."""

    data_dir: Path | None
    as_json: bool = False
    by: str | None = None

    @property
    def who(self) -> str:
        """Who decides."""
        try:
            return self.by or getpass.getuser()
        except (OSError, KeyError):
            return "unknown"

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """Open the database that is set, else that of a run on this machine."""
        settings: CommonSettings = broker_settings(self.data_dir)
        async with open_store(settings, Metrics()) as store:
            try:
                yield store
            except Unavailable as error:
                reason = str(error).partition(" (configured timeouts")[0]  # the driver goes on for lines
                raise CliError(
                    f"{reason}; start everything with `diglot run`, or say where the database is: DIGLOT_MONGODB_URI",
                    ExitCode.UNREACHABLE,
                ) from error


async def list_terms(desk: Desk, chosen: Filter, limit: int) -> None:
    """List terms, those that changed last first."""
    if chosen.state == BUILT_IN:
        every = [(BUILT_IN, term) for term in _built_in().values() if chosen.fits(term)]
        found, total = every[:limit], len(every)
    else:
        async with desk.store() as store:
            found = [(term.state, term) for term in await store.terms.search(chosen.search, limit)]
            total = len(found) if len(found) < limit else await store.terms.count(chosen.search)
    if desk.as_json:
        for state, term in found:
            print_json(json.dumps(term_json(state, term), ensure_ascii=False))
    elif found:
        console = Console(width=None if sys.stdout.isatty() else _UNLIMITED)
        console.print(term_list(found), highlight=False)
    else:
        own = "" if chosen.state == BUILT_IN else "; --state built-in looks among those that come with the product"
        print(f"no term matches{own}")
    if total > len(found):
        _say(f"{len(found):,} of {total:,} terms are shown; --limit shows more")


async def add(desk: Desk, row: Row) -> None:
    """Store a term as confirmed."""
    term = term_of(row, desk.who, _now())
    async with desk.store() as store:
        termbase = await _termbase(store)
        if problems := list(termbase.problems(term)):
            raise CliError("; ".join(problems), ExitCode.USAGE)
        known = termbase.get(term.id)
        await store.terms.put(term)
    if desk.as_json:
        print_json(json.dumps(term_json(term.state, term), ensure_ascii=False))
    else:
        print(clean(f"{term.id}: {term.en} = {term.zh}, {'added' if known is None else 'changed'}"))


async def decide(desk: Desk, ids: Sequence[str], decision: Decision, kind: EntityKind | None = None) -> None:
    """Confirm or reject terms, and say their `kind`; one that can't be doesn't keep the others.

    The exit code is the first failure's.
    """
    failures: list[CliError] = []
    async with desk.store() as store:
        termbase = await _termbase(store)
        for term_id in dict.fromkeys(ids):
            try:
                term = await _decided(store, termbase, term_id, decision, kind, desk.who)
            except CliError as error:
                _say(str(error))
                failures.append(error)
                continue
            if desk.as_json:
                print_json(json.dumps(term_json(term.state, term), ensure_ascii=False))
            else:
                print(clean(f"{term.id}: {term.en} = {term.zh}, {decision}"), flush=True)
    if failures:
        raise SystemExit(failures[0].code)


async def _decided(
    store: Store, termbase: Termbase, term_id: str, decision: Decision, kind: EntityKind | None, by: str
) -> StoredTerm:
    term = await store.terms.get(term_id)
    if term is None:
        if term_id in _built_in():
            raise CliError(f"{term_id} comes with the product; `diglot terms add --id {term_id}` changes it")
        raise CliError(f"there is no term {term_id}; `diglot terms list` shows them", ExitCode.NOT_FOUND)
    if decision == "confirmed":
        term = term.model_copy(update={"kind": kind or term.kind})
        if problems := list(termbase.problems(term)):
            raise CliError(f"{term_id}: {'; '.join(problems)}", ExitCode.USAGE)
        if term.kind == "other":
            _say(
                f"{term_id} is of the kind `other`: it is no name, and never looked for in a text; --kind changes that"
            )
        termbase.put(term)
    decided = await store.terms.decide(term_id, decision, by, _now(), kind)
    if decided is None:
        raise CliError(f"there is no term {term_id} any more", ExitCode.NOT_FOUND)
    return decided


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
    own = _built_in()
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
            term = term_of(replace(row, state="confirmed") if row.state == BUILT_IN else row, by, _now())
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
    problems += _clashes(termbase, changed, name)
    refuse(problems)
    return [term for _, term in changed], counts


def _clashes(termbase: Termbase, changed: Sequence[tuple[int, StoredTerm]], name: str) -> Iterator[str]:
    confirmed = [(line, term) for line, term in changed if term.state == "confirmed"]
    # All of them count before any is checked: two rows may share a form that both call ambiguous.
    for _, term in confirmed:
        termbase.put(term)
    for line, term in confirmed:
        yield from (f"{name}:{line}: {problem}" for problem in termbase.problems(term))


async def _store_all(store: Store, terms: Sequence[StoredTerm]) -> None:
    for start in range(0, len(terms), _AT_ONCE):
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
        shown += [(BUILT_IN, t) for t in _built_in().values() if chosen.fits(t) and t.id not in replaced]
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
    _say(f"{counted(len(terms), 'term')} written to {path}")


def term_list(terms: Sequence[Shown]) -> Table:
    """The terms for people."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("id", "state", "kind", "English", "Chinese", "other forms"):
        grid.add_column(column, overflow="fold")
    grid.add_column("articles", justify="right")
    for state, term in terms:
        others = [form for form in forms_of(term) if form not in (term.en, term.zh)]
        grid.add_row(
            Text(clean(term.id), "cyan"),
            Text(state, _STYLES[state]),
            term.kind,
            Text(clean(term.en)),
            Text(clean(term.zh)),
            Text(clean(", ".join(dict.fromkeys(others))), "dim"),
            str(len(term.articles)) if term.articles else "-",
        )
    return grid


def term_json(state: str, term: StoredTerm) -> dict[str, object]:
    """A term for programs."""
    fields = term.model_dump(mode="json", exclude={"change"})
    return fields | {"state": state, "changed_at": None if state == BUILT_IN else fields["changed_at"]}


def _built_in() -> dict[str, StoredTerm]:
    return {term.id: built_in(term) for term in all_terms()}


async def _termbase(store: Store) -> Termbase:
    return Termbase((*_built_in().values(), *[t async for batch in store.terms.confirmed() for t in batch]))


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_LARGEST_FILE)
    path = Path(name)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise CliError(f"{name}: is larger than 64 MiB", ExitCode.USAGE)
        return path.read_bytes()
    except OSError as error:
        raise CliError(f"{name}: {error.strerror}", ExitCode.USAGE) from error


def _say(message: str) -> None:
    print(f"diglot: {clean(message)}", file=sys.stderr)


def _now() -> int:
    return int(time.time() * 1000)
