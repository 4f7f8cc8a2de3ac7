"""An article as its claims are checked against it: its sentences with their names and numbers, read when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from services.analyze.claims.content import Word, evidence_keys, words_of
from services.analyze.claims.folding import simplified
from services.analyze.claims.marks import Mark, marks_in
from services.analyze.claims.names import Name, Namer, acts_zh
from services.analyze.claims.quotes import QuoteFinder
from services.analyze.claims.segments import Segment, segments
from shared.model import EntityKind, Language
from shared.names import NameSheet, TermIndex, build_sheet
from shared.quantities import Mention, find_mentions
from shared.text.segment import Span, sentences

# A claim's names may come from the sentence before its quote; where that names nobody, from the last one that does.
_MOST_BEFORE = 3
_MOST_SPOKEN = 4
_LONGEST_SENTENCE = 1200
_COMPANY = re.compile(r"\b[Tt]he (?:company|group|firm)\b|公司")
_GOES_ON = re.compile(
    r"[“\"]?(?:(?:It|Its|He|His|She|Her|They|Their|The company|The group|The firm)\b|公司|该|其|他|她|它|双方|这)"
)


class Statement:
    """A sentence of the article, or a claim: a text with what is found in it, read once when first asked for.

    Its positions count from its own start; `start` is where it stands in the article.
    """

    def __init__(self, text: str, language: Language, namer: Namer, start: int = 0) -> None:
        self.text = text
        self.language = language
        self.start = start
        self._namer = namer

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return self._namer.find(self.text, self.language)

    @cached_property
    def masked(self) -> str:
        """The text without its names, whose words hedge nothing: Will Hale, 方可."""
        text = self.text
        for name in self.names:
            text = f"{text[: name.start]}{'_' * (name.end - name.start)}{text[name.end :]}"
        return text

    @cached_property
    def actors(self) -> tuple[Name, ...]:
        """The names that may be who does something: of places only what a clause begins with."""
        return tuple(name for name in self.names if not name.place or self._acts(name))

    def _acts(self, place: Name) -> bool:
        """Say whether a place begins a segment; in Chinese text, before what someone does: 美国宣布, not 美国媒体."""
        if self.language == "zh" and not acts_zh(self.text, place.end):
            return False
        found = next((each for each in reversed(self.segments) if each.start <= place.start), None)
        if found is None or not self.text[place.end : found.end].strip(" ,.;"):
            return False  # "in Chappaqua, New York, ..."
        return self.text[found.start : place.start].strip(" “\"‘'").lower() in ("", "the", "and", "but", "while")

    @cached_property
    def numbers(self) -> tuple[Mention, ...]:
        return find_mentions(self.text, self.language)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        return marks_in(self.masked, self.language)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words with content that are part of no name and no number."""
        taken = bytearray(len(self.text))
        for start, end in (*((n.start, n.end) for n in self.names), *((n.start, n.end) for n in self.numbers)):
            taken[start:end] = b"\1" * (end - start)
        return tuple(word for word in words_of(self.text, self.language) if not any(taken[word.start : word.end]))

    @cached_property
    def keys(self) -> frozenset[str]:
        return evidence_keys(self.text, self.language)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        return segments(self.text, self.language)


class ArticleText:
    """The canonical text of one article, ready for its claims. Thread-safe only for one thread at a time."""

    def __init__(
        self,
        text: str,
        language: Language,
        terms: TermIndex,
        entities: Sequence[tuple[str, EntityKind]] = (),
    ) -> None:
        """Take a canonical text; `entities` are names with their kinds that are known of it already."""
        self.text = text
        self.language = language
        # Rules are written in simplified characters, which stand where the traditional ones do.
        self._plain = simplified(text) if language == "zh" else text
        self.finder = QuoteFinder(text, language)
        self.sheet: NameSheet = build_sheet(self._plain, language, terms, entities)
        self.namer = Namer(self._plain, language, self.sheet)
        self._read: dict[int, tuple[Statement, ...]] = {}

    def claim(self, text: str, language: Language) -> Statement:
        """Return a claim to check against this article."""
        return Statement(simplified(text) if language == "zh" else text, language, self.namer)

    def holding(self, start: int, end: int) -> tuple[Statement, ...]:
        """Return the sentences that a stretch of the text is of."""
        found: list[Statement] = []
        for sentence in self._sentences(self._paragraph(start)):
            # What is said in several sentences has its speaker after the last.
            goes_on = bool(found) and len(found) < _MOST_SPOKEN and _is_open(found[-1].text)
            if start < sentence.end and (sentence.start < end or goes_on):
                found.append(sentence)
        return tuple(found)

    def before(self, sentence: Statement) -> tuple[Statement, ...]:
        """Return the sentence before, and as long as these name nobody the ones before it; the nearest first.

        A sentence that begins with a pronoun is about someone of the one before, whomever else it names; "the company"
        may also be who the title is about.
        """
        found = tuple(self._before(sentence))
        title = self._sentences(0)[:1] if self.finder.paragraphs and _COMPANY.search(sentence.text) else ()
        return (*found, *(each for each in title if each not in found and each is not sentence))

    def all(self) -> Iterator[Statement]:
        """Give every sentence of the article."""
        for at in range(len(self.finder.paragraphs)):
            yield from self._sentences(at)

    @cached_property
    def keys(self) -> frozenset[str]:
        return evidence_keys(self._plain, self.language)

    def _before(self, sentence: Statement) -> Iterator[Statement]:
        at = self._paragraph(sentence.start)
        earlier = [s for s in self._sentences(at) if s.start < sentence.start]
        for back in range(1, 3):
            if at - back >= 0 and len(earlier) < _MOST_BEFORE:
                earlier = [*self._sentences(at - back), *earlier]
        for found in earlier[-_MOST_BEFORE:][::-1]:
            yield found
            if found.actors and not _GOES_ON.match(found.text):
                return

    def _paragraph(self, start: int) -> int:
        return self.finder.paragraph_index(start)

    def _sentences(self, at: int) -> tuple[Statement, ...]:
        found = self._read.get(at)
        if found is None:
            paragraph = self.finder.paragraphs[at]
            spans = sentences(self._plain[paragraph.start : paragraph.end], self.language, paragraph.start)
            found = tuple(
                Statement(_one_line(piece), self.language, self.namer, piece.start)
                for span in spans
                for piece in _pieces(span)
            )
            self._read[at] = found
        return found


def _is_open(text: str) -> bool:
    """Say whether a sentence ends inside a quotation that it opens."""
    return text.count("“") > text.count("”") or (text.startswith('"') and text.count('"') % 2 == 1)


def _pieces(span: Span) -> Iterator[Span]:
    """Cut what is too long for a sentence: no text takes more than its share of time."""
    for start in range(0, len(span.text), _LONGEST_SENTENCE):
        text = span.text[start : start + _LONGEST_SENTENCE]
        yield Span(span.start + start, span.start + start + len(text), text)


def _one_line(span: Span) -> str:
    return re.sub(r"\s", " ", span.text)
