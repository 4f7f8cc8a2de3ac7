"""What stands for a name in a translation, and what only looks as if it did."""

import pytest

from shared.model import Language
from shared.names import build_sheet, name_problems, shipped_terms

TERMS = shipped_terms()


def problems(source: str, target: str) -> list[tuple[str, str]]:
    language: Language = "en" if source.isascii() else "zh"
    sheet = build_sheet(source, language, TERMS)
    return [(one.source, one.target) for one in name_problems(source, target, language, sheet)]


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        ("The US sued Google for $500 million.", "英国起诉谷歌，索赔5亿美元。", ("US", "英国")),
        ("美国起诉谷歌，索赔5亿美元。", "Britain sued Google for US$500 million.", ("美国", "Britain")),
        ("Japan sued Google for 500 yen.", "法国起诉谷歌，索赔500日元。", ("Japan", "法国")),
        ("The US joined the Fed's plan.", "英国加入了美联储的计划。", ("US", "英国")),
        ("China met officials in Beijing.", "日本在北京会见官员。", ("China", "日本")),
    ],
)
def test_a_word_in_money_or_in_another_name_is_no_country(source: str, target: str, lost: tuple[str, str]) -> None:
    assert problems(source, target) == [lost]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("China agreed with Japan.", "北京同日本达成一致。"),
        ("China and the US met.", "中美会晤。"),
        ("中亚班列增长。", "Sino-Asia freight trains grew."),
        ("The US sued Google for $500 million.", "美方起诉谷歌，索赔5亿美元。"),
    ],
)
def test_a_word_that_stands_for_a_country_counts(source: str, target: str) -> None:
    assert problems(source, target) == []
