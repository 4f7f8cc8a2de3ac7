"""What stands in which column, and what is said about what is missing."""

from __future__ import annotations

from services.publish.pages.columns import BOTH, Columns
from services.publish.pages.view import ArticleView, article_view
from shared.model import Absence, Analysis, Document, EngineRun, Pair, Provenance
from tests.support.documents import HOUR, NOW, draft_document, quote, rich_document
from tests.support.pages import reading_of


def view_of(document: Document, columns: Columns = BOTH, now: int = NOW) -> ArticleView:
    assert document.content is not None
    return article_view(reading_of(document), document.content, now, columns)


def with_analysis(document: Document, **changes: object) -> Document:
    assert document.content is not None
    analysis = document.content.analysis.model_copy(update=changes)
    return document.model_copy(update={"content": document.content.model_copy(update={"analysis": analysis})})


def test_each_column_shows_its_own_language() -> None:
    title = view_of(rich_document()).title
    assert [said.column for said in title] == ["en", "zh"]
    assert [said.language for said in title] == ["en", "zh"]
    assert title[0].text.startswith("Northmere approves")
    assert title[1].text.startswith("诺思米尔批准")
    assert [said.gap for said in title] == [None, None]


def test_a_pending_leaf_shows_the_original_in_its_own_language_and_says_so() -> None:
    english, chinese = view_of(draft_document()).summary[0].row
    assert (english.column, english.language, english.gap) == ("en", "zh", "pending")
    assert english.text == chinese.text
    assert chinese.gap is None


def test_the_original_repeats_only_beside_itself() -> None:
    assert view_of(draft_document()).title[0].repeats
    alone = view_of(draft_document(), ("en",)).title[0]
    assert alone.gap == "pending"
    assert not alone.repeats


def test_a_leaf_that_failed_its_checks_is_not_called_pending() -> None:
    failed = view_of(rich_document()).tldr[1].row[1]
    assert (failed.gap, failed.language) == ("failed", "en")
    assert failed.text.startswith("Half of the money")
    assert failed.reason == "有数字与原文不一致。"


def test_a_warning_is_carried_to_the_column_it_is_about() -> None:
    title = view_of(rich_document()).title
    assert [said.warned for said in title] == [False, True]
    assert [said.reason for said in title] == [None, "译文长短异常。"]


def test_what_did_not_pass_says_why_in_the_language_of_each_column() -> None:
    number, _ = view_of(rich_document()).about.not_passed
    assert number.reason == ("A number differs from the original.", "有数字与原文不一致。")
    assert number.leaf.detail == "half has no counterpart"


def test_a_text_without_any_language_is_missing_and_never_a_placeholder() -> None:
    said = view_of(with_analysis(rich_document(), title=Pair())).title[0]
    assert (said.gap, said.text) == ("missing", "")


def test_a_fact_is_rendered_in_both_languages_with_the_names_of_this_document() -> None:
    english, chinese = view_of(rich_document()).key_data[1].info.row
    assert english.text == "debt up from £1.5 billion to £2.4 billion"
    assert chinese.text == "债务由15亿英镑上升至24亿英镑"
    assert (english.gap, chinese.gap) == (None, None)


def test_a_metric_is_rendered_per_language() -> None:
    assert view_of(rich_document()).key_data[0].metric == ("£1.8 billion", "18亿英镑")


def test_stance_and_source_are_words_of_each_language() -> None:
    denied = view_of(rich_document()).tldr[3]
    assert denied.stance[0].text == "denied by Tomas Aldred"
    assert denied.stance[1].text == "由托马斯·奥尔德雷德（Tomas Aldred）否认"
    assert not denied.plain
    assert view_of(rich_document()).summary[0].plain


def test_a_source_without_a_name_in_one_language_keeps_its_own_there() -> None:
    rich = rich_document()
    assert rich.content is not None
    claim = rich.content.analysis.tldr[3].model_copy(update={"by": Pair(en="Tomas Aldred")})
    view = view_of(with_analysis(rich, tldr=(*rich.content.analysis.tldr[:3], claim)))
    assert view.tldr[3].stance[1].text == "否认 · Tomas Aldred"
    assert view.tldr[3].stance[1].gap == "pending"


def test_a_derived_figure_shows_its_computation() -> None:
    derived = view_of(rich_document()).key_data[1].info.derived
    assert derived is not None
    assert derived[0].endswith("difference (£2.4 billion, £1.5 billion) = £900 million")
    assert derived[1].endswith("差额 (24亿英镑、15亿英镑) = 9亿英镑")


def test_only_quotes_within_the_limit_show_their_words() -> None:
    rich = rich_document()
    assert rich.content is not None
    shown, withheld = quote("The rest will be borrowed."), quote("Work could start in spring.")
    reading = reading_of(rich, frozenset({(withheld.start, withheld.end)}))
    view = article_view(reading, rich.content, NOW, BOTH)
    assert view.tldr[1].quotes[1].words == shown.quote
    assert view.summary[1].quotes[0].words is None
    assert (view.summary[1].quotes[0].start, view.summary[1].quotes[0].end) == (withheld.start, withheld.end)


