"""Key data: rows of an entity, what is said about it and a figure.

Every amount and percentage of the title and the first two paragraphs has a row, or stands in the info of one. A
figure's entity is taken from its own clause, from its sentence only when that names one, and from the title only
while nothing else was named. Else the column says what is measured, because a wrong entity is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from services.analyze.offline.evidence import Uses, quotes_for
from services.analyze.offline.facts import Statement, statements_in
from services.analyze.offline.lexicon import any_of, measures
from services.analyze.offline.names import Cast, Named
from services.analyze.offline.names_en import Run, runs_in
from services.analyze.offline.ranking import ADDRESS, dangles
from services.analyze.offline.reading import Reading, Sentence
from services.analyze.offline.stance import is_someones, source_of
from shared.model import EntityKind, Fact, Language, Party, Quantity
from shared.text.quantity import FoundQuantity
from shared.text.segment import Span
from shared.vocabulary import measure_name

MOST_ROWS = 12
_LEAD_PARAGRAPHS = 2
_MUST = ("amount", "share")
_MAY = ("amount", "share", "points", "multiple", "count", "measure")
_DEAL_EN = re.compile(
    r"\b(?:buy|buys|buying|bought|acquire|acquires|acquiring|acquired|purchase|take over)\b|\b(?:offer|bid|deal)\b"
)
_OF = re.compile(r",? of (?:the )?")
_IT_EN = re.compile(r"Its? ")
_IT_ZH = re.compile(r"其|该?公司")
_OWN_EN = re.compile(r"\bits?\b")
_OWN_ZH = re.compile(r"其(?!中|他|实|余)|公司")
_DEAL_ZH = re.compile(r"收购|洽购|并购")


@dataclass(frozen=True, slots=True)
class Row:
    """A row before it has its address: `info` is a fact, None for the sentence; `own` are a fact's clauses."""

    entity: str
    info: Fact | None
    metric: Quantity
    sentence: Sentence
    own: Span


@dataclass(frozen=True, slots=True)
class KeyData:
    """The rows in text order; `complete` is False when a figure that should have a row has none."""

    rows: tuple[Row, ...]
    complete: bool


