"""Who and what an article names: full names with their kind, their short forms, and every place they are mentioned."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.analyze.offline.reading import Sentence
from shared.model import EntityKind
from shared.text.segment import Span
from shared.vocabulary import Term

MOST_NAMES = 60
# An article that seems to name more, or longer ones, is a list or a trap; what comes after is left out.
MOST_CANDIDATES = 200
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Role:
    """What an article says someone or something is, and the sentence that says it."""

    text: str
    sentence: Sentence


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A name that the article uses in full, with the kind that the article or the termbase shows it to be."""

    name: str
    kind: EntityKind
    term: Term | None = None
    aliases: tuple[str, ...] = ()
    role: Role | None = None

    @property
    def id(self) -> str:
        """The termbase's id, else a hash of kind and full name."""
        if self.term is not None:
            return self.term.id
        return hashlib.sha256(f"{self.kind}\n{self.name}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a name stands, in full or short."""

    start: int
    end: int
    named: Named


class Cast:
    """All names of one article and their mentions, in order."""

    def __init__(self, text: str, names: Iterable[Named]) -> None:
        self.names = tuple(names)[:MOST_NAMES]
        self.mentions = tuple(_mentions(text, self.names))
        self._starts = [mention.start for mention in self.mentions]
        self._first = {mention.named: mention.start for mention in reversed(self.mentions)}

    def within(self, start: int, end: int) -> tuple[Mention, ...]:
        """Return the mentions that begin in a stretch of the text."""
        return self.mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def named_before(self, end: int) -> tuple[Named, ...]:
        """Return the names that are mentioned before a position, each once."""
        return tuple(named for named, first in self._first.items() if first < end)

    def named_in(self, span: Span) -> tuple[Named, ...]:
        """Return the names mentioned in a stretch, each once, in order."""
        return tuple(dict.fromkeys(mention.named for mention in self.within(span.start, span.end)))


def merged(names: Iterable[Named]) -> Iterator[Named]:
    """Make one of names that are one entry of the termbase: its longest form here, with the others as aliases."""
    forms: dict[str, list[Named]] = {}
    for named in names:
        forms.setdefault(named.id, []).append(named)
    for same in forms.values():
        longest = max(same, key=lambda named: len(named.name))
        role = next((named.role for named in same if named.role is not None), None)
        others = tuple(dict.fromkeys(named.name for named in same if named is not longest))
        yield replace(longest, aliases=others, role=role)


def form_pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of the forms, longest first; one that begins or ends in Latin is matched whole."""
    ordered = sorted(set(forms), key=lambda form: (-len(form), form))
    return re.compile("|".join(_whole(form) for form in ordered))


def _whole(form: str) -> str:
    before = r"(?<![A-Za-z0-9])" if form[0].isascii() else ""
    after = r"(?![A-Za-z0-9])" if form[-1].isascii() else ""
    return f"{before}{re.escape(form)}{after}"


def _mentions(text: str, names: tuple[Named, ...]) -> Iterator[Mention]:
    forms: dict[str, Named] = {}
    for named in names:
        for form in (named.name, *named.aliases):
            forms.setdefault(form, named)
    if forms:
        for match in form_pattern(forms).finditer(text):
            yield Mention(match.start(), match.end(), forms[match.group()])
