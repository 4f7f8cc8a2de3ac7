"""Key data: rows of an entity, what is said about it and a figure.

Every amount and percentage of the title and the first two paragraphs has a row, or stands in the info of one, unless
its clause denies it or a quotation without a speaker holds it. A figure's entity is the subject of its own clause, what
it is of, or what is bought for it. Else the column says what is measured, because a wrong entity is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from services.analyze.lexicon import any_of, measures
from services.analyze.offline.evidence import Uses, quotes_for
from services.analyze.offline.facts import Statement, statements_in
from services.analyze.offline.names import Cast, Named
from services.analyze.offline.names_en import runs_in
from services.analyze.offline.ranking import dangles, is_clean
from services.analyze.offline.reading import Reading, Sentence
from services.analyze.offline.stance import SPEECH_EN, has_denial, is_hearsay, is_someones, source_of
from shared.model import EntityKind, Fact, Language, Party, Quantity
from shared.quantities.certain import FoundQuantity
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
# What may stand before the subject of a clause, after which a name is the subject.
_BEFORE_SUBJECT_EN = re.compile(
    r"[\"“]?(?:(?:and|but|while|whereas|where|as|after|when|that|because|the|shares (?:in|of)) ){0,2}$", re.IGNORECASE
)
_BEFORE_SUBJECT_ZH = re.compile(r"(?:[“「但而]|周[一二三四五六日]|.{0,12}(?:称|说|表示|认为|透露|介绍|公布))?$")
# Another subject after the name: 超过东方汽车的10%, or what the name only says.
_OTHER_SUBJECT_ZH = re.compile(r"超过|超|高于|低于|比|较|对|向|给|把|被|与|和|称|说|表示|认为|预计|由(?!\d)")
_NEGATED_EN = re.compile(
    r"\b(?:not|never|no|nor|none|neither|without|cannot|den(?:y|ies|ied)|failed to)\b|n['’]t\b", re.IGNORECASE
)
_NEGATED_ZH = re.compile(r"没|未(?!来)|并非|绝非|无(?!人|线|锡|论)|否认|不(?![断仅但过同锈久少动])")
_NOT_ONLY_EN = re.compile(r"\b(?:not only|no longer|no doubt)\b")
# The old value of a change: "from 7% to 5%", 由72%降至70%; and what brackets add.
_FROM_EN, _TO_EN = re.compile(r"\bfrom (?:[a-z]+ )?$"), re.compile(r" [^,.;:()]{0,30}?\bto\b")
_FROM_ZH, _TO_ZH = re.compile(r"[由从自][^，。；\d]{0,3}$"), re.compile(r"[^，。；]{0,8}?[至到为]")
_IT_EN = re.compile(r"Its? ")
_IT_ZH = re.compile(r"其|该?公司")
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
    """The rows in text order; `missed` are the figures that should have one and have none."""

    rows: tuple[Row, ...]
    missed: int

    @property
    def complete(self) -> bool:
        """Whether every figure that should have a row has one."""
        return self.missed == 0


class KeyDataFinder:
    """Finds the rows of one article, in two steps: what the lead must have, and later what else there is room for."""

    def __init__(self, reading: Reading, cast: Cast, uses: Uses) -> None:
        self._reading = reading
        self._cast = cast
        self._uses = uses
        self._rows: list[Row] = []
        self._missed = 0
        self._proper = _proper_runs(reading)
        self._disputed = has_denial(reading)

    def take_lead(self) -> None:
        """Make the rows for the amounts and percentages of the first two paragraphs and the title."""
        first = self._reading.sentences[0].paragraph if self._reading.sentences else 1
        lead = [s for s in self._reading.sentences if s.paragraph < first + _LEAD_PARAGRAPHS]
        for sentence in (*lead, self._reading.title):
            self._facts(sentence, _MUST)
            missing = self._missing(sentence, _MUST)
            if missing:
                self._prose(sentence, missing, must=True)
            self._missed += len(self._missing(sentence, _MUST))

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
        return KeyData(tuple(sorted(self._rows, key=lambda row: row.own.start)), self._missed)

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
        if not is_clean(sentence, self._cast, self._reading.language):
            return
        if self._disputed and not must and is_hearsay(sentence, self._reading.language):
            return
        clear = must or not dangles(sentence, self._cast, self._reading.language)
        if not clear and dangles(sentence, self._cast, self._reading.language, definite=False):
            return
        for found in sorted(missing, key=lambda found: (_is_past(found, sentence), _MAY.index(found.quantity.kind))):
            entity = self._entity_near(found, sentence)
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
            and not _is_denied(found, sentence, self._reading.language)
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

    def _entity_near(self, found: FoundQuantity, sentence: Sentence) -> Named | str | None:
        """Whose figure it is, as far as its own clause says it."""
        clause = _clause_of(found, sentence)
        bought = self._bought(found, sentence)
        if bought is not None:
            return bought
        owner = (
            self._owner_zh(found, clause) if self._reading.language == "zh" else self._owner_en(found, clause, sentence)
        )
        return self._carried(sentence) if owner is None and clause.start == sentence.span.start else owner

    def _owner_en(self, found: FoundQuantity, clause: Span, sentence: Sentence) -> Named | str | None:
        """The name that a figure is of, else the last possessive before it, else the subject of its clause."""
        text = self._reading.text
        names: dict[int, tuple[int, Named | str]] = {
            run.start: (run.end, run.text)
            for run in runs_in(sentence)
            if clause.start <= run.start < clause.end and run.text in self._proper
        }
        names |= {m.start: (m.end, m.named) for m in self._cast.within(clause.start, clause.end)}
        owner: Named | str | None = None
        for start, (end, name) in sorted(names.items()):
            if start >= found.end:
                return (
                    name if owner is None and _OF.fullmatch(text[found.end : start]) and not _is_place(name) else owner
                )
            possessive = text.startswith(("'s ", "’s ", "' ", "’ "), end)
            if possessive or _BEFORE_SUBJECT_EN.match(text[clause.start : start]):
                says = SPEECH_EN.search(text, end, found.start)
                owner = None if says or (_is_place(name) and isinstance(name, Named)) else name
        return owner

    def _owner_zh(self, found: FoundQuantity, clause: Span) -> Named | None:
        """The name that a figure's clause begins with, if nothing after it may be another subject."""
        text = self._reading.text
        mentions = [m for m in self._cast.within(clause.start, found.start) if m.named.kind != "place"]
        if len({mention.named for mention in mentions}) != 1:
            return None
        first = mentions[0]
        if _BEFORE_SUBJECT_ZH.match(text[clause.start : first.start]) is None:
            return None
        return None if _OTHER_SUBJECT_ZH.search(text, mentions[-1].end, found.start) else first.named

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


def _is_place(name: Named | str) -> bool:
    return isinstance(name, Named) and name.kind == "place"


def _is_denied(found: FoundQuantity, sentence: Sentence, language: Language) -> bool:
    """Say whether a negation stands before a figure in its clause."""
    clause = _clause_of(found, sentence)
    before = clause.text[: max(0, found.start - clause.start)]
    if language == "zh":
        return _NEGATED_ZH.search(before) is not None
    return _NEGATED_EN.search(before) is not None and _NOT_ONLY_EN.search(before) is None


def _is_past(found: FoundQuantity, sentence: Sentence) -> bool:
    """Say whether a figure is only what a later one changed from, or stands in brackets."""
    text, start, end = sentence.span.text, found.start - sentence.span.start, found.end - sentence.span.start
    before = text[max(0, start - 16) : start]
    if (_FROM_EN.search(before) and _TO_EN.match(text, end)) or (_FROM_ZH.search(before) and _TO_ZH.match(text, end)):
        return True
    opened = max(text.rfind(mark, 0, start) for mark in "(（")
    return opened > max(text.rfind(mark, 0, start) for mark in ")）")


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
