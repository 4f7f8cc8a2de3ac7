"""The offline engine: an analysis from the article's own sentences and figures, without any model.

It never invents: a claim's text is a whole sentence of the article, with its attribution and negation, or a fact read
from one that the rules of facts.py find unqualified. The rules know words, not meaning: a hedge or a source in words
that no list has is not seen. What they can't tell they leave out, and parts that need a model say so.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Sequence

from services.analyze.claims import ArticleText, check_claim
from services.analyze.claims.quotation import is_quotation
from services.analyze.offline.evidence import Uses, quotes_for
from services.analyze.offline.key_data import KeyData, KeyDataFinder, Row
from services.analyze.offline.names import Cast, Named
from services.analyze.offline.names_en import find_names_en
from services.analyze.offline.names_zh import find_names_zh
from services.analyze.offline.ranking import summary_of, tldr_of
from services.analyze.offline.reading import Reading, Sentence, read
from services.analyze.offline.stance import source_of, stance_of
from services.analyze.offline.topics import category_of, tags_of
from services.analyze.scores import Counts, score
from shared.engine import AnalysisResult, Lease
from shared.errors import Poison
from shared.model import (
    Absence,
    AbsenceReason,
    Analysis,
    Article,
    Claim,
    EngineRun,
    Entity,
    KeyDatum,
    Part,
    Tag,
    Text,
)
from shared.names import shipped_terms
from shared.quantities.render import render_fact

ENGINE = "offline"
ENGINE_VERSION = "1"
MOST_ENTITIES = 20
# Shorter texts take less than 50 ms, too little to hold up the event loop; the thread costs more.
_INLINE_CHARACTERS = 6_000
_LETTER = re.compile(r"[^\W\d_]")
# A word of Chinese text is 1.6 characters long on average.
_CHARACTERS_PER_WORD = 1.6
_WHEN_EN = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today|(?:January|February|March|April|June|July|August"
    r"|September|October|November|December)|in (?:19|20)\d\d|last (?:week|month|year))\b"
)
_WHEN_ZH = re.compile(r"周[一二三四五六日]|[昨今明]日|\d{1,2}月|(?:19|20)\d\d年|[今去明]年|近日|本月|上月")
_WHERE_EN = re.compile(r"\b(?:in|at|near|from) (?:the )?(?:[A-Z][a-z]+)")
_SHORT_ONLY: tuple[Part, ...] = ("tldr", "entities", "deep_analysis", "insights", "faq", "tags")
_NEEDS_MODEL: tuple[Part, ...] = ("deep_analysis", "insights", "faq")


class OfflineEngine:
    """Analyzes an article with rules and word lists. Stateless; safe to use from several tasks at once."""

    async def analyze(self, article: Article, work: Lease) -> AnalysisResult:
        """Analyze `article`; nothing here is paid for, so the lease is not asked.

        Raises:
            Poison: the text holds no word.
        """
        if len(article.text) < _INLINE_CHARACTERS:
            return analyze(article)
        return await asyncio.to_thread(analyze, article)


def analyze(article: Article) -> AnalysisResult:
    """Analyze an article. Pure; takes time linear in the text.

    Raises:
        Poison: the text holds no word.
    """
    title = _cleaned(article.title)
    if not title or _LETTER.search(article.text) is None:
        raise Poison("the article has no words to analyze")
    reading = read(article)
    names = find_names_en(reading) if article.language == "en" else find_names_zh(reading)
    cast = Cast(reading.text, names)
    draft = _Draft(reading, cast)
    return AnalysisResult(
        analysis=draft.analysis(title),
        scores=score(_counts(reading, cast), article.published_at, article.accepted),
        run=EngineRun(engine=ENGINE, engine_version=ENGINE_VERSION),
        dropped_claims=draft.dropped,
    )


def _cleaned(title: str) -> str:
    """Return the source's headline on one line, without control and formatting characters."""
    kept = (" " if c.isspace() else c for c in title if c.isspace() or not unicodedata.category(c).startswith("C"))
    return " ".join("".join(kept).split())


