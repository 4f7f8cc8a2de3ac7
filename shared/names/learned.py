"""Names that an article itself gives in both scripts: 安迪·贾西 (Andy Jassy), Beiming Storage (北溟储能)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import islice

from pydantic import Field

from shared.model import EntityKind, Model
from shared.names.pinyin import person_in_pinyin

_MOST = 200
# Brackets beyond these are not looked at; a name is looked for elsewhere in as much of the text.
_MOST_TRIED = 1000
_SEARCHED = 20_000
_HAN = "\u3400-\u9fff"
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_OPEN, _CLOSE = "[（(]", "[）)]"
_FIRST = "[A-Z\u00c0-\u00d6\u00d8-\u00de]"
_CAPITALISED = rf"(?:{_FIRST}|[0-9])[{_LATIN}0-9&’'.-]*"
_JOINERS = "(?:(?:of|the|and|de|van|von|der|du|la|&) ){0,2}"
_LATIN_NAME = rf"(?={_FIRST}|[0-9]+[A-Za-z]){_CAPITALISED}(?: {_JOINERS}{_CAPITALISED}){{0,7}}"
_LATIN_IN_BRACKETS = re.compile(rf" ?{_OPEN}(?P<latin>{_LATIN_NAME})(?:[，,；;][^（）()]{{0,40}})?{_CLOSE}")
_HAN_IN_BRACKETS = re.compile(rf" ?{_OPEN}(?P<han>[{_HAN}·•‧]{{2,24}})(?:[，,；;][^（）()]{{0,40}})?{_CLOSE}")
_HAN_RUN = re.compile(rf"[{_HAN}·•‧]+$")
_LATIN_RUN = re.compile(rf"(?:^|(?<=[^\w&’'.-]))({_LATIN_NAME})$")
_PINYIN = re.compile("[A-Z][a-z]{0,6} [A-Z][a-z]{0,11}")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&-]{1,7}")
# Long enough for the longest name, short enough that a text of brackets only stays linear.
_BEFORE = 80
_SHORTEST_HAN, _LONGEST_HAN = 2, 14
_DOT = "·"
_IS_LATIN = re.compile(f"[{_LATIN}]")


@dataclass(frozen=True, slots=True)
class Learned:
    """A name in both languages as an article gives it; `kind` is `other` where the article doesn't show it."""

    en: str
    zh: str
    kind: EntityKind


class _Words(Model):
    sounds: str
    leads_zh: tuple[str, ...] = Field(strict=False)
    leads_at_start_zh: tuple[str, ...] = Field(strict=False)
    never_in_zh: tuple[str, ...] = Field(strict=False)
    never_at_end_zh: tuple[str, ...] = Field(strict=False)
    titles_en: frozenset[str] = Field(strict=False)


def learned(text: str) -> tuple[Learned, ...]:
    """Return the names that a text gives in both scripts, in order, each once; at most 200.

    An acronym in brackets (国内生产总值（GDP）) is no name in the other language and not among them; neither is a
    source in brackets after a sentence (股价大幅上升（Bloomberg）).
    """
    found: dict[Learned, None] = {}
    for one in _glosses(text):
        found.setdefault(_like_before(one, found))
        if len(found) == _MOST:
            break
    return tuple(found)


def _glosses(text: str) -> Iterator[Learned]:
    for match in islice(_LATIN_IN_BRACKETS.finditer(text), _MOST_TRIED):
        latin = match["latin"].strip()
        before = _HAN_RUN.search(text, max(0, match.start() - _BEFORE), match.start())
        if before is None or _ACRONYM.fullmatch(latin) or _is_cut(text, before.start()):
            continue
        chinese = _name_at_end(before.group(), latin, text)
        if chinese is not None:
            yield Learned(latin, chinese, _kind(chinese))
    for match in islice(_HAN_IN_BRACKETS.finditer(text), _MOST_TRIED):
        chinese = _plain_dot(match["han"])
        run = _LATIN_RUN.search(text, max(0, match.start() - _BEFORE), match.start())
        if run is None or _is_cut(text, run.start(1)) or not _may_be_name(chinese):
            continue
        name = _without_titles(run[1], chinese)
        if name is not None and not _ACRONYM.fullmatch(name):
            yield Learned(name, chinese, _kind(chinese))


def _is_cut(text: str, start: int) -> bool:
    """Say whether a run follows a word with invisible characters or letters of another script: it may be its rest."""
    words_before = text[max(0, start - _BEFORE) : start].split()
    return any(map(_is_strange, words_before[-1])) if words_before else False


