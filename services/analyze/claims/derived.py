"""Figures that an article does not print: our code computes them from figures that it does."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, DecimalException, localcontext

from services.analyze.claims.verdict import Refusal
from shared.model import Derived, Quantity
from shared.quantities import Mention, supports

_DIGITS = 40
_HUNDRED = Decimal(100)
# What an approximation word allows: "nearly 7" is rounded up, "over 7" down.
_ROUNDINGS = {"nearly": (ROUND_UP,), "over": (ROUND_DOWN,), "at_least": (ROUND_DOWN,), "under": (ROUND_UP,)}
_RATIOS = ("ratio", "share", "change")
_PAIRS = ("ratio", "share", "change", "difference")


def compute(op: str, inputs: Sequence[Quantity]) -> Quantity | Refusal:
    """Return the exact figure of `op` over inputs of one unit and currency.

    ratio: first by second; share: that in percent; change: from the first to the second, in percent of the first;
    difference: first less second (of shares: in points); sum: of all. A range can't be computed with.
    """
    problem = _problem(op, inputs)
    if problem is not None:
        return Refusal("derived", op, problem)
    values = [each.value for each in inputs]
    with localcontext() as context:
        context.prec = _DIGITS
        try:
            return _result(op, values, inputs[0])
        except (DecimalException, ValueError):
            return Refusal("derived", op, "the figure can't be computed: leave it out")


def derived_refusal(derived: Derived, printed: Sequence[Mention]) -> Refusal | None:
    """Say what is wrong with a derived figure, or None: its inputs are printed in the claim's quotes, its result right.

    The result is right if it is the exact figure, rounded to the digits that it shows.
    """
    for each in derived.inputs:
        if not supports(printed, _mention(each)):
            return Refusal(
                "derived", f"{each.value:f}", "no quote of this claim has this input: quote it, or leave the figure out"
            )
    exact = compute(derived.op, derived.inputs)
    if isinstance(exact, Refusal):
        return exact
    shown = derived.result
    if (shown.kind, shown.unit, shown.currency) != (exact.kind, exact.unit, exact.currency):
        return Refusal(
            "derived", f"{shown.value:f}", f"a {derived.op} of these figures is a {exact.kind}: {_plain(exact)}"
        )
    if shown.value not in _rounded(exact.value, shown):
        return Refusal("derived", f"{shown.value:f}", f"the {derived.op} of the quoted figures is {_plain(exact)}")
    return None


def _problem(op: str, inputs: Sequence[Quantity]) -> str | None:
    if op in _PAIRS and len(inputs) != 2:
        return f"a {op} is of two figures"
    if any(each.upper is not None for each in inputs):
        return "a range has no one value to compute with"
    if len({(each.kind, each.unit, each.currency) for each in inputs}) > 1:
        return "the figures have different units or currencies"
    divisor = inputs[0] if op == "change" else inputs[-1]
    if op in _RATIOS and divisor.value == 0:
        return "nothing can be divided by zero"
    return None


def _result(op: str, values: Sequence[Decimal], like: Quantity) -> Quantity:
    if op == "ratio":
        return Quantity(kind="multiple", value=_cut(values[0] / values[1]))
    if op == "share":
        return Quantity(kind="share", value=_cut(_HUNDRED * values[0] / values[1]), unit="percent")
    if op == "change":
        return Quantity(kind="share", value=_cut(_HUNDRED * (values[1] - values[0]) / values[0]), unit="percent")
    if op == "sum":
        return like.model_copy(update={"value": sum(values, Decimal(0)), "approximate": None})
    if like.kind == "share":
        return Quantity(kind="points", value=values[0] - values[1], unit="percentage_point")
    return like.model_copy(update={"value": values[0] - values[1], "approximate": None})


def _cut(value: Decimal) -> Decimal:
    """Return a value with as many digits as a Quantity has room for."""
    return value.quantize(Decimal("1e-10"), rounding=ROUND_HALF_EVEN)


def _rounded(exact: Decimal, shown: Quantity) -> tuple[Decimal, ...]:
    """Return the exact value rounded to the digits that the shown one has, as its approximation word rounds."""
    whole = shown.value == shown.value.to_integral_value()
    exponent = (shown.value.normalize() if whole else shown.value).as_tuple().exponent
    place = int(exponent)
    quantum = Decimal(1).scaleb(place)
    roundings = _ROUNDINGS.get(shown.approximate or "", (ROUND_HALF_UP, ROUND_HALF_EVEN))
    with localcontext() as context:
        context.prec = _DIGITS
        return tuple((exact / quantum).quantize(Decimal(1), rounding=each) * quantum for each in roundings)


def _plain(quantity: Quantity) -> str:
    value = quantity.value.quantize(Decimal("0.0001")).normalize()
    unit = quantity.currency or quantity.unit or ("times" if quantity.kind == "multiple" else "")
    return f"{value:f} {unit}".strip()


def _mention(quantity: Quantity) -> Mention:
    return Mention(quantity, 0, 0, "")
