"""Facts in plain statements of figures: "Lumetra's revenue rose to $612 million", 净利润3.5亿元，下降12.5%.

A fact has no place for a condition, a basis, a period or a doubt, so a sentence that may hold one gives no fact at all.
A template must match a clause from end to end: overseas revenue or revenue per megawatt is not revenue. Before the
first statement stands nothing, a weekday, where a company was founded, or who says it; after the last one nothing, who
says it, or a clause of a short list; between them are only statements. A weekday is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from services.analyze.lexicon import any_of, measures
from services.analyze.offline.names import Cast, Named
from services.analyze.offline.reading import Sentence
from shared.model import Change, Direction, Fact, Language, Quantity
from shared.text.segment import Span

# In the skeleton of a sentence one private character stands for each quantity and for each name.
_QUANTITY, _NAME, _ROOM = 0xE000, 0xE800, 0x800
_Q = "[\ue000-\ue7ff]"
_E = "[\ue800-\uefff]"

_PLACEHOLDER = re.compile("[\ue000-\uefff]")

_UP_EN = "rose|grew|increased|climbed|jumped|gained|surged|advanced|widened|soared|edged up"
_DOWN_EN = "fell|dropped|declined|slid|slipped|decreased|shrank|narrowed|tumbled|plunged|sank|edged down"
# A weekday, and what a change was counted from. Periods ("in the year to May", 前三季度) are left to prose.
_TIME_EN = r"(?: on [A-Z][a-z]+day)?"
_SINCE_EN = r"(?: a year (?:earlier|ago|before))?"
_UP_ZH = "增长|年增|成长|上升|增加|提高|上涨|增|升|涨|扩大|上调"
_DOWN_ZH = "下降|年减|衰退|下滑|减少|降低|下跌|降|收窄|下调"
_TIME_ZH = r"(?:周[一二三四五六日](?:收盘)?，?)?"
# What may stand before the first statement of a sentence, between two, and after the last.
_PREFIX: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"(?:On [A-Z][a-z]+day, |According to [^,;:]{2,80}, |(?:Founded|Based|Headquartered) [^,;:]{2,60}, )?$"
    ),
    "zh": re.compile(
        rf"(?:周[一二三四五六日]，|[^，。：；没不未否]{{1,30}}(?:公布|表示|宣布|介绍|透露|称)，"
        rf"|{_E}(?:\d{{4}}年)?(?:创立|成立|总部位?)[于在][^，。：；]{{1,16}}，|[^，。：；没不未否]{{1,40}}，并称)?$"
    ),
}
_BETWEEN: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?:[,;]|,? and|[,;] but)? $"),
    "zh": re.compile(r"[，；。]$"),
}
_SUFFIX: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(
        rf"(?:, which (?:took|left|brought|sent|put|gave) [^,;:{_E[1:-1]}]+"
        r"|(?:,? and|, but) (?:has no|makes|runs|sells) [^,;:]+"
        rf"|, (?:{_E}|the company|a [a-z]+|it) (?:said|says)(?: on [A-Z][a-z]+day)?)?\.?$"
    ),
    "zh": re.compile(
        r"(?:，(?:其中|没有(?:负债|债务|欠款)|主要(?:生产|从事|经营)|不到|占|相当于)"
        r"(?![^，。；：]*(?:说|称|否认|认为|据报|据悉))[^，。；：]*)?[。！]?$"
    ),
}
_UP = re.compile(rf"(?:{_UP_EN}|{_UP_ZH}|up|higher)$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact found in a sentence: what is measured, its figures, and who it is about as far as the words say.

    `named` is the name in the statement; None where its, 公司 or nothing stands there. `own` are its clauses.
    """

    fact: Fact
    metric: Quantity
    figures: tuple[Quantity, ...]
    named: Named | None
    own: Span


