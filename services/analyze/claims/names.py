"""The names in a text: those of the document's sheet and the termbase, and what is written like a name.

An English name that no list has is a run of capitalised words; a Chinese one is written in Latin letters or stands
where only a name can: between a title and a word for speaking, or with a suffix such as 银行.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from services.analyze.claims.content import is_common, is_listed_zh
from services.analyze.lexicon import any_of, chinese_names, english_names, marks
from shared.model import Language
from shared.names import NameSheet, find_names
from shared.vocabulary import Term

_CAPITAL = re.compile(r"(?:[A-Z]\.){2,}|[A-Z\u00c0-\u00de][\w&]*(?:[-.’'][A-Za-z0-9]+)*|[a-z]{1,3}[A-Z]\w*")
_JOINERS = re.compile(r" (?:(?:of(?: the)?|&|de|van|von|der|al|bin) )?|(?<=[A-Z]\.) ?")
_TOKEN = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s?$")
_LATIN = re.compile(r"[A-Z][A-Za-z0-9]*(?:[ .&'’-]?[A-Z0-9][A-Za-z0-9]*)*")
_HAN_ONLY = re.compile(r"[\u3400-\u9fff·]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s|[\"“‘(]\s?)$")
_LONGEST_NAME = 80
_SHORTEST_ACRONYM = 2
_LONGEST_PERSON = 3


@dataclass(frozen=True, slots=True)
class Name:
    """A name at a place of a text. `entities`: what the sheet says it may mean. `tokens`: its own words, folded.

    `place`: a country or a city, which is hardly ever who does something.
    """

    start: int
    end: int
    text: str
    entities: frozenset[str]
    tokens: frozenset[str]
    place: bool = False

    def same(self, other: Name) -> bool:
        """Say whether two names may mean the same: one entity, or one is a short form of the other."""
        if self.entities and other.entities and not self.entities.isdisjoint(other.entities):
            return True
        if self.tokens and other.tokens:
            if self.tokens <= other.tokens or self.tokens >= other.tokens:
                return True
            return _is_acronym(self.text, other.text) or _is_acronym(other.text, self.text)
        if _HAN_ONLY.fullmatch(self.text) and _HAN_ONLY.fullmatch(other.text):
            return self.text in other.text or other.text in self.text
        return False


class Namer:
    """Finds names in the texts of one document."""

    def __init__(self, article: str, language: Language, sheet: NameSheet) -> None:
        self._sheet = sheet
        self._begins = frozenset(_FIRST_WORD.findall(article)) if language == "en" else frozenset[str]()
        self._places = _places_en(article) if language == "en" else frozenset[str]()
        self._inventory = _inventory_zh(article) if language == "zh" else None
        self._lower = frozenset(re.findall(r"\b[a-z][a-z'’-]+", article)) if language == "en" else frozenset[str]()
        # At the beginning of a claim these are names, too.
        self._proper = _proper_words(article, self._lower) if language == "en" else frozenset[str]()

    def find(self, text: str, language: Language) -> tuple[Name, ...]:
        """Return the names of a text, in order and without overlaps."""
        found: list[Name] = []
        taken = bytearray(len(text))
        runs = list(self._runs_en(text) if language == "en" else self._runs_zh(text))
        for mention in find_names(text, language, self._sheet):
            ids = (mention.entity, *mention.others)
            start, end = (
                _widened(mention.start, mention.end, runs) if language == "en" else (mention.start, mention.end)
            )
            whole = text[start:end]
            entities = frozenset(ids) if end - start == mention.end - mention.start else frozenset[str]()
            found.append(Name(start, end, whole, entities, _tokens(whole), self._is_place(mention.entity)))
            taken[start:end] = b"\1" * (end - start)
        for start, end in runs:
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                place = language == "en" and (
                    _is_in(text, start) or text[start:end] in self._places or bool(_DEMONYM.fullmatch(text, start, end))
                )
                found.append(Name(start, end, text[start:end], frozenset(), _tokens(text[start:end]), place))
        return tuple(sorted(found, key=lambda name: name.start))

    def loose(self, names: tuple[Name, ...]) -> frozenset[str]:
        """Return words that stand for any of the names without naming it: Chinese for China."""
        terms = (self._sheet.terms.get(entity) for name in names for entity in name.entities)
        return frozenset(form.lower() for term in terms if term is not None for form in (*term.loose, *_all(term)))

    def _is_place(self, entity: str) -> bool:
        entry = self._sheet.entries.get(entity)
        term = self._sheet.terms.get(entity)
        return (entry is not None and entry.kind == "place") or (term is not None and term.kind == "place")

    def _runs_en(self, text: str) -> Iterator[tuple[int, int]]:
        not_last = english_names().not_names | english_names().abbreviations
        for run in _capitalised(text):
            kept = run
            # What begins a sentence, or is a day, a month or a title, is no part of the name.
            while kept and self._is_no_name(text, kept[0]):
                kept = kept[1:]
            while kept and text[slice(*kept[-1])] in not_last:
                kept = kept[:-1]
            if kept and kept[-1][1] - kept[0][0] <= _LONGEST_NAME:
                yield kept[0][0], kept[-1][1]

    def _runs_zh(self, text: str) -> Iterator[tuple[int, int]]:
        yield from _latin_zh(text)
        if self._inventory is not None:
            for match in self._inventory.finditer(text):
                yield match.span()

    def _is_no_name(self, text: str, span: tuple[int, int]) -> bool:
        word = text[slice(*span)]
        names = english_names()
        if (
            word in names.not_names
            or word in names.honorifics
            or word in names.offices
            or f"{word}." in names.honorifics
        ):
            return True
        if any(character.isupper() or character.isdigit() for character in word[1:]):
            return False
        if not _SENTENCE_START.search(text[max(0, span[0] - 3) : span[0]]):
            return False
        if word in self._proper:
            return False
        plural = word.endswith("s") and not word.endswith("ss")
        return plural or word in self._begins or word.lower() in self._lower or is_common(word.lower())


def _places_en(article: str) -> frozenset[str]:
    """Return the names that the article says something is in: a court in Maren."""
    return frozenset(article[run[0][0] : run[-1][1]] for run in _capitalised(article) if _is_in(article, run[0][0]))


def _is_in(text: str, start: int) -> bool:
    """Say whether what stands there is where something is: "in Ghent"; not "shares in Merida"."""
    before = text[max(0, start - 24) : start]
    return _IN.search(before) is not None and _STAKE_IN.search(before) is None


_DEMONYM = re.compile(
    r"[A-Z][a-z]+(?:ese|ian|ish|erman|rican|exican)s?|French|Dutch|Greek|Swiss|Czech|Thai|Israeli|Iraqi"
)
_IN = re.compile(
    r"\b(?:[Ii]n|[Nn]ear|[Aa]cross|[Oo]utside|(?:province|state|city|town|county|region|island|village|district) of) $"
)
_STAKE_IN = re.compile(
    r"\b(?:shares?|stakes?|stocks?|invest\w*|interest|confidence|holding|trading) in $", re.IGNORECASE
)


def _all(term: Term) -> tuple[str, ...]:
    return (*term.forms("en"), *term.forms("zh"), *term.short_en, *term.short_zh)


def _capitalised(text: str) -> Iterator[list[tuple[int, int]]]:
    """Give runs of capitalised words, each word with its span, possessives cut off."""
    run: list[tuple[int, int]] = []
    for match in _CAPITAL.finditer(text):
        if run and (_JOINERS.fullmatch(text, run[-1][1], match.start()) is None or text[run[-1][1]] in "'’"):
            yield run
            run = []
        possessive = _POSSESSIVE.search(match.group())
        run.append((match.start(), match.end() - (len(possessive.group()) if possessive else 0)))
        if possessive:
            yield run
            run = []
    if run:
        yield run


_FIRST_WORD = re.compile(r"(?:^|[\n.!?]\s{0,2}[\"“‘(]?)([A-Z][a-z]+)\b")


@cache
def _owns_or_does() -> re.Pattern[str]:
    return re.compile(
        rf"['’]s?\b|,? (?:{any_of(english_names().speech)}|[a-z]+ed|bought|sold|rose|fell|won|lost|plans)\b"
    )


def _proper_words(article: str, lower: frozenset[str]) -> frozenset[str]:
    """Return the words that the article writes with a capital inside sentences, and alone if also without one."""
    not_names = english_names().not_names
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for first in _capitalised(article):
        run, start = first, first[0][0]
        if start == 0 or article[start - 1] == "\n" or _SENTENCE_START.search(article[max(0, start - 3) : start]):
            run = run[1:]
        words = [article[slice(*span)] for span in run]
        if len(first) == 1 and first is not run:
            # What only begins sentences is a name if it has something, does something, or comes again.
            alone = article[slice(*first[0])]
            seen[alone] += 2 if _owns_or_does().match(article, first[0][1]) else 1
        elif first is not run:
            seen[article[slice(*first[0])]] += 2
        found.update(word for word in words if len(words) == 1 or word.lower() not in lower)
    again = (word for word, times in seen.items() if times > 1)
    found |= {word for word in again if not is_common(word.lower()) and not {word.lower(), word.lower()[:-1]} & lower}
    return frozenset(found - not_names)


def _latin_zh(text: str) -> Iterator[tuple[int, int]]:
    for match in _LATIN.finditer(text):
        if match.end() - match.start() > 1 and match.group() not in chinese_names().latin_words:
            yield match.span()


def _inventory_zh(article: str) -> re.Pattern[str] | None:
    """Return a pattern for the names that the article shows to be names, longest first."""
    found = {match["name"] for pattern in _patterns_zh() for match in pattern.finditer(article)}
    found |= {m["name"] for m in _after_de().finditer(article) if article.count(m["name"]) > 1}
    found |= {_person(article, match.start("name")) for match in _person_after_title().finditer(article)}
    # 北溟 of 北溟储能, where it stands alone as well.
    short = (name[:2] for name in found if len(name) > _LONGEST_PERSON and not _is_no_name_zh(name))
    found |= {
        stem for stem in set(short) if article.count(stem) > sum(article.count(n) for n in found if n[:2] == stem)
    }
    return re.compile(any_of(kept)) if (kept := {name for name in found if not _is_no_name_zh(name)}) else None


@cache
def _after_de() -> re.Pattern[str]:
    """同城的日升光电营收: after 的 a name is less certain, so that it must come twice."""
    names = chinese_names()
    han = f"[^\\W\\d_a-zA-Z{names.not_in_names}]"
    return re.compile(rf"的(?P<name>{han}{{2,6}}?)(?=(?:{any_of(names.between)}){{0,2}}(?:{any_of(names.deeds)}))")


def _person(article: str, start: int) -> str:
    """Return a person's name that begins at a place: two characters, or three if these come again as often."""
    two, three = article[start : start + 2], article[start : start + 3]
    return three if article.count(three) > 1 and 2 * article.count(three) > article.count(two) else two


