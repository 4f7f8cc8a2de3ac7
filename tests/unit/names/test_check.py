"""Names that a translation gets wrong, and ways of writing that are no mistake."""

import pytest

from shared.model import EntityKind, Language
from shared.names import build_sheet, name_problems, sheet_conflicts
from tests.unit.names.terms import INDEX


def problems(
    source: str, target: str, *entities: tuple[str, EntityKind], language: Language = "en"
) -> list[tuple[str, str, str]]:
    """The fragments and results of a pair; a source in Chinese characters only is seen to be Chinese."""
    language = language if source[:1].isascii() else "zh"
    sheet = build_sheet(source, language, INDEX, entities)
    return [(one.source, one.target, one.result) for one in name_problems(source, target, language, sheet)]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Google grew.", "谷歌增长。"),
        ("Google grew.", "Google增长。"),
        ("Google grew.", "该公司增长。"),
        ("Google and Microsoft grew.", "谷歌增长。"),
        ("The US and China met.", "中美会晤。"),
        ("Chinese and American officials met.", "中美官员会晤。"),
        ("我国经济增长。", "China's economy grew."),
        ("Doug Ford visited Ford. Ford left.", "道格·福特访问了福特汽车。福特离开。"),
        ("Andy Jassy spoke.", "安迪·贾西发言。"),
        ("Andy Jassy spoke.", "贾西发言。"),
        ("Andy Jassy spoke.", "Andy Jassy发言。"),
        ("他用Wi-Fi和Müller的Windows10。", "He used WiFi and Muller's Windows 10."),
        ("The chief technology officer left.", "CTO离职。"),
        ("联合国的世界遗产地", "a UNESCO World Heritage Site"),
        ("In Turkey Amanda said so.", "阿曼达说。"),
        ("Syrian troops", "叙利亚军队"),
        ("the iPhone maker", "这家iPhone制造商"),
        ("", ""),
    ],
)
def test_a_faithful_pair_has_no_problem(source: str, target: str) -> None:
    assert problems(source, target) == []


@pytest.mark.parametrize(
    ("source", "target", "fragments"),
    [
        ("Google grew.", "微软增长。", ("Google", "微软")),
        ("微软增长。", "Google grew.", ("微软", "Google")),
        ("Andy Jassy spoke.", "桑达尔·皮查伊发言。", ("Andy Jassy", "桑达尔·皮查伊")),
        ("习近平说，增长时", "Wen Jiabao said when it grew", ("习近平", "Wen Jiabao")),
        ("Exports to China rose.", "对日本的出口增长。", ("China", "日本")),
    ],
)
def test_another_name_in_the_place_of_the_source_s_fails(source: str, target: str, fragments: tuple[str, str]) -> None:
    assert problems(source, target) == [(*fragments, "fail")]


def test_a_latin_name_in_chinese_is_in_the_english_letter_for_letter() -> None:
    assert problems("Corvane grew.", "Corvine增长。") == [("", "Corvine", "fail")]
    assert problems("Corvane增长。", "Corvine grew.", language="zh") == [("Corvane", "", "fail")]
    assert problems("Google grew.", "Google（Alphabet）增长。") == [("", "Alphabet", "fail")]


@pytest.mark.parametrize("wrong", ["Gogle", "Googele", "Gooogle", "Goolge", "Gaogle"])
def test_a_misspelt_english_name_fails(wrong: str) -> None:
    assert problems("谷歌增长。", f"{wrong} grew.") == [("谷歌", wrong, "fail")]


def test_a_name_like_another_is_no_misspelt_one() -> None:
    assert problems("谷歌增长。", "Goggles grew. Googles grew. The googol grew.") == []


def test_a_surname_with_another_character_warns() -> None:
    assert problems("Donald Trump spoke.", "特郎普发言。") == [("Donald Trump", "特郎普", "warn")]
    assert problems("Sundar Pichai spoke.", "桑达尔·皮查衣发言。") == [("Sundar Pichai", "桑达尔·皮查", "warn")]


def test_another_transliteration_fails_where_the_article_gives_the_name() -> None:
    text = "Mara Quill (玛拉·奎尔) spoke."
    assert problems(text, "玛丽·奎尔发言。") == [("Mara Quill", "玛丽·奎尔", "fail")]


def test_another_transliteration_of_a_known_person_warns() -> None:
    assert problems("Andy Jassy spoke.", "首席执行官安德鲁·贾西发言。")[0][1:] == ("安德鲁·贾西", "warn")
    assert problems("Sundar Pichai spoke.", "桑达尔·皮猜发言。")[0][2] == "warn"


def test_another_given_name_in_pinyin_fails() -> None:
    person: tuple[str, EntityKind] = ("王小明", "person")
    assert problems("王小明发言。", "Wang Xiaohong spoke.", person) == [("王小明", "Wang Xiaohong", "fail")]
    assert problems("王小明发言。", "Wang Xiaoming spoke.", person) == []
    assert problems("王小明发言。", "Wang Xiao-ming spoke.", person) == []
    assert problems("王小明发言。", "Mr Wang spoke.", person) == []


def test_a_problem_says_what_to_write() -> None:
    sheet = build_sheet("Microsoft grew.", "en", INDEX)
    (problem,) = name_problems("Microsoft grew.", "谷歌增长。", "en", sheet)
    assert problem.message == "The source names Microsoft; the translation names 谷歌 instead. Write 微软."


def conflicts(language: Language, *leaves: str) -> list[tuple[str, str]]:
    sheet = build_sheet(" ".join(leaves), language, INDEX)
    found = sheet_conflicts({str(i): leaf for i, leaf in enumerate(leaves)}, language, sheet)
    return [(one.problem.source, one.problem.target) for one in found]


def test_one_thing_has_one_full_name_in_a_document() -> None:
    assert conflicts("zh", "谷歌增长。", "Google下跌。") == [("Google", "谷歌")]
    assert conflicts("zh", "谷歌（Google）增长。", "谷歌下跌。") == []
    assert conflicts("zh", "谷歌增长。", "他说：“Google下跌。”") == []
    assert conflicts("en", "Samsung Electronics rose.", "Samsung fell.", "The US Federal Reserve. The Fed.") == []
    assert conflicts("zh", "联合国教科文组织同意。", "教科文组织反对。", "UNESCO反对。") == []
    assert conflicts("en", "Andy Jassy spoke.", "Jassy left.") == []
    assert conflicts("en", "Shares of Google rose.", "Shares of 谷歌 fell.") == [("Google", "谷歌")]


def test_a_conflict_is_where_the_name_is_that_the_document_does_not_use() -> None:
    leaves = {
        "a.0": "Microsoft下跌。",
        "a.1": "微软上涨。",
        "a.2": "Microsoft Azure上涨。",
        "a.3": "影片“Microsoft”获奖。",
        "a.4": "微软（Microsoft）上涨。",
    }
    found = sheet_conflicts(leaves, "zh", build_sheet("Microsoft rose.", "en", INDEX))
    assert [(one.leaf, one.mention.text) for one in found] == [("a.0", "Microsoft")]
    assert found[0].problem.message == "The document calls one thing 微软 and Microsoft. Write 微软."


def test_a_conflict_is_written_as_the_text_has_it() -> None:
    leaves = {"a.0": "微軟上漲。", "a.1": "Microsoft下跌。"}
    found = sheet_conflicts(leaves, "zh", build_sheet("Microsoft rose.", "en", INDEX))
    assert [(one.leaf, one.problem.source, one.problem.target) for one in found] == [("a.1", "微軟", "Microsoft")]
