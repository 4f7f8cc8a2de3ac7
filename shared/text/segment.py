"""Paragraphs, sentences and clauses of a text, as spans: every one is an exact slice of what it was found in.

Sentences come from sentencex. On top of it: a sentence never crosses a paragraph, a quotation keeps the words that say
whose it is, and long stretches are cut first, because sentencex takes quadratic time on unbalanced quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import sentencex  # type: ignore[import-untyped]

from shared.model import Language


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: code points from `start` to `end`; `text` is exactly that slice."""

    start: int
    end: int
    text: str


# Longer stretches go to sentencex in pieces of this many code points, cut after a sign that ends a sentence.
_PIECE = 4000
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_ENDS = frozenset(".!?。！？…;；:：”’\"'」』)）")
# Lines of wrapped text are about this long; a shorter one is a heading or an item, a longer one a whole paragraph.
_WRAPPED_LINES = range(40, 121)
_CUT = re.compile(r"[.!?。！？]\s*")
_CLOSED_QUOTE = re.compile(r"[.!?。！？…,，][”’\"'」』]+\s*$")
_ATTRIBUTION: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"[a-z]|(?:[A-Z][\w'’.-]*\s){1,4}(?:said|says|added|wrote|told|asked)\b(?=[^\"“]*$)"),
    "zh": re.compile(
        r"[^，。！？；：“”「」\n]{1,24}"
        r"(?<![没未不])(?:说道|说|表示|称|道|问|指出|强调|补充|解释|坦言|回应)(?=[。，！？])"
    ),
}
# 他说：“…。” tells already whose quotation it is.
_INTRODUCED = re.compile(r"[：:][“「『\"][^“”「」『』\"]*[”」』\"]$")
_OPENING = frozenset("“‘「『（《")
_CLOSING = frozenset("”’」』）》")
_FULL_STOPS_ZH = frozenset("。！？")
# Words that end a sentence more often than they are abbreviations; and abbreviations before a word that begins one.
_NO_ABBREVIATION = re.compile(
    r"(?:\b(?:May|Fed|Art)\.\s+(?=[A-Z“\"])"
    r"|\b(?:Inc|Corp|Ltd|Co|Bros|U\.S|U\.K|D\.C|etc)\.\s+(?=(?:The|A|An|It|Its|He|She|They|This|That|These|In|On|At|But|And"
    r"|However|While|When|After|Before|Analysts|Shares|Officials|Mr|Ms)\b))"
)
# What sentencex parts and is one sentence: "at 5 p.m. Monday", "approx. 30", and J.P.摩根 or Inc.公司 in Chinese text.
_PARTED: Mapping[Language, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "en": (
        re.compile(r"\b(?:[ap]\.m|[Aa]pprox|[Ee]st|[Mm]in|[Mm]ax|[Ff]ig|[Rr]ef)\.$"),
        re.compile(
            r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September"
            r"|October|November|December|ET|EST|EDT|PT|GMT|UTC|BST|CET|Eastern|Pacific|Beijing|London)\b|\d"
        ),
    ),
    "zh": (re.compile(r"[A-Za-z\d]\.$"), re.compile(r"\w")),
}
_CLAUSE_BORDER: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"[,;:][”’\"']?(?=\s)|\s[–—-](?=\s)|—|\s(?=(?:but|while|whereas|although|though)\s)"),
    "zh": re.compile(r"[，；：](?:[”」』’])?|——"),
}


def paragraphs(text: str) -> tuple[Span, ...]:
    """Return the paragraphs: blank lines part them; so does a line end, unless the line is one of wrapped text."""
    return tuple(_paragraphs(text))


def sentences(text: str, language: Language, start: int = 0) -> tuple[Span, ...]:
    """Return the sentences of one paragraph, without the space around them; `start` is where the paragraph stands."""
    found: list[Span] = []
    for piece in _pieces(text):
        for sentence in _split(piece.text, language):
            span = _stripped(text, piece.start + sentence.start, piece.start + sentence.end)
            if span is None:
                continue
            if found and _belongs_to(found[-1], span, language):
                previous = found.pop()
                span = Span(previous.start, span.end, text[previous.start : span.end])
            found.append(span)
    return tuple(Span(span.start + start, span.end + start, span.text) for span in found)


