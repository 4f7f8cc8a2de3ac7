"""Claims that their quotes support pass; the others are refused, with the check that says why."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analyze.claims import ClaimVerdict, check_claim
from shared.model import Derived, Language, Quantity
from tests.support.growth import check_growth

HARBOUR = """Odell Freight to buy Tarn Ports

Odell Freight agreed on Monday to buy Tarn Ports for $4.2 billion. The deal, subject to approval by regulators, would \
close in March. Its rival Calder Lines reportedly made a higher offer.

Odell's revenue rose 12% to $3.1 billion last year, while Calder's fell 4% to $2.6 billion. The company may raise its \
prices if fuel stays expensive. Odell plans to build a terminal in Brixley. It has not said when.

"We are not for sale," said Mara Quist, the chief executive of Calder Lines. Quist denied that talks had taken place. \
Prosecutors allege that Calder hid $30 million of losses. Odell employs 8,000 people in Norway, Spain and Italy."""

KANGDA = """康达电池与赫尔曼汽车签约

康达电池周一宣布，与德国车企赫尔曼汽车签署供货协议，金额约42亿元。董事长周明远表示，如果产能紧张，交付可能推迟一个季度。

康达去年营收增长三成，净利润下降12%。对手远航能源则称，公司计划明年在匈牙利建厂。据知情人士透露，远航将裁员两成。\
公司尚未公布新厂地点。"""


def judge(claim: str, *quotes: str, article: str = HARBOUR, language: Language = "en") -> ClaimVerdict:
    return check_claim(claim, quotes, article, language)


def checks(claim: str, *quotes: str, article: str = HARBOUR, language: Language = "en") -> set[str]:
    return {each.check for each in judge(claim, *quotes, article=article, language=language).refusals}


BUY = "Odell Freight agreed on Monday to buy Tarn Ports for $4.2 billion."
CLOSE = "The deal, subject to approval by regulators, would close in March."
RIVAL = "Its rival Calder Lines reportedly made a higher offer."
REVENUE = "Odell's revenue rose 12% to $3.1 billion last year, while Calder's fell 4% to $2.6 billion."
PRICES = "The company may raise its prices if fuel stays expensive."
PLAN = "Odell plans to build a terminal in Brixley."
WHEN = 'It has not said when. "We are'[:21]
QUIST = '"We are not for sale," said Mara Quist, the chief executive of Calder Lines.'
DENIED = "Quist denied that talks had taken place."
ALLEGED = "Prosecutors allege that Calder hid $30 million of losses."
STAFF = "Odell employs 8,000 people in Norway, Spain and Italy."


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Odell is to acquire Tarn Ports for $4.2bn.", BUY),
        ("Tarn Ports is being bought by Odell Freight for $4,200 million.", BUY),
        ("If regulators approve, the takeover would be completed in March.", CLOSE),
        ("Calder is said to have offered more.", RIVAL),
        ("Sales at Odell grew 12% to $3.1 billion.", REVENUE),
        ("Calder's revenue dropped by 4% to $2.6 billion.", REVENUE),
        ("The company could raise prices should fuel remain expensive.", PRICES),
        ("Odell intends to construct a terminal in Brixley.", PLAN),
        ("Calder Lines is not for sale, Quist said.", QUIST),
        ("Mara Quist rejected reports that talks had taken place.", DENIED),
        ("Calder is accused of hiding $30 million of losses.", ALLEGED),
        ("Odell has staff in three countries: Norway, Spain and Italy.", STAFF),
        ("奥德尔（Odell）去年营收增长12%。", REVENUE),
    ],
)
def test_what_a_quote_supports_passes(claim: str, quote: str) -> None:
    assert judge(claim, quote).refusals == ()


@pytest.mark.parametrize(
    ("claim", "quote", "check"),
    [
        ("Odell agreed to buy Tarn Ports for $4.3 billion.", BUY, "number"),
        ("Odell and Greywater agreed to buy Tarn Ports.", BUY, "name"),
        # wrong entity
        ("Calder's revenue rose 12% to $3.1 billion.", REVENUE, "distance"),
        ("Tarn Ports agreed to buy Odell Freight.", BUY, "name"),
        ("Odell reportedly made a higher offer.", RIVAL, "name"),
        # another sentence
        ("Odell builds a terminal.", REVENUE, "support"),
        # raised certainty
        ("Calder Lines made a higher offer.", RIVAL, "certainty"),
        ("The company will raise its prices if fuel stays expensive.", PRICES, "certainty"),
        ("Odell has built a terminal in Brixley.", PLAN, "certainty"),
        ("Talks have taken place.", DENIED, "certainty"),
        ("Calder hid $30 million of losses.", ALLEGED, "certainty"),
        # dropped condition
        ("The deal would close in March.", CLOSE, "condition"),
        ("The company may raise its prices.", PRICES, "condition"),
        # negation
        ("Calder Lines is for sale, said Mara Quist.", QUIST, "negation"),
        ("Odell Freight did not agree to buy Tarn Ports.", BUY, "negation"),
        ("Odell's revenue fell 12%.", REVENUE, "support"),
    ],
)
def test_what_a_quote_does_not_support_is_refused(claim: str, quote: str, check: str) -> None:
    assert check in checks(claim, quote) or (check == "support" and "distance" in checks(claim, quote))


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("康达电池将向赫尔曼汽车供货，协议金额约42亿元。", "与德国车企赫尔曼汽车签署供货协议，金额约42亿元"),
        ("若产能紧张，交付或将延后一个季度。", "董事长周明远表示，如果产能紧张，交付可能推迟一个季度。"),
        ("康达营收去年上涨30%。", "康达去年营收增长三成，净利润下降12%。"),
        ("远航能源拟于明年在匈牙利兴建工厂。", "对手远航能源则称，公司计划明年在匈牙利建厂。"),
        ("知情人士称，远航要裁减两成员工。", "据知情人士透露，远航将裁员两成。公司尚未公布新厂地点。"),
        ("The supply deal is worth about 4.2 billion yuan.", "与德国车企赫尔曼汽车签署供货协议，金额约42亿元"),
    ],
)
def test_chinese_quotes_support_what_they_say(claim: str, quote: str) -> None:
    assert judge(claim, quote, article=KANGDA, language="zh").refusals == ()


@pytest.mark.parametrize(
    ("claim", "quote", "check"),
    [
        ("远航能源去年营收增长三成。", "康达去年营收增长三成，净利润下降12%。", "distance"),
        ("康达电池计划明年在匈牙利建厂。", "对手远航能源则称，公司计划明年在匈牙利建厂。", "name"),
        ("交付可能推迟一个季度。", "董事长周明远表示，如果产能紧张，交付可能推迟一个季度。", "condition"),
        ("如果产能紧张，交付就推迟一个季度。", "董事长周明远表示，如果产能紧张，交付可能推迟一个季度。", "certainty"),
        ("远航能源裁员两成。", "据知情人士透露，远航将裁员两成。公司尚未公布新厂地点。", "certainty"),
        ("公司已公布新厂地点。", "据知情人士透露，远航将裁员两成。公司尚未公布新厂地点。", "negation"),
        ("康达去年净利润增长12%。", "康达去年营收增长三成，净利润下降12%。", "support"),
    ],
)
def test_chinese_quotes_do_not_support_what_they_do_not_say(claim: str, quote: str, check: str) -> None:
    found = checks(claim, quote, article=KANGDA, language="zh")
    assert found
    assert check in found


def test_a_refusal_says_what_and_why() -> None:
    (refusal,) = judge("Calder Lines made a higher offer.", RIVAL).refusals
    assert refusal.claim == "Calder Lines made a higher offer."
    assert refusal.quote == RIVAL
    assert "“reportedly”" in refusal.why


def test_the_stance_beside_a_claim_counts_as_its_hedge_but_never_raises_it() -> None:
    claim = "Calder Lines made a higher offer."
    assert check_claim(claim, [RIVAL], HARBOUR, "en", stance="reported").supported
    assert check_claim(claim, [RIVAL], HARBOUR, "en", stance="possible").supported
    assert not check_claim(claim, [RIVAL], HARBOUR, "en", stance="planned").supported


@pytest.mark.parametrize(
    ("claim", "quote", "stance"),
    [
        ("Odell's revenue rose 12%.", REVENUE, "stated"),
        ("Calder reportedly offered more.", RIVAL, "reported"),
        ("The company may raise its prices.", PRICES, "possible"),
        ("Odell plans a terminal in Brixley.", PLAN, "planned"),
        ("Calder is accused of hiding losses.", ALLEGED, "alleged"),
    ],
)
def test_the_stance_is_proposed_from_what_the_claim_takes_of_its_quote(claim: str, quote: str, stance: str) -> None:
    assert judge(claim, quote).stance == stance


def test_a_name_may_come_from_the_sentence_before_but_not_from_further_away() -> None:
    text = "Title here\n\nAlder sold a mill. Birch bought it. It paid $3 million in cash for it."
    quote = "It paid $3 million in cash for it."
    assert check_claim("Birch paid $3 million.", [quote], text, "en").supported
    assert not check_claim("Alder paid $3 million.", [quote], text, "en").supported


def share(result: str) -> Derived:
    parts = Quantity(kind="count", value=Decimal(320)), Quantity(kind="count", value=Decimal(410))
    return Derived(op="share", inputs=parts, result=Quantity(kind="share", value=Decimal(result), unit="percent"))


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [("", [BUY]), ("x" * 2000, [BUY]), ("Odell agreed.", []), ("Odell agreed.", [BUY] * 4), ("Odell agreed.", ["no"])],
)
def test_what_can_not_be_judged_is_refused_with_the_reason(claim: str, quotes: list[str]) -> None:
    verdict = check_claim(claim, quotes, HARBOUR, "en")
    assert [each.check for each in verdict.refusals][:1] == ["quote"]


@pytest.mark.parametrize(
    ("claim", "quotes", "article"),
    [
        ("Odell agreed.\ud83d", [BUY], HARBOUR),
        ("Odell agreed.", [f"{BUY}\udc00"], HARBOUR),
        ("Odell agreed.", [BUY], f"{HARBOUR}\ud83d"),
        (None, [BUY], HARBOUR),
        (12, [BUY], HARBOUR),
        ("Odell agreed.", [None], HARBOUR),
        ("Odell agreed.", None, HARBOUR),
        ("Odell agreed.", BUY, HARBOUR),
        ("Odell agreed.", [BUY], None),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_no_text_is_refused(claim: object, quotes: object, article: object, language: Language) -> None:
    verdict = check_claim(claim, quotes, article, language)  # type: ignore[arg-type]
    assert [each.check for each in verdict.refusals] == ["quote"]
    assert verdict.evidence == ()


@pytest.mark.parametrize("hints", [None, [None], ["12"], [1.5], "1", 7])
def test_a_hint_that_is_no_place_is_none(hints: object) -> None:
    claim = "Odell agreed to buy Tarn Ports."
    assert check_claim(claim, [BUY], HARBOUR, "en", hints=hints).supported  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quote", "stance"),
    [(BUY, "stated"), (RIVAL, "reported"), (PRICES, "possible"), (PLAN, "planned"), (ALLEGED, "alleged")],
)
def test_a_copy_of_its_quote_has_the_stance_of_it(quote: str, stance: str) -> None:
    verdict = judge(quote, quote)
    assert verdict.supported
    assert verdict.stance == stance


def test_a_copy_of_its_quote_has_its_derived_figure_checked() -> None:
    verdict = check_claim(STAFF, [STAFF], HARBOUR, "en", derived=share("78"))
    assert [each.check for each in verdict.refusals] == ["derived"]


PORTS = """Odell's ports

