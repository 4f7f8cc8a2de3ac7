"""What `diglot terms` does: lists, adds, confirms and rejects the terms of the database."""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.brokers import broker_settings
from cli.exit_codes import CliError, ExitCode
from cli.terminal import clean, print_json
from cli.terms_check import Termbase, built_in, forms_of, term_of
from cli.terms_csv import BUILT_IN, Row
from shared.errors import Unavailable
from shared.model import EntityKind
from shared.settings import CommonSettings
from shared.store import Search, Store, StoredTerm, TermState, open_store
from shared.telemetry import Metrics
from shared.vocabulary import all_terms

Decision = Literal["confirmed", "rejected"]
Shown = tuple[str, StoredTerm]
"""A term with its state, which is `built-in` for what comes with the product."""

_UNLIMITED: Final = 10_000
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
        every = [(BUILT_IN, term) for term in shipped().values() if chosen.fits(term)]
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
        say(f"{len(found):,} of {total:,} terms are shown; --limit shows more")


async def add(desk: Desk, row: Row) -> None:
    """Store a term as confirmed."""
    term = term_of(row, desk.who, now())
    async with desk.store() as store:
        termbase = await _termbase(store)
        if problems := list(termbase.problems(term)):
            raise CliError("; ".join(problems), ExitCode.USAGE)
        known = termbase.get(term.id)
        before = await store.terms.get(term.id)
        await store.terms.put(term)
        if clash := await _clash(store, term.id):
            await _take_back(store, term, before)
            raise CliError(clash)
    if desk.as_json:
        print_json(json.dumps(term_json(term.state, term), ensure_ascii=False))
    else:
        print(clean(f"{term.id}: {term.en} = {term.zh}, {'added' if known is None else 'changed'}"))


async def decide(desk: Desk, ids: Sequence[str], decision: Decision, kind: EntityKind | None = None) -> None:
    """Confirm or reject terms, and say their `kind`; one that can't be doesn't keep the others.

    The exit code is the first failure's.
    """
    failures: list[CliError] = []
    changed: list[tuple[StoredTerm, StoredTerm]] = []
    async with desk.store() as store:
        termbase = await _termbase(store)
        for term_id in dict.fromkeys(ids):
            try:
                before, term = await _decided(store, termbase, term_id, decision, kind, desk.who)
            except CliError as error:
                say(str(error))
                failures.append(error)
                continue
            changed.append((before, term))
        failures += [error async for error in _undone(store, changed)]
        for _, term in changed:
            if desk.as_json:
                print_json(json.dumps(term_json(term.state, term), ensure_ascii=False))
            else:
                print(clean(f"{term.id}: {term.en} = {term.zh}, {decision}"), flush=True)
    if failures:
        raise SystemExit(failures[0].code)


async def _decided(
    store: Store, termbase: Termbase, term_id: str, decision: Decision, kind: EntityKind | None, by: str
) -> tuple[StoredTerm, StoredTerm]:
    """Return the term as it was and as it is now."""
    term = await store.terms.get(term_id)
    if term is None:
        if term_id in shipped():
            raise CliError(f"{term_id} comes with the product; `diglot terms add --id {term_id}` changes it")
        raise CliError(f"there is no term {term_id}; `diglot terms list` shows them", ExitCode.NOT_FOUND)
    before = term
    term = term.model_copy(update={"kind": kind or term.kind})
    # A built-in entry counts again once what replaced it is rejected.
    counting = term if decision == "confirmed" else shipped().get(term_id)
    if counting is None:
        termbase.remove(term_id)
    else:
        if problems := list(termbase.problems(counting)):
            raise CliError(f"{term_id}: {'; '.join(problems)}", ExitCode.USAGE)
        termbase.put(counting)
    if decision == "confirmed" and term.kind == "other":
        say(f"{term_id} is of the kind `other`: it is no name, and never looked for in a text; --kind changes that")
    decided = await store.terms.decide(term_id, decision, by, now(), kind)
    if decided is None:
        raise CliError(f"there is no term {term_id} any more", ExitCode.NOT_FOUND)
    return before, decided


async def _undone(store: Store, changed: list[tuple[StoredTerm, StoredTerm]]) -> AsyncIterator[CliError]:
    """Take back, out of `changed` too, the decisions that clash with what others decided at the same time."""
    termbase = await _termbase(store)
    for before, term in list(changed):
        if clash := _clash_in(termbase, term.id):
            await _take_back(store, term, before)
            changed.remove((before, term))
            say(clash)
            yield CliError(clash)


async def _clash(store: Store, term_id: str) -> str | None:
    return _clash_in(await _termbase(store), term_id)


def _clash_in(termbase: Termbase, term_id: str) -> str | None:
    """Say why a term that was checked and stored can't stay: of two written at once, each looks after its own.

    Both may be taken back; a clash that stays would be worse.
    """
    term = termbase.get(term_id)
    problems = [] if term is None else list(termbase.problems(term))
    return f"{term_id} was taken back, somebody wrote at the same time: {'; '.join(problems)}" if problems else None


async def _take_back(store: Store, term: StoredTerm, before: StoredTerm | None) -> None:
    """Put a term back to what it was; a new one becomes a proposal, so that nothing a person wrote is lost."""
    proposed = {"state": "proposed", "decided_by": None, "decided_at": None}
    await store.terms.put(term.model_copy(update=proposed) if before is None else before)


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


def shipped() -> dict[str, StoredTerm]:
    """Return the entries that come with the product, by their ids."""
    return {term.id: built_in(term) for term in all_terms()}


async def _termbase(store: Store) -> Termbase:
    return Termbase((*shipped().values(), *[t async for batch in store.terms.confirmed() for t in batch]))


def say(message: str) -> None:
    """Tell the person something that is no result."""
    print(f"diglot: {clean(message)}", file=sys.stderr)


def now() -> int:
    """Return the time (ms)."""
    return int(time.time() * 1000)
