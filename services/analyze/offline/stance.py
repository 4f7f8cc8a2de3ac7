"""How sure a sentence is, and whose statement it is.

The stance is proposed from the words of the whole sentence and errs towards less certain: a hedge in one clause weakens
the whole. `by` is the source as the sentence names it, or None: a pronoun or "the people" names nobody.
"""

from __future__ import annotations

import re
from functools import cache

from services.analyze.claims.stance import shows, stance_in
from services.analyze.lexicon import any_of, english_names
from services.analyze.offline.names import Cast
from services.analyze.offline.reading import LONGEST_SENTENCE, Reading, Sentence
from shared.model import Language, Stance
from shared.text.segment import Span

_PLACED_EN = (
    r"(?:an?|two|three|several|some|the company|the operator|the regulator|the board|investigators|analysts|people)\b"
)
_NO_VERB_EN = r"(?:(?!\b(?:has|had|have|is|was|were|would|will|not)\b)[^,.;:“”\"]){0,80}?"
_NOUN_PHRASE_EN = re.compile(rf"(?i:{_PLACED_EN}){_NO_VERB_EN}(?=[,.;:]|$)")
_ACCORDING = re.compile(r"\b[Aa]ccording to (?P<by>[^,.;:“”\"]{2,120}?)(?= asking\b| who\b|[,.;:“”\"]|$)")
_INVERTED_EN = re.compile(r"[,?!”\"]['’”\"]? \w+$")
_CLAUSE_STARTS_EN = (", ", "” ", '" ', "; ", ": ")
# Who speaks after the verb is followed by nothing that could be a statement: "said Peter Lund of Ashgrove."
_SPEAKER_ENDS_EN = re.compile(r"(?=[,.;:]|$| (?:of|at|from|in|on|who)\b)")
# A name after such a word is not the subject: "a lawyer for Petrie said".
_ASIDE_EN = re.compile(r"\b(?:of|at|for|from|to|in|with|by|on|and|or|than) (?:the )?$")
_NOBODY_EN = re.compile(r"(?:Nobody|No one|None|No|Neither|Few|Nothing)\b")
_SPEECH_ZH = "透露|表示|认为|预计|指出|承认|介绍|估计|提醒|公布|宣布|警告|强调|解释说|解释|回应称|否认|坦言|说|称"
_SPOKEN_ZH = re.compile(rf"(?:{_SPEECH_ZH})(?!为|作|号|重)|据报道|据称|据悉")
_BETWEEN_ZH = "(?:周[一二三四五六日]|日前|近日|同时|则|随后|昨日|今日|也|还|在[^，。：“”]{1,8}?[上中]|对此)?"
# 据称 and 据报道 are words of their own: they name nobody, and 苏州市政府据称 is no source.
_PASSED_ON_ZH = "据(?:称|悉|说|传|报道|报导)"
_OPENING_ZH = re.compile(
    rf"(?!{_PASSED_ON_ZH})据(?P<by>[^，。：；“”]{{2,20}}?)(?:透露|称|介绍|报道|报导|表示|估计|预计)"
)
_SPEAKER_ZH = re.compile(
    r"(?:^|[，。；”」])(?:其中|但|而|不过|近日|此前|其(?=发言人))?"
    rf"(?P<by>(?:(?!{_PASSED_ON_ZH})[^，。：；“”「」]){{2,20}}?){_BETWEEN_ZH}(?P<verb>{_SPEECH_ZH})(?=[，：。“「”」]|[^，。：；]{{2}})"
)
# 砚山开源大模型，并称成本不高: the subject of the sentence says it.
_ADDED_ZH = re.compile(r"(?:，|并)称(?!为|作|号|重)")
_NOBODY_ZH = re.compile(r"他|她|它|其|双方|这|那|该|对此|如果|随着|因|近日|此前|有|目前|今年|由|并|可|被|也|仍|都")
_UNNAMED_ZH = re.compile(
    r"(?:人士|公司|发言人|负责人|分析师|专家|官员|机构|部门|警方|研究人员|小组|团队|运营方|董事会)$"
)


_DENIAL_VERBS_ZH = ("否认",)
_NEGATED_SPEAKER_ZH = re.compile(r"(?:[不未没无]|没有|未曾|从未)$")


SPEECH_EN = re.compile(
    rf"\b(?:{any_of((*english_names().speech, 'reported', 'claimed', 'claims', 'denied', 'denies'))})\b"
)


def stance_of(sentence: Sentence, language: Language, own: Span | None = None) -> Stance:
    """Return the proposed stance: the least certain one that a word of the sentence shows.

    `own`: the clauses that a fact was read from; only they can make it possible or planned.
    """
    return stance_in(sentence.text, language, None if own is None else own.text)


def source_of(sentence: Sentence, cast: Cast, language: Language) -> str | None:
    """Return whose statement a sentence is, as it names them, or None."""
    if len(sentence.span.text) > LONGEST_SENTENCE:
        return None
    return _source_en(sentence, cast) if language == "en" else _source_zh(sentence, cast)


