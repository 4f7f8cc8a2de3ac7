"""The scores that our code computes from what can be counted; tables with the weights are in docs/engines.md.

What needs a model is null and says so. A card's value is the weighted mean of the components that are known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shared.model import Component, HotCard, Pair, ScoreCard, Scores

HOT_RUBRIC, QUALITY_RUBRIC, IMPACT_RUBRIC = "hot-1", "quality-1", "impact-1"
# Log scales end here: 16 independent sources, or 10,000 reads, give the full points of their component.
_MOST_SOURCES = 16
_MOST_READS = 10_000
_NEEDS_MODEL = Pair(
    en="A language model is needed to judge this, and none was used.", zh="需要语言模型来判断，而本文没有使用模型。"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What can be counted in a report. `units` is its length in words."""

    units: float
    sentences: int
    attributed: int
    named_sources: int
    quotations: int
    figures: int
    dates: int
    names: int
    who: bool
    when: bool
    where: bool
    how_much: bool


def score(counts: Counts, published_at: int | None, accepted: int) -> Scores:
    """Return the three cards of an article that no model has judged and nobody has read yet."""
    return Scores(
        hot=hot_card(sources=1, reads=0, published_at=published_at, accepted=accepted),
        quality=quality_card(counts),
        impact=ScoreCard(value=None, reason=_NEEDS_MODEL, rubric=IMPACT_RUBRIC, absent="needs_model"),
    )


def hot_card(*, sources: int, reads: int, published_at: int | None, accepted: int) -> HotCard:
    """Return the hot score before its age (docs/architecture.md, "Scores"); newsworthiness needs a model and counts 0.

    `sources`: independent reports of the story; `reads`: page views, one per visitor and day; times in ms.
    """
    components = (
        Component(id="newsworthiness", value=None, weight=40, reason=_NEEDS_MODEL),
        Component(
            id="sources",
            value=_log_share(sources, 1, _MOST_SOURCES),
            weight=35,
            reason=Pair(en=f"Independent sources: {sources}.", zh=f"独立来源：{sources}个。"),
        ),
        Component(
            id="reads",
            value=_log_share(reads + 1, 1, _MOST_READS + 1),
            weight=25,
            reason=Pair(en=f"Reads so far: {reads}.", zh=f"阅读量：{reads}次。"),
        ),
    )
    points = sum((component.value or 0) * component.weight / 100 for component in components)
    return HotCard(
        base=max(1.0, min(100.0, round(points, 3))),
        since=accepted if published_at is None else min(published_at, accepted),
        components=components,
        reason=Pair(
            en="Newsworthiness is unknown and counts as 0; the rest is counted. At least 1.",
            zh="新闻价值未知，按0计；其余为实际计数。最低为1。",
        ),
        rubric=HOT_RUBRIC,
    )


def quality_card(counts: Counts) -> ScoreCard:
    """Return how well the report is sourced, how specific and how complete it is; it rates the report, not our text."""
    components = (_sourcing(counts), _specificity(counts), _completeness(counts), _originality())
    return ScoreCard(
        value=_weighted(components),
        components=components,
        reason=Pair(
            en="Counted in the report: its sources, figures and dates, and what it answers. Originality is not judged.",
            zh="按报道本身统计：消息来源、数字与日期、基本要素。未评判原创性。",
        ),
        rubric=QUALITY_RUBRIC,
    )


def _sourcing(counts: Counts) -> Component:
    share = counts.attributed / max(counts.sentences, 1)
    value = 50 * _part(share, 0.4) + 30 * _part(counts.named_sources, 4) + 20 * _part(counts.quotations, 3)
    en = (
        f"Attributed sentences: {counts.attributed} of {counts.sentences}; "
        f"named sources: {counts.named_sources}; quotations: {counts.quotations}."
    )
    zh = (
        f"注明来源的句子：{counts.sentences}句中有{counts.attributed}句；"
        f"具名来源{counts.named_sources}个；直接引语{counts.quotations}处。"
    )
    return Component(id="sourcing", value=round(value, 1), weight=30, reason=Pair(en=en, zh=zh))


def _specificity(counts: Counts) -> Component:
    figures, dates, names = (100 * n / max(counts.units, 50) for n in (counts.figures, counts.dates, counts.names))
    value = 50 * _part(figures, 6) + 20 * _part(dates, 2) + 30 * _part(names, 6)
    en = f"For every 100 words: {figures:.1f} figures, {dates:.1f} dates, {names:.1f} mentions of names."
    zh = f"每百词：数字{figures:.1f}个，日期{dates:.1f}个，提及名称{names:.1f}次。"
    return Component(id="specificity", value=round(value, 1), weight=25, reason=Pair(en=en, zh=zh))


def _completeness(counts: Counts) -> Component:
    asked = (
        (counts.who, "who", "何人"),
        (counts.when, "when", "何时"),
        (counts.where, "where", "何地"),
        (counts.how_much, "how much", "多少"),
    )
    found = [each for each in asked if each[0]]
    missing = [each for each in asked if not each[0]]
    en = f"The report says: {', '.join(e for _, e, _ in found) or 'none of who, when, where, how much'}."
    zh = f"报道写明了：{'、'.join(z for _, _, z in found) or '何人、何时、何地、多少都没有'}。"
    if found and missing:
        en += f" Not found: {', '.join(e for _, e, _ in missing)}."
        zh += f"未找到：{'、'.join(z for _, _, z in missing)}。"
    return Component(id="completeness", value=25.0 * len(found), weight=25, reason=Pair(en=en, zh=zh))


def _originality() -> Component:
    return Component(id="originality", value=None, weight=20, reason=_NEEDS_MODEL)


def _weighted(components: Sequence[Component]) -> float | None:
    known = [(component.value, component.weight) for component in components if component.value is not None]
    total = sum(weight for _, weight in known)
    return round(sum(value * weight for value, weight in known) / total, 1) if total else None


def _part(value: float, full: float) -> float:
    return min(1.0, value / full)


def _log_share(value: float, least: float, most: float) -> float:
    """Points from 0 at `least` to 100 at `most`, on a log scale."""
    return round(100 * min(1.0, math.log(max(value, least) / least) / math.log(most / least)), 3)
