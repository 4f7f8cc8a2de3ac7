"""An article as the offline engine reads it: sentences with their clauses, figures and dates, all with spans."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.analyze.claims.folding import simplified
from shared.model import Article, Language
from shared.quantities.certain import FoundQuantity, find_quantities
from shared.quantities.dates import FoundDate, find_dates
from shared.text.segment import Span, clauses, paragraphs, sentences

# docs/architecture.md, "The document": below this only title, summary and data are made.
SHORT_EN_WORDS = 120
SHORT_ZH_CHARACTERS = 200
# Longer ones are no sentences; three quotes of 300 could not hold them.
LONGEST_SENTENCE = 900
_WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DATELINE = re.compile(
    r"[A-Z][A-Z .,'’/-]{2,40}(?:, [A-Z][a-z]{2,8}\.? \d{1,2})? ?(?:\([A-Z][A-Za-z ]{1,30}\) ?)?[-–—]+ (?=\S)"
    r"|[^，。：；“”]{2,20}\d{1,2}月\d{1,2}日电 ?(?:[（(]记者[^）)]{1,30}[）)])?(?=\S)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence of the article, equal to itself only. Spans are positions in the canonical text.

    The title is paragraph 0 and sentence 0.
    """

    index: int
    paragraph: int
    span: Span
    clauses: tuple[Span, ...]
    quantities: tuple[FoundQuantity, ...]
    dates: tuple[FoundDate, ...]

    @property
    def text(self) -> str:
        """The sentence as written, with line ends inside it as spaces."""
        return " ".join(self.span.text.split()) if "\n" in self.span.text else self.span.text


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole article, read once.

    `text` is its canonical text in simplified characters, which all rules are written in, with every character where it
    was; what is shown is taken from the article as it was written.
    """

    article: Article
    text: str
    title: Sentence
    sentences: tuple[Sentence, ...]
    paragraphs: tuple[Span, ...]
    words: int

    @property
    def language(self) -> Language:
        return self.article.language

    @property
    def body(self) -> str:
        """The text after the title, in simplified characters."""
        return self.text[len(self.text) - len(self.article.body) :]

    def as_written(self, found: str, sentence: Sentence | None = None) -> str:
        """Return what was found in `text` (in `sentence`, else at its first place) as the article writes it."""
        if self.text == self.article.text:
            return found
        start, end = (0, len(self.text)) if sentence is None else (sentence.span.start, sentence.span.end)
        at = self.text.replace("\n", " ").find(found, start, end)
        return found if at == -1 else self.article.text[at : at + len(found)].replace("\n", " ")

    @property
    def is_short(self) -> bool:
        """True below the length at which only title, summary and data are made."""
        return self.words < (SHORT_EN_WORDS if self.language == "en" else SHORT_ZH_CHARACTERS)


def read(article: Article) -> Reading:
    """Read an article. `words` counts English words or Chinese characters of the body."""
    language = article.language
    text = simplified(article.text) if language == "zh" else article.text
    start = len(article.text) - len(article.body)
    title_span = Span(0, len(article.title), text[: len(article.title)])
    # A bare 元 in a report from Taiwan or Hong Kong is a local dollar.
    yuan = text == article.text and "台币" not in text
    title = _sentence(0, 0, title_span, language, yuan)
    body = tuple(
        replace(paragraph, start=paragraph.start + start, end=paragraph.end + start)
        for paragraph in paragraphs(text[start:])
        if paragraph.text != title.span.text  # a page's heading, extracted with its text
    )
    found: list[Sentence] = []
    for number, paragraph in enumerate(body, start=1):
        for span in sentences(paragraph.text, language, paragraph.start):
            span = span if found else _without_dateline(span)
            found.append(_sentence(len(found) + 1, number, span, language, yuan))
    return Reading(article, text, title, tuple(found), (title.span, *body), _size(article.body, language))


def _without_dateline(first: Span) -> Span:
    """Return the article's first sentence without the agency's line before it: "SAN FRANCISCO (Reuters) - "."""
    line = _DATELINE.match(first.text)
    return first if line is None else Span(first.start + line.end(), first.end, first.text[line.end() :])


def content_words(text: str, language: Language) -> frozenset[str]:
    """Return what a text is about, for comparing two texts: longer words, or pairs of Chinese characters."""
    if language == "en":
        return frozenset(word.lower() for word in _WORD.findall(text) if len(word) > 3)
    words = {word.lower() for word in _WORD.findall(text) if word.isascii()}
    return frozenset(
        words | {text[i : i + 2] for i in range(len(text) - 1) if _HAN.match(text[i]) and _HAN.match(text[i + 1])}
    )


def _sentence(index: int, paragraph: int, span: Span, language: Language, yuan: bool) -> Sentence:
    if len(span.text) > LONGEST_SENTENCE:
        return Sentence(index, paragraph, span, (span,), (), ())
    figures = tuple(
        replace(found, start=found.start + span.start, end=found.end + span.start)
        for found in find_quantities(span.text, language, yuan=yuan)
    )
    dates = tuple(
        replace(found, start=found.start + span.start, end=found.end + span.start)
        for found in find_dates(span.text, language)
    )
    return Sentence(index, paragraph, span, clauses(span, language), figures, dates)


def _size(text: str, language: Language) -> int:
    return len(_WORD.findall(text)) if language == "en" else len(_HAN.findall(text))
