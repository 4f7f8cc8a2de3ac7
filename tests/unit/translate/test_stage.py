"""Both languages have one structure; what is not translated is pending and counted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analyze.offline.engine import OfflineEngine
from services.analyze.stage import analysis_handler
from services.translate.main import run
from services.translate.offline import OfflineTranslator
from services.translate.settings import TranslateSettings
from services.translate.stage import DRAFT, translation_handler
from services.translate.terms import Terms
from shared.errors import ConfigError
from shared.model import Analysis, ArticleAnalyzed, ArticleTranslated, Language, Pair, Text, decode, encode
from shared.process import Shutdown
from tests.support.samples import SAMPLES, sample
from tests.support.strategies import analyses
from tests.support.work import FreeWork


async def translated(name: str, analysis: Analysis[Text] | None = None) -> tuple[ArticleAnalyzed, ArticleTranslated]:
    (analyzed,) = await analysis_handler(OfflineEngine())(sample(name), FreeWork())
    assert isinstance(analyzed, ArticleAnalyzed)
    if analysis is not None:
        analyzed = analyzed.model_copy(update={"analysis": analysis})
    (event,) = await translation_handler(OfflineTranslator(), Terms())(analyzed, FreeWork())
    assert isinstance(event, ArticleTranslated)
    return analyzed, event


@pytest.mark.parametrize("name", SAMPLES)
async def test_the_source_is_kept_and_every_gap_is_pending(name: str) -> None:
    analyzed, event = await translated(name)
    source = analyzed.analysis.language
    target: Language = "zh" if source == "en" else "en"
    pairs = event.analysis.leaves()
    assert {leaf: pair.get(source) for leaf, pair in pairs.items()} == analyzed.analysis.leaves()
    gaps = {leaf for leaf, pair in pairs.items() if pair.get(target) is None}
    assert {(each.leaf, each.language, each.state) for each in event.fidelity.leaves} == {
        (leaf, target, "pending") for leaf in gaps
    }
    assert (event.version, event.scores, event.article) == (analyzed.version, analyzed.scores, analyzed.article)
    assert event.provenance.translation is not None
    record = encode(event, "/diglot/translate", None)
    assert decode(record.headers, record.value) == event
    assert len(record.value) < DRAFT.topic_of(event).max_bytes


@settings(deadline=None)
@given(st.data())
async def test_any_analysis_keeps_its_shape_and_its_counts_add_up(data: st.DataObject) -> None:
    analysis = data.draw(analyses())
    _, event = await translated("06-ferry-outage-en", analysis)
    analysis.zip(event.analysis)  # refuses another shape
    fidelity = event.fidelity
    facts = sum(not isinstance(claim.text, str) for claim in analysis.claims())
    assert fidelity.complete + fidelity.pending + fidelity.failed == 2 * (len(analysis.leaves()) + facts)
    assert fidelity.pending + fidelity.failed + fidelity.warned == len(fidelity.leaves)


async def test_names_are_complete_where_they_are_known_in_the_other_language() -> None:
    _, english = await translated("01-chip-deal-en")
    _, chinese = await translated("02-chip-deal-zh")
    names = {entity.name.en: entity.name.zh for entity in english.analysis.entities}
    assert (names["Corvane Semiconductor"], names["China"], names["NVIDIA"]) == (
        "Corvane Semiconductor",
        "中国",
        "NVIDIA",
    )
    names = {entity.name.zh: entity.name.en for entity in chinese.analysis.entities}
    assert (names["流明特光子"], names["中国"], names["陆雁秋"]) == ("Lumetra Photonics", "China", "Lu Yanqiu")
    assert english.analysis.summary[0].by == Pair(en="people familiar with the matter", zh="知情人士")


async def test_prose_is_pending_in_the_other_language() -> None:
    _, event = await translated("01-chip-deal-en")
    prose = [claim.text for claim in (*event.analysis.summary, *event.analysis.tldr)]
    assert event.analysis.title.zh is None
    assert all(isinstance(text, Pair) and text.en and text.zh is None for text in prose)


async def test_the_model_lane_is_refused_until_there_is_an_engine() -> None:
    with pytest.raises(ConfigError, match="DIGLOT_LANES"):
        await run(TranslateSettings(lanes=("draft", "model")), Shutdown())
