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
    """One entry: `en` and `zh` are preferred, `also_en` and `also_zh` are accepted as full names.

    `short_en` and `short_zh` are short forms: surnames and acronyms that stand alone (Jassy, 欧空局). `not_in` are
    longer phrases of either language in which a form is not this name (高通胀, Amazon rainforest). `ambiguous` are
    forms that are also an everyday word or another's name; `shown_by` are words beside which they mean this entry.
    `loose` are words of either language that render a name in a translation but name nothing by themselves (中方, 美).

    The kind `other` is no name: a role (chairman, 董事长), a source that is not named (the company, 知情人士), or a
    term of the trade (semiconductor, 半导体).
    """

    id: str
    kind: EntityKind
    en: str
    zh: str
    also_en: tuple[str, ...] = ()
    also_zh: tuple[str, ...] = ()
    short_en: tuple[str, ...] = ()
    short_zh: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    ambiguous: frozenset[str] = frozenset()
    shown_by: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()

    def form(self, language: Language) -> str:
        """Return the preferred form."""
        return self.en if language == "en" else self.zh

    def forms(self, language: Language) -> tuple[str, ...]:
        """Return all full names of a language, the preferred one first."""
        return (self.en, *self.also_en) if language == "en" else (self.zh, *self.also_zh)

    def short_forms(self, language: Language) -> tuple[str, ...]:
        """Return the short forms of a language."""
        return self.short_en if language == "en" else self.short_zh

    def all_forms(self) -> tuple[str, ...]:
        """Return the full names and the short forms of both languages."""
        return (*self.forms("en"), *self.forms("zh"), *self.short_en, *self.short_zh)

    def means(self, form: str, text: str) -> bool:
        """Say whether `form`, which `text` has, means this entry there.

        An ambiguous one does only where the text also has a form that is not, or a word that shows what is meant.
        """
        if form not in self.ambiguous:
            return True
        sure = (other for other in self.all_forms() if other not in self.ambiguous)
        return any(word in text for word in (*sure, *self.shown_by))


@cache
def all_terms() -> tuple[Term, ...]:
    """Return every entry of the termbase."""
    return tuple(
        Term(
            id=key,
            kind=row.kind,
            en=row.en,
            zh=row.zh,
            also_en=row.also_en,
            also_zh=row.also_zh,
            short_en=row.short_en,
            short_zh=row.short_zh,
            not_in=row.not_in,
            ambiguous=frozenset(row.ambiguous),
            shown_by=row.shown_by,
            loose=row.loose,
        )
        for key, row in names().items()
    )


def find_term(name: str) -> Term | None:
    """Return the entry that has `name`, exactly as written, among its forms of either language; "the" may precede it.

    A form that is ambiguous finds nothing: what it means is to be seen from the text only.
    """
    return _by_form().get(name) or _by_form().get(name.removeprefix("the "))


@cache
def _by_form() -> dict[str, Term]:
    # Chinese articles use Latin forms and the other way round, so both languages' forms are one table.
    return {form: term for term in all_terms() for form in term.all_forms() if form not in term.ambiguous}
