"""The samples are what samples/README.md says: other tests and the first run rely on their variety."""

import json
import re
import unicodedata
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from services.ingest.articles import Source, submit
from services.ingest.extract import HtmlExtractor
from services.ingest.schemas import ArticlePost
from shared.model import Article
from shared.vocabulary import category_ids

NOW = 1_795_436_000_000  # a moment after the latest sample: 2026-11-23
SAMPLES = Path(__file__).parents[3] / "samples"
NUMBER_WORD = re.compile(
    r"\b(zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|half|third|quarter|hundreds?"
    r"|thousands?|millions?|billions?|first|second|once|twice|double|triple|single|both|pair|couple)\b",
    re.IGNORECASE,
)
HAN_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿半双倍")


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    external_id: str | None = None
    url: str
    title: str
    body: str
    body_format: str
    language: str | None = None
    published_at: datetime
    updated_at: datetime | None = None
    author: str
    category: str

    def text(self) -> str:
        return self.body if self.body_format == "text" else _ArticleText.of(self.body)

    def han(self) -> int:
        return len(re.findall(r"[\u4e00-\u9fff]", self.text()))

    def words(self) -> int:
        return len(re.findall(r"[A-Za-z0-9][\w.,'’%-]*", self.text()))

    def is_chinese(self) -> bool:
        return self.han() > self.words()


class _ArticleText(HTMLParser):
    """The text inside <article>, less its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.parts: list[str] = []

    @classmethod
    def of(cls, markup: str) -> str:
        parser = cls()
        parser.feed(markup)
        return " ".join(parser.parts)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("article", "script"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if self._open == ["article"]:
            self.parts.append(data)


def _load() -> dict[str, Sample]:
    return {
        path.stem: Sample.model_validate(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(SAMPLES.glob("*.json"))
    }


ALL = _load()
BRIEFS = frozenset({"06-ferry-outage-en", "10-drone-denial-zh"})


def test_there_are_six_english_and_four_chinese_articles() -> None:
    languages = [sample.is_chinese() for sample in ALL.values()]
    assert (languages.count(False), languages.count(True)) == (6, 4)


@pytest.mark.parametrize("name", ALL)
def test_the_length_suits_the_kind(name: str) -> None:
    sample = ALL[name]
    if sample.is_chinese():
        low, high = (40, 80) if name in BRIEFS else (400, 1400)
        assert low <= sample.han() <= high
    else:
        low, high = (40, 80) if name in BRIEFS else (250, 900)
        assert low <= sample.words() <= high


def _accepted(name: str) -> Article:
    """The article that ingest makes of a sample."""
    post = ArticlePost.model_validate_json((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    source = Source("samples", "Samples", versioned=False)
    return submit(post, source, NOW, HtmlExtractor(max_tags=1000)).article


@pytest.mark.parametrize("name", ALL)
def test_ingest_takes_it_as_it_is(name: str) -> None:
    article = _accepted(name)
    assert article.language == ("zh" if ALL[name].is_chinese() else "en")
    assert article.category_hint in category_ids()


def test_the_web_page_loses_what_is_not_the_article() -> None:
    article = _accepted("07-clinic-breach-en")
    assert article.url == "https://news.example/security/brightwell-records"
    assert not re.search(r"dataLayer|Subscribe|quiz|Cookie|Copyright", article.text)
    assert "for 24 months of credit monitoring" in article.text


@pytest.mark.parametrize("name", ALL)
def test_the_stated_language_is_the_language(name: str) -> None:
    assert ALL[name].language in (None, "zh" if ALL[name].is_chinese() else "en")


def test_some_languages_are_left_to_be_detected() -> None:
    assert {sample.is_chinese() for sample in ALL.values() if sample.language is None} == {True, False}


def test_each_is_an_article_of_its_own() -> None:
    assert len({(sample.source, sample.external_id or sample.url) for sample in ALL.values()}) == 10
    assert len({sample.url for sample in ALL.values()}) == 10
    assert len({sample.title for sample in ALL.values()}) == 10


@pytest.mark.parametrize("name", ALL)
def test_urls_lead_nowhere_real_and_times_have_a_zone(name: str) -> None:
    assert ALL[name].url.startswith("https://news.example/")
    assert ALL[name].published_at.tzinfo is not None


def test_one_brief_has_no_number_of_any_kind() -> None:
    text = f"{ALL['06-ferry-outage-en'].title} {ALL['06-ferry-outage-en'].text()}"
    assert [c for c in text if unicodedata.category(c).startswith("N") or c in HAN_NUMERALS] == []
    assert NUMBER_WORD.search(text) is None


@pytest.mark.parametrize("name", sorted(set(ALL) - {"06-ferry-outage-en"}))
def test_every_other_article_has_a_number(name: str) -> None:
    assert re.search(r"\d", ALL[name].text())


def test_one_is_a_web_page_that_needs_cleaning() -> None:
    (page,) = [sample for sample in ALL.values() if sample.body_format == "html"]
    assert all(tag in page.body for tag in ("<script", "<nav", "<footer", "<aside"))
    assert "utm_source=" in page.url
    assert "fbclid=" in page.url
    assert not re.search(r"dataLayer|Subscribe|Cookie", page.text())


def test_two_tell_one_story_in_two_languages() -> None:
    english, chinese = ALL["01-chip-deal-en"], ALL["02-chip-deal-zh"]
    for figure in ("38%", "21.6%", "47.30", "3.1%", "2014", "LX-7", "29%"):
        assert figure in english.text()
        assert figure in chinese.text()
    assert "$4.2 billion" in english.text()
    assert "42亿美元" in chinese.text()


def test_a_person_bears_the_name_of_a_company() -> None:
    text = ALL["03-finance-chief-en"].text()
    assert "Ms. Tennant" in text
    assert "Tennant Freight" in text


@pytest.mark.parametrize(
    "pattern",
    [
        r"\$[\d.]+ billion",
        r"[£$€][\d.]+ million",
        r"\d%",
        r"million to [$£]\d",
        "reportedly",
        "allegedly",
        "according to people",
        r"\bmay\b",
        r"\bnot\b",
        '"[A-Z]',
        "“[A-Z]",
        r"\d亿",
        r"\d万",
        "百分点",
        r"[一二三四五六七八九]成",
        "翻了一番",
        r"\d亿至\d+亿",
        "据知情人士",
        "可能",
        r"没有|尚未|并未",
        "否认",
        "“[\u4e00-\u9fff]",
        "「",
    ],
)
def test_the_hard_things_of_news_text_all_occur(pattern: str) -> None:
    assert any(re.search(pattern, sample.text()) for sample in ALL.values())
