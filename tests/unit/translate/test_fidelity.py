"""What the gate fails is not published; what it only warns of is, and the document says so."""

from collections.abc import Mapping, Sequence

from services.analyze.offline.engine import OfflineEngine
from services.analyze.stage import analysis_handler
from services.translate.engine import TranslationContext, TranslationResult
from services.translate.fidelity import Checked, DocumentGate
from services.translate.stage import translation_handler
from services.translate.terms import Terms
from shared.engine import Lease
from shared.model import ArticleAnalyzed, ArticleTranslated, EngineRun, Fact, Segment
from shared.names import build_sheet, shipped_terms
from tests.support.samples import sample
from tests.support.work import FreeWork

_ARTICLE = "Google said on Monday that it may cut jobs. Google has 180,000 employees."


def checked_en(leaves: Mapping[str, str], texts: Mapping[str, str]) -> Checked:
    return DocumentGate(leaves, "en", build_sheet(_ARTICLE, "en", shipped_terms())).checked(texts)


def test_a_translation_that_passes_is_published_without_a_word() -> None:
    result = checked_en({"tldr.0": "Google may cut jobs."}, {"tldr.0": "谷歌可能裁员。"})
    assert result.texts == {"tldr.0": "谷歌可能裁员。"}
    assert result.leaves == ()


def test_a_translation_that_fails_is_not_published_and_says_what_it_lost() -> None:
    result = checked_en({"tldr.0": "Google may cut jobs."}, {"tldr.0": "谷歌将裁员。"})
    assert result.texts == {}
    (leaf,) = result.leaves
    assert (leaf.leaf, leaf.language, leaf.state, leaf.check) == ("tldr.0", "zh", "failed", "possibility")
    assert leaf.detail == "may / 谷歌将裁员。"
    assert [each.check for each in result.findings["tldr.0"]] == ["possibility"]


def test_a_warning_is_published_and_recorded() -> None:
    result = checked_en({"tldr.0": "Google cut jobs."}, {"tldr.0": "据报道谷歌裁员。"})
    assert set(result.texts) == {"tldr.0"}
    assert [(leaf.state, leaf.check) for leaf in result.leaves] == [("warned", "added_hedge")]


def test_a_failure_is_told_before_a_warning() -> None:
    source = "Google cut 12,000 jobs."
    result = checked_en({"tldr.0": source}, {"tldr.0": "据报道谷歌裁员11000人。"})
    assert {each.check for each in result.findings["tldr.0"]} == {"number", "added_hedge"}
    assert [(leaf.state, leaf.check) for leaf in result.leaves] == [("failed", "number")]


def test_a_text_that_no_document_could_hold_fails() -> None:
    result = checked_en({"tldr.0": "Google cut jobs."}, {"tldr.0": "谷歌裁员。" * 300})
    assert (result.texts, [leaf.check for leaf in result.leaves]) == ({}, ["unjudged"])


def test_a_second_name_for_one_thing_costs_the_leaf_that_has_it_only() -> None:
    leaves = {
        "a.0": "Google rose.",
        "a.1": "Google fell.",
        "a.2": "Google Cloud and Google DeepMind rose.",
        "a.3": "The film “Google” won a prize.",
    }
    texts = {
        "a.0": "谷歌上涨。",
        "a.1": "Google下跌。",
        "a.2": "Google Cloud和Google DeepMind上涨。",
        "a.3": "影片“Google”获奖。",
    }
    result = checked_en(leaves, texts)
    assert set(result.texts) == {"a.1", "a.2", "a.3"}
    assert result.findings["a.0"][-1].request == "The document calls one thing Google and 谷歌. Write Google."


def test_a_second_name_in_traditional_characters_is_found() -> None:
    result = checked_en(
        {"a.0": "Facebook rose.", "a.1": "Facebook fell."}, {"a.0": "臉書上漲。", "a.1": "Facebook下跌。"}
    )
    assert set(result.texts) == {"a.1"}


def test_half_a_surrogate_pair_costs_its_leaf_and_not_the_document() -> None:
    leaves = {"tldr.0": "The shares rose.", "tldr.1": "The shares fell."}
    result = checked_en(leaves, {"tldr.0": "股价上涨\ud83d。", "tldr.1": "股价下跌。"})
    assert dict(result.texts) == {"tldr.1": "股价下跌。"}
    assert [(leaf.leaf, leaf.state, leaf.check) for leaf in result.leaves] == [("tldr.0", "failed", "unjudged")]


def test_a_translation_of_a_text_that_there_is_not_is_passed_over() -> None:
    assert checked_en({}, {"tldr.0": "谷歌可能裁员。"}) == Checked({}, (), {})


class Careless:
    """An engine that copies every segment."""

    async def translate(
        self, segments: Sequence[Segment], context: TranslationContext, work: Lease
    ) -> TranslationResult:
        return TranslationResult(
            {segment.id: segment.text for segment in segments}, EngineRun(engine="careless", engine_version="1")
        )


async def test_a_document_counts_what_failed_and_shows_the_original() -> None:
    (analyzed,) = await analysis_handler(OfflineEngine())(sample("02-chip-deal-zh"), FreeWork())
    assert isinstance(analyzed, ArticleAnalyzed)
    (event,) = await translation_handler(Careless(), Terms())(analyzed, FreeWork())
    assert isinstance(event, ArticleTranslated)
    fidelity, leaves = event.fidelity, event.analysis.leaves()
    failed = {leaf.leaf for leaf in fidelity.leaves if leaf.state == "failed"}
    assert "title" in failed
    assert {leaf for leaf, pair in leaves.items() if pair.en is None} == failed
    assert fidelity.failed == len(failed)
    assert fidelity.pending == 0
    facts = sum(isinstance(claim.text, Fact) for claim in event.analysis.claims())
    assert fidelity.complete == 2 * (len(leaves) + facts) - len(failed)
