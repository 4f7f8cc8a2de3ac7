"""What a fact calls those it is about."""

from services.publish.leaves import names_of, pair_of
from shared.model import Analysis, Claim, Fact, KeyDatum, Pair, Party, Quantity, Quote

HUAWEI = Quantity.model_validate({"kind": "amount", "value": 800_000_000_000, "currency": "CNY"}, strict=False)


def test_a_fact_is_named_by_its_row_where_the_article_has_no_entities() -> None:
    fact = Fact(parties=(Party(entity="huawei", name="华为"),), measure="revenue", quantity=HUAWEI)
    info = Claim[Pair](id="key_data.0.info", text=fact, evidence=(Quote(quote="华为营收", start=0, end=4),))
    row = KeyDatum[Pair](entity=Pair(en="Huawei", zh="华为"), info=info, metric=HUAWEI)
    analysis = Analysis[Pair](language="zh", title=Pair(zh="华为"), key_data=(row,))
    assert pair_of(fact, names_of(analysis)) == Pair(en="Huawei: revenue 800 billion yuan", zh="华为：营收8000亿元")
