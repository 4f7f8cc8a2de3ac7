"""How sure a text is, by the words that hedge, report, accuse, deny or plan.

The stance errs towards less certain: a hedge in one clause weakens the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pydantic import TypeAdapter

from services.analyze.claims.quotation import in_quotation
from services.analyze.lexicon import any_of, stances
from shared.model import Language, Stance

# What before a word, or after it, makes it mean something else: no plan, "could not", "said it would".
_NOT_EN = re.compile(r"\b(?:not|never|no)\s$|n['’]t\s$")
_SAID_WOULD = re.compile(r"\b(?:said|says)\b[^,.;:]{0,30}? (?:it|he|she|they) (?=would\b)")
_OF_CLAUSES = frozenset({"possible", "planned"})
_DENIALS = frozenset({"denied", "denies", "deny", "denying", "否认"})
_SAID_BEFORE = re.compile(r"\b(?:said|says)\b|表示|公布|宣布")
_NOT_AFTER_EN = re.compile(r"\s(?:not|only)\b")
_NOT_ZH = re.compile(r"[没不未无](?:有|会|再)?[^，。]{0,3}$")
# What shows a stance and is no plain word: an accuser as the source, a verb that is a noun elsewhere, a condition.
_ACCUSERS_EN = r"(?:[Pp]rosecutors?|[Pp]olice|(?:[Ii]ndict|[Cc]omplain)(?:ment|t)|[Ll]awsuit|[Pp]laintiffs?)"
_SHOWN: Mapping[Language, Mapping[Stance, str]] = {
    "en": {
        "alleged": rf"\b{_ACCUSERS_EN}(?: (?!not\b|never\b)[a-z]+){{0,2}} (?:said|says?|added|told|alleges?|believe)\b"
        rf"|\bsaid {_ACCUSERS_EN}|\baccording to (?:an? |the )?{_ACCUSERS_EN}"
        r"|\b(?<!jobless )(?<!insurance )(?<!benefit )(?<!the )(?<!a )claim(?:s|ed)?"
        r"(?= (?:that|to|it|its|the|he|she|they|his|her|their|[A-Z]\w+)\b|\.|$)",
        "possible": r"\b(?:[Ii]f|[Uu]nless)\b(?<!as if)(?<!even if)",
    },
    "zh": {
        "alleged": r"(?:检方|检察官|检察院|检察机关|警方|起诉书|公诉方|公诉机关|原告)[^，。：；没未]{0,6}"
        r"(?:称|说|表示|指出|认为|透露|通报|显示)|(?<![怀质无置可])疑(?![问虑义难点惑云])",
        "possible": r"如果|(?:^|[，。；：“])若(?!干)|除非",
    },
}


def stance_in(text: str, language: Language, own: str | None = None) -> Stance:
    """Return the stance of a sentence or clause: the least certain one that a word of it shows.

    `own`: the clauses that a figure was read from; only they can make it possible or planned.
    """
    for stance, pattern in _patterns(language):
        searched = own if own is not None and stance in _OF_CLAUSES else text
        if any(not _means_otherwise(stance, searched, match, language) for match in pattern.finditer(searched)):
            return stance
    return "stated"


def shows(stance: Stance, text: str, language: Language) -> bool:
    """Say whether a text has a word for a stance, whatever stands before it."""
    return any(found == stance and pattern.search(text) for found, pattern in _patterns(language))


def _means_otherwise(stance: Stance, text: str, match: re.Match[str], language: Language) -> bool:
    if stance == "planned" and in_quotation(text, match.start()):
        return True  # "we will": the speaker's words, said as they are
    before = text[max(0, match.start() - 12) : match.start()]
    if match.group() in _DENIALS and _SAID_BEFORE.search(text, 0, match.start()) is not None:
        return True  # "said that records were copied, and denied ..." is a statement as a whole
    if language == "zh":
        return _NOT_ZH.search(before) is not None and match.group() in ("计划", "打算", "否认", "准备")
    if match.group() == "would" and any(found.end() == match.start() for found in _SAID_WOULD.finditer(text)):
        return True  # what someone said they would do is planned
    may_be_negated = match.group().lower() in ("may", "might", "possible", "likely", "deny")
    return not may_be_negated and (
        _NOT_EN.search(before) is not None or _NOT_AFTER_EN.match(text, match.end()) is not None
    )


@cache
def _patterns(language: Language) -> tuple[tuple[Stance, re.Pattern[str]], ...]:
    known = TypeAdapter(dict[Stance, object]).validate_python(dict(stances()))
    if language == "zh":
        return tuple((stance, re.compile(any_of(stances()[stance].zh) + _shown("zh", stance))) for stance in known)
    patterns: list[tuple[Stance, re.Pattern[str]]] = []
    for stance in known:
        words = stances()[stance].en
        # "May" is a month more often than a hedge, even at the beginning of a sentence.
        opening = [word.capitalize() for word in words if word != "may"]
        said = rf"|{_SAID_WOULD.pattern}" if stance == "planned" else ""
        patterns.append(
            (stance, re.compile(rf"(?<![\w'’])(?:{any_of([*words, *opening])})(?![\w'’]){said}{_shown('en', stance)}"))
        )
    return tuple(patterns)


def _shown(language: Language, stance: Stance) -> str:
    pattern = _SHOWN[language].get(stance)
    return "" if pattern is None else f"|{pattern}"
