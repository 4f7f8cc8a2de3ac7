"""Derived figures are computed by our code; one sentence serves two claims."""

from decimal import Decimal

import pytest

from services.analyze.claims import ArticleText, QuoteFinder, Refusal, SentenceUses, check_claim, compute
from shared.model import Derived, Quantity, QuantityKind, Quote
from shared.names import shipped_terms

TEXT = """Jobs move to Tessaly

About 320 of the 410 workers will be offered jobs there. Sales rose to $3.1 billion from $2.8 billion. \
The margin fell to 4.1% from 5.6%. Nothing else is known."""
JOBS = "About 320 of the 410 workers will be offered jobs there."
SALES = "Sales rose to $3.1 billion from $2.8 billion."


def count(value: str) -> Quantity:
    return Quantity(kind="count", value=Decimal(value))


def money(value: str) -> Quantity:
    return Quantity(kind="amount", value=Decimal(value), currency="USD")


def percent(value: str, kind: QuantityKind = "share") -> Quantity:
    return Quantity(kind=kind, value=Decimal(value), unit="percent" if kind == "share" else "percentage_point")


@pytest.mark.parametrize(
    ("op", "inputs", "expected"),
    [
        ("share", [count("320"), count("400")], percent("80")),
        ("ratio", [money("3"), money("2")], Quantity(kind="multiple", value=Decimal("1.5"))),
        ("difference", [money("3.1"), money("2.8")], money("0.3")),
        ("difference", [percent("4.1"), percent("5.6")], percent("-1.5", "points")),
        ("sum", [money("1"), money("2"), money("3")], money("6")),
        ("change", [money("2"), money("3")], percent("50")),
    ],
)
def test_figures_are_computed_exactly(op: str, inputs: list[Quantity], expected: Quantity) -> None:
    assert compute(op, inputs) == expected


@pytest.mark.parametrize(
    ("op", "inputs"),
    [
        ("ratio", [money("3"), money("0")]),
        ("change", [money("0"), money("3")]),
        ("share", [money("3"), count("4")]),
        ("share", [money("3")]),
        ("difference", [money("3"), money("2"), money("1")]),
        ("ratio", [Quantity(kind="count", value=Decimal(1), upper=Decimal(2)), count("2")]),
    ],
)
def test_what_can_not_be_computed_is_refused(op: str, inputs: list[Quantity]) -> None:
    assert isinstance(compute(op, inputs), Refusal)


@pytest.mark.parametrize(
    ("claim", "quote", "derived", "passes"),
    [
        (
            "78% of the workers get offers.",
            JOBS,
            ("share", [count("320"), count("410")], percent("78")),
            True,
        ),
        (
            "78.0% of the workers get offers.",
            JOBS,
            ("share", [count("320"), count("410")], percent("78.0")),
            True,
        ),
        (
            "79% of the workers get offers.",
            JOBS,
            ("share", [count("320"), count("410")], percent("79")),
            False,
        ),
        (
            "78% of the workers get offers.",
            JOBS,
            ("share", [count("312"), count("400")], percent("78")),
            False,
        ),
        (
            "Sales rose by $300 million.",
            SALES,
            ("difference", [money("3100000000"), money("2800000000")], money("300000000")),
            True,
        ),
        ("Sales rose 11%.", SALES, ("change", [money("2800000000"), money("3100000000")], percent("11")), True),
        ("Sales rose 12%.", SALES, ("change", [money("2800000000"), money("3100000000")], percent("12")), False),
    ],
)
def test_a_derived_figure_passes_only_as_our_code_computes_it(
    claim: str, quote: str, derived: tuple[str, list[Quantity], Quantity], passes: bool
) -> None:
    op, inputs, result = derived
    figure = Derived.model_validate({"op": op, "inputs": tuple(inputs), "result": result})
    verdict = check_claim(claim, [quote], TEXT, "en", derived=figure)
    assert verdict.supported is passes, verdict.refusals
    assert check_claim(claim, [quote], TEXT, "en").supported is False


def test_a_sentence_serves_two_claims_and_no_third() -> None:
    article = ArticleText(TEXT, "en", shipped_terms())
    finder = QuoteFinder(TEXT, "en")
    jobs, sales = finder.find(JOBS), finder.find(SALES)
    assert isinstance(jobs, Quote)
    assert isinstance(sales, Quote)
    uses = SentenceUses(article)
    claims = {"summary.0": [jobs], "tldr.0": [sales], "tldr.1": [jobs], "tldr.2": [jobs, sales]}
    refused = {claim: refusal for claim, quotes in claims.items() if (refusal := uses.take(claim, quotes)) is not None}
    assert list(refused) == ["tldr.2"]
    assert refused["tldr.2"].check == "reuse"
