"""A published document in the terminal: one language, or both side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.client import parse
from cli.terminal import clean
from shared.model import (
    Analysis,
    Claim,
    Fact,
    Fidelity,
    Instant,
    Language,
    LeafFidelity,
    Model,
    Pair,
    Part,
    Provenance,
    Scores,
    SourceCredit,
    format_instant,
)
from shared.quantities.render import render_fact, render_quantity, render_stance
from shared.vocabulary import absence_reason_text, category_name, check_reason, entity_kind_name, part_name, tag_name

Columns = tuple[Language, ...]
Kind = Literal["title", "heading", "item", "paragraph", "note"]
_PENDING: Final[Mapping[Language, str]] = {"en": "(not translated yet)", "zh": "（尚未翻译）"}
_FAILED: Final[Mapping[Language, str]] = {"en": "translation failed its checks", "zh": "译文未通过核对"}
_WARNED: Final[Mapping[Language, str]] = {"en": "published with a warning", "zh": "带有核对提示"}
_COLON: Final[Mapping[Language, str]] = {"en": ": ", "zh": "："}
_NOTICE: Final[Mapping[Language, str]] = {
    "en": "Made by software from the source named above; check what matters there.",
    "zh": "由软件根据上述来源生成；重要内容请以原文为准。",
}
_WRONG_IF: Final[Mapping[Language, str]] = {"en": "It would be wrong if: ", "zh": "若出现以下情况则不成立："}
_STYLES: Final[Mapping[Kind, str]] = {
    "title": "bold",
    "heading": "bold cyan",
    "item": "",
    "paragraph": "",
    "note": "dim",
}


class ShownDocument(Model):
    """What is shown of the read API's answer in both languages."""

    id: str
    source: SourceCredit
    updated_at: Instant
    analysis: Analysis[Pair]
    scores: Scores
    fidelity: Fidelity
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Block:
    """One line or paragraph of the page, in every column; a single text goes across all of them."""

    kind: Kind
    texts: tuple[str, ...]


def parse_document(text: str) -> ShownDocument:
    """Read the API's answer in both languages. Raises CliError when it is something else."""
    return parse(ShownDocument, json.dumps(json.loads(text, object_hook=_for_model)))


def _for_model(value: dict[str, object]) -> object:
    """Undo, in one JSON object, what the API's answer has in place of the model's."""
    if isinstance(value.get("fact"), dict):
        return value["fact"]  # rendered here, so that a table can leave the names out
    start, end = value.get("start"), value.get("end")
    if value.get("quote", "") is None and isinstance(start, int) and isinstance(end, int):
        return {**value, "quote": "…" * (end - start)}  # its words are withheld, and not shown here anyway
    return value


def layout(blocks: Sequence[Block]) -> Group:
    """Put the blocks under one another, the columns of each side by side."""
    return Group(*(_grid(list(alike)) for _, alike in groupby(blocks, lambda block: len(block.texts))))


def _grid(blocks: Sequence[Block]) -> Table:
    grid = Table.grid(expand=True)
    for _ in blocks[0].texts:
        # Bullets have a column of their own: Chinese has no spaces to break after one.
        grid.add_column(width=2)
        grid.add_column(ratio=1, overflow="fold")
    for block in blocks:
        if block.kind in ("heading", "paragraph"):
            grid.add_row()
        bullet = "•" if block.kind == "item" else ""
        cells = (Padding(Text(clean(text), _STYLES[block.kind]), (0, 3, 0, 0)) for text in block.texts)
        grid.add_row(*(part for cell in cells for part in (bullet, cell)))
    return grid


def blocks_of(document: ShownDocument, columns: Columns) -> list[Block]:
    """Return what a document shows, in the order of the page."""
    page = _Page(document.analysis, document.fidelity, columns)
    return [
        Block("title", page.texts(document.analysis.title, "title")),
        Block("note", (_credit(document),)),
        *page.labels(),
        *page.claims("summary", document.analysis.summary),
        *page.claims("tldr", document.analysis.tldr),
        *page.key_data(),
        *page.entities(),
        *page.opinion(),
        *page.faq(),
        *page.absent(),
        Block("paragraph", tuple(_NOTICE[column] for column in columns)),
        Block("note", (_checks(document),)),
    ]


