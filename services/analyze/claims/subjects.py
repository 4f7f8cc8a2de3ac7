"""Who does it: whether what a claim says of a name stands in its quotes for that name, and not for another.

A segment of the claim (what one subject does) is compared with the segments of the quoted sentences. The segment that
says the same must have the claim's name, or carry it on from before; a number must be in such a segment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, zip_longest

from services.analyze.claims.article import ArticleText, Statement
from services.analyze.claims.names import Name
from services.analyze.claims.segments import Segment
from services.analyze.claims.verdict import ClaimCheck, Refusal
from services.analyze.lexicon import any_of, chinese_names, english_names
from shared.model import Language
from shared.quantities import Mention, supports

# How much a number says about which segment a claim is of, in words.
_NUMBER_WEIGHT = 2.0
# A segment must say more than a word of the same before its subject counts.
_LEAST_OVERLAP = 1.0
_PRONOUN = {
    "en": re.compile(
        r"\b(?:it|its|he|she|his|her|they|their|them|him|itself|the (?:company|group|firm|business|maker|chipmaker"
        r"|carmaker|bank|lender|retailer|startup|start-up|agency|regulator|union|team|club|party|government|ministry|court|council"
        r"|operator|airline|developer|manufacturer|supplier|university|hospital|two|pair|former|latter|rival|insurer))\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"其|他|她|它|该|这家|公司|集团|双方|后者|前者|企业"),
}


@dataclass(frozen=True, slots=True)
class _Match:
    """A segment of a quoted sentence with how much it shares with a segment of the claim."""

    sentence: Statement
    segment: Segment
    overlap: float


def subject_refusals(claim: Statement, quoted: Sequence[Statement], article: ArticleText) -> Iterator[Refusal]:
    """Refuse what the quotes say of someone else, and two names that have changed their places."""
    actors = [name for sentence in quoted for name in sentence.actors]
    if not claim.actors or not actors:
        return
    yield from _swapped(claim, quoted)
    for segment in _by_subject(claim):
        yield from _misplaced(claim, segment, _within(claim.actors, segment), quoted, article)


def _by_subject(claim: Statement) -> Iterator[Segment]:
    """Give the stretches of a claim that begin with a segment that has names, with those after it that have none."""
    opened: Segment | None = None
    for segment in claim.segments:
        if _within(claim.actors, segment) and not segment.relative:
            if opened is not None:
                yield opened
            opened = segment
        elif opened is not None:
            opened = replace(opened, end=segment.end)
    if opened is not None:
        yield opened


def _swapped(claim: Statement, quoted: Sequence[Statement]) -> Iterator[Refusal]:
    """Refuse a claim in which one does to another what in the quote the other does to the one."""
    said = [deed for sentence in quoted for deed in _deeds(sentence)]
    for deed in _deeds(claim):
        same = [other for other in said if not deed.keys.isdisjoint(other.keys)]
        there = any(deed.who.same(other.who) and deed.whom.same(other.whom) for other in same)
        if not there and any(deed.who.same(other.whom) and deed.whom.same(other.who) for other in same):
            why = f"in the quote it is the other way round: {deed.whom.text} does this, {deed.who.text} does not"
            yield Refusal("name", claim.text, why, " ".join(sentence.text for sentence in quoted))
            return


@dataclass(frozen=True, slots=True)
class _Deed:
    """What someone does to someone else, as the words between the two names say it."""

    who: Name
    whom: Name
    keys: frozenset[str]


def _deeds(text: Statement) -> Iterator[_Deed]:
    # 科凡半导体（Corvane） is one.
    actors = [n for i, n in enumerate(text.actors) if i == 0 or not n.same(text.actors[i - 1])]
    for first, second in pairwise(actors):
        between = text.text[first.end : second.start]
        passive = _PASSIVE[text.language].search(between) is not None
        # 被 stands before who does it, and the verb after.
        end = second.end + _AFTER_PASSIVE if passive and text.language == "zh" else second.start
        keys = frozenset(key for word in text.words if first.end <= word.start < end for key in word.keys)
        if keys and not _MUTUAL[text.language].search(between):
            who, whom = (second, first) if passive else (first, second)
            yield _Deed(who, whom, keys)


_PASSIVE = {"en": re.compile(r"\bby(?: the)? $"), "zh": re.compile(r"[被由遭受]")}
_MUTUAL = {
    "en": re.compile(r"\b(?:and|with|against|or|versus|vs)(?: the)? $|[;:“”]"),
    "zh": re.compile(r"[与和跟同及；：。]$"),
}
_AFTER_PASSIVE = 8


def _misplaced(
    claim: Statement, segment: Segment, names: Sequence[Name], quoted: Sequence[Statement], article: ArticleText
) -> Iterator[Refusal]:
    numbers = [
        number for number in claim.numbers if segment.start <= number.start < segment.end and not number.optional
    ]
    keys = [word.keys for word in claim.words if segment.start <= word.start < segment.end]
    matches = [_Match(s, each, _overlap(s, each, keys, numbers)) for s in quoted for each in s.segments]
    best = max(matches, key=lambda match: match.overlap, default=None)
    if best is None or best.overlap <= _LEAST_OVERLAP - (not keys):
        return
    equal = [match for match in matches if match.overlap >= best.overlap - 0.5]
    owners = [_owners(match, numbers, quoted, article) for match in equal]
    if any(not each or _shared(names, each) for each in owners):
        return
    said = best.sentence.text[best.segment.start : best.segment.end].strip()
    whom = ", ".join(dict.fromkeys(name.text for each in owners for name in each))
    check: ClaimCheck = "distance" if numbers else "name"
    fragment = claim.text[segment.start : segment.end].strip()
    yield Refusal(check, fragment, f"the quote says this of {whom}, not of {names[0].text}", said)


def _owners(
    match: _Match, numbers: Sequence[Mention], quoted: Sequence[Statement], article: ArticleText
) -> tuple[Name, ...]:
    """Return whom a segment may be about: its own names, else those before it that it goes on with."""
    sentence, segment = match.sentence, match.segment
    own = _heads(sentence.text, _within(sentence.actors, segment), sentence.language)
    carried = _PRONOUN[sentence.language].search(sentence.text, segment.start, segment.end) is not None
    if own and _begins(sentence, segment, own[0]):
        return _of_numbers(sentence, segment, own, numbers)
    before, spoken = _carried(sentence, segment)
    # Of whom someone speaks may have been named before, unless "it" is the speaker.
    if spoken and not own and not _is_speaker(match, before):
        before += tuple(name for each in article.before(sentence) for name in each.actors)
    if carried:
        before += tuple(name for other in quoted if other is not sentence for name in other.actors)
    if not before:
        before = tuple(name for each in article.before(sentence) for name in each.actors)
        before += () if carried or own else tuple(name for name in sentence.actors)
    return (*own, *before)


def _begins(sentence: Statement, segment: Segment, name: Name) -> bool:
    """Say whether a name stands where the subject of a segment does, and not behind its verb."""
    before = sentence.text[segment.start : name.start]
    if sentence.language == "zh":
        return len(before) <= _LONGEST_OPENING_ZH and _verb_zh().search(before) is None
    return len(before.split()) <= _LONGEST_OPENING_EN and _VERB_EN.search(before) is None


# "the privately held maker", 而同城对手: what may stand before the subject of a segment, in words and in characters.
_LONGEST_OPENING_EN, _LONGEST_OPENING_ZH = 6, 10
_VERB_EN = re.compile(
    r"\b(?:it|he|she|they|we|who|which|is|are|was|were|be|been|has|have|had|will|would|may|might|could|can|should|do|does"
    r"|did|to|by|than|[a-z]+(?<!priv)(?<!relat)(?<!list)(?<!bas)(?<!own)(?<!back)ed)\b",
    re.IGNORECASE,
)


@cache
def _verb_zh() -> re.Pattern[str]:
    return re.compile(rf"公司|他|她|它|其|将|被|由|向|对(?!手)|与|和|给|比|为|在|{any_of(chinese_names().deeds)}")


def _heads(text: str, names: tuple[Name, ...], language: Language) -> tuple[Name, ...]:
    """Leave out names that only say whose rival or unit the next name is."""
    return tuple(
        name
        for name, following in zip_longest(names, names[1:])
        if following is None or _relation(language).fullmatch(text, name.end, following.start) is None
    )


@cache
def _relation(language: Language) -> re.Pattern[str]:
    if language == "zh":
        return re.compile(rf"的?[^，。的]{{0,4}}(?:{any_of(chinese_names().relations)})")
    return re.compile(rf"['’]s?(?: [a-z-]+){{0,3}} (?:{any_of(english_names().relations)}),? ")


def _is_speaker(match: _Match, speakers: Sequence[Name]) -> bool:
    """Say whether a pronoun of a reported segment means who speaks; 公司 does, unless a person speaks."""
    pronoun = _PRONOUN[match.sentence.language].search(match.sentence.text, match.segment.start, match.segment.end)
    if pronoun is None:
        return False
    if match.sentence.language == "en":
        return not pronoun.group().lower().startswith("the ")
    surnames = chinese_names().surnames
    return not all(len(name.text) <= _LONGEST_PERSON_ZH and name.text[0] in surnames for name in speakers)


_LONGEST_PERSON_ZH = 3


def _carried(sentence: Statement, segment: Segment) -> tuple[tuple[Name, ...], bool]:
    """Return the names of the segments before: the nearest that has some, and who begins the sentence.

    Also whether that nearest one only says who speaks.
    """
    found: tuple[Name, ...] = ()
    spoken = False
    earlier = [each for each in sentence.segments if each.start < segment.start]
    for each in reversed(earlier):
        names = _heads(sentence.text, _within(sentence.actors, each), sentence.language)
        if names and not each.relative:
            found, spoken = names, each.speech
            break
    first = _heads(sentence.text, sentence.actors, sentence.language)[:1] if earlier else ()
    first = tuple(name for name in first if name.start < segment.start)
    return tuple(dict.fromkeys((*found, *first))), spoken


def _of_numbers(
    sentence: Statement, segment: Segment, own: tuple[Name, ...], numbers: Sequence[Mention]
) -> tuple[Name, ...]:
    """Return the names that the claim's numbers stand beside where a segment gives several names a number each."""
    figures = [each for each in sentence.numbers if segment.start <= each.start < segment.end and not each.optional]
    if not numbers or len(own) < 2 or len(figures) < 2 or _RESPECTIVELY.search(sentence.text):
        return own
    owners = []
    for figure in figures:
        before = [name for name in own if name.end <= figure.start]
        owners.append(before[-1] if before else None)
    if None in owners or len(set(owners)) < 2:
        return own
    meant = tuple(
        o for o, f in zip(owners, figures, strict=True) if o is not None and any(supports([f], n) for n in numbers)
    )
    return meant or own


_RESPECTIVELY = re.compile(r"\brespectively\b|分别")


def _overlap(
    sentence: Statement, segment: Segment, keys: Iterable[frozenset[str]], numbers: Sequence[Mention]
) -> float:
    said = [word.keys for word in sentence.words if segment.start <= word.start < segment.end]
    words = frozenset(key for each in said for key in each)
    figures = [each for each in sentence.numbers if segment.start <= each.start < segment.end]
    return sum(not words.isdisjoint(key) for key in keys) + _NUMBER_WEIGHT * sum(
        supports(figures, number) for number in numbers if figures
    )


def _within(names: Sequence[Name], segment: Segment) -> tuple[Name, ...]:
    return tuple(name for name in names if segment.start <= name.start < segment.end)


def _shared(names: Iterable[Name], others: Sequence[Name]) -> bool:
    return any(name.same(other) for name in names for other in others)
