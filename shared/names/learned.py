"""Names that an article itself gives in both scripts: 安迪·贾西 (Andy Jassy), Beiming Storage (北溟储能)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pydantic import Field

from shared.model import EntityKind, Model

_MOST = 200
_HAN = "\u3400-\u9fff"
_OPEN, _CLOSE = "[（(]", "[）)]"
_FIRST = "[A-Z\u00c0-\u00de]"
_CAPITALISED = rf"(?:{_FIRST}|[0-9])[\w&’'.-]*"
_JOINERS = "(?:(?:of|the|and|de|van|von|der|du|la|&) ){0,2}"
_LATIN_NAME = rf"(?={_FIRST}|[0-9]+[A-Za-z]){_CAPITALISED}(?: {_JOINERS}{_CAPITALISED}){{0,7}}"
_LATIN_IN_BRACKETS = re.compile(rf" ?{_OPEN}(?P<latin>{_LATIN_NAME})(?:[，,；;][^（）()]{{0,40}})?{_CLOSE}")
_HAN_IN_BRACKETS = re.compile(rf" ?{_OPEN}(?P<han>[{_HAN}·•‧]{{2,24}})(?:[，,；;][^（）()]{{0,40}})?{_CLOSE}")
_HAN_RUN = re.compile(rf"[{_HAN}·•‧]+$")
_LATIN_RUN = re.compile(rf"(?:^|(?<=[^\w&’'.-]))({_LATIN_NAME})$")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&-]{1,7}")
# Long enough for the longest name, short enough that a text of brackets only stays linear.
_BEFORE = 80
_SHORTEST_HAN, _LONGEST_HAN = 2, 14
_DOT = "·"


@dataclass(frozen=True, slots=True)
class Learned:
    """A name in both languages as an article gives it; `kind` is `other` where the article doesn't show it."""

    en: str
    zh: str
    kind: EntityKind


class _Words(Model):
    sounds: str
    leads_zh: tuple[str, ...] = Field(strict=False)
    titles_en: frozenset[str] = Field(strict=False)


def learned(text: str) -> tuple[Learned, ...]:
    """Return the names that a text gives in both scripts, in order, each once; at most 200.

    An acronym in brackets (国内生产总值（GDP）) is no name in the other language and not among them.
    """
    found: dict[Learned, None] = {}
    for one in _glosses(text):
        found.setdefault(one)
        if len(found) == _MOST:
            break
    return tuple(found)


def _glosses(text: str) -> Iterator[Learned]:
    for match in _LATIN_IN_BRACKETS.finditer(text):
        latin = match["latin"].strip()
        before = _HAN_RUN.search(text, max(0, match.start() - _BEFORE), match.start())
        if before is None or _ACRONYM.fullmatch(latin):
            continue
        chinese = _name_at_end(before.group(), latin, text)
        if chinese is not None:
            yield Learned(latin, chinese, _kind(chinese))
    for match in _HAN_IN_BRACKETS.finditer(text):
        chinese = _plain_dot(match["han"])
        run = _LATIN_RUN.search(text, max(0, match.start() - _BEFORE), match.start())
        name = None if run is None else _without_titles(run[1], chinese)
        if name is not None and not _ACRONYM.fullmatch(name):
            yield Learned(name, chinese, _kind(chinese))


def _name_at_end(run: str, latin: str, text: str) -> str | None:
    """Return the name that a run of Chinese characters ends with."""
    run = _plain_dot(run)
    if _DOT in run:
        name = foreign_name(run)
        return name if name is not None and run.endswith(name) else None
    name = run[_after_lead(run[:-1], words().leads_zh) :]
    if len(name) > 4:
        name = _repeated(name, text) or name
    return name if _SHORTEST_HAN <= len(name) <= min(_LONGEST_HAN, 4 + 2 * len(latin)) else None


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
    return set(words().sounds.strip()).issuperset(name.replace(_DOT, ""))


def _repeated(run: str, text: str) -> str | None:
    """Return the longest end of a run that the text uses elsewhere, too: the name without the verb before it."""
    for begin in range(len(run) - _SHORTEST_HAN):
        if text.count(run[begin:]) > 1:
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
