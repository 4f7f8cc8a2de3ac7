"""`diglot eval claims`: the claim checks over lines of `{"id", "article", "claim", "quotes"}`."""

from __future__ import annotations

from cli.evaluate.lines import Check, Line, Outcome, Readable, outcome, parse, unreadable
from services.analyze.claims import Refusal, check_claim, language_of
from shared.model import Language


class _Claim(Readable):
    article: str
    claim: str
    quotes: list[str]
    language: Language | None = None


def judge_line(line: Line) -> Outcome:
    """Return what the claim checks say of a line; an article of no language has that of its script."""
    try:
        given = _Claim.model_validate(parse(line))
    except ValueError as error:
        return unreadable(line, error, "claim", "quote")
    language = given.language or language_of(given.article)
    verdict = check_claim(given.claim, given.quotes, given.article, language)
    return outcome(given.id, [_check(each) for each in verdict.refusals])


def _check(refusal: Refusal) -> Check:
    return Check.model_validate(
        {
            "check": refusal.check,
            "result": "fail",
            "claim": refusal.claim,
            "quote": refusal.quote,
            "why": refusal.why,
        }
    )
