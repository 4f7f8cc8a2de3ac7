"""Paraphrases and planted claims over articles of many subjects: what the checks say of each is what its writer says.

The claims were written first, in four rounds, and the rules then mended where they were wrong: this guards them, and
bench/quality measures them. `missed` marks the few that are still judged wrong; take it away where one is not.
"""

import json
from pathlib import Path

import pytest

from services.analyze.claims import check_claim, language_of

DATA = Path(__file__).parent / "data"
ARTICLES = json.loads((DATA / "articles.json").read_text(encoding="utf-8"))
CLAIMS = [json.loads(line) for line in (DATA / "claims.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("line", CLAIMS, ids=lambda line: line["claim"][:40])
def test_a_claim_is_judged_as_its_writer_judges_it(line: dict[str, object]) -> None:
    article = ARTICLES[line["article"]]
    quotes = line["quotes"]
    assert isinstance(quotes, list)
    verdict = check_claim(str(line["claim"]), quotes, article, language_of(article))
    assert verdict.supported is (line["supported"] is not line.get("missed", False)), verdict.refusals
