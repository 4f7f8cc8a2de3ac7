"""Whether a claim is as certain as its quotes: hedges, conditions and negations that govern what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.analyze.claims.article import Statement
from services.analyze.claims.content import Word
from services.analyze.claims.marks import HEDGES, Class, Mark, denials, is_past, keeps, may_deny
from services.analyze.claims.verdict import ClaimCheck, Refusal
from shared.model import Stance
from shared.quantities import Mention, supports

# From less certain on, as the offline engine proposes them.
_CERTAINTY: Final[tuple[Stance, ...]] = ("alleged", "possible", "reported", "denied", "planned", "stated")
_STANCES: Final[dict[Class, Stance]] = {
    "accusation": "alleged",
    "possible": "possible",
    "hearsay": "reported",
    "denied": "denied",
    "intended": "planned",
    "promised": "planned",
}
# A claim that says so much of what a mark governs, of its words and numbers, says it with the mark or is refused.
_LEAST_GOVERNED = 0.3
# Without the verb that the mark stands before it must be more.
_OF_VERBS: Final[tuple[Class, ...]] = ("possible", "intended", "promised")
_LEAST_WITHOUT_HEAD = 0.4


def certainty_refusals(claim: Statement, quoted: Sequence[Statement], stance: Stance | None) -> Iterator[Refusal]:
    """Refuse a claim that is more certain than its quotes, or lacks their condition or negation.

    `stance`: what the page says beside the claim; None: its words alone must say it.
    """
    seen: set[str] = set()
    for sentence, mark in _governing(claim, quoted):
        kept = keeps(claim.masked, mark.of, claim.language, _plain(mark, sentence))
        if mark.of in seen or (kept and (mark.of != "denied" or _is_denied(claim, mark, sentence))):
            continue
        if mark.of == "promised" and claim.language == "en" and not _asserts(claim, sentence, mark):
            continue
        if mark.of in HEDGES and stance is not None and weaker(stance, _STANCES[mark.of]) == stance:
            continue
        seen.add(mark.of)
        yield Refusal(_CHECKS.get(mark.of, "certainty"), claim.text, _WHY[mark.of].format(mark.text), sentence.text)
    invented = next((mark for mark in claim.marks if mark.of == "denied"), None)
    if invented is not None and not any(_may_be_denied(sentence) for sentence in quoted):
        why = f"the claim says “{invented.text}”, nobody in its quote denies anything: say what the quote says"
        yield Refusal("negation", claim.text, why, " ".join(sentence.text for sentence in quoted))
    if not any(may_deny(sentence.text, claim.language) for sentence in quoted):
        for mark in [mark for mark in claim.marks if mark.of == "negation" and _is_of(mark, claim, quoted)][:1]:
            why = f"the claim says “{mark.text}”, its quote denies nothing: say what the quote says"
            yield Refusal("negation", claim.text, why, " ".join(sentence.text for sentence in quoted))


def _is_denied(claim: Statement, mark: Mark, sentence: Statement) -> bool:
    """Say whether a claim denies what its quote denies: with such a verb, or with a negation of the same words."""
    negations = [each for each in claim.marks if each.of == "negation"]
    verbs = denials(claim.masked, claim.language)
    if any(not any(_covers(each, verb) for each in negations) for verb in verbs):
        return True  # "did not deny" denies nothing
    within = frozenset(key for word in sentence.words if _covers(mark, word.start) for key in word.keys)
    matched = [word for word in claim.words if not within.isdisjoint(word.keys)]
    return any(_covers(each, word.start) for each in negations for word in matched)


def _may_be_denied(sentence: Statement) -> bool:
    return bool(denials(sentence.masked, sentence.language)) or may_deny(sentence.text, sentence.language)


def stance_of_claim(claim: Statement, quoted: Sequence[Statement]) -> Stance:
    """Return the stance of what the claim says, as its quotes hedge it: the least certain."""
    found: Stance = "stated"
    for _, mark in _governing(claim, quoted):
        if mark.of in HEDGES:
            found = weaker(found, _STANCES[mark.of])
    return found


def weaker(one: Stance, other: Stance) -> Stance:
    """Return the less certain of two stances: an engine may weaken what our code proposes, never raise it."""
    return min(one, other, key=_CERTAINTY.index)


_CHECKS: dict[Class, ClaimCheck] = {"condition": "condition", "negation": "negation"}
_WHY: dict[Class, str] = {
    "hearsay": "the quote only passes this on (“{}”): say so in the claim, or leave it out",
    "accusation": "the quote has this as an accusation (“{}”): say so in the claim, or leave it out",
    "possible": "the quote says that this may be (“{}”), the claim that it is: keep the doubt",
    "intended": "the quote says that this is planned (“{}”), the claim that it is or will be: keep the plan",
    "promised": "the quote says that this is to come (“{}”), the claim that it is: keep the future",
    "denied": "the quote has someone deny this (“{}”): say who denies it",
    "condition": "the quote says this only under a condition (“{}”): keep the condition",
    "negation": "the quote says that this is not so (“{}”): keep the negation",
}


def _plain(mark: Mark, sentence: Statement) -> str:
    """Return what a sentence says without its marks; in Chinese of hearsay only, elsewhere single characters match."""
    if mark.of not in (("hearsay", "accusation") if sentence.language == "zh" else HEDGES):
        return ""
    text = sentence.masked
    for each in sentence.marks:
        text = f"{text[: each.start]}{' ' * (each.end - each.start)}{text[each.end :]}"
    return _SPEECH.sub(" ", text)


# Who is quoted says so in the claim, too.
_SPEECH = re.compile(r"\b(?:said|says|say|told)\b|表示|称|说|透露|人士")


def _governing(claim: Statement, quoted: Sequence[Statement]) -> Iterator[tuple[Statement, Mark]]:
    """Give the marks of the quotes that govern what the claim says, each with its sentence."""
    for sentence in quoted:
        for mark in sentence.marks:
            if _governs(mark, sentence, quoted, claim):
                yield sentence, mark


def _governs(mark: Mark, sentence: Statement, quoted: Sequence[Statement], claim: Statement) -> bool:
    """Say whether what a mark governs is what the claim says, and nothing outside of it says the same."""
    inside = [word for word in sentence.words if _covers(mark, word.start)] or _beside(mark, sentence)
    places = {word.start for word in inside}
    outside = [word for word in sentence.words if word.start not in places]
    within = frozenset(key for word in inside for key in word.keys)
    other = frozenset(key for word in outside for key in word.keys)
    other |= frozenset(key for each in quoted if each is not sentence for key in each.keys)
    matched = [word for word in claim.words if not within.isdisjoint(word.keys)]
    only = [word for word in matched if other.isdisjoint(word.keys)]
    figures = [n for n in sentence.numbers if _covers(mark, n.start)]
    numbers = sum(supports(figures, number) for number in claim.numbers) if figures else 0
    if not only and not numbers:
        return False
    total = len(claim.words) + len(claim.numbers)
    if numbers and not _supported(claim, [n for n in sentence.numbers if not _covers(mark, n.start)]):
        return True
    head = bool(inside) and any(not inside[0].keys.isdisjoint(word.keys) for word in only)
    if mark.text.lower() == "whether":
        return head
    if mark.of in _OF_VERBS and not numbers:
        return head or len(only) > _LEAST_WITHOUT_HEAD * total
    return head or (len(only) + numbers) >= max(1.0, _LEAST_GOVERNED * total)


def _beside(mark: Mark, sentence: Statement) -> list[Word]:
    """Return the words of a mark's segment, for one that stands before none: "Doctors may be next"."""
    segment = next((each for each in reversed(sentence.segments) if each.start <= mark.start), None)
    found = [w for w in sentence.words if segment is not None and segment.start <= w.start < segment.end]
    return found or list(sentence.words)


def _supported(claim: Statement, figures: Sequence[Mention]) -> bool:
    return bool(figures) and any(supports(figures, number) for number in claim.numbers)


# "left homes without power" says what "cut power" says.
_NO_VERB = frozenset({"without", "无", "none", "nothing"})


def _is_of(mark: Mark, claim: Statement, quoted: Sequence[Statement]) -> bool:
    """Say whether what a claim denies is what its quotes say."""
    if mark.text.lower() in _NO_VERB:
        return False
    denied = [word for word in claim.words if _covers(mark, word.start)]
    return not denied or any(not sentence.keys.isdisjoint(denied[0].keys) for sentence in quoted)


def _asserts(claim: Statement, sentence: Statement, mark: Mark) -> bool:
    """Say whether an English claim has what is to come as done, or as a plain present: "has cut", not "cutting"."""
    if is_past(claim.masked):
        return True
    head = next((word.keys for word in sentence.words if _covers(mark, word.start)), frozenset[str]())
    said = [word.text.lower() for word in claim.words if not head.isdisjoint(word.keys)]
    return not any(word.endswith(("ing", "ment", "tion", "ure")) for word in said)


def _covers(mark: Mark, at: int) -> bool:
    return any(start <= at < end for start, end in mark.governs)
