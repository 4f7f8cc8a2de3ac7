"""What hedges, conditions and negations of an article's sentence govern, and whether a claim keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final, Literal

from services.analyze.lexicon import any_of, marks, opinion
from shared.model import Language

Class = Literal["hearsay", "accusation", "possible", "intended", "promised", "denied", "condition", "negation"]
HEDGES: Final[tuple[Class, ...]] = ("hearsay", "accusation", "possible", "intended", "promised", "denied")
# What a claim may say for a hedge of its quote: the same, or less certain.
_WEAKER: Final[dict[Class, tuple[Class, ...]]] = {
    "hearsay": ("hearsay", "accusation", "possible", "denied"),
    "accusation": ("accusation", "hearsay", "denied"),
    "possible": ("possible",),
    "intended": ("intended", "possible"),
    "promised": ("promised", "intended", "possible"),
    "denied": ("denied",),
    "condition": ("condition",),
    "negation": ("negation",),
}
# Words that are written the same with a capital and mean a month or a name.
_LOWER_ONLY = frozenset({"may", "will", "might"})
# Hearsay in these words is of the whole sentence; the others begin at their clause.
_OF_SENTENCE = re.compile(
    r"according|people|person|source|media|reports? sa|it was|has been|据|人士|消息|传|媒|报", re.I
)
_SENTENCE_ZH = re.compile(r"[。！？；\n]")
_BORDER = {
    "en": re.compile(
        r"[;.!?](?=\s|$)|[,:](?=\s)|—|\s[–-]\s|\s(?=(?:but|while|whereas|although|though|because|after)\s)"
    ),
    "zh": re.compile(r"[，；：。！？]|——"),
}
_CONTRAST = {
    "en": re.compile(r";\s|,?\s(?:but|while|whereas|although|though|even though|yet)\s|,\sand\s"),
    "zh": re.compile(r"；|，(?:但|而(?!且)|不过|然而|同时|另外|此外)"),
}
_FUTURE_ZH = (
    r"|将(?=于|会|在|达|对|向|由|与|继续|推|投|建|裁|收购|出售|增|减|发布|上线|开|停|关|迁|举行|召开|成为|从|获|支付|采用|取消"
    r"|提|进|面临|受|被|不|为|扩|启|任|出|接|派|设|征|禁|允许|要求|免费|覆盖|耗资|拥有|雇|创造|交付|供应|生产|量产|退|辞|离"
    r"|卸|合作|联手|结束|延|恢复|用于|归|参|回购|加|降|上调|下调)"
)
_CONDITION_ZH = r"|只有(?=[^。]{1,60}才)|(?:(?<=[，。：；“])|^)待(?=[^，。]{1,16}[，后])"
_HEARSAY_ZH = (
    "|据[^，。]{0,8}(?:媒|报|网|社|电视台|消息)[^，。]{0,6}(?:报道|消息|称|透露)"
    "|(?<!不)知情(?=[^，。]{1,4}(?:透露|称|表示|说))"
)
# Sources that nobody names: "according to two suppliers", "three officials said".
_UNNAMED_EN = (
    r"|\b(?:[Aa]ccording to (?:an? |two |three |four |several |some |multiple |unnamed )?(?:[a-z-]+ ){0,2}?"
    r"|(?:[Tt]wo|[Tt]hree|[Ff]our|[Ss]everal) (?:[a-z-]+ ){0,2}?)"
    r"(?:people|persons?|sources?|suppliers|insiders|officials|executives|employees|bankers|traders|diplomats|aides|lawyers)\b"
    r"(?= (?:said|say|who|with|familiar|briefed|close)|[.,;]|$)"
)
_HEADLINE_FUTURE = re.compile(r"(?:^|\s)[A-Z][\w’'.-]*\sto\s[a-z]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign of a class at a place of a sentence, and the stretches of the sentence that it governs."""

    of: Class
    start: int
    end: int
    text: str
    governs: tuple[tuple[int, int], ...]


# More than any sentence has; a text of nothing else must not take longer.
_MOST_MARKS = 40


def marks_in(sentence: str, language: Language) -> tuple[Mark, ...]:
    """Return the sure signs of hedges, conditions and negations in a sentence of the article."""
    return tuple(islice(_marks(sentence, language), _MOST_MARKS))


def keeps(claim: str, of: Class, language: Language, plain: str = "") -> bool:
    """Say whether a claim has a counterpart for a hedge of its quote: a word of the class, or of a weaker one.

    `plain`: what the quote says beside its marks; a word of it says the same in the claim, and hedges nothing.
    """
    if of == "promised" and language == "en" and (_HEADLINE_FUTURE.search(claim) or _is_scheduled(claim)):
        return True
    return any(_has(claim, each, language, plain) for each in _WEAKER[of])


