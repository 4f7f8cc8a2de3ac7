"""The termbase made ready for looking names up and for finding them in texts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from shared.model import EntityKind
from shared.names.table import FormTable
from shared.vocabulary import Term, all_terms

# A plural names the same thing of these only: iPhones are of the iPhone, Apples are not of Apple.
_WITH_PLURAL: Final[frozenset[EntityKind]] = frozenset({"product", "other"})
_ARTICLE = "the "


class TermIndex:
    """An immutable index of terms: built once (seconds for 100,000), then shared by all documents.

    Terms of the kind `other` (roles, trade terms) can be looked up, but are no names to be found in a text. Of two
    terms with one id the later one counts, so that learned terms can follow the shipped ones.
    """

    __slots__ = ("_any", "_terms", "table")

    def __init__(self, terms: Iterable[Term]) -> None:
        """Index every form of `terms`."""
        self._terms = {term.id: term for term in terms}
        found: dict[str, tuple[str, ...]] = {}
        other: dict[str, tuple[str, ...]] = {}
        plural: list[str] = []
        for term in self._terms.values():
            into = other if term.kind == "other" else found
            for form in dict.fromkeys(map(without_article, all_forms(term))):
                into[form] = (*into.get(form, ()), term.id)
                if term.kind in _WITH_PLURAL:
                    plural.append(form)
            if term.kind != "other":
                for phrase in term.not_in:
                    found.setdefault(phrase, ())
        self.table = FormTable(found, plural)
        self._any = FormTable(other)

    def __len__(self) -> int:
        return len(self._terms)

    def get(self, entity: str) -> Term | None:
        """Return the term with an id."""
        return self._terms.get(entity)

    def find(self, name: str) -> tuple[Term, ...]:
        """Return the terms that have a name, full or short, among their forms; an article before it doesn't matter."""
        for form in lookups(name):
            entities = self.table.entities(form) or self._any.entities(form)
            if entities:
                return tuple(self._terms[entity] for entity in entities)
        return ()

    def named(self, name: str, kind: EntityKind = "other", text: str = "") -> Term | None:
        """Return the one term that a name of a kind surely means in a text; `other` is every kind.

        A form that is also a word or another's name means a term only where the text shows it, and the kinds are one.
        """
        meant = [term for term in self.find(name) if kinds_agree(kind, term.kind) and _is_shown(term, name, kind, text)]
        return meant[0] if len(meant) == 1 else None


@cache
def shipped_terms() -> TermIndex:
    """Return the index of the termbase that comes with the product, without learned terms."""
    return TermIndex(all_terms())


def kinds_agree(one: EntityKind, other: EntityKind) -> bool:
    """Say whether two kinds may be of one thing: an analysis may take a product for its maker, but no person for it."""
    return "other" in (one, other) or (one == "person") == (other == "person")


def _is_shown(term: Term, name: str, kind: EntityKind, text: str) -> bool:
    forms = [form for form in (name, *lookups(name)) if form in term.ambiguous]
    if not forms:
        return True
    return kind in ("other", term.kind) and term.means(forms[0], text)


def all_forms(term: Term) -> tuple[str, ...]:
    """Return all forms by which a term is found, full ones first, of both languages."""
    return (*term.forms("en"), *term.forms("zh"), *term.short_en, *term.short_zh)


def without_article(name: str) -> str:
    """Return a name without "the": the Pentagon is Pentagon. One in capitals is part of it: The Information."""
    return name[len(_ARTICLE) :] if name.startswith(_ARTICLE) and len(name) > len(_ARTICLE) else name


def lookups(name: str) -> tuple[str, str]:
    """Return what to look up for a name: as it is, and as if it begins a sentence (The Pentagon, Officials)."""
    return without_article(name), without_article(name[:1].lower() + name[1:])
