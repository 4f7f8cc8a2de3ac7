"""Names: what the article shows to be one, and what stays out because it does not."""

import pytest

from services.analyze.offline.names import Cast, Named
from services.analyze.offline.names_en import find_names_en
from services.analyze.offline.names_zh import find_names_zh
from services.analyze.offline.reading import read
from tests.support.samples import posted


def names(text: str) -> dict[str, Named]:
    chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
    reading = read(posted("标题" if chinese else "Title", text, "zh" if chinese else "en").article)
    found = find_names_zh(reading) if chinese else find_names_en(reading)
    return {named.name: named for named in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '"Yes," said Hanne Oduya of the brokerage Fenwick Row.',
            {"Hanne Oduya": "person", "Fenwick Row": "organisation"},
        ),
        ("Paul Escher, whom she succeeds, leaves in March.", {"Paul Escher": "person"}),
        ("President Donald Trump met Dr. Priya Raman.", {"Donald Trump": "person", "Priya Raman": "person"}),
        (
            "Odell Logistics named Miriam Tennant as its chief.",
            {"Odell Logistics": "organisation", "Miriam Tennant": "person"},
        ),
        ("Calder Hythe, which owns a stake, objects.", {"Calder Hythe": "organisation"}),
        ("Lumetra's revenue rose.", {"Lumetra": "organisation"}),
        ("It was found by Ostrava Nine, a security firm hired by them.", {"Ostrava Nine": "organisation"}),
        (
            "The Institute of Stellar Physics and Tarn University agree.",
            {"Institute of Stellar Physics": "organisation", "Tarn University": "organisation"},
        ),
        (
            "The town of Brixley objects to version 4.2.1 of FieldLink.",
            {"Brixley": "place", "FieldLink": "product"},
        ),
        (
            "Chief Financial Officer Colette Kress of Nvidia Corp. spoke.",
            {"Colette Kress": "person", "Nvidia Corp.": "organisation"},
        ),
        ("A plant in Marrow Bay, the company said, is shut.", {}),
        ("Its LX-7 module is fast.", {"LX-7": "product"}),
        (
            "Google bid, the European Central Bank and the Bank of England did not.",
            {"Google": "organisation", "European Central Bank": "organisation", "Bank of England": "organisation"},
        ),
        ("The Westmark Consumers' League said so.", {"Westmark Consumers' League": "organisation"}),
    ],
)
def test_english(text: str, expected: dict[str, str]) -> None:
    assert {name: named.kind for name, named in names(text).items()} == expected


@pytest.mark.parametrize(
    "text",
    [
        "Batteries are cheap. Costs fell on Monday in October.",
        "Pale Heron says it holds the data.",  # a person, a group or a ship
        "They flew to Ghent and on to Marrow Bay.",
        "The AI and the CEO met at 5G.",
        "People in May Day marches sang.",
    ],
)
def test_what_english_does_not_show_is_left_out(text: str) -> None:
    assert names(text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("芯片企业科凡半导体（Corvane）周三公布业绩。", {"科凡半导体": "organisation"}),
        ("储能企业北溟储能周二公布业绩。", {"北溟储能": "organisation"}),
        ("临川大学的一个小组复测。", {"临川大学": "organisation"}),
        ("首席科学家沈知远在会上说话。", {"沈知远": "person"}),
        ("海棠证券的秦若谷认为价格会跌。", {"海棠证券": "organisation", "秦若谷": "person"}),
        ("五角大楼和谷歌在比利时签约。", {"五角大楼": "organisation", "谷歌": "organisation", "比利时": "place"}),
        ("其LX-7光模块很快。", {"LX-7": "product"}),
    ],
)
def test_chinese(text: str, expected: dict[str, str]) -> None:
    assert {name: named.kind for name, named in names(text).items()} == expected


@pytest.mark.parametrize(
    "text",
    [
        "人工智能企业很多。",
        "一家供应商的负责人表示没有变化。",
        "该公司称，多家公司参与。",
        "高通胀持续，苹果汁降价。",
        "分析人士看法不一。",
    ],
)
def test_what_chinese_does_not_show_is_left_out(text: str) -> None:
    assert names(text) == {}


def test_short_forms_stand_for_the_one_name_that_they_can_mean() -> None:
    text = (
        "Corvane Semiconductor grew. Corvane's board met. Miriam Tennant, who leads it, spoke to Tennant Freight. "
        "Tennant was calm. The Federal Reserve waited. The Fed will act."
    )
    found = names(text)
    assert found["Corvane Semiconductor"].aliases == ("Corvane",)
    assert found["Tennant Freight"].aliases == found["Miriam Tennant"].aliases == ()
    assert found["Federal Reserve"].aliases == ("Fed",)
    assert names("储能企业北溟储能增长。北溟没有回应。北溟称会增长。")["北溟储能"].aliases == ("北溟",)


def test_mentions_are_every_full_and_short_form_and_no_part_of_a_longer_word() -> None:
    text = "Corvane Semiconductor and Corvanes met; Corvane left."
    named = Named("Corvane Semiconductor", "organisation", aliases=("Corvane",))
    mentions = Cast(text, [named]).mentions
    assert [text[m.start : m.end] for m in mentions] == ["Corvane Semiconductor", "Corvane"]


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ('"No," said Owen Tran, Brightwell’s chief executive.', "Owen Tran", "Brightwell’s chief executive"),
        ("Its analyst Joel Katsaros wrote a note.", "Joel Katsaros", "analyst"),
        ("Odell Logistics named Miriam Tennant as its finance chief.", "Miriam Tennant", "finance chief"),
        ("It bought the network software firm Pellbrook.", "Pellbrook", "network software firm"),
        ("东岭证券分析师陆雁秋表示乐观。", "陆雁秋", "东岭证券分析师"),
        ("Colin Tennant, who chairs the target, agreed.", "Colin Tennant", None),
    ],
)
def test_roles_are_what_stands_beside_the_name(text: str, name: str, role: str | None) -> None:
    found = names(text)[name].role
    assert (None if found is None else found.text) == role


def test_an_id_is_the_termbases_or_a_hash_of_kind_and_name() -> None:
    found = names("谷歌和储能企业北溟储能合作。")
    assert found["谷歌"].id == "google"
    assert found["北溟储能"].id == Named("北溟储能", "organisation").id != Named("北溟储能", "product").id


def test_words_for_an_office_are_no_part_of_a_glossed_name() -> None:
    found = names("公司首席执行官韩若溪（Ruoxi Han）表示，订单增加。")
    assert {name: named.kind for name, named in found.items()} == {"韩若溪": "person"}
    role = found["韩若溪"].role
    assert role is not None
    assert role.text == "公司首席执行官"
