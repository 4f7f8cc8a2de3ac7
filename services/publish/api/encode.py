"""Makes the JSON of documents and lists, as bytes. What `schemas` describes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from services.publish.leaves import names_of, pair_of
from services.publish.library import Reading, Span
from services.publish.shelf import Shelf
from shared.model import Analysis, Content, Fact, HotCard, Language, LeafFidelity, Pair, hot_value

Lang = Literal["both", "en", "zh"]
_Json = dict[str, Any]

# Stands where the hot score goes, which is another one each time that it is read. As a value after a key it can't come
# from a text: there its quotation marks are escaped.
_HOT: Final = "hot"
_HOT_FIELD: Final = b'"value":"hot"'


@dataclass(frozen=True, slots=True)
class Encoded:
    """A document as JSON, but for its hot score. `change` is the number of the document that it was made of."""

    change: int
    head: bytes
    tail: bytes
    hot_base: float
    hot_since: int

    def at(self, now: int) -> bytes:
        """Return the JSON at `now` (ms)."""
        return b'%s"value":%s%s' % (self.head, _score(hot_value(self.hot_base, self.hot_since, now)), self.tail)

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, roughly."""
        return len(self.head) + len(self.tail)


def encode_document(reading: Reading, content: Content, lang: Lang) -> Encoded:
    """Return the JSON of a document; `content` is its content, which is not null."""
    analysis = content.analysis
    fields: _Json = reading.document.model_dump(mode="json", exclude={"content", "retraction"})
    fields |= content.model_dump(mode="json", exclude={"analysis"})
    fields["lang"] = lang
    fields["text"] = reading.text
    if lang == "both":
        fields["analysis"] = _in_both(analysis)
    else:
        fields["analysis"] = _in_one(analysis, lang)
        fields["fidelity"]["leaves"] = [gap.model_dump(mode="json") for gap in _gaps(content, lang)]
    _withhold(_claims(fields["analysis"]), reading.quotable)
    for card in fields["scores"].values():
        _withhold(card["components"], reading.quotable)
    hot: HotCard = content.scores.hot
    fields["scores"]["hot"]["value"] = _HOT
    head, _, tail = orjson.dumps(fields).partition(_HOT_FIELD)
    return Encoded(reading.document.change, head, tail, hot.base, hot.since)


def encode_list(shelf: Shelf, ids: Sequence[str], following: str | None, now: int) -> bytes:
    """Return the JSON of one page of cards at `now` (ms)."""
    items = b",".join(b'%s,"hot":%s}' % (shelf.card(i)[:-1], _score(shelf.hot(i, now))) for i in ids)
    return b'{"items":[%s],"next":%s}' % (items, orjson.dumps(following))


def _score(value: float) -> bytes:
    # One digit is what the rubric can tell apart, and it lets an answer stay the same for minutes.
    return orjson.dumps(round(value, 1))


def _in_both(analysis: Analysis[Pair]) -> _Json:
    fields: _Json = analysis.model_dump(mode="json")
    names = names_of(analysis)
    for claim, found in zip(analysis.claims(), _claims(fields), strict=True):
        if isinstance(claim.text, Fact):
            found["text"] = {**pair_of(claim.text, names).model_dump(), "fact": found["text"]}
    return fields


def _in_one(analysis: Analysis[Pair], language: Language) -> _Json:
    other: Language = "zh" if language == "en" else "en"
    fields: _Json = analysis.map(lambda _, leaf: leaf.get(language) or leaf.get(other) or "", str).model_dump(
        mode="json"
    )
    names = names_of(analysis)
    for claim, found in zip(analysis.claims(), _claims(fields), strict=True):
        if isinstance(claim.text, Fact):
            found["text"] = pair_of(claim.text, names).get(language)
    return fields


def _gaps(content: Content, language: Language) -> list[LeafFidelity]:
    """The leaves that stand in the article's own language; also those that no engine has listed."""
    listed = [leaf for leaf in content.fidelity.leaves if leaf.language == language]
    known = {leaf.leaf for leaf in listed}
    missing = [at for at, leaf in content.analysis.leaves().items() if leaf.get(language) is None and at not in known]
    return listed + [LeafFidelity(leaf=at, language=language, state="pending") for at in missing]


def _claims(analysis: _Json) -> list[_Json]:
    """The claims in the JSON of an analysis, in the order of `Analysis.claims`."""
    return [
        *analysis["summary"],
        *analysis["tldr"],
        *(row["info"] for row in analysis["key_data"]),
        *(entity["role"] for entity in analysis["entities"] if entity["role"] is not None),
        *(question["answer"] for question in analysis["faq"]),
    ]


def _withhold(owners: Sequence[_Json], quotable: frozenset[Span]) -> None:
    for owner in owners:
        for quote in owner["evidence"]:
            if (quote["start"], quote["end"]) not in quotable:
                quote["quote"] = None
