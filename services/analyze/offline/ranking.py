"""Which sentences say what the article says: the lead for the summary, a ranking with MMR for the TL;DR."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.analyze.claims.quotation import is_quotation
from services.analyze.claims.quotes import SHORTEST_QUOTE
from services.analyze.offline.evidence import Uses, quotes_for
from services.analyze.offline.names import Cast
from services.analyze.offline.reading import Reading, Sentence, content_words
from services.analyze.offline.stance import has_denial, is_hearsay, source_of
from shared.model import EntityKind, Language

MOST_SUMMARY = 2
MOST_TLDR = 5
# Words (or Chinese characters) of the article for each bullet of the TL;DR.
_PER_BULLET = {"en": 90, "zh": 130}
_FEWEST_TLDR = 3
# MMR: what a bullet loses for each share of its content that another claim has already.
_REDUNDANCY = 1.2
_TOO_SIMILAR = 0.5
_LEAST_SCORE = 0.6
_SHORTEST = {"en": 40, "zh": 14}
_SHORTEST_LEAD = {"en": 20, "zh": 8}

# A sentence that begins like this needs the one before it.
_DANGLING_EN = re.compile(
    r"[\"“‘]?(?:(?:He|She|It|They|This|That|These|Those|Such|Most|Some|Both|Neither|Together|But|And|Also|However"
    r"|Instead|So|Then|Yet|Meanwhile)\b)"
)
_DEFINITE = re.compile(r"[\"“‘]?The [a-z]+\b(?!(?: [a-z]+)? (?:of|on|in|for|that)\b)|公司")
# As the sentence right after the lead it may: the lead is what it needs.
_FOLLOWS_LEAD = re.compile(r"The [a-z]+\b|公司|其中")
_DANGLING_ZH = re.compile(
    r"[“「]?(?:他|她|它|这|那|其|该|此|上述|后者|前者|对此|同时|因此|因为|因|但|不过|而|则|也|并|双方|两者|另外|此外|同行|成本怎么)"
)
# A pronoun needs a name of its kind before it in the sentence.
_PEOPLE: tuple[EntityKind, ...] = ("person",)
_THINGS: tuple[EntityKind, ...] = ("organisation", "product", "work", "event")
_PRONOUNS: Mapping[Language, tuple[tuple[re.Pattern[str], tuple[EntityKind, ...]], ...]] = {
    "en": (
        (re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE), _PEOPLE),
        (re.compile(r"\bits?\b|^(?:\S+ ){0,3}(?:they|their|them)\b", re.IGNORECASE), _THINGS),
    ),
    "zh": (
        (re.compile(r"(?<!其)[他她](?!国|人)"), _PEOPLE),
        (re.compile(r"它|其(?!中|他|实|余)|该(?=公司|厂|国|行|项|案)|则(?=表示|称|说|认为|从|没有|预计)"), _THINGS),
    ),
}
_ASIDE = re.compile(r"\b(?:of|by|from|with|at) (?:the )?$")
_ENDS = re.compile(r"[.!。！…][”\"’」』)）]?$")
# What sends readers somewhere is no news, and may be a trap.
ADDRESS = re.compile(r"https?:|www\.|\S@\S+\.\S")
_QUOTATION_MARKS = frozenset('“"「『')
_LINE = re.compile(r"^[-–—*•·|] ?|[|\t]|^By (?:[A-Z][\w.'’-]* ?){2,4}(?:,|and\b|$)")
_QUESTION = re.compile(r"[?？]['\"”’」]?$")
# What tells how the reporting went, and not what happened.
_NO_COMMENT = re.compile(
    r"\b(?:declined to|did not respond|do not comment|no comment)\b|置评|(?:未|没有|拒绝)回应|回应称"
)


def summary_of(reading: Reading, cast: Cast, uses: Uses) -> tuple[Sentence, ...]:
    """Return the lead sentence and what follows it directly, as far as each stands by itself."""
    first = [s for s in reading.sentences if s.paragraph <= _first_paragraph(reading) + 1]
    chosen: list[Sentence] = []
    for sentence in first:
        if len(chosen) == MOST_SUMMARY or (chosen and sentence.index > chosen[-1].index + 2):
            break
        next_to_lead = bool(chosen) and sentence.index == chosen[-1].index + 1
        follows = next_to_lead and _FOLLOWS_LEAD.match(sentence.text) is not None
        # A short one would be quoted with the lead, which has better uses.
        if chosen and (is_quotation(sentence.text) or len(sentence.span.text) < SHORTEST_QUOTE):
            continue
        if _stands(reading, sentence, cast, uses, needs_nothing=sentence.index > 1 and not follows):
            chosen.append(sentence)
    for sentence in chosen:
        uses.take(sentence)
    return tuple(chosen)


def tldr_of(reading: Reading, cast: Cast, uses: Uses, summary: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Return up to five sentences that say the most and repeat neither the summary nor each other, in text order."""
    language = reading.language
    headline = content_words(reading.title.text, language)
    disputed = has_denial(reading)
    candidates = [
        _Candidate(sentence, content_words(sentence.text, language), _score(reading, sentence, cast, headline))
        for sentence in reading.sentences
        if sentence not in summary
        and not (disputed and is_hearsay(sentence, language))
        and _stands(reading, sentence, cast, uses, needs_nothing=True)
    ]
    candidates = [candidate for candidate in candidates if candidate.score >= _LEAST_SCORE]
    for sentence in summary:
        candidates = _unlike(candidates, content_words(sentence.text, language))
    chosen: list[Sentence] = []
    most = min(MOST_TLDR, max(_FEWEST_TLDR, reading.words // _PER_BULLET[language]))
    while candidates and len(chosen) < most:
        best = max(candidates, key=lambda candidate: candidate.score - _REDUNDANCY * candidate.overlap)
        chosen.append(best.sentence)
        candidates = _unlike([candidate for candidate in candidates if candidate is not best], best.words)
    for sentence in chosen:
        uses.take(sentence)
    return tuple(sorted(chosen, key=lambda s: s.index))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence with its score, and the greatest overlap of its words with those of a claim that is taken already."""

    sentence: Sentence
    words: frozenset[str]
    score: float
    overlap: float = 0.0


def _unlike(candidates: list[_Candidate], taken: frozenset[str]) -> list[_Candidate]:
    """Leave out what says again what was taken, and note the overlap of the others with it."""
    noted = (replace(c, overlap=max(c.overlap, len(c.words & taken) / (len(c.words | taken) or 1))) for c in candidates)
    return [candidate for candidate in noted if candidate.overlap <= _TOO_SIMILAR]


def is_clean(sentence: Sentence, cast: Cast, language: Language) -> bool:
    """Say whether a sentence is one that may be a claim: no line of a list or table, no address, no lost quotation."""
    text = sentence.text
    if ADDRESS.search(text) or _LINE.search(text):
        return False
    quoted = text[0] in _QUOTATION_MARKS or is_quotation(text)
    return not quoted or source_of(sentence, cast, language) is not None


def dangles(sentence: Sentence, cast: Cast, language: Language, *, definite: bool = True) -> bool:
    """Say whether a sentence refers to something that only an earlier one names.

    `definite`: whether it may not begin with "The price" or 公司 either; beside an entity's name these are clear.
    """
    text = sentence.text
    if definite and _DEFINITE.match(text):
        return True
    if (_DANGLING_EN if language == "en" else _DANGLING_ZH).match(text):
        return True
    if is_quotation(text):
        return False
    for pattern, kinds in _PRONOUNS[language]:
        pronoun = pattern.search(sentence.span.text)
        if pronoun is None:
            continue
        before = cast.within(sentence.span.start, sentence.span.start + pronoun.start())
        if not any(m.named.kind in kinds and not _is_aside(sentence, m.start) for m in before):
            return True
    return False


def _is_aside(sentence: Sentence, start: int) -> bool:
    """Say whether a name is only what something is of, by or from, which a pronoun rarely means."""
    return _ASIDE.search(sentence.span.text[: start - sentence.span.start][-12:]) is not None


def _stands(reading: Reading, sentence: Sentence, cast: Cast, uses: Uses, *, needs_nothing: bool) -> bool:
    """Say whether a sentence can be a claim; `needs_nothing`: whether it must be clear without those before it."""
    text = sentence.text
    shortest = _SHORTEST[reading.language] if needs_nothing else _SHORTEST_LEAD[reading.language]
    if len(text) < shortest or _QUESTION.search(text) or uses.left(sentence) == 0:
        return False
    if not is_clean(sentence, cast, reading.language):
        return False
    if needs_nothing and (_ENDS.search(text) is None or _NO_COMMENT.search(text) is not None):
        return False
    if needs_nothing and dangles(sentence, cast, reading.language):
        return False
    return bool(quotes_for(reading, sentence))


def _first_paragraph(reading: Reading) -> int:
    return reading.sentences[0].paragraph if reading.sentences else 1


def _score(reading: Reading, sentence: Sentence, cast: Cast, headline: frozenset[str]) -> float:
    words = content_words(sentence.text, reading.language)
    position = 1 / (1 + 0.35 * (sentence.paragraph - 1))
    title = len(words & headline) / (len(headline) or 1)
    figures = min(len(sentence.quantities), 3) / 3
    names = min(len(cast.named_in(sentence.span)), 2) / 2
    quotation = 0.25 if is_quotation(sentence.text) else 0.0
    return position + title + 0.5 * figures + 0.3 * names - quotation