class KeyDataFinder:
    """Finds the rows of one article, in two steps: what the lead must have, and later what else there is room for."""

    def __init__(self, reading: Reading, cast: Cast, uses: Uses) -> None:
        self._reading = reading
        self._cast = cast
        self._uses = uses
        self._rows: list[Row] = []
        self._complete = True
        self._proper = _proper_runs(reading)

    def take_lead(self) -> None:
        """Make the rows for the amounts and percentages of the first two paragraphs and the title."""
        first = self._reading.sentences[0].paragraph if self._reading.sentences else 1
        lead = [s for s in self._reading.sentences if s.paragraph < first + _LEAD_PARAGRAPHS]
        for sentence in (*lead, self._reading.title):
            self._facts(sentence, _MUST)
            missing = self._missing(sentence, _MUST)
            if missing:
                self._prose(sentence, missing, must=True)
            self._complete = self._complete and not self._missing(sentence, _MUST)

    def take_rest(self) -> None:
        """Fill the remaining room: facts first, then sentences that are clear by themselves."""
        for sentence in self._reading.sentences:
            self._facts(sentence, _MAY)
        for sentence in self._reading.sentences:
            missing = self._missing(sentence, _MAY)
            if missing:
                self._prose(sentence, missing, must=False)

    def found(self) -> KeyData:
        """Return the rows in text order."""
        return KeyData(tuple(sorted(self._rows, key=lambda row: row.own.start)), self._complete)

    def _facts(self, sentence: Sentence, kinds: tuple[str, ...]) -> None:
        language = self._reading.language
        if not quotes_for(self._reading, sentence):
            return
        if is_someones(sentence, language) and source_of(sentence, self._cast, language) is None:
            return  # "she said": a fact would lose that it is hers
        statements = [
            (statement, entity)
            for statement in statements_in(sentence, self._cast, language)
            if (entity := self._entity_of(statement, sentence)) is not None
        ]
        missing = {found.quantity for found in self._missing(sentence, kinds)}
        room = min(self._uses.left(sentence), MOST_ROWS - len(self._rows))
        needed = [each for each in statements if missing & set(each[0].figures)]
        uncovered = missing - {figure for statement, _ in needed for figure in statement.figures}
        if kinds is _MUST and (uncovered or len(needed) > room):
            room -= 1  # for the sentence itself, which holds what no fact holds
        for statement, entity in needed[: max(room, 0)]:
            self._add(sentence, entity, statement.metric, statement.own, statement.fact)

    def _prose(self, sentence: Sentence, missing: tuple[FoundQuantity, ...], *, must: bool) -> None:
        if self._uses.left(sentence) == 0 or len(self._rows) >= MOST_ROWS or not quotes_for(self._reading, sentence):
            return
        if ADDRESS.search(sentence.text):
            return
        clear = must or not dangles(sentence, self._cast, self._reading.language)
        if not clear and dangles(sentence, self._cast, self._reading.language, definite=False):
            return
        for found in sorted(missing, key=lambda found: _MAY.index(found.quantity.kind)):
            entity = self._entity_near(found, sentence, alone=clear)
            if entity is not None or must:
                label = entity or self._label(found, sentence)
                self._add(sentence, label, found.quantity, sentence.span, None)
                return

    def _add(self, sentence: Sentence, entity: Named | str, metric: Quantity, own: Span, fact: Fact | None) -> None:
        if fact is not None and isinstance(entity, Named) and _has_both_forms(entity, self._reading.language):
            party = Party(entity=entity.id, name=entity.name)
            fact = fact.model_copy(update={"parties": (party,)})
        name = entity.name if isinstance(entity, Named) else entity
        self._rows.append(Row(name, fact, metric, sentence, own))
        self._uses.take(sentence)

    def _missing(self, sentence: Sentence, kinds: tuple[str, ...]) -> tuple[FoundQuantity, ...]:
        return tuple(
            found
            for found in sentence.quantities
            if found.quantity.kind in kinds
            and not (found.quantity.kind == "measure" and found.quantity.unit == "sigma")
            and not self._covered(found.quantity, sentence)
        )

    def _covered(self, quantity: Quantity, sentence: Sentence) -> bool:
        return any(
            _same(quantity, row.metric)
            or (row.info is None and any(_same(quantity, found.quantity) for found in row.sentence.quantities))
            or (row.info is not None and any(_same(quantity, figure) for figure in _figures(row.info)))
            for row in self._rows
        )

    def _entity_of(self, statement: Statement, sentence: Sentence) -> Named | str | None:
        if statement.named is not None:
            return statement.named
        before = Span(sentence.span.start, statement.own.start, "")
        return _only(self._cast.named_in(before)) or self._carried(sentence) or self._subject(sentence)

    def _entity_near(self, found: FoundQuantity, sentence: Sentence, *, alone: bool) -> Named | str | None:
        """Whose figure it is. `alone`: the sentence is clear by itself, so that its other clauses may say it."""
        clause = _clause_of(found, sentence)
        near = self._bought(found, sentence) or self._only_in(clause, sentence, after=found.end)
        if isinstance(near, Named) and near.kind == "person" and self._only_says_so(near, sentence):
            near = None
        if near is not None or not alone:
            return near
        other = self._only_in(sentence.span, sentence, after=found.end)
        if other is None or self._only_says_so(other, sentence):
            return self._carried(sentence) or self._subject(sentence)
        return other

    def _carried(self, sentence: Sentence) -> Named | None:
        """What "Its" or 公司 at the beginning means: the sentence before begins with it and names no other."""
        begins = (_IT_EN if self._reading.language == "en" else _IT_ZH).match(sentence.span.text)
        previous = self._reading.sentences[sentence.index - 2] if begins and sentence.index > 1 else None
        if previous is None or previous.paragraph != sentence.paragraph:
            return None
        opening = self._cast.within(previous.span.start, previous.span.start + 1)
        if not opening or opening[0].named.kind != "organisation":
            return None
        return opening[0].named if _only(self._cast.named_in(previous.span)) is opening[0].named else None

    def _only_says_so(self, other: Named | str, sentence: Sentence) -> bool:
        """Say whether a name of another clause is only the source: "prices fell 22%, according to Penrose"."""
        language = self._reading.language
        source = source_of(sentence, self._cast, language)
        mentions = [m for m in self._cast.within(sentence.span.start, sentence.span.end) if m.named is other]
        written = {self._reading.text[m.start : m.end] for m in mentions}
        if source is None or source not in written:
            return False
        after = self._reading.text[mentions[0].end : sentence.span.end]
        return (_OWN_EN if language == "en" else _OWN_ZH).search(after) is None

    def _only_in(self, span: Span, sentence: Sentence, *, after: int) -> Named | str | None:
        names = [named for named in self._cast.named_in(span) if named.kind != "place"]
        if names:
            return _only(names)
        known = {mention.start for mention in self._cast.within(span.start, span.end)}
        others = {
            run.text
            for run in (() if self._reading.language == "zh" else runs_in(sentence))
            if span.start <= run.start < span.end and run.start not in known and self._owns(run, sentence, after)
        }
        return others.pop() if len(others) == 1 else None

    def _owns(self, run: Run, sentence: Sentence, after: int) -> bool:
        """Say whether a capitalised run is what a figure is about: the sentence's subject, or what the figure is of."""
        between = self._reading.text[after : run.start] if after < run.start else ""
        begins = run.start == sentence.span.start
        return run.text in self._proper and (" " in run.text or begins or _OF.fullmatch(between) is not None)

    def _subject(self, sentence: Sentence) -> Named | None:
        """The article's subject, where it is certain: the title's only organisation, and the only one named so far."""
        in_title = _only(self._cast.named_in(self._reading.title.span))
        so_far = [n for n in self._cast.named_before(sentence.span.end) if n.kind == "organisation"]
        return in_title if so_far == [in_title] else None

    def _bought(self, found: FoundQuantity, sentence: Sentence) -> Named | None:
        """What is bought for an amount: the first name after the verb or the noun of the deal."""
        if found.quantity.kind != "amount":
            return None
        pattern = _DEAL_EN if self._reading.language == "en" else _DEAL_ZH
        deal = pattern.search(sentence.span.text)
        if deal is None:
            return None
        names = [
            mention.named
            for mention in self._cast.within(sentence.span.start + deal.start(), sentence.span.end)
            if mention.named.kind in ("organisation", "product")
        ]
        return names[0] if names else self._beside(found, sentence)

    def _beside(self, found: FoundQuantity, sentence: Sentence) -> Named | None:
        """The name right after the amount: £740 million Tennant Freight deal."""
        mentions = self._cast.within(found.end, found.end + 2)
        return mentions[0].named if mentions else None

    def _label(self, found: FoundQuantity, sentence: Sentence) -> str:
        """What is measured, in the article's language; at least that it is an amount or a share."""
        language = self._reading.language
        word = _label_pattern(language).search(_clause_of(found, sentence).text)
        measure = "amount" if found.quantity.kind == "amount" else "share"
        if word is not None:
            measure = _labels(language)[word.group().lower()]
        return measure_name(measure).get(language) or measure


