"""What a person wrote as a term: made whole, and checked against all others before anything is stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cli.exit_codes import CliError, ExitCode
from cli.terms_csv import BETWEEN, LISTS, Row
from shared.model import TermId, validation_problems
from shared.store import StoredTerm, form_problem, learned_id
from shared.vocabulary import Term

_ID: Final = TypeAdapter[str](TermId)
_HAN: Final = re.compile("[\u3400-\u9fff]")


class Termbase:
    """All terms that count: the built-in ones, and the confirmed ones, which replace those of their id."""

    def __init__(self, terms: Iterable[StoredTerm]) -> None:
        self._terms: dict[str, StoredTerm] = {}
        self._claims: dict[str, dict[str, None]] = {}
        for term in terms:
            self.put(term)

    def get(self, term_id: str) -> StoredTerm | None:
        """Return the term with an id."""
        return self._terms.get(term_id)

    def put(self, term: StoredTerm) -> None:
        """Count a term, in place of the one with its id."""
        self.remove(term.id)
        self._terms[term.id] = term
        for form in forms_of(term):
            self._claims.setdefault(form, {})[term.id] = None

    def remove(self, term_id: str) -> None:
        """Count a term no more, if it did."""
        before = self._terms.pop(term_id, None)
        for form in () if before is None else forms_of(before):
            self._claims[form].pop(term_id, None)

    def problems(self, term: StoredTerm) -> Iterator[str]:
        """Say what is wrong with a term: by itself, and beside the others."""
        yield from _own_problems(term)
        for form in dict.fromkeys(forms_of(term)):
            for other in (self._terms[i] for i in self._claims.get(form, {}) if i != term.id):
                # Common terms and names are looked up apart.
                if (other.kind == "other") != (term.kind == "other"):
                    continue
                if not (form in other.ambiguous and form in term.ambiguous):
                    yield (
                        f"{form!r} is a form of {other.id} ({other.en}, {other.zh}) already; change that entry "
                        "(give its id), or mark the form as ambiguous in both"
                    )


def forms_of(term: StoredTerm) -> tuple[str, ...]:
    """Return all forms of both languages."""
    return (term.en, term.zh, *term.also_en, *term.also_zh, *term.short_en, *term.short_zh)


def lists_of(term: StoredTerm) -> Iterator[str]:
    """Return what the lists of a term hold."""
    return (form for name in LISTS for form in getattr(term, name))


def _own_problems(term: StoredTerm) -> Iterator[str]:
    yield from _form_problems(term)
    for form in term.ambiguous:
        if form not in forms_of(term):
            yield f"{form!r} is marked as ambiguous, but is no form of the term"
    for phrase in term.not_in:
        if not any(form in phrase and form != phrase for form in forms_of(term)):
            yield f"no form of the term is a part of {phrase!r}, which not_in has"


def _form_problems(term: StoredTerm) -> Iterator[str]:
    for form in dict.fromkeys(forms_of(term)):
        if problem := form_problem(form):
            yield f"{form!r} {problem}"
        if len(form) == 1 and form not in term.ambiguous and term.kind != "other":
            yield f"{form!r} is a single character, which other words have, too; mark it as ambiguous"
    for form in lists_of(term):
        if BETWEEN in form:
            yield f"{form!r} has the character {BETWEEN!r}, which separates forms in CSV"
    for form in (term.en, *term.also_en, *term.short_en):
        if _HAN.search(form):
            yield f"the English form {form!r} has Chinese characters"


def term_of(row: Row, by: str, at: int) -> StoredTerm:
    """Return the term of a row, as `by` says it at `at` (ms). Raises CliError that says what is wrong."""
    en, zh = _plain(row.en), _plain(row.zh)
    term_id = row.id or learned_id(en, zh)
    try:
        _ID.validate_python(term_id)
    except ValidationError:
        raise CliError(
            f"{term_id!r} is no id: up to 64 of a-z, 0-9, '.', '_' and '-', not first '.', '_' or '-'", ExitCode.USAGE
        ) from None
    fields = {name: tuple(dict.fromkeys(map(_plain, forms))) for name, forms in row.lists.items()}
    decided = row.state != "proposed"
    try:
        return StoredTerm.model_validate(
            {
                "id": term_id,
                "change": 1,
                "state": row.state,
                "kind": row.kind,
                "en": en,
                "zh": zh,
                **fields,
                "changed_at": at,
                "decided_by": by if decided else None,
                "decided_at": at if decided else None,
            }
        )
    except ValidationError as error:
        raise CliError(validation_problems(error), ExitCode.USAGE) from None


def built_in(term: Term) -> StoredTerm:
    """Return an entry that comes with the product in the form of the others."""
    return StoredTerm(
        id=term.id,
        change=1,
        state="confirmed",
        kind=term.kind,
        en=term.en,
        zh=term.zh,
        also_en=term.also_en,
        also_zh=term.also_zh,
        short_en=term.short_en,
        short_zh=term.short_zh,
        not_in=term.not_in,
        ambiguous=tuple(sorted(term.ambiguous)),
        shown_by=term.shown_by,
        loose=term.loose,
        changed_at=0,
    )


def same(one: StoredTerm, other: StoredTerm) -> bool:
    """Say whether two say the same of a term, whoever said it and when."""
    return _content(one) == _content(other)


def _content(term: StoredTerm) -> dict[str, object]:
    said = term.model_dump(exclude={"change", "articles", "changed_at", "decided_by", "decided_at"})
    return said | {"ambiguous": sorted(term.ambiguous)}


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
