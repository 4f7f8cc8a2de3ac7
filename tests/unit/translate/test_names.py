"""Leaves that are names: which have a form in the other language, and which have none."""

from services.translate.names import document_sheet, leaf_names
from shared.model import Analysis, Claim, Entity, EntityKind, Language, Quote, Text
from shared.names import shipped_terms

QUOTE = Quote(quote="Something was said.", start=0, end=19)


def sheet(
    text: str, source: Language, names: list[str], by: str | None = None, kind: EntityKind = "organisation"
) -> dict[str, str]:
    """The sheet of an analysis with these names, whose only claim is by `by`."""
    analysis = Analysis[Text](
        language=source,
        title="Title",
        summary=(Claim[Text](id="summary.0", text="Something.", evidence=(QUOTE,), by=by),),
        entities=tuple(Entity[Text](id=f"e{i}", name=name, kind=kind) for i, name in enumerate(names)),
    )
    target: Language = "zh" if source == "en" else "en"
    return dict(leaf_names(analysis, document_sheet(text, analysis, shipped_terms()), target))


def test_known_names_have_the_preferred_form() -> None:
    assert sheet("", "zh", ["谷歌", "五角大楼"]) == {"谷歌": "Google", "五角大楼": "Pentagon"}
    assert sheet("", "en", ["the Pentagon", "Nvidia"]) == {"the Pentagon": "五角大楼", "Nvidia": "NVIDIA"}


def test_an_unknown_latin_name_stays_latin_in_chinese() -> None:
    assert sheet("", "en", ["Corvane Semiconductor"]) == {"Corvane Semiconductor": "Corvane Semiconductor"}


def test_a_chinese_name_without_a_known_form_is_not_on_the_sheet() -> None:
    assert sheet("北溟储能增长。", "zh", ["北溟储能", "LX-7"]) == {"LX-7": "LX-7"}


def test_an_article_that_gives_both_forms_is_believed() -> None:
    text = "科凡半导体（Corvane）收购流明特光子（Lumetra Photonics）。"
    assert sheet(text, "zh", ["科凡半导体", "流明特光子"], by="科凡") == {
        "科凡半导体": "Corvane",
        "流明特光子": "Lumetra Photonics",
        "科凡": "Corvane",
    }
    assert sheet("Beiming Storage (北溟储能) grew.", "en", ["Beiming Storage"]) == {"Beiming Storage": "北溟储能"}


def test_a_source_is_a_name_or_a_set_phrase_and_no_other_prose() -> None:
    assert sheet("", "en", ["Odell Logistics"], by="Odell")["Odell"] == "Odell"
    assert sheet("", "en", [], by="Aldmoor Ferries") == {"Aldmoor Ferries": "Aldmoor Ferries"}
    assert sheet("", "en", [], by="The company") == {"The company": "公司"}
    assert sheet("", "en", [], by="a Corvane spokesperson") == {}
    assert sheet("", "zh", [], by="一名接近公司的人士") == {}


def test_a_chinese_person_without_a_known_form_is_written_in_pinyin() -> None:
    assert sheet("王小明说。", "zh", ["王小明"], kind="person") == {"王小明": "Wang Xiaoming"}


def test_a_surname_and_an_acronym_stay_short() -> None:
    assert sheet("Andy Jassy spoke.", "en", ["Andy Jassy"], by="Jassy")["Jassy"] == "贾西"
    text = "The Aldmoor Port Authority (APA) listened."
    assert sheet(text, "en", ["Aldmoor Port Authority"], by="APA")["APA"] == "APA"


def test_a_shared_name_is_published_as_it_is() -> None:
    assert sheet("Mr Lee, a farmer, spoke.", "en", ["Lee"], kind="person") == {"Lee": "Lee"}
    assert sheet("Analyst Wang spoke.", "en", ["Wang"], kind="person") == {"Wang": "Wang"}
    assert sheet("农民种苹果。", "zh", ["苹果"], kind="product") == {}
    assert sheet("The chair spoke.", "en", [], by="Khan") == {}


def test_a_namesake_that_the_article_gives_has_its_own_name() -> None:
    assert sheet("厨师张勇（Zhang Yong）说。", "zh", ["张勇"], kind="person") == {"张勇": "Zhang Yong"}
    assert sheet("以色列国防部长卡茨（Israel Katz）说。", "zh", ["卡茨"], kind="person") == {"卡茨": "Israel Katz"}
