"""Whom a name doesn't mean: a surname that a known person shares, a word that is also a company, a gloss of another."""

import pytest

from shared.model import EntityKind, Language
from shared.names import build_sheet, find_names, name_problems, shipped_terms

TERMS = shipped_terms()


def form(text: str, name: str, target: Language, *entities: tuple[str, EntityKind]) -> str | None:
    return build_sheet(text, "en" if target == "zh" else "zh", TERMS, entities).form(name, target)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Mr Lee, a farmer, said so.", "Lee", "person"),
        ("Kim, a nurse, said so.", "Kim", "person"),
        ("Moon, a baker, said so.", "Moon", "person"),
        ("Analyst Wang said so.", "Wang", "person"),
        ("Khan said so.", "Khan", "person"),
        ("It opens in May.", "May", "other"),
    ],
)
def test_a_shared_name_of_the_analysis_is_no_known_person(text: str, name: str, kind: EntityKind) -> None:
    assert form(text, name, "zh", (name, kind)) == name


def test_a_word_that_the_analysis_names_is_no_company() -> None:
    assert form("农民种苹果。", "苹果", "en", ("苹果", "product")) is None
    assert form("厨师张勇说。", "张勇", "en", ("张勇", "person")) == "Zhang Yong"
    assert form("苹果发布iPhone。", "苹果", "en", ("苹果", "organisation")) == "Apple"


def test_a_source_with_a_shared_name_has_no_form() -> None:
    assert form("The chair spoke.", "Khan", "zh") is None
    assert form("Tim Cook spoke.", "Cook", "zh") == "库克"
    assert form("Kim Jong Un met Kim Yo Jong.", "Kim", "zh") is None


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("以色列国防部长卡茨（Israel Katz）说。", "Israel Katz", "卡茨"),
        ("演员史密斯（Will Smith）说。", "Will Smith", "史密斯"),
        ("顾问米勒（Stephen Miller）说。", "Stephen Miller", "米勒"),
        ("Doctor Li Qiang (李蔷) spoke.", "Li Qiang", "李蔷"),
    ],
)
def test_a_namesake_that_the_article_gives_is_its_own(text: str, en: str, zh: str) -> None:
    sheet = build_sheet(text, "zh", TERMS)
    assert (sheet.form(zh, "en"), sheet.form(en, "zh")) == (en, zh)
    mentions = find_names(text, "zh", sheet)
    assert {(one.entity, one.others) for one in mentions if one.text in (en, zh)} == {(f"name:{en}", ())}


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Google (微软) launched.", "microsoft"),
        ("Baidu (北京) grew.", "baidu"),
        ("Orrin Peak (习近平) spoke.", "xi-jinping"),
        ("Photo by Li Wei (新华社).", "xinhua"),
        ("公司股价回落三成（Bloomberg）。", "bloomberg"),
    ],
)
def test_a_known_name_with_another_beside_it_gives_no_form(text: str, entity: str) -> None:
    sheet = build_sheet(text, "en", TERMS)
    assert all(not entry.given for entry in sheet.entries.values())
    term = TERMS.get(entity)
    assert term is not None
    assert [each.zh for each in sheet.entries.values() if each.entity == entity] in ([], [term.forms("zh")])


def test_a_hostile_gloss_lets_no_wrong_name_pass() -> None:
    sheet = build_sheet("Google (微软) launched. Google sued.", "en", TERMS)
    assert [one.source for one in name_problems("Google sued the agency.", "微软起诉了该机构。", "en", sheet)] == [
        "Google"
    ]


def test_the_article_s_own_form_of_a_known_name_is_accepted() -> None:
    assert "安迪·杰西" in _forms("安迪·杰西（Andy Jassy）说。", "andy-jassy")
    assert "彭博新闻社" in _forms("据彭博新闻社（Bloomberg）报道。", "bloomberg")


def test_a_surname_in_brackets_stays_a_short_form() -> None:
    assert form("Chief Tim Cook (库克) spoke. Cook left.", "Cook", "zh") == "库克"


def _forms(text: str, entity: str) -> tuple[str, ...]:
    return build_sheet(text, "zh", TERMS).entries[entity].zh
