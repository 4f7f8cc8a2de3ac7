"""A Chinese person's name in Latin letters, for a name that no termbase and no article gives in English."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from shared.model import Model
from shared.names._fold import folded

_PERSON = re.compile("[\u3400-\u9fff]{2,4}")


class _Surnames(Model):
    readings: dict[str, str]
    double: dict[str, str]


def person_in_pinyin(name: str) -> str | None:
    """Return 王小明 as Wang Xiaoming; None for what is no Chinese name of two to four characters.

    The reading of a surname is the surname's (单田芳 is Shan Tianfang); ü is written as in passports: 吕布 is Lyu Bu.
    """
    if not _PERSON.fullmatch(name):
        return None
    name = folded(name)
    surnames = _surnames()
    if name[:2] in surnames.double and len(name) > 2:
        surname, given = surnames.double[name[:2]], name[2:]
    else:
        surname, given = surnames.readings.get(name[0]) or _read(name[0]), name[1:]
    return f"{surname.capitalize()} {_read(given).capitalize()}"


def _read(characters: str) -> str:
    # Only documents with such a name pay for it: 50 MB, and a fifth of a second once.
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(characters)).replace("lv", "lyu").replace("nv", "nyu")


@cache
def _surnames() -> _Surnames:
    file = resources.files(__package__).joinpath("data", "surnames.toml")
    return _Surnames.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