def statements_in(sentence: Sentence, cast: Cast, language: Language) -> tuple[Statement, ...]:
    """Return the plain statements of a sentence, in order; none unless all of the sentence is known to qualify none."""
    if _PLACEHOLDER.search(sentence.span.text):
        return ()
    skeleton = _Skeleton(sentence, cast)
    found = []
    done = 0
    for pattern in _templates(language):
        for match in pattern.finditer(skeleton.text):
            statement = _statement(match, skeleton, language)
            if statement is not None:
                found.append((match.start(), match.end(), statement))
    chosen: list[Statement] = []
    for start, end, statement in sorted(found, key=lambda each: (each[0], -each[1])):
        if start < done:
            continue
        border = (_BETWEEN if chosen else _PREFIX)[language]
        if border.match(skeleton.text[done:start]) is None:
            return ()
        chosen.append(statement)
        done = end
    return tuple(chosen) if _SUFFIX[language].match(skeleton.text[done:]) else ()


class _Skeleton:
    """A sentence with one character for each quantity and name, and what these stand for."""

    def __init__(self, sentence: Sentence, cast: Cast) -> None:
        base, text = sentence.span.start, sentence.span.text
        mentions = cast.within(base, sentence.span.end)
        parts = [(m.start, m.end, chr(_NAME + i)) for i, m in enumerate(mentions[:_ROOM])]
        parts += [(q.start, q.end, chr(_QUANTITY + i)) for i, q in enumerate(sentence.quantities[:_ROOM])]
        self._quantities = tuple(found.quantity for found in sentence.quantities)
        self._names = tuple(mention.named for mention in mentions)
        pieces, at = [], 0
        origins: list[int] = []  # of each character of the skeleton, its place in the sentence
        for start, end, sign in sorted(parts):
            if start - base >= at:
                pieces += [text[at : start - base], sign]
                origins += range(at, start - base + 1)
                at = end - base
        self.text = "".join([*pieces, text[at:]])
        self._origins = [*origins, *range(at, len(text) + 1)]
        self._sentence = sentence

    def span(self, start: int, end: int) -> Span:
        """Return the stretch of the article that a stretch of the skeleton stands for."""
        text, base = self._sentence.span.text, self._sentence.span.start
        first, last = self._origins[start], self._origins[end]
        return Span(base + first, base + last, text[first:last])

    def quantity(self, sign: str | None) -> Quantity | None:
        """Return the quantity that a character stands for."""
        return None if sign is None else self._quantities[ord(sign) - _QUANTITY]

    def name(self, sign: str | None) -> Named | None:
        """Return the name that a character stands for."""
        return None if sign is None else self._names[ord(sign) - _NAME]


@cache
def _measure_ids(language: Language) -> Mapping[str, str]:
    return {word: measure for measure, words in measures()[language].items() for word in words}


@cache
def _templates(language: Language) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(template) for template in (_english() if language == "en" else _chinese()))


def _english() -> Iterator[str]:
    words = _measure_ids("en")
    measure = f"(?P<measure>{any_of([*words, *(word.capitalize() for word in words)])})"
    start = r"(?:^|(?<=[,;:] )|(?<=, and )|(?<=, but ))"
    subject = rf"(?:(?P<name>{_E})['’]s? |(?P<its>[Ii]ts |The company['’]s )|)"
    end = r"(?=[,.;]|$)"
    verb = f"(?P<verb>{_UP_EN}|{_DOWN_EN})"
    further = rf"(?:, (?P<verb2>up|down) (?P<by2>{_Q}))?"
    yield (
        rf"{start}{subject}{measure} {verb}(?: by)?(?: (?P<by>{_Q}))?(?: to (?P<to>{_Q}))?{_TIME_EN}"
        rf"(?: from (?P<start>{_Q}))?{_SINCE_EN}{further}{end}"
    )
    yield (
        rf"{start}{subject}{measure} (?:was|were|is|stood at|came to|totalled|reached|amounted to)"
        rf" (?P<to>{_Q}){_TIME_EN}"
        rf"(?:, (?P<verb>up|down)(?: (?P<by>{_Q}))?(?: from (?P<start>{_Q}))?{_SINCE_EN})?{end}"
    )
    yield rf"{start}{subject}{measure} (?:closed|ended) (?P<by>{_Q}) (?P<verb>higher|lower)(?: at (?P<to>{_Q}))?{end}"
    yield (
        rf"{start}(?P<measure>[Ss]hares) (?:in|of) (?P<name>{_E}) {verb}(?: by)?(?: (?P<by>{_Q}))?"
        rf"(?: to (?P<to>{_Q}))?(?: in [A-Z][a-z]+(?: [A-Z][a-z]+)?)?{_TIME_EN}{end}"
    )
    yield rf"{start}(?P<name>{_E}) employs (?P<people>{_Q})(?=[,.;]| and |$)"
    yield rf"{start}(?P<name>{_E})(?:, by contrast,)? (?:holds|has) (?P<cash>{_Q}) in cash(?=[,.;]| and |$)"


