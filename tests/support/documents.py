"""Published documents for tests, written by hand: one with every part filled, a draft, and hostile ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from shared.model import (
    Absence,
    Analysis,
    Card,
    Change,
    Claim,
    Component,
    Content,
    Derived,
    Document,
    EngineRun,
    Entity,
    Fact,
    Fidelity,
    HotCard,
    Insight,
    KeyDatum,
    LeafFidelity,
    Pair,
    Paragraph,
    PartialDate,
    Party,
    Provenance,
    Quantity,
    Question,
    Quote,
    Retraction,
    ScoreCard,
    Scores,
    SourceCredit,
    Stance,
    Tag,
    Version,
    article_id,
    canonical_text,
)

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
NOW: Final = 1_795_435_200_000  # 2026-11-23T12:00:00Z

TITLE: Final = "Northmere approves £1.8 billion tram line, its first in 70 years"
BODY: Final = (
    "Northmere’s city council on Thursday approved a £1.8 billion tram line between the harbour and the "
    "university, the first to be built in the city in 70 years. The vote was 34 to 29.\n\n"
    "The 14-kilometre line is to carry 62,000 passengers a day by 2031, according to the council’s own forecast. "
    "Work could start in spring. “It is late, it is expensive and it is right,” said Ada Fenwick, who leads the "
    "council.\n\n"
    "Half of the money comes from the national transport fund. The rest will be borrowed. Northmere’s debt would rise "
    "to £2.4 billion from £1.5 billion, the city treasurer warned in a note that councillors received only on "
    "Wednesday.\n\n"
    "Opponents allegedly offered to drop their case against the route in return for a longer tunnel. Their lawyer, "
    "Tomas Aldred, denied this. “No such offer was made, by anyone, at any time,” he said.\n\n"
    "Ridership on the city’s buses fell 8% last year to 41 million journeys. Fares are not planned to rise before "
    "2028."
)
TEXT: Final = canonical_text(TITLE, BODY)

_FUND = "Half of the money comes from the national transport fund."
_DEBT = (
    "Northmere’s debt would rise to £2.4 billion from £1.5 billion, the city treasurer warned in a note that "
    "councillors received only on Wednesday."
)


def quote(text: str, of: str = TEXT) -> Quote:
    """Return the quote `text` with its span in `of`."""
    start = of.index(text)
    return Quote(quote=text, start=start, end=start + len(text))


def claim(
    at: str,
    text: Pair | Fact,
    *quotes: str,
    stance: Stance = "stated",
    by: Pair | None = None,
    derived: Derived | None = None,
) -> Claim[Pair]:
    """Return a claim whose evidence is `quotes`, exact slices of TEXT."""
    evidence = tuple(quote(q) for q in quotes)
    return Claim[Pair](id=at, text=text, evidence=evidence, stance=stance, by=by, derived=derived)


def pounds(value: str, approximate: None = None) -> Quantity:
    return Quantity(kind="amount", value=Decimal(value), currency="GBP", approximate=approximate)


def rich_analysis() -> Analysis[Pair]:
    """Every part filled; most leaves in both languages, one pending, one failed."""
    return Analysis[Pair](
        language="en",
        title=Pair(en=TITLE, zh="诺思米尔批准18亿英镑的有轨电车线，为70年来首条"),
        summary=(
            claim(
                "summary.0",
                Pair(
                    en="Northmere’s council approved a £1.8 billion tram line from the harbour to the university.",
                    zh="诺思米尔市议会批准修建一条从港口到大学的有轨电车线，造价18亿英镑。",
                ),
                "Northmere’s city council on Thursday approved a £1.8 billion tram line between the harbour and the "
                "university, the first to be built in the city in 70 years.",
            ),
            claim(
                "summary.1",
                Pair(
                    en="It would be the city’s first new line in 70 years, and work could start in spring.",
                    zh="这将是该市70年来的第一条新线，可能在春季开工。",
                ),
                "Work could start in spring.",
                stance="possible",
            ),
        ),
        tldr=(
            claim(
                "tldr.0",
                Pair(
                    en="The line is to carry 62,000 passengers a day by 2031.",
                    zh="到2031年，该线每天将运送6.2万名乘客。",
                ),
                "The 14-kilometre line is to carry 62,000 passengers a day by 2031, according to the council’s own "
                "forecast.",
                stance="planned",
                by=Pair(en="the council’s own forecast", zh="市议会自己的预测"),
            ),
            claim(
                "tldr.1",
                Pair(en="Half of the money comes from the national transport fund; the rest will be borrowed."),
                _FUND,
                "The rest will be borrowed.",
            ),
            claim(
                "tldr.2",
                Pair(
                    en="Opponents offered to drop their case for a longer tunnel.",
                    zh="反对者提出，若加长隧道，便撤回诉讼。",
                ),
                "Opponents allegedly offered to drop their case against the route in return for a longer tunnel.",
                stance="alleged",
            ),
            claim(
                "tldr.3",
                Pair(en="No such offer was made.", zh="从未有过这样的提议。"),
                "“No such offer was made, by anyone, at any time,” he said.",
                stance="denied",
                by=Pair(en="Tomas Aldred", zh="托马斯·奥尔德雷德（Tomas Aldred）"),
            ),
        ),
        key_data=(
            KeyDatum[Pair](
                entity=Pair(en="Tram line", zh="有轨电车线"),
                info=claim(
                    "key_data.0.info",
                    Pair(en="Approved cost", zh="获批造价"),
                    "approved a £1.8 billion tram line",
                ),
                metric=pounds("1800000000"),
            ),
            KeyDatum[Pair](
                entity=Pair(en="Northmere", zh="诺思米尔"),
                info=claim(
                    "key_data.1.info",
                    Fact(
                        parties=(Party(entity="northmere", name="Northmere"),),
                        measure="debt",
                        change=Change(direction="up", start=pounds("1500000000"), end=pounds("2400000000")),
                    ),
                    _DEBT,
                    stance="possible",
                    by=Pair(en="the city treasurer", zh="市司库"),
                    derived=Derived(
                        op="difference",
                        inputs=(pounds("2400000000"), pounds("1500000000")),
                        result=pounds("900000000"),
                    ),
                ),
                metric=pounds("2400000000"),
            ),
            KeyDatum[Pair](
                entity=Pair(en="Bus passengers", zh="公交乘客"),
                info=claim(
                    "key_data.2.info",
                    Pair(en="Change in journeys last year", zh="去年乘次变化"),
                    "Ridership on the city’s buses fell 8% last year to 41 million journeys.",
                ),
                metric=Quantity(kind="share", value=Decimal(-8), unit="percent"),
            ),
            KeyDatum[Pair](
                entity=Pair(en="Tram line", zh="有轨电车线"),
                info=claim(
                    "key_data.3.info",
                    Fact(
                        parties=(Party(entity="tram-line", name="Tram line"),),
                        measure="capacity",
                        quantity=Quantity(kind="count", value=Decimal(62000), approximate="about"),
                        date=PartialDate(year=2031),
                    ),
                    "62,000 passengers a day by 2031",
                    stance="planned",
                ),
                metric=Quantity(kind="count", value=Decimal(62000), approximate="about"),
            ),
        ),
        entities=(
            Entity[Pair](
                id="northmere-council",
                name=Pair(en="Northmere City Council", zh="诺思米尔市议会"),
                kind="organisation",
                role=claim(
                    "entities.0.role",
                    Pair(en="Approved the line by 34 votes to 29.", zh="以34票对29票批准该线。"),
                    "The vote was 34 to 29.",
                ),
            ),
            Entity[Pair](
                id="ada-fenwick",
                name=Pair(en="Ada Fenwick", zh="阿达·芬威克（Ada Fenwick）"),
                kind="person",
                role=claim(
                    "entities.1.role",
                    Pair(en="Leads the council.", zh="市议会领导人。"),
                    "said Ada Fenwick, who leads the council.",
                ),
            ),
            Entity[Pair](id="northmere", name=Pair(en="Northmere", zh="诺思米尔"), kind="place"),
        ),
        deep_analysis=(
            Paragraph[Pair](
                sentences=(
                    Pair(
                        en="The vote settles the route, not the money.",
                        zh="这次表决定下了线路，却没有定下资金。",
                    ),
                    Pair(
                        en="Half of the cost would be debt, at a city whose treasurer has just warned about debt.",
                        zh="一半造价要靠举债，而该市司库刚刚就债务发出警告。",
                    ),
                ),
                based_on=("tldr.1", "key_data.1.info"),
            ),
            Paragraph[Pair](
                sentences=(
                    Pair(
                        en="The forecast also runs against the last figure known: bus journeys fell.",
                        zh="这一预测还与最近的数字相悖：公交乘次在下降。",
                    ),
                ),
                based_on=("tldr.0", "key_data.2.info"),
            ),
        ),
        insights=(
            Insight[Pair](
                label=Pair(en="The treasurer’s note will come back", zh="司库的警告还会被提起"),
                sentences=(
                    Pair(
                        en="A warning that arrives a day before a vote is easy to ignore and easy to cite later.",
                        zh="表决前一天才送到的警告，当时容易忽略，日后容易援引。",
                    ),
                ),
                based_on=("key_data.1.info",),
                wrong_if=Pair(
                    en="Borrowing stays under £2 billion when work starts.",
                    zh="开工时借款仍在20亿英镑以下。",
                ),
            ),
            Insight[Pair](
                label=Pair(en="A tunnel is the price of peace", zh="隧道是和解的代价"),
                sentences=(
                    Pair(en="Both sides talk about a tunnel, whoever raised it.", zh="不论谁先提起，双方都在谈隧道。"),
                ),
                based_on=("tldr.2", "tldr.3"),
            ),
        ),
        faq=(
            Question[Pair](
                question=Pair(en="Will fares rise?", zh="票价会上涨吗？"),
                answer=claim(
                    "faq.0.answer",
                    Pair(en="They are not planned to rise before 2028.", zh="2028年之前没有涨价计划。"),
                    "Fares are not planned to rise before 2028.",
                    stance="planned",
                ),
            ),
        ),
        tags=(
            Tag[Pair](id="logistics"),
            Tag[Pair](name=Pair(en="Public transport", zh="公共交通")),
        ),
        category="transport",
        absent=(Absence(part="faq", reason="dropped_unsupported"),),
    )


def rich_scores() -> Scores:
    """Hot and quality with values; impact null, as without a model."""
    return Scores(
        hot=HotCard(
            base=58.5,
            since=NOW - 6 * HOUR,
            components=(
                Component(
                    id="newsworthiness",
                    value=80.0,
                    weight=0.4,
                    reason=Pair(en="A large public decision, close in time.", zh="重大公共决策，时间接近。"),
                    evidence=(quote("The vote was 34 to 29."),),
                ),
                Component(
                    id="reads",
                    value=None,
                    weight=0.25,
                    reason=Pair(en="Nobody has read it yet.", zh="尚无人阅读。"),
                ),
            ),
            reason=Pair(en="New, and reported by one source so far.", zh="新近发布，目前只有一个来源报道。"),
            rubric="hot-1",
        ),
        quality=ScoreCard(
            value=71.0,
            components=(
                Component(
                    id="sourcing",
                    value=75.0,
                    weight=0.5,
                    reason=Pair(en="Three named sources.", zh="有三个具名信源。"),
                ),
                Component(
                    id="specificity",
                    value=67.0,
                    weight=0.5,
                    reason=Pair(en="Nine figures in five paragraphs.", zh="五段中有九个数字。"),
                ),
            ),
            reason=Pair(en="Named sources and many figures.", zh="信源具名，数字较多。"),
            rubric="quality-1",
        ),
        impact=ScoreCard(
            value=None,
            reason=Pair(en="Impact is judged by a language model.", zh="影响分由语言模型评定。"),
            rubric="impact-1",
            absent="needs_model",
        ),
    )


def rich_document(**changes: object) -> Document:
    """A model edition with every part filled."""
    document = Document(
        id=article_id("harbour", "tram-line"),
        state="published",
        change=3,
        content=Content(
            version=Version(revision=NOW - 5 * HOUR, rank=1, run=0),
            source=SourceCredit(
                slug="harbour",
                name="The Harbour Gazette",
                url="https://news.example/city/tram-line",
                author="Mina Castell",
                published_at=NOW - 6 * HOUR,
                language="en",
            ),
            content_hash="ab" * 32,
            analysis=rich_analysis(),
            scores=rich_scores(),
            fidelity=Fidelity(
                leaves=(
                    LeafFidelity(
                        leaf="tldr.1", language="zh", state="failed", check="number", detail="half has no counterpart"
                    ),
                    LeafFidelity(leaf="title", language="zh", state="warned", check="length"),
                ),
                complete=60,
                pending=0,
                failed=1,
                warned=1,
                dropped_claims=2,
            ),
            provenance=Provenance(
                analysis=EngineRun(
                    engine="model",
                    engine_version="1",
                    model="example/large-1",
                    prompt_version="analysis-3",
                    tokens_in=4210,
                    tokens_out=1630,
                    cost_usd=Decimal("0.00384"),
                ),
                translation=EngineRun(engine="model", engine_version="1", model="example/large-1"),
            ),
        ),
        accepted_at=NOW - 5 * HOUR,
        published_at=NOW - 5 * HOUR + 1000,
        updated_at=NOW - 2 * HOUR,
        ready_at=NOW - 5 * HOUR + 60_000,
        story_id="northmere-trams",
        views=128,
    )
    return document.model_copy(update=changes)


def draft_document() -> Document:
    """What the offline engine makes of a short Chinese article: prose in Chinese only, no opinion parts."""
    title = "青屿港口三季度吞吐量增长12%"
    body = "青屿港口周三公布，三季度吞吐量达1.2亿吨，同比增长12%。公司没有调整全年目标。"
    text = canonical_text(title, body)
    first, second = "青屿港口周三公布，三季度吞吐量达1.2亿吨，同比增长12%。", "公司没有调整全年目标。"

    def prose(at: str, sentence: str, stance: Stance = "stated") -> Claim[Pair]:
        # Short slices are padded with the clause before them, as engines do.
        span = quote(sentence if len(sentence) >= 20 else body, text)
        return Claim[Pair](id=at, text=Pair(zh=sentence), evidence=(span,), stance=stance)

    analysis = Analysis[Pair](
        language="zh",
        title=Pair(zh=title),
        summary=(prose("summary.0", first),),
        tldr=(prose("tldr.0", second),),
        key_data=(
            KeyDatum[Pair](
                entity=Pair(zh="青屿港口"),
                info=Claim[Pair](
                    id="key_data.0.info",
                    text=Fact(
                        parties=(Party(entity="qingyu-port", name="青屿港口"),),
                        quantity=Quantity(kind="measure", value=Decimal(120_000_000), unit="tonne"),
                        date=PartialDate(year=2026, quarter=3),
                    ),
                    evidence=(quote(first, text),),
                ),
                metric=Quantity(kind="measure", value=Decimal(120_000_000), unit="tonne"),
            ),
        ),
        entities=(Entity[Pair](id="qingyu-port", name=Pair(zh="青屿港口"), kind="organisation"),),
        tags=(Tag[Pair](id="logistics"),),
        category="transport",
        absent=(
            Absence(part="deep_analysis", reason="needs_model"),
            Absence(part="insights", reason="needs_model"),
            Absence(part="faq", reason="needs_model"),
        ),
    )
    rich = rich_document()
    assert rich.content is not None
    pending = [leaf for leaf, pair in analysis.leaves().items() if pair.en is None]
    content = rich.content.model_copy(
        update={
            "version": Version(revision=NOW - HOUR),
            "source": SourceCredit(
                slug="qingyu", name="青屿晚报", url=None, author=None, published_at=None, language="zh"
            ),
            "analysis": analysis,
            "fidelity": Fidelity(
                leaves=tuple(LeafFidelity(leaf=leaf, language="en", state="pending") for leaf in pending),
                complete=len(pending),
                pending=len(pending),
            ),
            "provenance": Provenance(analysis=EngineRun(engine="offline", engine_version="1")),
        }
    )
    return Document(
        id=article_id("qingyu", "port"),
        state="published",
        change=1,
        content=content,
        accepted_at=NOW - HOUR,
        published_at=NOW - HOUR,
        updated_at=NOW - HOUR,
        ready_at=NOW + HOUR,
    )


def tombstone() -> Document:
    """A document that its source withdrew."""
    return Document(
        id=article_id("harbour", "withdrawn"),
        state="retracted",
        change=4,
        content=None,
        retraction=Retraction(at=NOW - 30 * HOUR, by="harbour", reason="The interview was not authorised."),
        accepted_at=None,
        published_at=None,
        updated_at=NOW - 30 * HOUR,
        ready_at=None,
    )


HOSTILE: Final = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "</script><!--<svg/onload=document.title='owned'> \"'`&amp; {{ 7*7 }} {% raw %} \u202eTFEL\u2066 😈👩‍👩‍👧 "
    + "W" * 180
    + " </textarea></style>"
)
"""What a hostile article may hold: markup, template syntax, overrides of direction, emoji, an unbroken word."""


def hostile_document() -> Document:
    """The rich document with hostile text in every place that takes text."""
    rich = rich_document()
    assert rich.content is not None
    short = HOSTILE[:200]
    analysis = rich.content.analysis.map(lambda _leaf, _pair: Pair(en=HOSTILE, zh="恶" + HOSTILE), Pair)
    span = Quote(quote=HOSTILE[:300], start=0, end=len(HOSTILE[:300]))
    data = analysis.model_dump()
    _put_evidence(data, span)
    content = rich.content.model_copy(
        update={
            "analysis": Analysis[Pair].model_validate(data),
            "source": SourceCredit(
                slug="harbour",
                name=short,
                url="https://news.example/?q=';alert(1)//&x=<y>".replace("<", "%3C").replace(">", "%3E"),
                author=short,
                published_at=NOW - HOUR,
                language="en",
            ),
            "scores": _hostile_scores(rich.content.scores),
            "fidelity": Fidelity(
                leaves=(
                    LeafFidelity(leaf="tldr.0", language="zh", state="failed", check="name", detail=HOSTILE[:400]),
                ),
                failed=1,
            ),
            "provenance": Provenance(analysis=EngineRun(engine=short, engine_version=short, model=short)),
        }
    )
    return rich.model_copy(update={"id": article_id("harbour", "hostile"), "content": content})


def hostile_tombstone() -> Document:
    dead = tombstone()
    retraction = Retraction(at=NOW, by=HOSTILE[:200], reason=HOSTILE[:500])
    return dead.model_copy(update={"id": article_id("harbour", "hostile-dead"), "retraction": retraction})


def card_of(document: Document) -> Card:
    """The card that lists show of a published document."""
    content = document.content
    assert content is not None
    assert document.ready_at is not None
    assert document.accepted_at is not None
    lead = content.analysis.summary[0].text
    return Card(
        id=document.id,
        version=content.version,
        state=document.state,
        title=content.analysis.title,
        lead=lead if isinstance(lead, Pair) else None,
        source=content.source,
        category=content.analysis.category,
        tags=content.analysis.tags,
        ready_at=document.ready_at,
        accepted_at=document.accepted_at,
        updated_at=document.updated_at,
        hot_base=content.scores.hot.base,
        hot_since=content.scores.hot.since,
        quality=content.scores.quality.value,
        impact=content.scores.impact.value,
        story_id=document.story_id,
    )


def _put_evidence(node: object, span: Quote) -> None:
    if isinstance(node, dict):
        if "evidence" in node:
            node["evidence"] = (span.model_dump(),)
        if node.get("type") == "fact":
            node["parties"] = ({"entity": "northmere", "name": HOSTILE[:200]},)
        for value in node.values():
            _put_evidence(value, span)
    elif isinstance(node, list | tuple):
        for value in node:
            _put_evidence(value, span)


def _hostile_scores(scores: Scores) -> Scores:
    reason = Pair(en=HOSTILE, zh=HOSTILE)
    components = tuple(c.model_copy(update={"reason": reason}) for c in scores.quality.components)
    return Scores(
        hot=scores.hot.model_copy(update={"reason": reason}),
        quality=scores.quality.model_copy(update={"reason": reason, "components": components}),
        impact=scores.impact.model_copy(update={"reason": reason}),
    )