class _Page:
    def __init__(self, analysis: Analysis[Pair], fidelity: Fidelity, columns: Columns) -> None:
        self._analysis = analysis
        self._checks = {(leaf.leaf, leaf.language): leaf for leaf in fidelity.leaves if leaf.state != "pending"}
        self._columns = columns
        self._names: Mapping[Language, Mapping[str, str]] = {
            column: {e.id: name for e in analysis.entities if (name := e.name.get(column)) is not None}
            for column in columns
        }

    def texts(self, pair: Pair, leaf: str = "") -> tuple[str, ...]:
        """A text in each column; the original stands in for a missing one where it isn't shown beside it."""
        return tuple(self._text(pair, column, leaf) for column in self._columns)

    def _text(self, pair: Pair, column: Language, leaf: str = "") -> str:
        text, check = pair.get(column), self._checks.get((leaf, column))
        if text is not None:
            return text if check is None else f"{text} {_marked(_WARNED, check, column)}"
        gap = _PENDING[column] if check is None else _marked(_FAILED, check, column)
        return gap if len(self._columns) > 1 else f"{pair.en or pair.zh or ''} {gap}"

    def _claim(self, claim: Claim[Pair], column: Language, *, parties: bool = True) -> str:
        if isinstance(claim.text, Fact):
            text = render_fact(claim.text, column, self._names[column], parties=parties)
        else:
            text = self._text(claim.text, column, claim.id)
        if claim.stance == "stated" and claim.by is None:
            return text
        by = None if claim.by is None else claim.by.get(column)
        said = render_stance(claim.stance, by, column)
        if claim.by is not None and by is None:
            said += f" · {claim.by.en or claim.by.zh}"  # an attribution is never lost
        return f"{text} [{said}]"

    def _heading(self, part: Part) -> Block:
        return Block("heading", self.texts(part_name(part)))

    def labels(self) -> Iterator[Block]:
        category = self._analysis.category
        names = [] if category is None else [("", category_name(category))]
        for at, tag in enumerate(self._analysis.tags):
            names.append((f"tags.{at}", tag_name(tag.id) if tag.id is not None else tag.name or Pair()))
        if names:
            columns = ([self._text(name, column, leaf) for leaf, name in names] for column in self._columns)
            yield Block("note", tuple(" · ".join(texts) for texts in columns))

    def claims(self, part: Part, claims: Sequence[Claim[Pair]]) -> Iterator[Block]:
        if claims:
            yield self._heading(part)
        for claim in claims:
            yield Block("item", tuple(self._claim(claim, column) for column in self._columns))

    def key_data(self) -> Iterator[Block]:
        if self._analysis.key_data:
            yield self._heading("key_data")
        for at, row in enumerate(self._analysis.key_data):
            yield Block(
                "item",
                tuple(
                    f"{self._text(row.entity, c, f'key_data.{at}.entity')}{_COLON[c]}"
                    f"{render_quantity(row.metric, c)} - {self._claim(row.info, c, parties=False)}"
                    for c in self._columns
                ),
            )

    def entities(self) -> Iterator[Block]:
        if self._analysis.entities:
            yield self._heading("entities")
        for at, entity in enumerate(self._analysis.entities):
            kind = entity_kind_name(entity.kind)
            yield Block(
                "item",
                tuple(
                    f"{self._text(entity.name, c, f'entities.{at}.name')} ({kind.get(c)})"
                    + ("" if entity.role is None else _COLON[c] + self._claim(entity.role, c))
                    for c in self._columns
                ),
            )

    def opinion(self) -> Iterator[Block]:
        if self._analysis.deep_analysis:
            yield self._heading("deep_analysis")
        for at, paragraph in enumerate(self._analysis.deep_analysis):
            yield Block("paragraph", self._joined(paragraph.sentences, f"deep_analysis.{at}"))
        if self._analysis.insights:
            yield self._heading("insights")
        for at, insight in enumerate(self._analysis.insights):
            leaf = f"insights.{at}"
            heads, bodies = self.texts(insight.label, f"{leaf}.label"), self._joined(insight.sentences, leaf)
            yield Block(
                "item", tuple(_COLON[c].join(text) for c, *text in zip(self._columns, heads, bodies, strict=True))
            )
            if insight.wrong_if is not None:
                wrong_if = self.texts(insight.wrong_if, f"{leaf}.wrong_if")
                yield Block("note", tuple(_WRONG_IF[c] + text for c, text in zip(self._columns, wrong_if, strict=True)))

    def faq(self) -> Iterator[Block]:
        if self._analysis.faq:
            yield self._heading("faq")
        for at, question in enumerate(self._analysis.faq):
            yield Block("item", self.texts(question.question, f"faq.{at}.question"))
            yield Block("note", tuple(self._claim(question.answer, column) for column in self._columns))

    def absent(self) -> Iterator[Block]:
        for absence in self._analysis.absent:
            part, reason = part_name(absence.part), absence_reason_text(absence.reason)
            yield Block("note", tuple(f"{part.get(c)}{_COLON[c]}{reason.get(c)}" for c in self._columns))

    def _joined(self, sentences: Sequence[Pair], leaf: str) -> tuple[str, ...]:
        return tuple(
            ("" if column == "zh" else " ").join(
                self._text(sentence, column, f"{leaf}.s{at}") for at, sentence in enumerate(sentences)
            )
            for column in self._columns
        )


def _marked(label: Mapping[Language, str], check: LeafFidelity, column: Language) -> str:
    """Return what became of a text at its check, with the reason, in the language of the column."""
    reason = None if check.check is None else check_reason(check.check).get(column)
    said = label[column] if reason is None else f"{label[column]}{_COLON[column]}{reason}"
    return f"（{said}）" if column == "zh" else f"({said})"


def _credit(document: ShownDocument) -> str:
    source = document.source
    published = None if source.published_at is None else format_instant(source.published_at)[:10]
    return " · ".join(part for part in (source.name, source.author, published, source.url) if part)


def _checks(document: ShownDocument) -> str:
    quality, fidelity = document.scores.quality.value, document.fidelity
    return " · ".join(
        (
            document.id,
            document.provenance.analysis.engine,
            "no quality score" if quality is None else f"quality {quality:.0f} of 100",
            f"{fidelity.complete} texts complete, {fidelity.pending} pending, {fidelity.failed} failed, "
            f"{fidelity.warned} with a warning",
        )
    )