def is_past(claim: str) -> bool:
    """Say whether an English claim has a word for what is done."""
    return _PAST.search(claim) is not None


def _is_scheduled(claim: str) -> bool:
    """Say whether a claim has a time and no past: "The plant opens in March" is to come."""
    return _TIME.search(claim) is not None and _PAST.search(claim) is None


_TIME = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|tomorrow|tonight|next|20[2-9]\d)\b"
)
_PAST = re.compile(
    r"\b(?:has|have|had|was|were|did|began|bought|built|came|cut|fell|found|gave|got|grew|held|hit|kept|lost|made|met"
    r"|paid|put|rose|sent|sold|spent|spoke|took|underwent|went|won|wrote|[a-z]+ed)\b"
)


def _has(claim: str, of: Class, language: Language, plain: str) -> bool:
    skipped = _skipped(claim, of, language)
    said = plain.lower() if language == "zh" else frozenset(re.findall(r"[a-z'’]+", plain.lower()))
    return any(
        not _inside(match, skipped) and match.group().lower() not in said
        for match in _claim_pattern(of, language).finditer(claim)
    )


def _skipped(text: str, of: Class, language: Language) -> list[tuple[int, int]]:
    """Return the places of words that hold a sign of the class and mean something else."""
    pattern = _others(of, language)
    return [] if pattern is None else [match.span() for match in pattern.finditer(text)]


def _inside(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= match.start() and match.end() <= end for start, end in spans)


def may_deny(text: str, language: Language) -> bool:
    """Say whether a sentence has any sign of negation, also inside words that deny nothing by themselves."""
    return _claim_pattern("negation", language).search(text) is not None


def denials(text: str, language: Language) -> tuple[int, ...]:
    """Return where words stand that say that someone denies something; a plain "not" is none."""
    return tuple(match.start() for match in _denial_pattern(language).finditer(text))


def _marks(text: str, language: Language) -> Iterator[Mark]:
    for of in (*HEDGES, "condition", "negation"):
        skipped = _skipped(text, of, language)
        for match in _quote_pattern(of, language).finditer(text):
            if _inside(match, skipped):
                continue
            governed = _without(_governed(of, text, match, language), _asides(text, match.start(), language))
            yield Mark(of, match.start(), match.end(), match.group(), tuple(governed))


def _asides(text: str, at: int, language: Language) -> list[tuple[int, int]]:
    """Return the relative clauses, in which what they say of a name is said plainly; not the one around a place."""
    if language == "zh":
        return []
    return [m.span() for m in _RELATIVE.finditer(text) if not m.start() <= at < m.end()]


_RELATIVE = re.compile(r",\s(?:which|who|whose|where)\b[^,;.]*")


