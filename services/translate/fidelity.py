"""What of a document's translations the gate lets through, and what the document says of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.translate.engine import SecondOpinion
from services.translate.gate import OF_WORDS, UNJUDGED, Finding, additions, finding, judge, verdict
from shared.model import Language, LeafFidelity
from shared.names import NameSheet, sheet_conflicts

_LONGEST_FRAGMENT: Final = 160
_LONGEST_BESIDE_OPINION: Final = 80
_LONGEST_DETAIL: Final = 400
_LONGEST_LEAF: Final = 1200
"""Code points: what a document can hold as one text (`shared.model.Text`)."""
_CONFLICT: Final = "name"


@dataclass(frozen=True, slots=True)
class Checked:
    """`texts`: the translations that are published, by leaf. `leaves`: every leaf that failed or has a warning.

    `findings`: what the gate says of each of these.
    """

    texts: Mapping[str, str]
    leaves: tuple[LeafFidelity, ...]
    findings: Mapping[str, tuple[Finding, ...]]


class DocumentGate:
    """The gate for one document, which looks at each translation and at all of them together.

    A pair is judged once, however often it is asked for: engines ask before the document is made.
    """

    def __init__(self, leaves: Mapping[str, str], source: Language, sheet: NameSheet) -> None:
        """Make the gate of a document; `leaves` are its source texts by leaf."""
        self._leaves = leaves
        self._source = source
        self._target: Language = "zh" if source == "en" else "en"
        self._sheet = sheet
        self._judged: dict[tuple[str, str], tuple[Finding, ...]] = {}

    def findings(self, texts: Mapping[str, str]) -> Mapping[str, tuple[Finding, ...]]:
        """Return what is wrong with translations, by leaf; those without a finding are left out."""
        return self._document(texts, {})[1]

    def checked(self, texts: Mapping[str, str], opinions: Mapping[str, SecondOpinion] | None = None) -> Checked:
        """Judge every translation: one that passes is published, also with a warning; one that fails is not.

        A second opinion counts for the text that it is of, and only where all that fails is words
        (`services.translate.gate.OF_WORDS`): then the text is published with a warning.
        """
        asked = {leaf: each for leaf, each in (opinions or {}).items() if texts.get(leaf) == each.text}
        passed, noted = self._document(texts, asked)
        leaves = tuple(
            _fidelity(leaf, self._target, found, asked.get(leaf), is_shown=leaf in passed)
            for leaf, found in noted.items()
        )
        return Checked(passed, leaves, noted)

    def _document(
        self, texts: Mapping[str, str], opinions: Mapping[str, SecondOpinion]
    ) -> tuple[dict[str, str], dict[str, tuple[Finding, ...]]]:
        """Return the texts that are published, and the findings of all."""
        findings = {leaf: self._findings(leaf, text) for leaf, text in texts.items() if leaf in self._leaves}
        passed = {
            leaf: texts[leaf]
            for leaf, found in findings.items()
            if verdict(found) != "fail" or _is_overruled(found, opinions.get(leaf))
        }
        for leaf, conflict in self._conflicts(passed).items():
            findings[leaf] = (*findings[leaf], conflict)
            del passed[leaf]
        return passed, {leaf: found for leaf, found in findings.items() if found}

    def _findings(self, leaf: str, text: str) -> tuple[Finding, ...]:
        if (leaf, text) not in self._judged:
            self._judged[leaf, text] = _judged(self._leaves[leaf], text, self._source, self._sheet)
        return self._judged[leaf, text]

    def _conflicts(self, texts: Mapping[str, str]) -> Mapping[str, Finding]:
        """Return the texts that call something by another full name than the document does, with what is wrong."""
        found: dict[str, Finding] = {}
        for conflict in sheet_conflicts(texts, self._target, self._sheet):
            problem = conflict.problem
            found.setdefault(
                conflict.leaf, finding(_CONFLICT, "fail", self._source, problem.source, problem.target, problem.message)
            )
        return found


def is_of_words(findings: Sequence[Finding]) -> bool:
    """Say whether there are failures, and all of them are of words: what a second opinion may overrule."""
    fails = [each.check for each in findings if each.result == "fail"]
    return bool(fails) and OF_WORDS.issuperset(fails)


def _is_overruled(findings: Sequence[Finding], opinion: SecondOpinion | None) -> bool:
    return opinion is not None and opinion.faithful and is_of_words(findings)


def _judged(source: str, target: str, source_language: Language, sheet: NameSheet) -> tuple[Finding, ...]:
    if len(target) > _LONGEST_LEAF:
        request = f"The translation has {len(target):,} characters; at most {_LONGEST_LEAF:,} fit. Write it shorter."
        return (Finding(UNJUDGED, "fail", "", "", request),)
    found = judge(source, target, source_language, sheet)
    if any(each.check == UNJUDGED for each in found):
        return found
    return (*found, *additions(source, target, source_language))


def _fidelity(
    leaf: str, language: Language, findings: Sequence[Finding], opinion: SecondOpinion | None, *, is_shown: bool
) -> LeafFidelity:
    """Return what the document says of a leaf: the first finding of the worst kind, with what it compared."""
    worst = next((each for each in findings if each.result == "fail"), findings[0])
    longest = _LONGEST_FRAGMENT if opinion is None else _LONGEST_BESIDE_OPINION
    parts = [part[:longest] for part in (worst.en, worst.zh) if part]
    if opinion is not None:
        answer = "faithful" if opinion.faithful else "not faithful"
        parts.append(f"second opinion ({opinion.model[:_LONGEST_BESIDE_OPINION]}): {answer}. {opinion.reason}")
    return LeafFidelity(
        leaf=leaf,
        language=language,
        state="warned" if is_shown else "failed",
        check=worst.check,
        detail=" / ".join(parts)[:_LONGEST_DETAIL] or None,
    )