def _is_strange(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cf", "Mn") or (category in ("Lu", "Ll") and not _IS_LATIN.match(character))


def _like_before(one: Learned, found: Iterable[Learned]) -> Learned:
    """Return a gloss without the words that its English name has before one of an earlier gloss: Later Beiming Storage.

    The two Chinese names must begin alike, for York Times is not New York Times.
    """
    for earlier in found:
        if one.en.endswith(" " + earlier.en) and one.zh[:2] == earlier.zh[:2]:
            return replace(one, en=earlier.en)
    return one


def _name_at_end(run: str, latin: str, text: str) -> str | None:
    """Return the name that a run of Chinese characters ends with."""
    run = _plain_dot(run)
    if _DOT in run:
        name = foreign_name(run)
        return name if name is not None and run.endswith(name) else None
    if _PINYIN.fullmatch(latin):
        for length in (2, 3, 4):
            pinyin = person_in_pinyin(run[-length:])
            if pinyin is not None and pinyin.casefold() == latin.casefold():
                return run[-length:]
    for lead in words().leads_at_start_zh:
        run = run.removeprefix(lead)
    begin = _after_lead(run[:-1], words().leads_zh)
    name = run[begin:]
    if len(name) > 4:
        name = _repeated(name, text) or name
    if not _SHORTEST_HAN <= len(name) <= min(_LONGEST_HAN, 4 + 2 * len(latin)) or not _may_be_name(name):
        return None
    # After 对 or 在 anything may stand; after 公司 and 总裁 a name does.
    surely = begin == 0 or run[begin - 2 : begin] in _last_twos() or _is_by_sound(name)
    return name if surely or _repeated(name, text) == name else None


def _may_be_name(chinese: str) -> bool:
    """Say whether a run of Chinese has no word of a sentence in it."""
    lists = words()
    return not chinese.endswith(lists.never_at_end_zh) and not any(word in chinese for word in lists.never_in_zh)


def _is_by_sound(name: str) -> bool:
    """Say whether most characters of a name are those that write sounds."""
    return 2 * sum(character in _sounds() for character in name) > len(name)


@cache
def _sounds() -> frozenset[str]:
    return frozenset(words().sounds.strip())


@cache
def _last_twos() -> frozenset[str]:
    return frozenset(lead[-2:] for lead in words().leads_zh if len(lead) > 1)


def _after_lead(run: str, leads: Iterable[str]) -> int:
    """Return where a run goes on after the last of the words that are no part of a name."""
    return max((run.rfind(lead) + len(lead) for lead in leads if lead in run), default=0)


def foreign_name(run: str) -> str | None:
    """Return the transliterated name, with a dot in it, in a run of characters: 首席执行官安迪·贾西说 is 安迪·贾西."""
    sounds = words().sounds
    begin, end = run.index(_DOT), run.rindex(_DOT) + 1
    first = begin
    title = _after_lead(run[:first], (lead for lead in words().leads_zh if len(lead) > 1))  # 总理 ends in a sound
    while begin > title and run[begin - 1] in sounds:
        begin -= 1
    while end < len(run) and run[end] in sounds:
        end += 1
    name = run[begin:end]
    return name if begin < first and all(name.split(_DOT)) else None


def in_sounds(name: str) -> bool:
    """Say whether a Chinese name is written with characters for sounds only."""
    return _sounds().issuperset(name.replace(_DOT, ""))


def _repeated(run: str, text: str) -> str | None:
    """Return the longest end of a run that the text uses elsewhere, too: the name without the verb before it."""
    for begin in range(len(run) - _SHORTEST_HAN + 1):
        at = text.find(run[begin:], 0, _SEARCHED)
        if at >= 0 and text.find(run[begin:], at + 1, _SEARCHED) >= 0:
            return run[begin:]
    return None


def _without_titles(run: str, chinese: str) -> str | None:
    """Return the English name at the end of a run of capitalised words."""
    titles = words().titles_en
    parts = run.split(" ")
    while parts and parts[0].rstrip(".") in titles:
        del parts[0]
    if _DOT in chinese:
        parts = parts[-chinese.count(_DOT) - 1 :]
    return " ".join(parts) or None


def _kind(chinese: str) -> EntityKind:
    return "person" if _DOT in chinese else "other"


def _plain_dot(name: str) -> str:
    return re.sub("[•‧]", _DOT, name).strip(_DOT)


@cache
def words() -> _Words:
    """Return the word lists of glosses.toml."""
    file = resources.files(__package__).joinpath("data", "glosses.toml")
    return _Words.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
