"""What the claim checks say: refusals in words that whoever wrote the claim can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.model import Quote, Stance

ClaimCheck = Literal[
    "quote",
    "number",
    "name",
    "distance",
    "support",
    "certainty",
    "condition",
    "negation",
    "stance",
    "derived",
    "reuse",
    "based_on",
    "motive",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a claim is refused. `claim` is the fragment that is not supported, `quote` what it was compared with."""

    check: ClaimCheck
    claim: str
    why: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What the checks found. `evidence` are the quotes as the article has them, `stance` what their words show."""

    refusals: tuple[Refusal, ...]
    evidence: tuple[Quote, ...]
    stance: Stance

    @property
    def supported(self) -> bool:
        """Whether nothing speaks against the claim."""
        return not self.refusals
