"""What the offline engine makes of each sample keeps what docs/architecture.md promises."""

from collections import Counter

import pytest

from services.analyze.offline.engine import analyze
from services.analyze.offline.reading import Sentence, read
from shared.model import Analysis, Article, Fact, Part, Quantity, Text
from shared.quantities.certain import find_quantities
from shared.text.segment import paragraphs
from shared.vocabulary import category_ids, find_measure, tag_ids
from tests.support.samples import SAMPLES, sample

BRIEFS = ("06-ferry-outage-en", "10-drone-denial-zh")


def analyzed(name: str) -> tuple[Article, Analysis[Text]]:
    article = sample(name).article
    return article, analyze(article).analysis


def key(quantity: Quantity) -> tuple[object, ...]:
    """What a figure says, without how it was hedged."""
    return (quantity.kind, quantity.value, quantity.upper, quantity.unit, quantity.currency)


def figures(text: str, article: Article) -> set[tuple[object, ...]]:
    return {key(found.quantity) for found in find_quantities(text, article.language)}


def figures_of(fact: Fact) -> set[tuple[object, ...]]:
    change = fact.change
    parts = (fact.quantity, change and change.by, change and change.start, change and change.end)
    return {key(part) for part in parts if part}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_quote_is_an_exact_slice_of_20_to_300_characters_inside_one_paragraph(name: str) -> None:
    article, analysis = analyzed(name)
    spans = [(span.start, span.end) for span in paragraphs(article.text)]
    quotes = [quote for claim in analysis.claims() for quote in claim.evidence]
    assert quotes
    for quote in quotes:
        assert article.text[quote.start : quote.end] == quote.quote
        assert 20 <= len(quote.quote) <= 300
        assert any(start <= quote.start and quote.end <= end for start, end in spans)


@pytest.mark.parametrize("name", SAMPLES)
def test_one_sentence_serves_at_most_two_claims(name: str) -> None:
    article, analysis = analyzed(name)
    reading = read(article)
    sentences = {s.text: s.index for s in (reading.title, *reading.sentences)}

    def served(text: object, start: int) -> Sentence | int:
        known = sentences.get(text) if isinstance(text, str) else None
        if known is not None:
            return known
        return max(s.index for s in (reading.title, *reading.sentences) if s.span.start <= start)

    uses = Counter(served(claim.text, claim.evidence[0].start) for claim in analysis.claims())
    assert max(uses.values()) <= 2


@pytest.mark.parametrize("name", SAMPLES)
def test_prose_is_a_whole_sentence_of_the_article_so_no_attribution_or_negation_is_cut(name: str) -> None:
    article, analysis = analyzed(name)
    reading = read(article)
    whole = {sentence.text for sentence in (reading.title, *reading.sentences)}
    claims = [*analysis.summary, *analysis.tldr, *(row.info for row in analysis.key_data)]
    assert all(claim.text in whole for claim in claims if isinstance(claim.text, str))


@pytest.mark.parametrize("name", SAMPLES)
def test_amounts_and_percentages_of_title_and_first_two_paragraphs_are_in_the_key_data(name: str) -> None:
    article, analysis = analyzed(name)
    lead = "\n".join(span.text for span in paragraphs(article.text)[:3])
    must = {figure for figure in figures(lead, article) if figure[0] in ("amount", "share")}
    shown: set[tuple[object, ...]] = set()
    for row in analysis.key_data:
        info = row.info.text
        shown |= {key(row.metric)} | (figures_of(info) if isinstance(info, Fact) else figures(info, article))
    assert must <= shown


@pytest.mark.parametrize("name", SAMPLES)
def test_every_figure_of_a_row_stands_in_its_own_evidence(name: str) -> None:
    article, analysis = analyzed(name)
    for row in analysis.key_data:
        evidence = set().union(*(figures(quote.quote, article) for quote in row.info.evidence))
        assert key(row.metric) in evidence
        if isinstance(row.info.text, Fact):
            assert figures_of(row.info.text) <= evidence


