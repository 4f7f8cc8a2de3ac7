"""Names in Chinese text. A stretch is a name only where its borders and its kind are shown: by a gloss in Latin script,
by a suffix (银行, 大学), by a word before it (企业, 分析师) and a word after it, or by the termbase."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from services.analyze.lexicon import any_of, chinese_names
from services.analyze.offline.names import MOST_CANDIDATES, Named, Role, merged
from services.analyze.offline.reading import Reading, Sentence
from shared.names.table import FormTable, search
from shared.vocabulary import Term, all_terms

_START = r"(?:^|(?<=[，。；：、！？“”「」（）\s]))"
_LATIN = re.compile(r"(?<![A-Za-z0-9-])[A-Z][A-Za-z0-9&.-]*(?:[ ][A-Z][A-Za-z0-9&.-]*)*")
_CODE = re.compile(r"[A-Z]{1,5}-?\d{1,4}")
_PRODUCT_AFTER_ZH = re.compile(
    r"(?:光)?(?:模块|模型|芯片|手机|处理器|火箭|机器人|无人机|大模型)|的(?:接口|网页版|权重)|总参数"
)
_GIVEN = r"[^\W\d_a-zA-Z的了在是和与或被将对从等这那其也都就还而但因所以说称表]"
_SHORTEST_ALIAS = 2
_LONGEST_ROLE = 20


def find_names_zh(reading: Reading) -> tuple[Named, ...]:
    """Return the names of a Chinese article, in the order of their first mention."""
    text = reading.text
    found: dict[str, Named] = {}
    for sentence in (reading.title, *reading.sentences):
        if len(found) >= MOST_CANDIDATES:
            break
        for named in (
            *_terms(sentence),
            *_glossed(sentence),
            *_organisations(sentence),
            *_people(sentence),
            *_codes(sentence),
        ):
            if named.name not in found or (found[named.name].role is None and named.role is not None):
                found[named.name] = named
    found = {name: named for name, named in found.items() if not _is_part(named, found)}
    ordered = sorted(_with_organisations_people(reading, found), key=lambda named: text.find(named.name))
    return _with_aliases(tuple(merged(ordered)), text)


def _is_part(named: Named, found: dict[str, Named]) -> bool:
    """Say whether a name is only a piece of a longer one: 北溟 of 北溟储能."""
    return named.term is None and any(named.name != other and named.name in other for other in found)


@cache
def _terms_by_id() -> dict[str, Term]:
    return {term.id: term for term in all_terms() if term.kind != "other"}


@cache
def _forms() -> FormTable:
    entities: dict[str, tuple[str, ...]] = {}
    for term in _terms_by_id().values():
        for form in term.all_forms():
            entities[form] = (*entities.get(form, ()), term.id)
        for phrase in term.not_in:  # 高通胀 is not 高通
            entities.setdefault(phrase, ())
    return FormTable(entities)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    names = chinese_names()
    leads = any_of(names.organisation_leads)
    suffixes = any_of(names.organisation_suffixes)
    institutions = any_of(names.institutions)
    han = f"[^\\W\\d_a-zA-Z{names.not_in_names}]"
    # A given name may hold characters that no company's name does: 韩述之.
    person = f"[{names.surnames}](?:{_GIVEN}{{2}}|{_GIVEN})"
    after = any_of(names.after_person)
    titles = any_of(names.titles)
    return {
        "glossed": re.compile(
            rf"(?:{_START}|(?P<lead>{leads}))(?P<name>{han}{{2,10}})（(?P<latin>[A-Z][A-Za-z0-9 .&'-]{{1,60}})）"
        ),
        "led": re.compile(
            rf"(?P<role>(?:{_START}{han}{{0,8}})?(?:{leads}))(?P<name>{han}{{2,5}}?(?:{suffixes}))(?!{han}{{0,2}}(?:{leads}))"
        ),
        "institution": re.compile(
            rf"{_START}(?P<name>{han}{{2,5}}?(?:{institutions}))(?={titles}|[的则也在称说，（周和与、将已]|表示|认为|预计|独立|计划|宣布|公布)"
        ),
        "person": re.compile(rf"(?P<role>(?:{_START}{han}{{0,10}}?)?(?:{titles}))(?P<name>{person})(?={after})"),
        "member": re.compile(rf"的(?P<name>{person})(?=说|表示|称|认为|指出|预计|估计|提醒)"),
    }


def _terms(sentence: Sentence) -> Iterator[Named]:
    text = sentence.span.text
    for found in search(text, _forms()):
        name = text[found.start : found.end]
        meant = [term for term in map(_terms_by_id().__getitem__, found.entities) if term.means(name, text)]
        # 特朗普 in 伊万卡·特朗普 is the surname of somebody else.
        if len(meant) == 1 and text[found.start - 1 : found.start] != "·":
            yield Named(name, meant[0].kind, meant[0])


def _glossed(sentence: Sentence) -> Iterator[Named]:
    for match in _patterns()["glossed"].finditer(sentence.span.text):
        person = _after(match["name"], chinese_names().titles)
        name = _after(match["name"], chinese_names().organisation_leads)
        if len(person) < len(name) and len(person) >= _SHORTEST_ALIAS:
            role = match["name"].removesuffix(person)
            yield Named(person, "person", role=Role(role, sentence) if len(role) <= _LONGEST_ROLE else None)
        elif len(name) >= _SHORTEST_ALIAS:
            yield Named(name, "organisation" if name != match["name"] or match["lead"] else "other")


def _after(name: str, words: tuple[str, ...]) -> str:
    """Return what follows the last of some words inside a stretch: 芯片企业科凡半导体 is 科凡半导体."""
    cut = max((name.rfind(word) + len(word) for word in words if word in name[:-1]), default=0)
    return name[cut:]


def _organisations(sentence: Sentence) -> Iterator[Named]:
    text = sentence.span.text
    for match in _patterns()["led"].finditer(text):
        role = match["role"] if len(match["role"]) <= _LONGEST_ROLE and len(match["role"]) > 3 else None
        at_start = match.start() == 0 or text[match.start() - 1] in "，。；：“”"
        yield Named(match["name"], "organisation", role=Role(role, sentence) if role and at_start else None)
    for match in _patterns()["institution"].finditer(text):
        yield Named(match["name"], "organisation")


def _people(sentence: Sentence) -> Iterator[Named]:
    for match in _patterns()["person"].finditer(sentence.span.text):
        role = match["role"]
        yield Named(match["name"], "person", role=Role(role, sentence) if len(role) <= _LONGEST_ROLE else None)


def _codes(sentence: Sentence) -> Iterator[Named]:
    for match in _LATIN.finditer(sentence.span.text):
        if _CODE.fullmatch(match.group()) and _PRODUCT_AFTER_ZH.match(sentence.span.text, match.end()):
            yield Named(match.group(), "product")


def _with_organisations_people(reading: Reading, found: dict[str, Named]) -> Iterator[Named]:
    """Give all names, and the people who are named as an organisation's: 海棠证券的秦若谷认为."""
    yield from found.values()
    organisations = tuple(named.name for named in found.values() if named.kind == "organisation")
    for sentence in reading.sentences if organisations else ():
        for match in _patterns()["member"].finditer(sentence.span.text):
            if match["name"] not in found and sentence.span.text[: match.start()].endswith(organisations):
                yield Named(match["name"], "person")


def _with_aliases(names: tuple[Named, ...], text: str) -> tuple[Named, ...]:
    """Add the beginning of an organisation's name (北溟 of 北溟储能) where it stands by itself and means one name."""
    suffixes = chinese_names().organisation_suffixes
    short: dict[str, str] = {}
    for named in names:
        if named.kind == "organisation" and named.term is None:
            stem = next((named.name[: -len(s)] for s in suffixes if named.name.endswith(s)), "")
            if len(stem) >= _SHORTEST_ALIAS and text.count(stem) > text.count(named.name):
                short[named.name] = stem
    claims = Counter(short.values())
    return tuple(
        replace(named, aliases=(*named.aliases, short[named.name])) if claims[short.get(named.name, "")] == 1 else named
        for named in names
    )