def _clause_of(found: FoundQuantity, sentence: Sentence) -> Span:
    return next((clause for clause in sentence.clauses if clause.start <= found.start < clause.end), sentence.span)


def _proper_runs(reading: Reading) -> frozenset[str]:
    """The English capitalised runs that are names: of two words, or written so inside a sentence too."""
    if reading.language == "zh":
        return frozenset()
    return frozenset(
        run.text
        for sentence in reading.sentences
        for run in runs_in(sentence)
        if " " in run.text or run.start > sentence.span.start
    )


def _only(names: Iterable[Named]) -> Named | None:
    """Return the one organisation, else the one person or product; None when there are two, or only places."""
    kinds: tuple[tuple[EntityKind, ...], ...] = (("organisation",), ("person", "product", "work"))
    for kind in kinds:
        found = [named for named in names if named.kind in kind]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _figures(fact: Fact) -> Iterator[Quantity]:
    change = fact.change
    parts = (fact.quantity, *(() if change is None else (change.by, change.start, change.end)))
    yield from (part for part in parts if part is not None)


def _same(a: Quantity, b: Quantity) -> bool:
    return (a.kind, a.value, a.upper, a.unit, a.currency) == (b.kind, b.value, b.upper, b.unit, b.currency)


def _has_both_forms(named: Named, language: Language) -> bool:
    """Say whether a name can be written in both languages: a Latin one stays as it is, a Chinese one must be known."""
    return language == "en" or named.term is not None or named.name.isascii()


@cache
def _labels(language: Language) -> Mapping[str, str]:
    sections = (measures()[language], measures()[f"label_{language}"])
    return {word: measure for section in sections for measure, words in section.items() for word in words}


@cache
def _label_pattern(language: Language) -> re.Pattern[str]:
    words = any_of(_labels(language))
    return re.compile(rf"\b(?:{words})\b" if language == "en" else words, re.IGNORECASE)
