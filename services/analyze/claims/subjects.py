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
from services.analyze.claims.quotation import in_quotation
from services.analyze.claims.segments import Segment
from services.analyze.claims.verdict import ClaimCheck, Refusal
from services.analyze.lexicon import any_of, chinese_names, english_names
from shared.model import Language
from shared.quantities import Mention, supports

# How much a number says about which segment a claim is of, in words.
_NUMBER_WEIGHT = 2.0
# A segment must say so many words of the same, and this share of the claim's, before its subject counts.
_LEAST_OVERLAP, _LEAST_SHARE = 1.0, 0.4
_PRONOUN = {
    "en": re.compile(
        r"\b(?:it|its|he|she|his|her|they|their|them|him|itself|the (?:company|group|firm|business|maker|chipmaker"
        r"|carmaker|bank|lender|retailer|startup|start-up|agency|regulator|union|team|club|party|government|ministry|court|council"
        r"|operator|airline|developer|manufacturer|supplier|university|hospital|two|pair|former|latter|rival|insurer))\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"其|他|她|它|该|这家|公司|集团|双方|两人|两者|二者|两家|三人|后者|前者|企业"),
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
    yield from _strangers(claim, quoted)
    for group in _by_subject(claim):
        names = _heads(claim.text, _within(claim.actors, group), claim.language)
        # The claim is about someone that it names where it begins with them, or says by whom.
        if not (_begins(claim, group, names[0]) or _AGENT[claim.language].search(claim.text)):
            continue
        for segment in claim.segments:
            bare = segment.speech and not _within(claim.actors, segment)  # 预计 by itself
            bare = bare or _ACCORDING.match(claim.text, segment.start) is not None
            bare = bare or _TRAILING.fullmatch(claim.text, segment.start, segment.end) is not None
            bare = bare or _APPOSITION.fullmatch(claim.text, segment.start, segment.end) is not None
            if group.start <= segment.start < group.end and not segment.relative and not bare:
                yield from _misplaced(claim, segment, names, quoted, article)


def _strangers(claim: Statement, quoted: Sequence[Statement]) -> Iterator[Refusal]:
    """Refuse a subject that the quotes don't name where each of them has a subject of its own and no pronoun."""
    subject = claim.actors[0]
    first = claim.segments[0]
    if not _begins(claim, first, subject) or any(subject.same(n) for sentence in quoted for n in sentence.names):
        return
    passive = _PASSIVE_VOICE[claim.language].search(claim.text) is not None
    for sentence in quoted:
        actors = _within(sentence.actors, sentence.segments[0])
        own = bool(actors) and _begins(sentence, sentence.segments[0], actors[0])
        if not own or _stands_for(sentence, passive):
            return
    said = " ".join(sentence.text for sentence in quoted)
    who = quoted[0].actors[0].text
    yield Refusal("name", subject.text, f"the quote is about {who} and does not name {subject.text}", said)


def _stands_for(sentence: Statement, passive: bool) -> bool:
    """Say whether a pronoun of a sentence may mean someone of the sentence before: a subject, in a passive any."""
    if sentence.language == "zh":
        return _PRONOUN["zh"].search(sentence.text) is not None
    if passive and _PRONOUN["en"].search(sentence.text):
        return True
    return any(_SUBJECT_PRONOUN.match(sentence.text, each.start) is not None for each in sentence.segments)


_SUBJECT_PRONOUN = re.compile(
    r"[\s“\"]*(?:(?:and|but|while|that|which|because|as|after|when) )?"
    r"(?:it|its|he|she|his|her|they|their|the [a-z]+)\b",
    re.IGNORECASE,
)


def _by_subject(claim: Statement) -> Iterator[Segment]:
    """Give the stretches of a claim that begin with a segment that has names, with those after it that have none."""
    opened: Segment | None = None
    for segment in claim.segments:
        names = _within(claim.actors, segment)
        if opened is not None and _APPOSITION.fullmatch(claim.text, segment.start, segment.end):
            opened = replace(opened, end=segment.end)  # "Haan, Kessel's boss, said"
        elif opened is not None and names and _is_apposed(claim, segment, names):
            opened = replace(opened, end=segment.end)  # "beat the president, Tomas Brede, taking"
        elif names and not segment.relative and (opened is None or _begins(claim, segment, names[0])):
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
        if keys and _in_one(text, first, second) and not _MUTUAL[text.language].search(between):
            who, whom = (second, first) if passive else (first, second)
            yield _Deed(who, whom, keys)


def _in_one(text: Statement, first: Name, second: Name) -> bool:
    """Say whether two names stand in one segment, or the second in one that says more of the first."""
    between = [each for each in text.segments if first.start < each.start <= second.start]
    return all(each.relative for each in between)


_TRAILING = re.compile(r" (?:an?|the|its) (?:[a-z-]+ ){1,8}[a-z-]+\.\s*")
_ACCORDING = re.compile(r"\s*(?:according to|as reported)\b")
_APPOSITION = re.compile(r"\s*(?:an?|the|its|another|once|now|formerly|[A-Z][\w. ]*['’]s?) [^,]{1,60},\s*")
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
    if best is None or best.overlap < max(_LEAST_OVERLAP, _LEAST_SHARE * len(keys)):
        return
    equal = [match for match in matches if match.overlap >= best.overlap - 0.5]
    doers = _doers(claim, segment, names, best)
    owners = [_owners(match, numbers, quoted, article) for match in equal]
    if any(not each or _shared(doers, each) for each in owners):
        return
    said = best.sentence.text[best.segment.start : best.segment.end].strip()
    whom = ", ".join(dict.fromkeys(name.text for each in owners for name in each))
    check: ClaimCheck = "distance" if numbers else "name"
    fragment = claim.text[segment.start : segment.end].strip()
    yield Refusal(check, fragment, f"the quote says this of {whom}, not of {names[0].text}", said)


def _doers(claim: Statement, segment: Segment, names: Sequence[Name], match: _Match) -> Sequence[Name]:
    """Return the names of a stretch of a claim that may be who does it: those before its verb, if it is active."""
    text = claim.text[segment.start : segment.end]
    said = match.sentence.text[match.segment.start : match.segment.end]
    if any(_PASSIVE_VOICE[claim.language].search(each) for each in (text, said)):
        return names
    keys = frozenset(key for word in match.sentence.words for key in word.keys)
    verbs = [word.start for word in claim.words if segment.start <= word.start < segment.end and keys & word.keys]
    return [name for name in names if verbs and name.start < verbs[0]] or names


_AGENT = {"en": re.compile(r"\bby\b"), "zh": re.compile(r"被|由|遭")}
_PASSIVE_VOICE = {
    "en": re.compile(
        r"\b(?:is|are|was|were|be|been|being|gets?|got)(?: [a-z]+ly)? (?:[a-z]+ed|[a-z]+en|[a-z]+wn|[a-z]*sold|bought"
        r"|made|held|led|paid|hit|cut|put|told|lost|built|sent|said|met|left|kept|won|found|taught|caught)\b|\bby\b"
    ),
    "zh": re.compile(r"被|由|遭|受到|获"),
}


def _owners(
    match: _Match, numbers: Sequence[Mention], quoted: Sequence[Statement], article: ArticleText
) -> tuple[Name, ...]:
    """Return whom a segment may be about: its own names, else those before it that it goes on with."""
    sentence, segment = match.sentence, match.segment
    own = _heads(sentence.text, _within(sentence.actors, segment), sentence.language)
    carried = _PRONOUN[sentence.language].search(sentence.text, segment.start, segment.end) is not None
    if own and _begins(sentence, segment, own[0]):
        return (*_listed(sentence, segment), *_of_numbers(sentence, segment, own, numbers))
    before, spoken = _carried(sentence, segment)
    # Of whom someone speaks may have been named before, unless "it" is the speaker.
    if spoken and not own and not _is_speaker(match, before):
        before += tuple(name for each in article.before(sentence) for name in each.actors)
    if carried or not own:
        before += tuple(name for other in quoted if other is not sentence for name in other.actors)
    if in_quotation(sentence.text, segment.start + 1) or len(quoted) > 1:
        # "I" and "we" are who speaks.
        before += tuple(n for other in quoted for n in other.actors if not in_quotation(other.text, n.start))
        before += tuple(name for each in article.before(quoted[0]) for name in each.actors)
    if not before:
        before = _following(sentence, segment)
    if not before:
        before = tuple(name for each in article.before(sentence) for name in each.actors)
    return (*own, *before)


def _begins(sentence: Statement, segment: Segment, name: Name) -> bool:
    """Say whether a name stands where the subject of a segment does, and not behind its verb."""
    before = sentence.text[segment.start : name.start]
    if sentence.language == "zh":
        return len(before) <= _LONGEST_OPENING_ZH and _verb_zh().search(before) is None
    if before.rstrip()[-1:].isdigit():
        return False  # 80,000 Solvik homes
    return len(before.split()) <= _LONGEST_OPENING_EN and not (_VERB_EN.search(before) or _ASIDE_EN.match(before))


# "the privately held maker", 而同城对手: what may stand before the subject of a segment, in words and in characters.
_LONGEST_OPENING_EN, _LONGEST_OPENING_ZH = 6, 10
_ASIDE_EN = re.compile(
    r"[\s,]*(?:an?|the|part|owner|founder|head|former [a-z]+) (?:[a-z-]+ ){0,4}(?:of|at|for|from|in)(?: the)? $",
    re.IGNORECASE,
)
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


def _following(sentence: Statement, segment: Segment) -> tuple[Name, ...]:
    """Return the name after an opening that is about it: "Founded in Ghent, Lumetra"; "a rival, Orrin Peak, ..."."""
    name = next((name for name in sentence.actors if name.start >= segment.end), None)
    if name is None:
        return ()
    next_to = not sentence.text[segment.end : name.start].strip(' “"').removeprefix("the")
    return (name,) if next_to or _PARTICIPLE.match(sentence.text, segment.start, segment.end) else ()


_PARTICIPLE = re.compile(r"\s*(?:[A-Z][a-z]+(?:ed|ing|own|ilt)|As|With|After|Before|At|In|By|Once|Like|Unlike)\b")


def _listed(sentence: Statement, segment: Segment) -> tuple[Name, ...]:
    """Return the names right before a segment that are a list with its first: "Angola, Kenya and Spain said"."""
    found: tuple[Name, ...] = ()
    for each in reversed([other for other in sentence.segments if other.end <= segment.start]):
        names = _within(sentence.actors, each)
        rest = each.end - each.start - sum(name.end - name.start for name in names)
        if not names or rest > _LIST_SIGNS:
            break
        found += names
    return found


# What stands between the names of a list: a comma and a space.
_LIST_SIGNS = 3


def _is_apposed(sentence: Statement, segment: Segment, names: Sequence[Name]) -> bool:
    """Say whether a segment is a name that only says which: "a phone, the Fold One"; not "and the head, Ann Penn"."""
    rest = segment.end - segment.start - sum(name.end - name.start for name in names)
    before = sentence.text[: segment.start]
    return rest <= _APPOSED_SIGNS[sentence.language] and bool(before) and _NEW_SUBJECT.search(before) is None


_APPOSED_SIGNS = {"en": 6, "zh": 2}
_NEW_SUBJECT = re.compile(r"(?:\b(?:and|while|but) (?:the|its|his|her|their|an?)|['’]s?) [a-z -]+,\s*$")


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
    """Return the names of the segments before, back to the nearest that begins with one.

    Also whether that nearest one only says who speaks.
    """
    found: tuple[Name, ...] = ()
    spoken = False
    earlier = [each for each in sentence.segments if each.start < segment.start]
    if segment.relative or (earlier and earlier[-1].relative and earlier[-1].speech):
        # Who "who" is: the last one named.
        return tuple(name for name in sentence.actors if name.end <= segment.start)[-1:], False
    for each in reversed(earlier):
        if each.relative and not _within(sentence.actors, each):
            return tuple(name for name in sentence.actors if name.end <= each.start)[-1:], False
        names = _heads(sentence.text, _within(sentence.actors, each), sentence.language)
        if names and not each.relative:
            found, spoken = (*found, *names), each.speech
            if _begins(sentence, each, names[0]) and not _is_apposed(sentence, each, names):
                break
    return tuple(dict.fromkeys(found)), spoken


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