def _without(stretches: Iterable[tuple[int, int]], holes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in stretches:
        at = start
        for hole_start, hole_end in holes:
            if at < hole_end and hole_start < end:
                yield at, max(at, hole_start)
                at = hole_end
        if at < end:
            yield at, end


def _governed(of: Class, text: str, match: re.Match[str], language: Language) -> Iterator[tuple[int, int]]:
    start, end = _part(text, match.start(), language)
    if of in ("hearsay", "accusation"):
        whole = of == "accusation" or _OF_SENTENCE.search(match.group()) is not None
        yield (0, len(text)) if whole else (_clause_start(text, match.start(), language), end)
    elif of == "condition":
        yield from _conditioned(text, match, start, end, language)
    elif of == "denied":
        further = _FURTHER.search(text, match.end(), end)
        end = end if further is None else further.start()
        rest = text[match.end() : end].strip(" .,。，")
        yield (match.end(), end) if len(rest) >= _SHORTEST_SCOPE[language] else (start, end)
    else:
        stop = _clause_end(text, match.end(), language)
        restrictive = _THAT.search(text, match.end() + 1, stop) if language == "en" else None
        stop = stop if restrictive is None else restrictive.start()  # "would lose a tool | that helped"
        rest = text[match.end() : stop].strip(" .,。，")
        # "A sale is possible": what comes before is what may be.
        short = len(rest) < _SHORTEST_SCOPE[language]
        yield (_clause_start(text, match.start(), language), stop) if short else (match.end(), stop)


_THAT = re.compile(r"(?<=[a-z]{2})\s(?:that|which|who|whose)\s")
# 否认…，并称…: what is said further is not denied.
_FURTHER = re.compile(r"，(?:并|还|同时|称|表示|说)|,? and (?:said|says|added|called|has|is|was)\b")
_SHORTEST_SCOPE: Final[dict[Language, int]] = {"en": 4, "zh": 2}


def _conditioned(
    text: str, match: re.Match[str], start: int, end: int, language: Language
) -> Iterator[tuple[int, int]]:
    """Give what a condition is for: the part of the sentence without the clause that the condition is in."""
    opening = _clause_start(text, match.start(), language)
    closing = _clause_end(text, match.end(), language)
    if _AFTER_CONTRAST[language].search(text[:opening] + text[opening : match.start()]):
        start = 0  # "..., but only if": what the contrast limits
    before = text[opening : match.start()].strip(" “\"‘'「")
    if language == "zh" and before and _PREDICATE_ZH.match(match.group()):
        # 交易须经批准: of its own clause; 但还须经批准: of what comes before.
        earlier = max(start, _clause_start(text, max(0, opening - 1), language))
        yield (earlier if len(before) < _SHORTEST_SUBJECT_ZH else opening), match.start()
    elif before and language == "en":
        yield start, match.start()
    elif language == "zh" and text[closing:end].strip("，。； ") and not _CLOSING_ZH.match(match.group()):
        yield closing, end  # 若降雨持续，可能泄洪: not what was said before it
    else:
        yield start, opening
        yield closing, end


_AFTER_CONTRAST: Final = {
    "en": re.compile(r"\b(?:but|though|although),?(?: only)? $"),
    "zh": re.compile(r"(?:但|不过|然而)[^，。]{0,6}$"),
}
_PREDICATE_ZH = re.compile(r"须|需|有待|尚|仍|取决|视乎")
_CLOSING_ZH = re.compile(r"前提|条件|取决|视乎|而定")
_SHORTEST_SUBJECT_ZH = 2


def _part(text: str, at: int, language: Language) -> tuple[int, int]:
    """Return the part of a sentence around a place, between contrasts: "...; ..., but ..."."""
    start, end = 0, len(text)
    for border in _CONTRAST[language].finditer(text):
        if border.end() <= at:
            start = border.end()
        elif border.start() >= at:
            end = border.start()
            break
    return start, end


def _clause_start(text: str, at: int, language: Language) -> int:
    start = 0
    for border in _BORDER[language].finditer(text, 0, at):
        start = border.end()
    return start


def _clause_end(text: str, at: int, language: Language) -> int:
    border = _BORDER[language].search(text, at)
    return len(text) if border is None else border.start()


@cache
def blame(kind: str, language: Language) -> re.Pattern[str]:
    """Return a pattern for words that give someone a motive ("motive") or a wrong ("wrongdoing")."""
    words = any_of(opinion()[kind].of(language))
    return re.compile(words) if language == "zh" else re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


@cache
def _quote_pattern(of: Class, language: Language) -> re.Pattern[str]:
    words = marks()[of]
    if language == "zh":
        more = {"promised": _FUTURE_ZH, "condition": _CONDITION_ZH, "hearsay": _HEARSAY_ZH}.get(of, "")
        return re.compile(any_of(words.quote_zh) + more)
    return _english(words.quote_en, _UNNAMED_EN if of == "hearsay" else "")


@cache
def _claim_pattern(of: Class, language: Language) -> re.Pattern[str]:
    words = marks()[of]
    return re.compile(any_of(words.claim_zh)) if language == "zh" else _english(words.claim_en)


@cache
def _denial_pattern(language: Language) -> re.Pattern[str]:
    denied, negation = marks()["denied"], marks()["negation"]
    if language == "zh":
        return re.compile(any_of([word for word in denied.claim_zh if word not in negation.quote_zh]))
    return _english(tuple(word for word in denied.claim_en if word not in negation.quote_en))


@cache
def _others(of: Class, language: Language) -> re.Pattern[str] | None:
    words = marks()[of].not_zh if language == "zh" else marks()[of].not_en
    return re.compile(any_of(words), re.IGNORECASE) if words else None


def _english(words: tuple[str, ...], more: str = "") -> re.Pattern[str]:
    lower = [word for word in words if word in _LOWER_ONLY]
    rest = [word for word in words if word not in _LOWER_ONLY and word not in ("n't", "un", "non")]
    whole = rf"(?<![\w’'])(?:(?i:{any_of(rest)}){'|' + any_of(lower) if lower else ''})(?![\w’'])"
    ending = r"|(?<=[a-z])n['’]t\b" if "n't" in words else ""
    prefix = r"|\b(?:[Uu]n(?!it|iv|io|der|til|iq|if)|[Nn]on-?)[a-z]{4,}" if "un" in words else ""
    return re.compile(whole + ending + prefix + more)
