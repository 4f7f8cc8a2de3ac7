"""The name sheet of a document: its entities, each with its full name and short forms in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.model import EntityKind, Language
from shared.names._foreign import in_dotted_name, is_whole_part
from shared.names._glossed import resolved
from shared.names.index import TermIndex, lookups, without_article
from shared.names.learned import Learned, learned, words
from shared.names.pinyin import person_in_pinyin
from shared.names.table import LATIN, FormTable, search
from shared.vocabulary import Term

_MOST_ENTITIES = 500
_LATIN_NAME = re.compile(rf"[{LATIN}0-9][{LATIN}0-9 .,&'’/+:-]*")
_ACRONYM = re.compile(r" ?[（(](?:the )?([A-Z][A-Z0-9&.-]{1,9})[）)]")
_LEGAL_EN = re.compile(
    r",? (?:Inc|Incorporated|Corp|Corporation|Ltd|Limited|PLC|plc|AG|SA|NV|Co|Company|Group|Holdings?)\.?$"
)
_LEGAL_ZH = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|控股集团|集团公司|公司|集团|控股)$")
_HAN = re.compile("[\u3400-\u9fff]")
_SHORTEST = 2
# How the ids of entities begin that the termbase has not.
_NEW = "name:"
_TITLE_BEFORE = re.compile(r"([A-Z][a-z]+)\.? $")
_TITLE_AFTER_ZH = ("先生", "女士", "总统", "总理", "首相", "教授", "博士", "本人")


@dataclass(frozen=True, slots=True)
class NameMention:
    """One place of a text that names an entity; `others` are entities that the same words may mean as well."""

    entity: str
    start: int
    end: int
    text: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One entity of a document: full names, the preferred one first, and short forms in each language.

    A language without full names has none that is known. `loose` are words of either language that may stand for the
    entity in a translation and name nothing by themselves. `given`: the article itself gives the name in both scripts.
    """

    entity: str
    kind: EntityKind
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    short_en: tuple[str, ...] = ()
    short_zh: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    given: bool = False

    def full(self, language: Language) -> tuple[str, ...]:
        """Return the full names in a language."""
        return self.en if language == "en" else self.zh

    def short(self, language: Language) -> tuple[str, ...]:
        """Return the short forms in a language."""
        return self.short_en if language == "en" else self.short_zh

    def preferred(self, language: Language) -> str | None:
        """Return the full name to write; for a Chinese person without a known English name that is pinyin."""
        names = self.full(language)
        if names:
            return names[0]
        return person_in_pinyin(self.zh[0]) if self.kind == "person" and language == "en" else None

    def all(self) -> tuple[str, ...]:
        """Return every form in both languages."""
        return (*self.en, *self.zh, *self.short_en, *self.short_zh)


class NameSheet:
    """What `build_sheet` found in a document. It knows the whole termbase, too: see `find_names`."""

    __slots__ = ("_by_form", "entries", "table", "terms")

    def __init__(self, entries: Iterable[SheetEntry], terms: TermIndex) -> None:
        """Make the sheet of these entries."""
        self.terms = terms
        self.entries: Mapping[str, SheetEntry] = {entry.entity: entry for entry in entries}
        forms: dict[str, tuple[str, ...]] = {}
        for entry in self.entries.values():
            for form in map(without_article, entry.all()):
                forms[form] = (*forms.get(form, ()), entry.entity)
        self.table = FormTable(forms)

    def own(self, entities: tuple[str, ...]) -> tuple[str, ...]:
        """Return which of the entities that a form may mean the document leaves: its own new one, where it gives it."""
        new = tuple(entity for entity in entities if entity.startswith(_NEW) and self.entries[entity].given)
        return new or entities

    def entry(self, entity: str) -> SheetEntry | None:
        """Return an entity's entry: of the document, else of the termbase."""
        known = self.entries.get(entity)
        if known is not None:
            return known
        term = self.terms.get(entity)
        return None if term is None else entry_of(term)

    def form(self, name: str, target: Language) -> str | None:
        """Return how a name of the document is written in a language; None where nothing tells.

        A surname or acronym becomes the short form of the target where it has one, else the full name.
        """
        plain = without_article(name)
        entry = self._entry_named(name)
        if entry is None:
            return None
        full = entry.preferred(target)
        if full is None or not set(map(without_article, (*entry.en, *entry.zh))).isdisjoint(lookups(name)):
            return full
        if full in entry.en and full in entry.zh and full.startswith(plain):
            return plain  # a Latin name stays Latin, short as it is
        short = entry.short(target)
        return short[0] if short else full

    def forms_for(self, target: Language) -> Mapping[str, str]:
        """Return the form in a language by every form of the sheet's entities, for a translator to read."""
        forms = (form for entry in self.entries.values() for form in entry.all())
        return {form: written for form in forms if (written := self.form(form, target)) is not None}

    def _entry_named(self, name: str) -> SheetEntry | None:
        for form in lookups(name):
            meant = [self.entries[entity] for entity in self.own(self.table.entities(form))]
            if len(meant) > 1:  # Ford is the company's full name, Doug Ford's surname; Kim may be anyone
                meant = [entry for entry in meant if form in map(without_article, (*entry.en, *entry.zh))]
                if len(meant) != 1:
                    return None
            if meant:
                return meant[0]
        known = self.terms.named(name)
        if known is not None:
            return entry_of(known)
        # 科凡 is 科凡半导体, if that is the only name that begins so.
        longer = [entry for entry in self.entries.values() if any(form.startswith(name) for form in entry.all())]
        return longer[0] if len(longer) == 1 and len(name) >= _SHORTEST else None


