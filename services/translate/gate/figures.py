"""Numbers and identifiers that the two sides don't share, by value."""

from __future__ import annotations

from collections.abc import Iterator

from services.translate.gate.finding import Finding, finding, quoted
from shared.model import Language
from shared.quantities import Difference, differences, find_mentions


def figure_problems(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give a failure for each number or identifier that is missing, added or changed."""
    target_language: Language = "zh" if source_language == "en" else "en"
    ours, theirs = find_mentions(source, source_language), find_mentions(target, target_language)
    for difference in differences(ours, theirs):
        said = difference.source.text if difference.source else ""
        written = difference.target.text if difference.target else ""
        yield finding(_check(difference), "fail", source_language, said, written, _request(said, written))


def _check(difference: Difference) -> str:
    mentions = (difference.source, difference.target)
    kinds = {mention.quantity.kind for mention in mentions if mention is not None}
    return "identifier" if kinds == {"identifier"} else "number"


def _request(said: str, written: str) -> str:
    if not written:
        return f"The source says {quoted(said)}; the translation doesn't. Add it."
    if not said:
        return f"The translation says {quoted(written)}; the source doesn't. Remove it."
    return f"The source says {quoted(said)}; the translation says {quoted(written)}. Write the source's value."
