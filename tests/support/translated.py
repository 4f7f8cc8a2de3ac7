"""Editions of one small article as translate sends them, and retractions of it."""

from __future__ import annotations

from shared.model import (
    Analysis,
    Article,
    ArticleRuled,
    ArticleTranslated,
    Claim,
    EngineRun,
    Fidelity,
    HotCard,
    Language,
    Pair,
    Provenance,
    Quote,
    Ruling,
    ScoreCard,
    Scores,
    Tag,
    Version,
    article_id,
    canonical_text,
)

SOURCE = "acme"
TITLE = "Harbour bridge opens"


def translated(
    key: str = "1",
    *,
    revision: int = 1000,
    rank: int = 0,
    run: int = 0,
    accepted: int | None = None,
    body: str = "a",
    source: str = SOURCE,
    language: Language = "en",
    quality: float | None = 50.0,
    impact: float | None = None,
    hot_base: float = 40.0,
    category: str | None = "business",
    tag: str = "batteries",
    published_at: int | None = None,
) -> ArticleTranslated:
    """Return an edition: `body` names its text, `rank` its engine. Accepted at its revision unless said otherwise."""
    when = revision if accepted is None else accepted
    sentence = f"The bridge {body} opened on Monday."
    text = canonical_text(TITLE, f"{sentence} It took ten years and {body} was long. " + "More was said. " * 20)
    start = text.index(sentence)
    claim = Claim[Pair](
        id="summary.0",
        text=Pair.of(language, sentence),
        evidence=(Quote(quote=sentence, start=start, end=start + len(sentence)),),
    )
    reason = Pair(en="Counted.", zh="统计所得。")
    return ArticleTranslated(
        article=Article(
            id=article_id(source, key),
            source=source,
            source_name=source.title(),
            title=TITLE,
            text=text,
            language=language,
            url=f"https://example.org/{key}",
            published_at=published_at,
            content_hash=Article.hash_of(text, language, None, None, published_at, source),
            accepted=when,
        ),
        version=Version(revision=revision, rank=rank, run=run),
        analysis=Analysis[Pair](
            language=language,
            title=Pair.of(language, TITLE),
            summary=(claim,),
            tags=(Tag[Pair](id=tag),),
            category=category,
        ),
        scores=Scores(
            hot=HotCard(base=hot_base, since=when, reason=reason, rubric="hot-1"),
            quality=ScoreCard(value=quality, reason=reason, rubric="quality-1"),
            impact=ScoreCard(
                value=impact, reason=reason, rubric="impact-1", absent=None if impact is not None else "needs_model"
            ),
        ),
        fidelity=Fidelity(complete=2, pending=2),
        # Each edition of each post differs, so that a test sees whose content is shown.
        provenance=Provenance(analysis=EngineRun(engine=f"{body}.{revision}.{rank}.{run}.{when}", engine_version="1")),
    )


def retracted(key: str = "1", *, at: int, reason: str | None = "withdrawn") -> ArticleRuled:
    return ArticleRuled(
        ruling=Ruling(article_id=article_id(SOURCE, key), kind="retract", by=SOURCE, at=at, reason=reason)
    )