def entry_of(term: Term) -> SheetEntry:
    """Return a term of the termbase as an entry of a sheet."""
    return SheetEntry(term.id, term.kind, term.forms("en"), term.forms("zh"), term.short_en, term.short_zh, term.loose)


def build_sheet(
    text: str, language: Language, terms: TermIndex, entities: Sequence[tuple[str, EntityKind]] = ()
) -> NameSheet:
    """Make the name sheet of a document from the termbase, its own glosses and the entities of its analysis.

    `text` is the canonical text (for a pair without an article: the source sentence). An entity that nothing gives
    another form for keeps its Latin name in both languages; a Chinese person's name is written in pinyin.
    """
    own, hits = _of_document(text, terms, entities[:_MOST_ENTITIES])
    first = NameSheet(own.values(), terms)
    sure: dict[str, bool] = {}
    acronyms: dict[str, set[str]] = {}
    for found in search(text, first.table, terms.table):
        form = text[found.start : found.end]
        partly = in_dotted_name(text, found.start, found.end)
        for entity in first.own(found.entities):
            if entity not in own and entity not in hits and not _means(terms, entity, form, text, sure):
                continue
            if partly and not _may_be_part(entity, first, text, found.start, found.end):
                continue
            hits.setdefault(entity, set()).add(form)
            acronym = _ACRONYM.match(text, found.end)
            if acronym is not None:
                acronyms.setdefault(entity, set()).add(acronym[1])
    entries = dict(own)
    for entity in hits:
        term = terms.get(entity)
        if term is not None and entity not in entries:
            entries[entity] = entry_of(term)
    return NameSheet(
        (
            _with_short_forms(entry, hits.get(entry.entity, set()), sorted(acronyms.get(entry.entity, ())))
            for entry in entries.values()
        ),
        terms,
    )


def _of_document(
    text: str, terms: TermIndex, entities: Sequence[tuple[str, EntityKind]]
) -> tuple[dict[str, SheetEntry], dict[str, set[str]]]:
    """Return the entries that the document itself gives, and the terms that its analysis names (no form found yet)."""
    kinds = dict(entities)
    own: dict[str, SheetEntry] = {}
    for entry in _glossed(learned(text), kinds, terms):
        own[entry.entity] = _with_forms(own.get(entry.entity, entry), entry.en, entry.zh)
    glossed = {form for entry in own.values() for form in entry.all()}
    hits: dict[str, set[str]] = {}
    for name, kind in entities:
        if name in glossed:
            continue
        term = terms.named(name, kind, text)
        if term is None:
            entry = _unknown(name, kind)
            own.setdefault(entry.entity, entry)
        elif term.kind != "other":
            hits.setdefault(term.id, set())
    return own, hits


def find_names(text: str, language: Language, sheet: NameSheet) -> tuple[NameMention, ...]:
    """Return the names in a text, in order and without overlaps: those of the sheet and of the whole termbase.

    A word that may mean two entities of the document (Ford and Doug Ford, two people named Lee) is one mention
    with `others`; a title before it (Mr Ford) makes the person the first.
    """
    return tuple(_mentions(text, language, sheet))


def _mentions(text: str, language: Language, sheet: NameSheet) -> Iterator[NameMention]:
    sure: dict[str, bool] = {}
    for found in search(text, sheet.table, sheet.terms.table):
        form = text[found.start : found.end]
        meant = [
            entity
            for entity in sheet.own(found.entities)
            if entity in sheet.entries or _means(sheet.terms, entity, form, text, sure)
        ]
        if in_dotted_name(text, found.start, found.end):
            meant = [entity for entity in meant if _may_be_part(entity, sheet, text, found.start, found.end)]
        if not meant:
            continue
        if len(meant) > 1:
            meant.sort(key=lambda entity: _rank(entity, found.start, found.end, text, language, sheet))
        yield NameMention(meant[0], found.start, found.end, form, tuple(meant[1:]))


def _may_be_part(entity: str, sheet: NameSheet, text: str, start: int, end: int) -> bool:
    """Say whether an entity can be named by a part of a dotted name: a person by the whole surname."""
    entry = sheet.entry(entity)
    return entry is not None and entry.kind == "person" and is_whole_part(text, start, end)


