"""What a translation engine is: one call, with the gate at hand to ask.

An engine may ask the gate what it says of a text; whether the text is published is decided after the engine is done,
by `services.translate.fidelity` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.translate.gate import Finding
from shared.engine import Lease
from shared.llm import Gap
from shared.model import EngineRun, Language, Segment
from shared.names import NameSheet

Review = Callable[[Mapping[str, str]], Mapping[str, tuple[Finding, ...]]]
"""What the gate says of translations by leaf, taken together as one document; a leaf that passes is not in it."""


@dataclass(frozen=True, slots=True)
class TranslationContext:
    """What an engine may read and must not translate.

    `names`: leaves that are nothing but a name or a set term, with the form in the target language. `sheet`: the
    document's names, for those inside of sentences. `review`: the gate.
    """

    article_id: str
    title: str
    source: Language
    target: Language
    names: Mapping[str, str]
    sheet: NameSheet
    review: Review


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Whether a model finds `text` faithful, which the gate fails for the words that it lacks or has; and why."""

    text: str
    faithful: bool
    reason: str
    model: str


@dataclass(frozen=True, slots=True)
class TranslationResult:
    """Texts by segment id. A segment that is not in `texts` is not translated yet; it stays pending.

    `opinions`: by segment id, of texts that the gate fails. `gaps`: why a pending segment has no text, where that is
    known.
    """

    texts: Mapping[str, str]
    run: EngineRun
    opinions: Mapping[str, SecondOpinion] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)


class TranslationEngine(Protocol):
    """Translates the text leaves of one analysis. Raises what the stage runtime understands (shared/errors.py)."""

    async def translate(
        self, segments: Sequence[Segment], context: TranslationContext, work: Lease
    ) -> TranslationResult:
        """Translate the segments that the engine can translate faithfully, and no other ids.

        `segments` are all text leaves in the order of the page, so that each stands between its neighbours.
        """
        ...
