"""Which words of a text name whom."""

import pytest

from shared.model import EntityKind, Language
from shared.names import NameMention, TermIndex, build_sheet, find_names
from shared.vocabulary import Term
from tests.unit.names.terms import INDEX, TERMS


def named(text: str, language: Language = "en", *entities: tuple[str, EntityKind]) -> list[tuple[str, str]]:
    """What a document of this text names: the entities with the words, in order."""
    mentions = find_names(text, language, build_sheet(text, language, INDEX, entities))
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
    return [(mention.entity, mention.text) for mention in mentions]


def mentions(text: str, language: Language, *entities: tuple[str, EntityKind]) -> tuple[NameMention, ...]:
    return find_names(text, language, build_sheet(text, language, INDEX, entities))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Google's plan", ["Google"]),
        ("Google’s plan", ["Google"]),
        ("a Google-owned firm, a non-Google one", ["Google", "Google"]),
        ("iPhones sold", ["iPhones"]),
        ("iPhone15 sold", ["iPhone"]),
        ("google it; an apple; the meta level; METADATA; Googleplex; Apples", []),
        ("Apple pie and an Amazon rainforest", []),
        ("Samsung Electronics of Samsung", ["Samsung Electronics", "Samsung"]),
        ("The Fed, the Fed and Fed officials", ["Fed", "Fed", "Fed"]),
        ("People’s Bank of China, not Bank of China", ["People’s Bank of China", "Bank of China"]),
        ("US$5 is not the US", ["US"]),
        ("GPT-4 but not GPT-4o, GPT-4.5 or GPT-40", ["GPT-4"]),
        ("Ｇｏｏｇｌｅ in full width", ["Ｇｏｏｇｌｅ"]),
        ("the company", []),
        ("The Information said it has information", ["The Information"]),
    ],
)
def test_english_names_are_whole_words_in_their_own_case(text: str, found: list[str]) -> None:
    assert [words for _, words in named(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("谷歌与微软和苹果公司合作", ["谷歌", "微软", "苹果公司"]),
        ("高通胀使苹果汁涨价，发展中国家受损", []),
        ("高通称，中国市场增长", ["高通", "中国"]),
        ("華為與中國人民銀行", ["華為", "中國人民銀行"]),
        ("三星电子旗下的三星", ["三星电子", "三星"]),
        ("苹果iPhone手机和Google的GPT-4模型", ["苹果", "iPhone", "Google", "GPT-4"]),
        ("安迪•贾西与安迪・贾西", ["安迪•贾西", "安迪・贾西"]),
    ],
)
def test_chinese_names_are_the_longest_between_characters(text: str, found: list[str]) -> None:
    assert [words for _, words in named(text, "zh")] == found


def test_a_piece_of_a_foreign_name_is_no_name() -> None:
    assert named("阿曼德·奎尔与道格·福特和阿曼·奎尔", "zh") == [("doug-ford", "道格·福特")]
    assert named("法国阿曼的阿曼港", "zh") == [("oman", "阿曼"), ("oman", "阿曼")]
    assert named("安迪·贾西，玛丽·贾西", "zh")[1] == ("jassy", "贾西")


def test_a_surname_names_whom_the_document_names_in_full() -> None:
    assert named("Jassy said so.") == []
    assert named("Andy Jassy spoke. Jassy said so.") == [("jassy", "Andy Jassy"), ("jassy", "Jassy")]
    assert named("安迪·贾西发言。贾西说。", "zh") == [("jassy", "安迪·贾西"), ("jassy", "贾西")]
    assert named("Xi Jinping met Jensen Huang. Xi thanked Huang.")[2:] == [("xi", "Xi"), ("jensen", "Huang")]
    assert named("Trump said so.") == [("trump", "Trump")]


def test_a_person_of_the_analysis_has_a_surname_too() -> None:
    found = named("Mara Quill spoke. Quill left. Mara too.", "en", ("Mara Quill", "person"))
    assert found == [("name:Mara Quill", "Mara Quill"), ("name:Mara Quill", "Quill")]


def test_a_company_with_the_name_of_a_person_is_either() -> None:
    text = "Doug Ford visited Ford Motor. Ford grew. Mr Ford left. Premier Ford too."
    found = mentions(text, "en")
    assert [(one.text, one.entity, one.others) for one in found] == [
        ("Doug Ford", "doug-ford", ()),
        ("Ford Motor", "ford", ()),
        ("Ford", "ford", ("doug-ford",)),
        ("Ford", "doug-ford", ("ford",)),
        ("Ford", "doug-ford", ("ford",)),
    ]
    assert named("Ford grew.") == [("ford", "Ford")]


def test_a_surname_of_two_people_is_either() -> None:
    people: tuple[tuple[str, EntityKind], ...] = (("Ann Lee", "person"), ("Bob Lee", "person"))
    last = mentions("Ann Lee met Bob Lee. Lee smiled.", "en", *people)[-1]
    assert {last.entity, *last.others} == {"name:Ann Lee", "name:Bob Lee"}


def test_an_acronym_in_brackets_names_what_stands_before_it() -> None:
    agency: tuple[str, EntityKind] = ("Aldmoor Port Authority", "organisation")
    found = named("The Aldmoor Port Authority (APA) said so. The APA agreed.", "en", agency)
    assert found[-1] == ("name:Aldmoor Port Authority", "APA")
    assert named("The Federal Reserve (FRB) met; FRB rules")[-1] == ("fed", "FRB")


def test_a_company_is_named_without_its_legal_form() -> None:
    assert named("Corvane Inc. and Corvane", "en", ("Corvane Inc.", "organisation"))[-1][1] == "Corvane"
    assert named("科凡集团和科凡", "zh", ("科凡集团", "organisation"))[-1] == ("name:科凡集团", "科凡")


def test_an_everyday_word_is_a_name_where_the_document_shows_it() -> None:
    assert named("Claude was a painter.") == []
    assert named("Anthropic released Claude.") == [("claude", "Claude")]


def test_a_claim_of_a_document_may_use_its_short_forms() -> None:
    sheet = build_sheet("Andy Jassy runs Amazon.", "en", INDEX)
    assert [one.entity for one in find_names("Jassy and Google", "en", sheet)] == ["jassy", "google"]
    assert [one.entity for one in find_names("贾西和谷歌", "zh", sheet)] == ["jassy", "google"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a $3M round, £3M, €3M, 1.3M and 1,3M", []),
        ("3M grew, and 3M's plant. 3M", ["3M", "3M", "3M"]),
        ("9000万科技工作者，九千万科技，数百万科技", []),
        ("万科增长，2024年万科下跌", ["万科", "万科"]),
    ],
)
def test_a_piece_of_a_number_is_no_name(text: str, found: list[str]) -> None:
    index = TermIndex([Term("3m", "organisation", "3M", "3M"), Term("vanke", "organisation", "Vanke", "万科")])
    assert [one.text for one in find_names(text, "zh", build_sheet(text, "zh", index))] == found


def test_a_later_term_replaces_one_of_the_same_id() -> None:
    index = TermIndex([*TERMS, Term("google", "organisation", "Google", "谷歌")])
    assert [term.zh for term in index.find("Google")] == ["谷歌"]
    assert index.get("google") == index.find("谷歌")[0]
    assert (len(index), index.get("nobody"), index.find("Nobody")) == (len(INDEX), None, ())


def test_a_role_is_looked_up_and_not_found() -> None:
    assert [term.id for term in INDEX.find("the company")] == ["the-company"]