@cache
def _person_after_title() -> re.Pattern[str]:
    names = chinese_names()
    return re.compile(
        rf"(?:{any_of((*names.titles, *names.callings))})(?P<name>[{names.surnames}][\u4e00-\u9fff]{{2}})"
    )


def _is_no_name_zh(name: str) -> bool:
    words = chinese_names()
    if is_listed_zh(name) or name.startswith(words.no_beginnings):
        return True
    # 短租平台宿屿 is 宿屿, 总经理罗振声 罗振声.
    kinds = (*words.organisation_leads, *words.kinds, *words.titles, *words.callings)
    if any(kind in name[: -len(kind)] for kind in kinds):
        return True
    signs = (sign for each in marks().values() for sign in each.quote_zh if len(sign) > 1)
    return any(word in name for word in (*words.deeds, *signs))


def acts_zh(text: str, at: int) -> bool:
    """Say whether what stands at a place of a Chinese text is what someone does."""
    return _deed_zh().match(text, at) is not None


@cache
def _deed_zh() -> re.Pattern[str]:
    names = chinese_names()
    return re.compile(rf"(?:{any_of(names.between)}|可能|或将|有望|计划|拟|将)|(?:{any_of(names.deeds)})")


@cache
def _patterns_zh() -> tuple[re.Pattern[str], ...]:
    names = chinese_names()
    start = r"(?:^|(?<=[，。；：、“”「」（）\s]))"
    han = f"[^\\W\\d_a-zA-Z{names.not_in_names}]"
    person = f"[{names.surnames}]{han}{{1,2}}"
    titles = any_of((*names.titles, *names.callings))
    leads = any_of((*names.organisation_leads, *names.kinds))
    deeds = any_of(names.deeds)
    deed = f"(?:{any_of(names.between)}){{0,3}}(?:{deeds}|(?:对|向|在|与|于)[^，。]{{1,8}}(?:{deeds}))"
    suffix = any_of({*names.organisation_suffixes, *names.suffixes} - {"公司"})
    return (
        re.compile(rf"(?:{titles})(?P<name>{person}?)(?={deed}|[，、（])"),
        re.compile(rf"{start}(?:{any_of(names.between)})?(?P<name>{han}{{2,6}}?)(?={deed})"),
        re.compile(rf"(?:{start}|{leads}|{titles})(?P<name>{han}{{2,6}}?(?:{suffix}))(?!{han}{{0,2}}(?:{leads}))"),
        re.compile(rf"(?:{leads})(?P<name>{han}{{2,6}}?)(?={deed}|（)"),
    )


def _tokens(text: str) -> frozenset[str]:
    if not text.isascii() and not re.search(r"[A-Za-z]", text):
        return frozenset()
    words = [word.lower() for word in _TOKEN.findall(text)]
    kept = [word for word in words if word not in english_names().untelling]
    return frozenset(kept or words)


def _widened(start: int, end: int, runs: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the capitalised run that a name is only a part of: Dana Whitlock where the sheet knows Whitlock."""
    for run_start, run_end in runs:
        if run_start <= start and end <= run_end and run_end - run_start > end - start:
            return run_start, run_end
    return start, end


def _is_acronym(short: str, full: str) -> bool:
    if not (short.isupper() and len(short) >= _SHORTEST_ACRONYM):
        return False
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", full) if word[0].isupper())
    return short.replace(".", "") == initials
