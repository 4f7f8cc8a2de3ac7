"""What of a document's translations the gate lets through, and what the document says of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.translate.gate import UNJUDGED, Finding, finding, judge, verdict
from shared.model import Language, LeafFidelity
from shared.names import NameSheet, sheet_conflicts

_LONGEST_FRAGMENT: Final = 160
_LONGEST_LEAF: Final = 1200
"""Code points: what a document can hold as one text (`shared.model.Text`)."""
_CONFLICT: Final = "name"


@dataclass(frozen=True, slots=True)
class Checked:
    """`texts`: the translations that are published, by leaf. `leaves`: every leaf that failed or has a warning.

    `findings`: what the gate says of each of these, for whoever repairs them.
    """

    texts: Mapping[str, str]
    leaves: tuple[LeafFidelity, ...]
    findings: Mapping[str, tuple[Finding, ...]]


def checked(leaves: Mapping[str, str], texts: Mapping[str, str], source: Language, sheet: NameSheet) -> Checked:
    """Judge every translation: one that passes is published, also with a warning; one that fails is not.

    `leaves` are the source texts by leaf, `texts` the translations of some of them.
    """
    target: Language = "zh" if source == "en" else "en"
    findings = {leaf: _judged(leaves[leaf], text, source, sheet) for leaf, text in texts.items() if leaf in leaves}
    passed = {leaf: texts[leaf] for leaf, found in findings.items() if verdict(found) != "fail"}
    for leaf, conflict in _conflicts(passed, source, target, sheet).items():
        findings[leaf] = (*findings[leaf], conflict)
        del passed[leaf]
    noted = {leaf: found for leaf, found in findings.items() if found}
    return Checked(passed, tuple(_fidelity(leaf, target, found) for leaf, found in noted.items()), noted)


def _judged(source: str, target: str, source_language: Language, sheet: NameSheet) -> tuple[Finding, ...]:
    if len(target) > _LONGEST_LEAF:
        request = f"The translation has {len(target):,} characters; at most {_LONGEST_LEAF:,} fit. Write it shorter."
        return (Finding(UNJUDGED, "fail", "", "", request),)
    return judge(source, target, source_language, sheet)


def _conflicts(texts: Mapping[str, str], source: Language, target: Language, sheet: NameSheet) -> Mapping[str, Finding]:
    """Return the texts that call something by another full name than the document does, with what is wrong."""
    found: dict[str, Finding] = {}
    for conflict in sheet_conflicts(texts, target, sheet):
        problem = conflict.problem
        found.setdefault(
            conflict.leaf, finding(_CONFLICT, "fail", source, problem.source, problem.target, problem.message)
        )
    return found


def _fidelity(leaf: str, language: Language, findings: Sequence[Finding]) -> LeafFidelity:
    """Return what the document says of a leaf: the first finding of the worst kind, with what it compared."""
    worst = next((each for each in findings if each.result == "fail"), findings[0])
    return LeafFidelity(
        leaf=leaf,
        language=language,
        state="failed" if worst.result == "fail" else "warned",
        check=worst.check,
        detail=" / ".join(part[:_LONGEST_FRAGMENT] for part in (worst.en, worst.zh) if part) or None,
    )