def test_absent_parts_say_why_and_short_parts_say_that_they_are_short() -> None:
    draft = view_of(draft_document())
    assert [absence.part[0] for absence in draft.absent] == ["Analysis", "Insights", "Questions"]
    assert all("模型" in absence.reason[1] for absence in draft.absent)
    assert draft.short == {}
    rich = view_of(rich_document())
    assert rich.absent == ()
    assert list(rich.short) == ["faq"]


def test_an_absent_category_says_why() -> None:
    absent = (Absence(part="category", reason="too_short"),)
    view = view_of(with_analysis(rich_document(), category=None, absent=absent))
    assert view.category is None
    assert [absence.part for absence in view.absent] == [("Category", "分类")]


def test_gaps_are_counted_per_column() -> None:
    draft = view_of(draft_document()).gaps
    assert draft[0] == "5 of 6 texts are not in English yet. The original is shown in their place."
    assert draft[1] is None


def test_what_failed_is_not_counted_as_not_translated_yet() -> None:
    english, chinese = view_of(rich_document()).gaps
    assert english is None
    assert chinese is not None
    assert "有1处译文未通过核对，以原文代替。" in chinese
    assert "尚无中文" not in chinese


def test_the_checks_count_the_texts_that_the_head_of_the_page_counts() -> None:
    about = view_of(draft_document()).about
    assert about.counts[0].startswith("6 texts in two languages: 5 of 12 complete, 5 not translated yet")
    assert about.counts[1].startswith("6处文字，每处两种语言：12份中完成5份，待译5份")


def test_what_an_opinion_rests_on_is_an_anchor_of_the_page() -> None:
    basis = view_of(rich_document()).deep_analysis[0].based_on
    assert [b.id for b in basis] == ["tldr.1", "key_data.1.info"]
    assert [b.name for b in basis] == [("In brief 2", "要点 2"), ("Key data 2", "关键数据 2")]


def test_hot_decays_with_the_clock_and_the_others_do_not() -> None:
    def values(now: int) -> list[int | None]:
        return [score.value for score in view_of(rich_document(), now=now).scores]

    assert values(NOW - 6 * HOUR) == [58, 71, None]
    assert values(NOW + 18 * HOUR) == [29, 71, None]


def test_a_score_that_is_null_says_why_once() -> None:
    impact = view_of(rich_document()).scores[2]
    assert impact.value is None
    assert impact.absent is not None
    assert "language model" in impact.absent[0]
    rich = rich_document()
    assert rich.content is not None
    same = rich.content.scores.impact.model_copy(update={"reason": Pair(en=impact.absent[0], zh=impact.absent[1])})
    scores = rich.content.scores.model_copy(update={"impact": same})
    content = rich.content.model_copy(update={"scores": scores})
    assert view_of(rich.model_copy(update={"content": content})).scores[2].absent is None


def test_a_component_without_a_name_in_words_is_shown_by_its_id() -> None:
    rich = rich_document()
    assert rich.content is not None
    hot = rich.content.scores.hot
    renamed = hot.model_copy(update={"components": (hot.components[0].model_copy(update={"id": "moon_phase"}),)})
    scores = rich.content.scores.model_copy(update={"hot": renamed})
    view = view_of(rich.model_copy(update={"content": rich.content.model_copy(update={"scores": scores})}))
    assert view.scores[0].components[0].name == ("moon phase", "moon phase")


def test_marks_tell_a_preliminary_and_an_offline_edition() -> None:
    assert [mark[0] for mark in view_of(draft_document()).marks] == [
        "First edition; a fuller one may follow",
        "Made without a language model",
    ]
    assert view_of(rich_document()).marks == ()


def test_an_update_heads_the_page_only_where_one_happened() -> None:
    assert [time.name[0] for time in view_of(rich_document()).dates] == ["Source published", "Published", "Updated"]
    assert [time.name[0] for time in view_of(draft_document()).dates] == ["Published"]


def test_provenance_says_what_made_it_and_what_it_took() -> None:
    about = view_of(rich_document()).about
    assert about.analysis[0] == (
        "model 1 · model example/large-1 · prompt analysis-3 · 4,210 tokens read, 1,630 written · 0.00384 USD"
    )
    rich = rich_document()
    assert rich.content is not None
    untranslated = Provenance(analysis=EngineRun(engine="offline", engine_version="2"))
    content = rich.content.model_copy(update={"provenance": untranslated})
    assert view_of(rich.model_copy(update={"content": content})).about.translation == ("none", "无")


def test_a_free_tag_and_a_tag_of_the_vocabulary_have_both_names() -> None:
    tags = [tuple(said.text for said in tag) for tag in view_of(rich_document()).tags]
    assert tags == [("Logistics", "物流"), ("Public transport", "公共交通")]


def test_an_empty_analysis_is_a_page_with_a_title() -> None:
    rich = rich_document()
    assert rich.content is not None
    bare = Analysis[Pair](language="en", title=Pair(en="Only a title"))
    view = view_of(rich.model_copy(update={"content": rich.content.model_copy(update={"analysis": bare})}))
    assert view.title[0].text == "Only a title"
    assert (view.summary, view.key_data, view.absent) == ((), (), ())
