"""How sure a sentence is and whose it is."""

import pytest

from services.analyze.offline.names import Cast
from services.analyze.offline.names_en import find_names_en
from services.analyze.offline.names_zh import find_names_zh
from services.analyze.offline.reading import read
from services.analyze.offline.stance import source_of, stance_of
from shared.model import Language
from tests.support.samples import posted

# Names that the sentences below may use, introduced so that they are known.
KNOWN_EN = "Dana Whitlock, the chief executive, runs Odell Logistics. Odell Logistics' rival is Tallow Energy."
KNOWN_ZH = "储能企业北溟储能增长。董事长贺川南说，好。"


def judge(text: str, language: Language) -> tuple[str, str | None]:
    known = KNOWN_EN if language == "en" else KNOWN_ZH
    reading = read(posted("Title", f"{known}\n\n{text}", language).article)
    cast = Cast(reading.article.text, find_names_en(reading) if language == "en" else find_names_zh(reading))
    sentence = reading.sentences[-1]
    return stance_of(sentence, language), source_of(sentence, cast, language)


@pytest.mark.parametrize(
    ("text", "stance", "by"),
    [
        ("The plant opened on Monday.", "stated", None),
        ("The plant opened, Tallow Energy said.", "stated", "Tallow Energy"),
        ('"It opened," said Dana Whitlock, the chief executive.', "stated", "Dana Whitlock"),
        ('"We will act," said Dana Whitlock.', "stated", "Dana Whitlock"),
        ("Tallow Energy, the largest owner of batteries, said it opened.", "stated", "Tallow Energy"),
        ("It was sold, according to people familiar with it.", "reported", "people familiar with it"),
        ("A rival reportedly dropped out.", "reported", None),
        ("The deal may fall apart, a spokesperson said.", "possible", "a spokesperson"),
        ("It may not happen.", "possible", None),
        ("The march in May was calm.", "stated", None),
        ("The flaw could not have been used.", "stated", None),
        ("The group allegedly asked for money.", "alleged", None),
        ("Odell Logistics denied that it had paid.", "denied", "Odell Logistics"),
        ("Odell Logistics said records were copied, and denied that it had paid.", "stated", "Odell Logistics"),
        ("Odell Logistics plans to build a plant.", "planned", None),
        ("Odell Logistics does not plan to build a plant.", "stated", None),
        ("Odell Logistics said on Monday it would build a plant.", "planned", "Odell Logistics"),
        ("They said that it was late.", "stated", None),
        ("He wrote a note.", "stated", None),
        ("The regulator has not said when.", "stated", None),
    ],
)
def test_english(text: str, stance: str, by: str | None) -> None:
    assert judge(text, "en") == (stance, by)


@pytest.mark.parametrize(
    ("text", "stance", "by"),
    [
        ("工厂周一投产。", "stated", None),
        ("北溟储能周二公布，工厂投产。", "stated", "北溟储能"),
        ("据知情人士透露，双方正在谈判。", "reported", "知情人士"),
        ("知情人士同时表示，价格可能下调。", "possible", "知情人士"),
        ("近日有传闻称将裁员两成。", "reported", None),
        ("贺川南否认了这一说法。", "denied", "贺川南"),
        ("贺川南在电话会上解释说：“没有裁员计划。”", "stated", "贺川南"),
        ("“我们不造武器。”其发言人说。", "stated", "发言人"),
        ("他预计，价格会下降。", "possible", None),
        ("公司计划明年建厂。", "planned", None),
        ("公司没有计划建厂。", "stated", None),
        ("对方涉嫌造假。", "alleged", None),
        ("北溟储能推出新品，并称成本不高。", "stated", "北溟储能"),
        ("苏州市政府据称承诺提供3亿元税收减免。", "reported", None),
        ("苏州市政府据悉承诺提供3亿元税收减免。", "reported", None),
        ("据报道，苏州市政府承诺提供3亿元税收减免。", "reported", None),
        ("据报道称，苏州市政府承诺提供税收减免。", "reported", None),
    ],
)
def test_chinese(text: str, stance: str, by: str | None) -> None:
    assert judge(text, "zh") == (stance, by)
