"""Opinion names nobody new, blames nobody by itself, and keeps what its claims doubt."""

import pytest

from services.analyze.claims import ArticleText, QuoteFinder, check_opinion
from shared.model import Claim, Language, Quote, Stance, Text
from shared.names import shipped_terms

EN = """Odell buys Tarn Ports

Odell Freight agreed on Monday to buy Tarn Ports for $4.2 billion. \
Its rival Calder Lines reportedly made a higher offer. \
Prosecutors said that Calder Lines had misled investors about $30 million of losses."""
ZH = """康达电池签约

康达电池周一宣布，与赫尔曼汽车签署供货协议，金额约42亿元。检方指控远航能源向投资者隐瞒亏损，远航能源予以否认。"""


def claim(text: str, language: Language, said: str, quote: str, stance: Stance = "stated") -> Claim[Text]:
    found = QuoteFinder(text, language).find(quote)
    assert isinstance(found, Quote)
    return Claim[Text](id="summary.0", text=said, evidence=(found,), stance=stance)


BUYING = "Odell Freight agreed on Monday to buy Tarn Ports"
BIDDING = "Its rival Calder Lines reportedly made a higher offer."
LYING = "Prosecutors said that Calder Lines had misled"
SIGNING = "康达电池周一宣布，与赫尔曼汽车签署供货协议，金额约42亿元。"
HIDING = "检方指控远航能源向投资者隐瞒亏损，远航能源予以否认。"
BUY = claim(EN, "en", "Odell agreed to buy Tarn Ports for $4.2 billion.", BUYING)
BID = claim(EN, "en", "Calder Lines made a higher offer.", BIDDING, "reported")
LIE = claim(EN, "en", "Prosecutors accuse Calder of misleading investors.", LYING)
DEAL = claim(ZH, "zh", "康达电池签署供货协议。", SIGNING)
HIDDEN = claim(ZH, "zh", "检方指控远航能源隐瞒亏损。", HIDING, "alleged")


def checks(sentence: str, *based_on: Claim[Text], text: str = EN, language: Language = "en") -> list[str]:
    article = ArticleText(text, language, shipped_terms())
    return [each.check for each in check_opinion([sentence], based_on, article)]


@pytest.mark.parametrize(
    ("sentence", "based_on"),
    [
        ("The price of $4.2 billion leaves Odell little room for mistakes.", BUY),
        ("A bidding war with Calder could follow.", BID),
        ("If Calder really offered more, Tarn's owners may ask why they took less, as has been reported.", BID),
        ("Prosecutors say that Calder misled investors, which may weaken its hand.", LIE),
    ],
)
def test_opinion_within_its_bounds_passes(sentence: str, based_on: Claim[Text]) -> None:
    assert checks(sentence, based_on) == []


@pytest.mark.parametrize(
    ("sentence", "based_on", "check"),
    [
        ("Maersk could be next.", BUY, "name"),
        ("Savings of $300 million are likely.", BUY, "number"),
        ("Odell is desperate to distract from its troubles.", BUY, "motive"),
        ("Calder misled investors.", LIE, "motive"),
        ("Calder Lines made a higher offer.", BID, "certainty"),
    ],
)
def test_opinion_past_its_bounds_is_refused(sentence: str, based_on: Claim[Text], check: str) -> None:
    assert check in checks(sentence, based_on)


def test_opinion_rests_on_a_claim() -> None:
    assert checks("The price is high.") == ["based_on"]


def test_the_bounds_hold_in_chinese() -> None:
    assert checks("42亿元的协议对康达意味着稳定的订单。", DEAL, text=ZH, language="zh") == []
    assert checks("检方指控远航能源隐瞒亏损，这可能影响其融资。", HIDDEN, text=ZH, language="zh") == []
    assert "motive" in checks("远航能源蓄意隐瞒亏损。", HIDDEN, text=ZH, language="zh")
    assert "name" in checks("宁德时代或将受到冲击。", DEAL, text=ZH, language="zh")
    assert "number" in checks("明年订单将达90亿元。", DEAL, text=ZH, language="zh")


@pytest.mark.parametrize("sentences", [["Odell\ud83d buys."], [None], None, "Odell buys.", [12]])
def test_what_is_no_text_is_refused(sentences: object) -> None:
    article = ArticleText(EN, "en", shipped_terms())
    assert [each.check for each in check_opinion(sentences, (BUY,), article)] == ["quote"]  # type: ignore[arg-type]
