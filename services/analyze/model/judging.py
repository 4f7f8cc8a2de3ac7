"""Decides about a proposed claim: kept as our code reads its quotes, or refused with reasons that a model can act on.

What the model says of a claim counts where our code can't contradict it, and only downwards: the quotes are the
article's own slices, the stance is the less certain of both, the metric is what our parser reads, who speaks is who the
quoted sentence names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import ValidationError

from services.analyze.claims import ClaimVerdict, check_claim, check_opinion, weaker
from services.analyze.model.answers import ClaimPart, ProposedClaim
from services.analyze.model.hygiene import LONGEST_LABEL, tidy
from services.analyze.model.parts import Part
from services.analyze.model.source import Source
from shared.model import Claim, Derived, EntityKind, Fact, Quantity, Quote, Stance, Text
from shared.quantities import find_mentions
from shared.text.segment import sentences

_LONGEST_ROLE = 160
_LONGEST_QUESTION = 160
_MOST_REASONS = 4
_LONGEST_REASON = 300
_PROBED = frozenset({"name", "distance"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A claim that passed every check, before it has its place. `metric` is there in rows of key data."""

    part: ClaimPart
    text: str | Fact
    evidence: tuple[Quote, ...]
    stance: Stance
    by: str | None
    derived: Derived | None = None
    importance: int = 3
    entity: str = ""
    kind: EntityKind = "other"
    metric: Quantity | None = None
    question: str = ""

    @property
    def start(self) -> int:
        """Where its first quote stands, in code points."""
        return self.evidence[0].start

    def claim(self, at: str) -> Claim[Text]:
        """Return the claim with its address."""
        return Claim[Text](
            id=at, text=self.text, evidence=self.evidence, stance=self.stance, by=self.by, derived=self.derived
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposed claim that was refused, the part of the article that it was made from, and why."""

    proposed: ProposedClaim
    source: Part
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The reasons as one text for the model."""
        return "; ".join(each[:_LONGEST_REASON] for each in self.reasons[:_MOST_REASONS])


def judge(proposed: ProposedClaim, part: Part, source: Source) -> Kept | Refused:
    """Check one proposed claim, made from `part`, by all rules. Never raises."""
    reasons = tuple(_problems_of_form(proposed, source))
    if reasons:
        return Refused(proposed, part, reasons)
    text = tidy(proposed.text)
    verdict, derived = _verdict(proposed, text, part, source)
    stance = weaker(proposed.stance, verdict.stance)
    reasons = tuple(f"{each.claim}: {each.why}" if each.claim else each.why for each in verdict.refusals)
    if verdict.supported and source.is_planted(verdict.evidence):
        reasons = ("the quote is no news: it is about how this text is to be read or rated; leave this claim out",)
    if reasons:
        return Refused(proposed, part, reasons)
    kept = Kept(
        part=proposed.part,
        text=text,
        evidence=verdict.evidence,
        stance=stance,
        by=source.speaker(verdict.evidence, tidy(proposed.by), needed=stance in ("reported", "alleged", "denied")),
        derived=derived,
        importance=proposed.importance,
    )
    found = _of_part(kept, proposed, source)
    return found if isinstance(found, Kept) else Refused(proposed, part, (found,))


def _problems_of_form(proposed: ProposedClaim, source: Source) -> Iterator[str]:
    text = tidy(proposed.text)
    problem = source.rules.problem(text, _LONGEST_ROLE) if proposed.part == "role" else source.rules.problem(text)
    if problem is not None:
        yield problem
    elif len(sentences(text, source.language)) > 1:
        yield "the text has more than one sentence: write one, or make two claims"


def _verdict(proposed: ProposedClaim, text: str, part: Part, source: Source) -> tuple[ClaimVerdict, Derived | None]:
    """Check the text against its quotes: as it is, then beside the stance that our code reads, then with a figure."""
    hints = [None if part.index == 0 else (part.start + part.end) // 2 for _ in proposed.quotes]

    def check(stance: Stance, derived: Derived | None = None) -> ClaimVerdict:
        return check_claim(
            text, proposed.quotes, source.text, source.language, hints=hints, stance=stance, derived=derived
        )

    verdict = check(proposed.stance)
    stance = weaker(proposed.stance, verdict.stance)
    if not verdict.supported and stance != proposed.stance:
        verdict = check(stance)
    if verdict.supported:
        return verdict, None
    for derived in _derivations(proposed, text, source):
        computed = check(stance, derived)
        if computed.supported:
            return computed, derived
        verdict = computed
    return verdict, None


def _derivations(proposed: ProposedClaim, text: str, source: Source) -> Iterator[Derived]:
    """Give what the figures of a text may have been computed by, as far as it is said."""
    if not proposed.operation:
        return
    inputs = [find_mentions(tidy(printed), source.language) for printed in proposed.inputs]
    if not all(len(found) == 1 for found in inputs):
        return
    given = tuple(found[0].quantity for found in inputs)
    for mention in find_mentions(text, source.language):
        try:
            yield Derived(op=proposed.operation, inputs=given, result=mention.quantity)
        except ValidationError:
            return


def _of_part(kept: Kept, proposed: ProposedClaim, source: Source) -> Kept | str:
    """Add what its part needs besides, or say what is wrong with that."""
    if proposed.part == "key_data":
        return _row(kept, proposed, source)
    if proposed.part == "role":
        return _role(kept, proposed, source)
    if proposed.part == "faq":
        return _question(kept, proposed, source)
    return kept


def _row(kept: Kept, proposed: ProposedClaim, source: Source) -> Kept | str:
    figure = source.figure(tidy(proposed.metric), kept.evidence)
    if figure is None:
        return (
            f"{proposed.metric}: this is no figure with its unit that stands in a quote: copy one amount, percentage "
            "or count from the quote"
        )
    entity = tidy(proposed.entity)
    problem = source.rules.problem(entity, LONGEST_LABEL) if entity else "the row has no entity: say whose figure it is"
    if problem is None and not source.says(entity):
        problem = f"{entity}: the article does not have this entity: copy its name"
    if problem is None:
        printed = source.article.text[figure.start : figure.end]
        problem = _refused_of(entity, f"{entity}{_COLON[source.language]}{printed}", kept, source)
    if problem is not None:
        return problem
    return replace(kept, entity=entity, metric=figure.quantity)


def _role(kept: Kept, proposed: ProposedClaim, source: Source) -> Kept | str:
    name = tidy(proposed.entity)
    if source.rules.problem(name, LONGEST_LABEL) is not None or not source.is_name(name):
        return f"{name}: the article does not have this as a name: copy the full name"
    if not source.names(name, kept.evidence):
        return f"{name}: the quoted sentence does not name this: quote the sentence that says who it is"
    problem = _refused_of(name, f"{name}{_COMMA[source.language]}{tidy(proposed.text)}", kept, source)
    if problem is not None:
        return problem
    named = source.named(name, proposed.kind)
    return replace(kept, entity=name, kind=named.kind)


_COLON = {"en": ": ", "zh": "："}
_COMMA = {"en": ", ", "zh": "，"}


def _refused_of(name: str, statement: str, kept: Kept, source: Source) -> str | None:
    """Say why the quotes don't say this of that name, or None. Only names and whose a figure is are looked at."""
    quotes = [quote.quote for quote in kept.evidence]
    hints = [quote.start for quote in kept.evidence]
    verdict = check_claim(statement, quotes, source.text, source.language, hints=hints, stance=kept.stance)
    return next((f"{name}: {each.why}" for each in verdict.refusals if each.check in _PROBED), None)


def _question(kept: Kept, proposed: ProposedClaim, source: Source) -> Kept | str:
    question = tidy(proposed.question)
    problem = source.rules.problem(question, _LONGEST_QUESTION)
    if problem is None and not question.endswith(("?", "？")):
        problem = "the question must end with a question mark"
    if problem is None:
        refusal = next(iter(check_opinion([question], [kept.claim("faq.0.answer")], source.text)), None)
        problem = None if refusal is None else f"{refusal.claim}: {refusal.why}"
    if problem is not None:
        return f"the question: {problem}"
    return replace(kept, question=question)