def _rank(
    entity: str, start: int, end: int, text: str, language: Language, sheet: NameSheet
) -> tuple[bool, bool, bool]:
    """Put first what the document names; of that a person after a title, else whom the form names by itself."""
    entry = sheet.entries.get(entity)
    kind = entry.kind if entry is not None else None
    form = without_article(text[start:end])
    full = entry is not None and form in map(without_article, (*entry.en, *entry.zh))
    return entry is None, (kind == "person") != _titled(text, start, end, language), not full


def _titled(text: str, start: int, end: int, language: Language) -> bool:
    if language == "zh":
        return text.startswith(_TITLE_AFTER_ZH, end)
    before = _TITLE_BEFORE.search(text, max(0, start - 16), start)
    return before is not None and before[1] in words().titles_en


def _means(terms: TermIndex, entity: str, form: str, text: str, sure: dict[str, bool]) -> bool:
    term = terms.get(entity)
    if term is None:
        return False
    if form not in term.ambiguous:
        return True
    if entity not in sure:  # asked once per entity: it reads the whole text
        sure[entity] = term.means(form, text)
    return sure[entity]


def _glossed(glosses: Iterable[Learned], kinds: Mapping[str, EntityKind], terms: TermIndex) -> Iterator[SheetEntry]:
    for gloss in (_without_lead(gloss, kinds) for gloss in glosses):
        kind = kinds.get(gloss.zh) or kinds.get(gloss.en) or gloss.kind
        known = resolved(gloss, kind, terms)
        if isinstance(known, Term):
            # The article's own form is accepted beside the termbase's.
            entry = replace(entry_of(known), given=True)
            new = [form for form in (gloss.en, gloss.zh) if form not in entry.all()]  # a surname stays a short form
            yield _with_forms(entry, _only(gloss.en, new), _only(gloss.zh, new))
        elif known is not None:
            yield SheetEntry(f"{_NEW}{gloss.en}", kind, (gloss.en,), (gloss.zh,), given=True)


def _without_lead(gloss: Learned, kinds: Mapping[str, EntityKind]) -> Learned:
    """Return a gloss with the name that the analysis has, where it found words before it: 买家奥林峰 is 奥林峰."""
    zh = next((name for name in kinds if gloss.zh.endswith(name)), gloss.zh)
    en = next((name for name in kinds if gloss.en.endswith(" " + name)), gloss.en)
    return replace(gloss, zh=zh, en=en)


def _only(form: str, new: Sequence[str]) -> tuple[str, ...]:
    return (form,) if form in new else ()


def _with_forms(entry: SheetEntry, en: tuple[str, ...], zh: tuple[str, ...]) -> SheetEntry:
    return replace(entry, en=tuple(dict.fromkeys((*entry.en, *en))), zh=tuple(dict.fromkeys((*entry.zh, *zh))))


def _unknown(name: str, kind: EntityKind) -> SheetEntry:
    plain = without_article(name)
    if _LATIN_NAME.fullmatch(plain):
        return SheetEntry(f"{_NEW}{plain}", kind, (plain,), (plain,))
    return SheetEntry(f"{_NEW}{plain}", kind, (), (plain,))


def _with_short_forms(entry: SheetEntry, used: set[str], acronyms: Sequence[str]) -> SheetEntry:
    """Add the short forms that the document's use of a full name allows."""
    full = {without_article(form) for form in (*entry.en, *entry.zh)}
    short_en, short_zh = list(acronyms), list(acronyms)
    if entry.kind == "person" and not full.isdisjoint(used):
        short_en += _surnames_en(entry)
        short_zh += _surnames_zh(entry)
    elif entry.kind == "organisation":
        short_en += (_LEGAL_EN.sub("", form) for form in entry.en)
        short_zh += (_LEGAL_ZH.sub("", form) for form in entry.zh)
    return replace(
        entry,
        short_en=_new((*entry.short_en, *short_en), entry.en),
        short_zh=_new((*entry.short_zh, *short_zh), entry.zh),
    )


def surnames(entry: SheetEntry) -> tuple[str, ...]:
    """Return the surnames of a person in both languages."""
    return (*_surnames_en(entry), *_surnames_zh(entry)) if entry.kind == "person" else ()


def _surnames_en(entry: SheetEntry) -> Iterator[str]:
    """Give the last name; the first as well of a name that Chinese doesn't divide: Xi Jinping, Jensen Huang."""
    undivided = any(map(_HAN.search, entry.zh)) and not any("·" in form for form in entry.zh)
    for form in entry.en:
        parts = form.split(" ")
        if len(parts) > 1:
            yield parts[-1]
            if undivided:
                yield parts[0]


def _surnames_zh(entry: SheetEntry) -> Iterator[str]:
    for form in entry.zh:
        parts = re.split("[·•‧ ]", form)
        if len(parts) > 1 and len(parts[-1]) >= _SHORTEST:
            yield parts[-1]


def _new(forms: Iterable[str], full: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for form in forms if len(form) >= _SHORTEST and form not in full))