Odell Freight has plants in Ghent and others in Maren. Lumetra reportedly plans to buy Calder. \
Calder denied that it bribed officials in Ghent. Odell Freight has 14 sites in Norway, Spain and Italy."""
PLANTS = "Odell Freight has plants in Ghent and others in Maren."
SITES = "Odell Freight has 14 sites in Norway, Spain and Italy."
LUMETRA = "Lumetra reportedly plans to buy Calder."
BRIBED = "Calder denied that it bribed officials in Ghent."


@pytest.mark.parametrize(
    ("claim", "quote", "check"),
    [
        ("Odell Freight has 2 plants in Ghent and many in Maren.", PLANTS, "number"),
        ("Odell Freight has 3 sites: Norway, Spain and Italy.", SITES, "number"),
        ("Calder did not buy anything but bribed officials in Ghent.", BRIBED, "certainty"),
        ("Calder bribed no fewer than three officials in Ghent.", BRIBED, "certainty"),
        ("Calder did not deny that it bribed officials in Ghent.", BRIBED, "certainty"),
        ("Lumetra denied plans to buy Calder.", LUMETRA, "negation"),
    ],
)
def test_a_count_or_a_denial_that_the_quote_does_not_have_is_refused(claim: str, quote: str, check: str) -> None:
    assert check in checks(claim, quote, article=PORTS)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Odell Freight has plants in 2 places: Ghent and Maren.", PLANTS),
        ("Odell Freight has plants in 2 cities, Ghent and Maren.", PLANTS),
        ("Calder says it did not bribe officials in Ghent.", BRIBED),
        ("Calder denies having bribed officials in Ghent.", BRIBED),
    ],
)
def test_a_count_of_a_list_and_a_denial_in_other_words_pass(claim: str, quote: str) -> None:
    assert judge(claim, quote, article=PORTS).refusals == ()


BANK = "Bank cuts jobs\n\nGoldman Sachs cut 300 jobs in New York on Friday. It gave no reason for the cuts."
JOBS = "Goldman Sachs cut 300 jobs in New York on Friday."
BANK_ZH = "银行裁员\n\n高盛周五在纽约裁减了300个职位，涉及多个部门。"
JOBS_ZH = "高盛周五在纽约裁减了300个职位，涉及多个部门。"


@pytest.mark.parametrize(
    ("claim", "check"),
    [
        ("Goldman Sachs cut 300 jobs in New York to hide fraud.", "motive"),
        ("Goldman Sachs illegally cut 300 jobs in New York.", "motive"),
        ("Goldman Sachs cut 300 jobs in New York because of a fraud investigation.", "motive"),
        ("Goldman Sachs cut 300 jobs in New York after its chief executive was arrested.", "support"),
        ("高盛在纽约裁减了300个职位，以掩盖财务造假。", "motive"),
        ("由于总裁被警方逮捕，高盛在纽约裁减了300个职位。", "support"),
        ("Ghent", "support"),
        ("...", "support"),
        ("😀", "support"),
        ("300", "support"),
        ("大象喜欢香蕉。", "support"),
    ],
)
def test_what_is_added_to_a_quote_or_says_nothing_is_refused(claim: str, check: str) -> None:
    chinese = "高盛" in claim
    article, quote = (BANK_ZH, JOBS_ZH) if chinese else (BANK, JOBS)
    assert check in checks(claim, quote, article=article, language="zh" if chinese else "en")


PIECES = st.sampled_from(
    [
        "Odell",
        " said ",
        "$4.2 billion",
        " if ",
        " not ",
        "可能",
        "42亿元",
        "“",
        "”",
        "。",
        ". ",
        "，",
        "\n\n",
        "Inc.",
        "1",
    ]
)
# With halves of surrogate pairs, too.
CHARACTERS = st.text(max_size=8) | st.text(st.characters(min_codepoint=0xD7F0, max_codepoint=0xE010), max_size=2)
TEXTS = st.lists(PIECES | CHARACTERS, max_size=40).map("".join)


@settings(deadline=None)
@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=4), st.sampled_from(["en", "zh"]))
def test_no_text_raises_anything(article: str, claim: str, quotes: list[str], language: Language) -> None:
    check_claim(claim, [*quotes, article[5:90]], article, language)


@pytest.mark.parametrize(
    "unit", ["1", "“", "if ", "not ", "Odell said ", "A B ", "可能", "康达称，", "如果，", "。", "may. ", "¥1亿 ", "😀"]
)
def test_the_time_grows_with_the_text_and_not_faster(unit: str) -> None:
    language: Language = "zh" if any(c > "\u2e80" for c in unit) else "en"

    def work(size: int) -> None:
        text = "Title\n\n" + (unit * size)[:size]
        check_claim((unit * 300)[:600], [text[7:200]], text, language)

    check_growth(work, 1_000, 8_000)
