"""What the claim checks cost: claims a second of CPU time, with articles read before and with a new one for each claim.

    python -m bench.claims

The claims are those of bench/quality, supported and planted, in both languages.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.figures import machine, table
from services.analyze.claims import ArticleText, check_claim
from shared.model import Language
from shared.names import shipped_terms

CLAIMS = Path(__file__).parent / "quality" / "claims.jsonl"
ROUNDS = 5


class _Line(NamedTuple):
    article: str
    language: Language
    claim: str
    quotes: tuple[str, ...]


def lines() -> list[_Line]:
    """Return the claims with their articles."""
    found = map(json.loads, CLAIMS.read_text(encoding="utf-8").splitlines())
    return [_Line(each["article"], each["language"], each["claim"], tuple(each["quotes"])) for each in found]


def rate(work: Callable[[], object], count: int) -> str:
    """Return how many of `count` claims are done a second, of CPU time, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return f"{count / best:,.0f}"


def main() -> None:
    """Print the table."""
    claims = lines()
    terms = shipped_terms()
    read = {line.article: ArticleText(line.article, line.language, terms) for line in claims}

    def known() -> None:
        for line in claims:
            check_claim(line.claim, line.quotes, read[line.article], line.language)

    def new() -> None:
        for line in claims:
            check_claim(line.claim, line.quotes, ArticleText(line.article, line.language, terms), line.language)

    print(f"{machine()}; {len(claims)} claims of {len(read)} articles\n")
    rows = [("the articles read before", rate(known, len(claims))), ("a new article each", rate(new, len(claims)))]
    print(table(("claims a second", "one core"), rows))


if __name__ == "__main__":
    main()
