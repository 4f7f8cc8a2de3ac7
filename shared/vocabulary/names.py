"""The termbase: names of companies, people, agencies, products and places with their form in each language.

Each language has one *preferred* form, which is written, and *accepted* ones, which are recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shared.model import EntityKind, Language
from shared.vocabulary._data import names


@dataclass(frozen=True, slots=True)
class Term:
    """One entry: `en` and `zh` are preferred, `also_en` and `also_zh` are accepted.

    The kind `other` is no name: a role (chairman, 董事长), or a source that is not named (the company, 知情人士). A
    Chinese form is not the name before a character of `zh_not_before`.
    """

    id: str
    kind: EntityKind
    en: str
    zh: str
    also_en: tuple[str, ...]
    also_zh: tuple[str, ...]
    zh_not_before: str

    def form(self, language: Language) -> str:
        """Return the preferred form."""
        return self.en if language == "en" else self.zh

    def forms(self, language: Language) -> tuple[str, ...]:
        """Return all forms of a language, the preferred one first."""
        return (self.en, *self.also_en) if language == "en" else (self.zh, *self.also_zh)


@cache
def all_terms() -> tuple[Term, ...]:
    """Return every entry of the termbase."""
    return tuple(
        Term(key, row.kind, row.en, row.zh, row.also_en, row.also_zh, row.zh_not_before) for key, row in names().items()
    )


def find_term(name: str) -> Term | None:
    """Return the entry that has `name`, exactly as written, among its forms of either language."""
    return _by_form().get(name)


@cache
def _by_form() -> dict[str, Term]:
    # Chinese articles use Latin forms and the other way round, so both languages' forms are one table.
    return {form: term for term in all_terms() for language in ("en", "zh") for form in term.forms(language)}