@pytest.mark.parametrize("name", SAMPLES)
def test_names_are_in_the_article_and_a_row_names_one_or_what_is_measured(name: str) -> None:
    article, analysis = analyzed(name)
    assert all(entity.name in article.text for entity in analysis.entities)
    assert len({entity.id for entity in analysis.entities}) == len(analysis.entities)
    for row in analysis.key_data:
        assert row.entity in article.text or find_measure(row.entity, article.language)
    assert all(claim.by is None or claim.by in article.text for claim in analysis.claims())


@pytest.mark.parametrize("name", SAMPLES)
def test_the_title_is_the_sources_own(name: str) -> None:
    article, analysis = analyzed(name)
    assert analysis.title == article.title


@pytest.mark.parametrize("name", SAMPLES)
def test_bullets_repeat_neither_the_summary_nor_one_another(name: str) -> None:
    _, analysis = analyzed(name)
    texts = [claim.text for claim in (*analysis.summary, *analysis.tldr)]
    assert 1 <= len(analysis.summary) <= 3
    assert len(set(map(str, texts))) == len(texts)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_empty_says_why(name: str) -> None:
    _, analysis = analyzed(name)
    reasons = {absence.part: absence.reason for absence in analysis.absent}
    short = name in BRIEFS
    others: tuple[Part, ...] = ("deep_analysis", "insights", "faq")
    counted: tuple[Part, ...] = ("tldr", "entities", "tags")
    assert {reasons[part] for part in others} == {"too_short" if short else "needs_model"}
    for part in counted:
        assert bool(getattr(analysis, part)) != short
        assert not short or reasons[part] == "too_short"
    assert analysis.key_data or reasons["key_data"] == "dropped_unsupported"


@pytest.mark.parametrize("name", SAMPLES)
def test_tags_and_category_are_of_the_vocabulary(name: str) -> None:
    _, analysis = analyzed(name)
    assert all(tag.id in tag_ids() and tag.name is None for tag in analysis.tags)
    assert analysis.category in category_ids()


def test_a_report_of_unnamed_people_is_reported_by_them() -> None:
    for name, source in (("01-chip-deal-en", "people familiar with the matter"), ("02-chip-deal-zh", "知情人士")):
        lead = analyzed(name)[1].summary[0]
        assert (lead.stance, lead.by) == ("reported", source)


def test_both_articles_of_one_story_give_the_same_facts() -> None:
    english, chinese = (analyzed(name)[1] for name in ("01-chip-deal-en", "02-chip-deal-zh"))
    facts = [
        {key(row.metric) for row in analysis.key_data if isinstance(row.info.text, Fact)}
        for analysis in (english, chinese)
    ]
    assert len(facts[0] & facts[1]) >= 1
    assert {row.entity for row in english.key_data} == {"Corvane Semiconductor", "Lumetra Photonics"}
    assert {row.entity for row in chinese.key_data} == {"科凡半导体", "流明特光子"}


def test_a_surname_that_is_a_company_too_stands_for_neither() -> None:
    _, analysis = analyzed("03-finance-chief-en")
    kinds = {entity.name: entity.kind for entity in analysis.entities}
    assert kinds["Miriam Tennant"] == kinds["Colin Tennant"] == "person"
    assert kinds["Tennant Freight"] == "organisation"
    assert "Tennant" not in kinds
    offer = next(row for row in analysis.key_data if key(row.metric)[1] == 740_000_000)
    assert offer.entity == "Tennant Freight"


def test_a_source_is_not_what_its_figure_is_about() -> None:
    _, analysis = analyzed("04-grid-batteries-en")
    assert not {"Penrose Analytics", "Westmark Consumers' League"} & {row.entity for row in analysis.key_data}


def test_an_article_without_figures_has_no_key_data() -> None:
    assert analyzed("06-ferry-outage-en")[1].key_data == ()


def test_a_company_that_says_what_it_paid_is_the_facts_source() -> None:
    _, analysis = analyzed("08-open-model-zh")
    cost = next(row.info for row in analysis.key_data if isinstance(row.info.text, Fact))
    assert cost.by == "砚山智能"


def test_a_hearsay_contract_is_not_stated() -> None:
    _, analysis = analyzed("10-drone-denial-zh")
    assert [row.info.stance for row in analysis.key_data] == ["possible"]
