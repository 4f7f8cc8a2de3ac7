"""The stage's handler, and what the process refuses to start with."""

import pytest

from services.analyze.main import run
from services.analyze.offline.engine import OfflineEngine
from services.analyze.settings import AnalyzeSettings
from services.analyze.stage import DRAFT, analysis_handler
from shared.errors import ConfigError
from shared.model import ArticleAnalyzed, Version, decode, encode
from shared.process import Shutdown
from tests.support.samples import SAMPLES, sample
from tests.support.work import FreeWork


@pytest.mark.parametrize("name", SAMPLES)
async def test_an_article_becomes_its_analysis_of_rank_0(name: str) -> None:
    submitted = sample(name).model_copy(update={"version": Version(revision=7, run=3)})
    (event,) = await analysis_handler(OfflineEngine())(submitted, FreeWork())
    assert isinstance(event, ArticleAnalyzed)
    assert event.version == Version(revision=7, rank=0, run=3)
    assert event.article == submitted.article
    assert (event.provenance.analysis.engine, event.provenance.analysis.model) == ("offline", None)
    assert event.key == submitted.key
    record = encode(event, "/diglot/analyze", None)
    assert decode(record.headers, record.value) == event
    assert len(record.value) < DRAFT.topic_of(event).max_bytes


async def test_the_model_lane_is_refused_until_there_is_an_engine() -> None:
    with pytest.raises(ConfigError, match="DIGLOT_LANES"):
        await run(AnalyzeSettings(lanes=("draft", "model")), Shutdown())