def clauses(sentence: Span, language: Language) -> tuple[Span, ...]:
    """Return the clauses of a sentence, in order; the signs that part them stay at the end of the earlier one."""
    borders = [match.end() for match in _CLAUSE_BORDER[language].finditer(sentence.text)]
    ends = [*borders, len(sentence.text)]
    spans = (
        _stripped(sentence.text, start, end) for start, end in zip([0, *borders], ends, strict=True) if end > start
    )
    return tuple(
        Span(span.start + sentence.start, span.end + sentence.start, span.text) for span in spans if span is not None
    )


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for block in _BLANK_LINES.finditer(text):
        yield from _lines(text, start, block.start())
        start = block.end()
    yield from _lines(text, start, len(text))


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    while at < end:
        line_end = text.find("\n", at, end)
        while line_end != -1 and _is_wrapped(text, max(start, text.rfind("\n", start, line_end) + 1), line_end):
            line_end = text.find("\n", line_end + 1, end)
        stop = end if line_end == -1 else line_end
        span = _stripped(text, at, stop)
        if span is not None:
            yield span
        at = stop + 1


def _is_wrapped(text: str, start: int, line_end: int) -> bool:
    """Say whether the line that ends at `line_end` goes on in the next one."""
    line = text[start:line_end].strip()
    following = text.find("\n", line_end + 1, line_end + 2 + _WRAPPED_LINES.stop)
    next_end = len(text) if following == -1 else following
    return len(line) in _WRAPPED_LINES and line[-1] not in _ENDS and next_end - line_end - 1 < _WRAPPED_LINES.stop


def _pieces(text: str) -> Iterator[Span]:
    start = 0
    while len(text) - start > _PIECE:
        cut = start + _PIECE
        for match in _CUT.finditer(text, start + _PIECE // 2, start + _PIECE):
            cut = match.end()
        yield Span(start, cut, text[start:cut])
        start = cut
    if start < len(text):
        yield Span(start, len(text), text[start:])


def _split(text: str, language: Language) -> Iterator[Span]:
    at = 0
    for part in sentencex.segment(language, text):
        end = at + len(part)
        if text[at:end] != part:  # never seen; one long sentence is better than a span that is wrong
            break
        missed = _missed_zh(part) if language == "zh" else _missed_en(part)
        cuts = [at, *(at + cut for cut in missed), end]
        yield from (Span(a, b, text[a:b]) for a, b in pairwise(cuts))
        at = end
    if at < len(text):
        yield Span(at, len(text), text[at:])


def _missed_zh(sentence: str) -> Iterator[int]:
    """Give the places where a Chinese sentence ends outside quotation marks: sentencex misses 。 before a digit."""
    depth = 0
    for at, character in enumerate(sentence[:-1]):
        depth += (character in _OPENING) - (character in _CLOSING and depth > 0)
        after = sentence[at + 1]
        if character in _FULL_STOPS_ZH and depth == 0 and after not in _FULL_STOPS_ZH and after not in _CLOSING:
            yield at + 1


def _missed_en(sentence: str) -> Iterator[int]:
    """Give the places where a sentence ends that sentencex takes for an abbreviation: "until May. Officials"."""
    for match in _NO_ABBREVIATION.finditer(sentence):
        before = sentence[: match.start()]
        if before.count("“") <= before.count("”") and before.count('"') % 2 == 0:
            yield match.end()


def _stripped(text: str, start: int, end: int) -> Span | None:
    part = text[start:end]
    left = start + len(part) - len(part.lstrip())
    right = start + len(part.rstrip())
    return Span(left, right, text[left:right]) if left < right else None


def _belongs_to(before: Span, after: Span, language: Language) -> bool:
    """Say whether `after` goes on with `before`: it says whose quotation that was, or an abbreviation parted them."""
    tail = before.text[-8:]
    introduced = language == "zh" and _INTRODUCED.search(before.text) is not None
    if (
        not introduced
        and _CLOSED_QUOTE.search(tail) is not None
        and _ATTRIBUTION[language].match(after.text) is not None
    ):
        return True
    abbreviation, rest = _PARTED[language]
    together = language == "en" or before.end == after.start  # Chinese text has no space there
    return together and abbreviation.search(tail) is not None and rest.match(after.text) is not None