class _Draft:
    """The parts of one analysis while it is made, in the order in which they may use sentences."""

    def __init__(self, reading: Reading, cast: Cast) -> None:
        self._reading = reading
        self._cast = cast
        self._uses = Uses(reading)
        entities = [(named.name, named.kind) for named in cast.names]
        self._article = ArticleText(reading.article.text, reading.language, shipped_terms(), entities)
        self.dropped = 0

    def analysis(self, title: str) -> Analysis[Text]:
        """Make every part."""
        reading = self._reading
        summary = summary_of(reading, self._cast, self._uses)
        data = KeyDataFinder(reading, self._cast, self._uses)
        data.take_lead()
        tldr = () if reading.is_short else tldr_of(reading, self._cast, self._uses, summary)
        data.take_rest()
        rows = data.found()
        summary_claims = self._claims("summary", summary)
        tldr_claims = self._claims("tldr", tldr)
        key_data = self._rows(rows.rows)
        entities = () if reading.is_short else self._entities()
        tags = () if reading.is_short else tags_of(reading)
        category = category_of(reading)
        return Analysis[Text](
            language=reading.language,
            title=title,
            summary=summary_claims,
            tldr=tldr_claims,
            key_data=key_data,
            entities=entities,
            tags=tuple(Tag[Text](id=tag) for tag in tags),
            category=category,
            absent=self._absences(len(summary_claims), len(tldr_claims), rows, len(entities), len(tags), category),
        )

    def _claims(self, part: Part, sentences: Sequence[Sentence]) -> tuple[Claim[Text], ...]:
        kept: list[Claim[Text]] = []
        for sentence in sentences:
            claim = self._claim(f"{part}.{len(kept)}", sentence)
            if self._is_supported(claim):
                kept.append(claim)
        return tuple(kept)

    def _rows(self, rows: Sequence[Row]) -> tuple[KeyDatum[Text], ...]:
        kept: list[KeyDatum[Text]] = []
        for row in rows:
            datum = self._row(len(kept), row)
            if self._is_supported(datum.info):
                kept.append(datum)
        return tuple(kept)

    def _is_supported(self, claim: Claim[Text]) -> bool:
        """Say whether a claim passes the checks that every engine's claims pass; count it where it doesn't."""
        language = self._reading.language
        text = claim.text if isinstance(claim.text, str) else render_fact(claim.text, language)
        quotes = [quote.quote for quote in claim.evidence]
        hints = [quote.start for quote in claim.evidence]
        verdict = check_claim(text, quotes, self._article, language, hints=hints, stance=claim.stance)
        self.dropped += not verdict.supported
        return verdict.supported

    def _claim(self, at: str, sentence: Sentence) -> Claim[Text]:
        reading = self._reading
        by = source_of(sentence, self._cast, reading.language)
        return Claim[Text](
            id=at,
            text=reading.as_written(sentence.text, sentence),
            evidence=quotes_for(reading, sentence),
            stance=stance_of(sentence, reading.language),
            by=None if by is None else reading.as_written(by, sentence),
        )

    def _row(self, number: int, row: Row) -> KeyDatum[Text]:
        claim = self._claim(f"key_data.{number}.info", row.sentence)
        if row.info is not None:
            stance = stance_of(row.sentence, self._reading.language, row.own)
            claim = claim.model_copy(update={"text": row.info, "stance": stance})
        return KeyDatum[Text](entity=self._reading.as_written(row.entity), info=claim, metric=row.metric)

    def _entities(self) -> tuple[Entity[Text], ...]:
        shown: list[Entity[Text]] = []
        for named in self._ranked():
            role = named.role
            claim = None
            quotes = () if role is None else quotes_for(self._reading, role.sentence)
            if role is not None and quotes and self._uses.left(role.sentence) > 0:
                # What the reporter calls someone is stated, whatever the sentence reports of them.
                text = self._reading.as_written(role.text, role.sentence)
                found = Claim[Text](id=f"entities.{len(shown)}.role", text=text, evidence=quotes)
                claim = found if self._is_supported(found) else None
            if role is not None and claim is not None:
                self._uses.take(role.sentence)
            name = self._reading.as_written(named.name)
            shown.append(Entity[Text](id=named.id, name=name, kind=named.kind, role=claim))
        return tuple(shown)

    def _ranked(self) -> tuple[Named, ...]:
        """The names to show: those mentioned most, in the order of their first mention; each id once."""
        counts: dict[str, int] = {}
        for mention in self._cast.mentions:
            counts[mention.named.id] = counts.get(mention.named.id, 0) + 1
        by_id = {named.id: named for named in reversed(self._cast.names)}
        kept = sorted(by_id, key=lambda key: -counts.get(key, 0))[:MOST_ENTITIES]
        return tuple(named for named in self._cast.names if named.id in kept and by_id[named.id] is named)

    def _absences(
        self, summary: int, tldr: int, rows: KeyData, entities: int, tags: int, category: str | None
    ) -> tuple[Absence, ...]:
        short = self._reading.is_short
        unsupported: list[Part] = []
        if summary == 0:
            unsupported.append("summary")
        if not rows.rows or not rows.complete:
            unsupported.append("key_data")
        if category is None:
            unsupported.append("category")
        counted: tuple[tuple[Part, int, int], ...] = (("tldr", tldr, 3), ("entities", entities, 1), ("tags", tags, 1))
        if not short:
            unsupported += [part for part, count, least in counted if count < least]
        reasons: list[tuple[Part, AbsenceReason]] = [(part, "dropped_unsupported") for part in unsupported]
        reasons += (
            [(part, "too_short") for part in _SHORT_ONLY] if short else [(p, "needs_model") for p in _NEEDS_MODEL]
        )
        return tuple(Absence(part=part, reason=reason) for part, reason in reasons)


def _counts(reading: Reading, cast: Cast) -> Counts:
    language, body = reading.language, reading.body
    sources = [source_of(sentence, cast, language) for sentence in reading.sentences]
    named = {form for each in cast.names for form in (each.name, *each.aliases)}
    english = language == "en"
    return Counts(
        units=reading.words if english else reading.words / _CHARACTERS_PER_WORD,
        sentences=len(reading.sentences),
        attributed=sum(source is not None for source in sources),
        named_sources=len({source for source in sources if source in named}),
        quotations=sum(is_quotation(sentence.text) for sentence in reading.sentences),
        figures=sum(len(sentence.quantities) for sentence in reading.sentences),
        dates=len((_WHEN_EN if english else _WHEN_ZH).findall(body)),
        names=len(cast.mentions),
        who=any(each.kind in ("person", "organisation") for each in cast.names),
        when=(_WHEN_EN if english else _WHEN_ZH).search(body) is not None,
        where=any(each.kind == "place" for each in cast.names) or (english and _WHERE_EN.search(body) is not None),
        how_much=any(sentence.quantities for sentence in reading.sentences),
    )
