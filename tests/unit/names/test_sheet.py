"""How the names of a document are written in the other language."""

import pytest

from shared.model import EntityKind, Language
from shared.names import Learned, build_sheet, learned
from shared.names.pinyin import person_in_pinyin
from tests.unit.names.terms import INDEX


def form(name: str, target: Language, text: str = "", *entities: tuple[str, EntityKind]) -> str | None:
    source: Language = "en" if target == "zh" else "zh"
    return build_sheet(text, source, INDEX, entities).form(name, target)


def test_a_full_name_has_the_preferred_form_and_a_short_one_the_short() -> None:
    assert form("谷歌", "en") == "Google"
    assert form("Alphabet", "zh") is None
    assert form("Jassy", "zh", "Andy Jassy spoke.") == "贾西"
    assert form("Andy Jassy", "zh", "Andy Jassy spoke.") == "安迪·贾西"
    assert form("特朗普", "en") == "Trump"
    assert form("the Fed", "zh") == "美联储"
    assert form("美联储", "en") == "Federal Reserve"
    assert form("The company", "zh") == "公司"
    assert form("The Fed", "zh") == "美联储"


def test_an_article_that_gives_both_forms_is_believed() -> None:
    text = "科凡半导体（Corvane）收购流明特光子（Lumetra Photonics）。科凡增长。"
    assert form("流明特光子", "en", text) == "Lumetra Photonics"
    assert form("科凡", "en", text) == "Corvane"
    text = "大型买家奥林峰（Orrin Peak）退出。"
    assert form("奥林峰", "en", text, ("奥林峰", "organisation")) == "Orrin Peak"
    assert form("Beiming Storage", "zh", "Beiming Storage (北溟储能) grew.") == "北溟储能"


def test_two_glosses_of_one_name_are_one_entry() -> None:
    text = "Beiming Storage (北溟储能) said. Later Beiming Storage (北溟存储) said."
    (entry,) = build_sheet(text, "en", INDEX).entries.values()
    assert (entry.en, entry.zh) == (("Beiming Storage",), ("北溟储能", "北溟存储"))


def test_an_unknown_name_stays_latin_or_is_written_in_pinyin() -> None:
    assert form("Corvane", "zh", "Corvane grew.", ("Corvane", "organisation")) == "Corvane"
    assert form("Quill", "zh", "Mara Quill grew.", ("Mara Quill", "person")) == "Quill"
    assert form("王小明", "en", "王小明说", ("王小明", "person")) == "Wang Xiaoming"
    assert form("北溟储能", "en", "北溟储能", ("北溟储能", "organisation")) is None


def test_all_forms_are_listed_with_what_to_write() -> None:
    sheet = build_sheet("Andy Jassy left Google. 王小明", "en", INDEX, [("王小明", "person"), ("北溟", "organisation")])
    assert sheet.forms_for("zh").items() >= {"Andy Jassy": "安迪·贾西", "Jassy": "贾西", "Google": "Google"}.items()
    assert sheet.forms_for("en").items() >= {"谷歌": "Google", "王小明": "Wang Xiaoming"}.items()
    assert "北溟" not in sheet.forms_for("en")


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("王小明", "Wang Xiaoming"),
        ("单田芳", "Shan Tianfang"),
        ("仇和", "Qiu He"),
        ("解晓东", "Xie Xiaodong"),
        ("曾国藩", "Zeng Guofan"),
        ("欧阳娜娜", "Ouyang Nana"),
        ("吕布", "Lyu Bu"),
        ("張偉", "Zhang Wei"),
        ("北", None),
        ("安迪·贾西", None),
        ("Andy", None),
    ],
)
def test_pinyin_reads_surnames_as_surnames(name: str, latin: str | None) -> None:
    assert person_in_pinyin(name) == latin


BEIMING = [Learned("Beiming Storage", "北溟储能", "other"), Learned("Beiming Storage", "北溟存储", "other")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("亚马逊首席执行官安迪·贾西（Andy Jassy）说", [Learned("Andy Jassy", "安迪·贾西", "person")]),
        ("由安迪·贾西 (Andy Jassy) 领导", [Learned("Andy Jassy", "安迪·贾西", "person")]),
        ("Andy Jassy（安迪·贾西）说", [Learned("Andy Jassy", "安迪·贾西", "person")]),
        ("Chief Executive Andy Jassy (安迪·贾西) said", [Learned("Andy Jassy", "安迪·贾西", "person")]),
        ("它投资了芯片公司流明特光子（Lumetra Photonics）。", [Learned("Lumetra Photonics", "流明特光子", "other")]),
        ("Beiming Storage (北溟储能) grew", [Learned("Beiming Storage", "北溟储能", "other")]),
        ("流明特（Lumetra，纽约）", [Learned("Lumetra", "流明特", "other")]),
        ("国内生产总值（GDP）增长", []),
        ("Beiming Storage (北溟储能) said. Later Beiming Storage (北溟存储) said.", BEIMING),
        ("他的对手张三（Zhang San）说", [Learned("Zhang San", "张三", "other")]),
        ("我们的朋友张三（Zhang San）", [Learned("Zhang San", "张三", "other")]),
        ("据路透社（Reuters）报道", [Learned("Reuters", "路透社", "other")]),
        ("公司股价大幅上升（Bloomberg）", []),
        ("他对此表示（Reuters）", []),
        ("图片来源（Getty Images）", []),
        ("指数周三收盘下跌（Nasdaq）", []),
        ("有关部门正在调查此事（Reuters）", []),
        ("他在东门看书写字（Reuters）", []),
        ("他在东门看书写字（Aldmoor Post）。东门看书写字", [Learned("Aldmoor Post", "东门看书写字", "other")]),
        ("Zorvex公司ABC(甲乙)", []),
        ("M\u0456crosoft Corp (微软公司)", []),
        ("Mіcrosoft（微软）和Cоrvane（科凡）和微软（Mіcrosoft）", []),
        ("安迪\u200b贾西（Andy Jassy）", []),
        ("And\u202ey Jassy (安迪·贾西)", []),
        ("And\u202e Jassy (安迪·贾西)", []),
        ("去年（2024）和（Andy）和 () （", []),
    ],
)
def test_names_that_a_text_gives_in_both_scripts_are_learned(text: str, found: list[Learned]) -> None:
    assert list(learned(text)) == found
