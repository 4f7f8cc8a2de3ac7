"""An article as the engine holds proposals against it: sentences, names and figures, and what the rules found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from services.analyze.claims import ArticleText
from services.analyze.claims.folding import fold
from services.analyze.lexicon import any_of, chinese_names, english_names
from services.analyze.model.hygiene import Rules
from services.analyze.offline.names import Cast, Named
from services.analyze.offline.names_en import find_names_en
from services.analyze.offline.names_zh import find_names_zh
from services.analyze.offline.reading import Reading, Sentence, content_words, read
from services.analyze.offline.stance import source_of
from services.analyze.planted import is_planted
from shared.engine import AnalysisResult
from shared.model import Article, EntityKind, Language, Quantity, Quote
from shared.names import shipped_terms
from shared.quantities.certain import FoundQuantity, find_quantities
from shared.vocabulary import find_term

_SAYS: Final[Mapping[Language, str]] = {
    # Who speaks stands right before the verb, or right after it.
    "en": r"{by}[^.;:“”\"]{{0,24}}\b(?:{verbs})\b|\b(?:{verbs}|according to)\b (?:the |a |an )?{by}",
    "zh": r"{by}[^。；：“”]{{0,8}}(?:{verbs}|称)|据{by}",
}
_ALIKE = 0.5
"""Two claims with more of their words in common say the same, as for the offline engine."""


class Source:
    """One article. Built once an analysis; takes time linear in the text."""

    def __init__(self, article: Article, draft: AnalysisResult, instructions: str) -> None:
        """Take an article, its offline analysis, and the instructions that no text may repeat."""
        self.article = article
        self.draft = draft
        self.language: Language = article.language
        self.reading: Reading = read(article)
        find = find_names_en if article.language == "en" else find_names_zh
        self.cast = Cast(self.reading.text, find(self.reading))
        known = [(named.name, named.kind) for named in self.cast.names]
        self.text = ArticleText(article.text, article.language, shipped_terms(), known)
        self.rules = Rules(article.text, article.language, instructions)
        self._folded = fold(article.text).text

    def quoted(self, quotes: Sequence[Quote]) -> tuple[Sentence, ...]:
        """Return the sentences that quotes are of, the title's too, in order."""
        all_sentences = (self.reading.title, *self.reading.sentences)
        return tuple(
            sentence
            for sentence in all_sentences
            if any(sentence.span.start < quote.end and quote.start < sentence.span.end for quote in quotes)
        )

    def is_planted(self, quotes: Sequence[Quote]) -> bool:
        """Say whether quotes are of a sentence that talks to a model."""
        held = (s.text for quote in quotes for s in self.text.holding(quote.start, quote.end))
        return any(is_planted(text) for text in (*held, *(quote.quote for quote in quotes)))

    def speaker(self, quotes: Sequence[Quote], proposed: str, *, needed: bool) -> str | None:
        """Return whose statement the quoted sentences are: as the rules find it, else as proposed where a quote has it.

        Nobody is named where neither a proposal nor the stance (`needed`) asks for it: a claim may be of the one clause
        that is nobody's.
        """
        if not (proposed or needed):
            return None
        sentences = self.quoted(quotes)
        ours = {
            self.reading.as_written(found, sentence)
            for sentence in sentences
            if (found := source_of(sentence, self.cast, self.language)) is not None
        }
        if len(ours) == 1 and (not proposed or _overlap(next(iter(ours)), proposed)):
            return next(iter(ours))
        return proposed if any(_says(proposed, self.written(s), self.language) for s in sentences) else None

    def written(self, sentence: Sentence) -> str:
        """Return a sentence as the article has it, on one line."""
        return " ".join(self.article.text[sentence.span.start : sentence.span.end].split())

    def figures(self, quotes: Sequence[Quote]) -> Iterator[FoundQuantity]:
        """Give the figures that stand inside quotes, with their places in the canonical text."""
        for sentence in self.quoted(quotes):
            for found in sentence.quantities:
                if any(quote.start <= found.start and found.end <= quote.end for quote in quotes):
                    yield found

    def figure(self, printed: str, quotes: Sequence[Quote]) -> FoundQuantity | None:
        """Return the figure of the quotes that `printed` is a copy of, read by our own parser, or None."""
        read = {value_of(each.quantity) for each in find_quantities(printed, self.language)}
        wanted = fold(printed).text
        found = tuple(self.figures(quotes))
        for each in found:
            if value_of(each.quantity) in read or fold(self.article.text[each.start : each.end]).text == wanted:
                return each
        within = [each for each in found if fold(self.article.text[each.start : each.end]).text in wanted]
        return within[0] if len(within) == 1 else None

    def says(self, words: str) -> bool:
        """Say whether the article has these words, whatever their quotation marks and spaces."""
        folded = fold(words).text
        return bool(folded) and folded in self._folded

    def names(self, name: str, quotes: Sequence[Quote]) -> bool:
        """Say whether a quoted sentence has a name, in full or in short."""
        wanted = self.text.claim(name, self.language).names
        return any(
            name in self.article.text[held.start : held.end]
            or any(each.same(other) for each in wanted for other in held.names)
            for quote in quotes
            for held in self.text.holding(quote.start, quote.end)
        )

    def named(self, name: str, kind: EntityKind) -> Named:
        """Return a name with its id and kind: those that the rules or the termbase know come before the proposed."""
        for known in self.cast.names:
            if name in (known.name, *known.aliases, self.reading.as_written(known.name)):
                return known
        term = find_term(name)
        return Named(name, kind if term is None else term.kind, term)

    def is_name(self, name: str) -> bool:
        """Say whether the article uses `name` as a name."""
        if name not in self.article.text:
            return False
        if self.language == "zh":
            return re.fullmatch(r"[^，。；：、？！“”（）\s]{2,20}|[A-Za-z][\w .&'’-]{1,60}", name) is not None
        return any(name == each.text for sentence in self.text.all() for each in sentence.names)

    def alike(self, one: str, other: str) -> bool:
        """Say whether two claims say the same in mostly the same words."""
        words, others = content_words(one, self.language), content_words(other, self.language)
        return len(words & others) > _ALIKE * (len(words | others) or 1)


def value_of(quantity: Quantity) -> tuple[object, ...]:
    """Return what makes two figures the same figure: all but how it is hedged."""
    return (quantity.kind, quantity.value, quantity.upper, quantity.unit, quantity.currency)


def _overlap(one: str, other: str) -> bool:
    first, second = fold(one).text, fold(other).text
    return first in second or second in first


def _says(by: str, sentence: str, language: Language) -> bool:
    if not by or by not in sentence or re.fullmatch(r"(?i)he|she|it|they|we|i|他|她|它|他们|她们|我|我们", by):
        return False
    return _saying(language, by).search(sentence) is not None


def _saying(language: Language, by: str) -> re.Pattern[str]:
    return re.compile(_SAYS[language].format(by=re.escape(by), verbs=_speech(language)))


@cache
def _speech(language: Language) -> str:
    return any_of(english_names().speech if language == "en" else chinese_names().speech)