def is_someones(sentence: Sentence, language: Language) -> bool:
    """Say whether a sentence has a word that attributes it to someone, named or not."""
    text = sentence.span.text
    if language == "zh":
        return _SPOKEN_ZH.search(text) is not None
    return _ACCORDING.search(text) is not None or _speech_en().search(text) is not None


def has_denial(reading: Reading) -> bool:
    """Say whether anyone denies anything in the article."""
    return any(shows("denied", sentence.text, reading.language) for sentence in (reading.title, *reading.sentences))


def is_hearsay(sentence: Sentence, language: Language) -> bool:
    """Say whether a sentence passes on a report or an accusation, and does not deny it itself.

    In an article with a denial it is no claim: which report is denied can't be told for certain, and one without its
    denial would mislead.
    """
    passed_on = shows("reported", sentence.text, language) or shows("alleged", sentence.text, language)
    return passed_on and not shows("denied", sentence.text, language)


@cache
def _speech_en() -> re.Pattern[str]:
    speech = any_of((*english_names().speech, "reported", "blames", "expects", "denied", "denies", "found"))
    return re.compile(rf"\b(?:{speech})\b")


def _source_en(sentence: Sentence, cast: Cast) -> str | None:
    according = _ACCORDING.search(sentence.span.text)
    if according is not None:
        return according["by"]
    for match in _speech_en().finditer(sentence.span.text):
        found = _after_verb(sentence, match.end(), cast) or _before_verb(sentence, match.start(), cast)
        if found is not None:
            return found
    return None


def _after_verb(sentence: Sentence, at: int, cast: Cast) -> str | None:
    """The speaker of an inverted sentence: “...,” said Dana Whitlock; said Ashgrove spokesman Peter Lund."""
    text, base = sentence.span.text, sentence.span.start
    if not _INVERTED_EN.search(text[max(0, at - 16) : at]):
        return None
    end = next((i for i in range(at, min(len(text), at + 120)) if text[i] in ",.;:"), at)
    mentions = [m for m in cast.within(base + at + 1, base + end) if _ASIDE_EN.search(text, at, m.start - base) is None]
    people = [mention for mention in mentions if mention.named.kind == "person"]
    for mention in (*people, *mentions[:1]):
        first = mention.start == base + at + 1
        if (first or mention.end == base + end) and _SPEAKER_ENDS_EN.match(text, mention.end - base):
            return text[mention.start - base : mention.end - base]
    phrase = None if mentions else _NOUN_PHRASE_EN.match(text, at + 1)
    return None if phrase is None else phrase.group()


def _before_verb(sentence: Sentence, at: int, cast: Cast) -> str | None:
    """The speaker before the verb: Odell said; a Corvane spokesperson said; Tallow Energy, the largest owner, said."""
    text, base = sentence.span.text, sentence.span.start
    if _NOBODY_EN.match(text):
        return None
    border = max(text.rfind(mark, max(0, at - 200), at) for mark in _CLAUSE_STARTS_EN)
    start = 0 if border == -1 else border + 2
    subject = text[start:at].strip()
    if not subject:
        return _apposed(sentence, cast)
    mentions = cast.within(base + start, base + at)
    if mentions and mentions[-1].end == base + start + len(text[start:at].rstrip()):
        name = text[mentions[-1].start - base : mentions[-1].end - base]
        if _ASIDE_EN.search(text, start, mentions[-1].start - base) is None:
            return name
    return subject if _NOUN_PHRASE_EN.fullmatch(subject) else None


def _apposed(sentence: Sentence, cast: Cast) -> str | None:
    """The speaker beside an apposition: "Tallow Energy, the owner, said"; "Pell's wife, Ann Pell, said"."""
    text, base = sentence.span.text, sentence.span.start
    parts = text.split(", ", 2)
    places = (0, len(parts[0]) + 2)
    names = [
        part
        for part, place in zip(parts, places, strict=False)
        if any(
            (m.start, m.end) == (base + place, base + place + len(part))
            for m in cast.within(base + place, base + place + 1)
        )
    ]
    return names[0] if len(names) == 1 else None


def _source_zh(sentence: Sentence, cast: Cast) -> str | None:
    text, base = sentence.span.text, sentence.span.start
    denied = any(verb in text for verb in _DENIAL_VERBS_ZH)
    opening = _OPENING_ZH.search(text)
    if opening is not None and not denied:
        return opening["by"]
    for match in _SPEAKER_ZH.finditer(text):
        if denied and match["verb"] not in _DENIAL_VERBS_ZH:
            continue  # who reported what another denies is not whose denial it is
        if _NEGATED_SPEAKER_ZH.search(match["by"]) or _NOBODY_ZH.match(match["by"]):
            continue
        mentions = cast.within(base + match.start("by"), base + match.end("by"))
        if mentions and mentions[-1].end - base == match.end("by"):
            return text[mentions[-1].start - base : match.end("by")]
        if mentions or _UNNAMED_ZH.search(match["by"]):
            return match["by"]
    if _ADDED_ZH.search(text):
        subject = next((m for m in cast.within(base, sentence.span.end) if m.named.kind != "place"), None)
        return None if subject is None else text[subject.start - base : subject.end - base]
    return None