def _chinese() -> Iterator[str]:
    measure = f"(?P<measure>{any_of(_measure_ids('zh'))})"
    start = r"(?:^|(?<=[，；：”。])|(?<=并称)|(?<=，称))"
    subject = rf"(?:(?P<name>{_E})(?:的|账上|公司)?|(?P<its>(?:该?公司|其)(?:账上)?)|)"
    verb = f"(?P<verb>{_UP_ZH}|{_DOWN_ZH})"
    end = r"(?=[，。；！]|$)"
    yield (
        rf"{start}{subject}{_TIME_ZH}{measure}(?:则|也|已)?(?:为|达到|达|是|合计)?(?P<to>{_Q})"
        rf"(?:，(?:[上去]年同期|一年前)为(?P<start>{_Q}))?(?:，{verb}了?(?P<by>{_Q}))?{end}"
    )
    yield (
        rf"{start}{subject}{_TIME_ZH}{measure}(?:则|也)?[从由](?P<start>{_Q}){verb}(?:至|到|为)(?P<to>{_Q})"
        rf"(?=[，。；！]|$)"
    )
    yield (rf"{start}{subject}{_TIME_ZH}{measure}(?:则|也)?{verb}了?(?P<by>{_Q})(?:，?(?:至|到|报)(?P<to>{_Q}))?{end}")
    yield rf"{start}{subject}(?:现有|共有|拥有|有)?员工(?:总数|人数)?(?:为|共)?(?P<people>{_Q}){end}"
    yield rf"{start}{subject}有(?P<cash>{_Q})现金{end}"


def _statement(match: re.Match[str], skeleton: _Skeleton, language: Language) -> Statement | None:
    groups = match.groupdict()
    by, start, to, by2, people, cash = (
        skeleton.quantity(groups.get(key)) for key in ("by", "start", "to", "by2", "people", "cash")
    )
    word = groups.get("measure") or ""
    measure = _measure_ids(language).get(word) or _measure_ids(language).get(word.lower())
    metric = people or cash or to or by or by2
    if metric is None or (measure is None and people is None and cash is None):
        return None
    figures = tuple(q for q in (metric, start, by, by2) if q is not None)
    if not _fits(people, cash, to, start):
        return None
    change = _change(groups, by or by2, start, to)
    fact = Fact(
        measure=measure or ("employees" if people else "cash"),
        quantity=None if metric is (by or by2) else metric,
        change=change,
    )
    named = skeleton.name(groups.get("name"))
    return Statement(fact, metric, tuple(dict.fromkeys(figures)), named, skeleton.span(match.start(), match.end()))


def _fits(people: Quantity | None, cash: Quantity | None, to: Quantity | None, start: Quantity | None) -> bool:
    """Say whether the figures are of the kind that the template is about, and both ends of a change of one kind."""
    if people is not None:
        return people.unit in ("person", "employee")
    if cash is not None:
        return cash.kind == "amount"
    return to is None or start is None or (to.kind, to.currency, to.unit) == (start.kind, start.currency, start.unit)


def _change(
    groups: Mapping[str, str | None], by: Quantity | None, start: Quantity | None, to: Quantity | None
) -> Change | None:
    verb = groups.get("verb") or groups.get("verb2")
    if by is None and start is None:
        return None
    if verb is not None:
        return Change(direction="up" if _UP.match(verb) else "down", by=by, start=start)
    if start is None or to is None:
        return None
    direction: Direction = "up" if to.value > start.value else "down" if to.value < start.value else "unchanged"
    return Change(direction=direction, by=by, start=start)
