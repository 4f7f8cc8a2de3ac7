"""Sentence pairs: faithful ones, and those with one planted error."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast

from shared.model.base import Language

Split = Literal["dev", "held_out"]
SPLITS: tuple[Split, ...] = ("dev", "held_out")
_OF_PLANTED = {"error", "origin", "operation"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its translation. `source` says which one was there first.

    `error` is the class of the planted error, None in a faithful pair; `origin` is the faithful pair that it was made
    of (`from` in files) and `operation` how, None where it was done by hand. Rules may be fitted to `split` dev only.
    """

    id: str
    en: str
    zh: str
    source: Language
    split: Split
    error: str | None = None
    origin: str | None = None
    operation: str | None = None

    @property
    def target(self) -> Language:
        return "zh" if self.source == "en" else "en"

    def text(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


def read_pairs(path: Path) -> list[Pair]:
    """Raises ValueError, KeyError or TypeError for a line that is no pair, OSError where there is no file."""
    return [_pair(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    path.write_text("".join(line_of(pair) + "\n" for pair in pairs), encoding="utf-8")


def line_of(pair: Pair) -> str:
    """The pair as one line of JSON; what a faithful pair does not have is left out."""
    fields = {name: value for name, value in asdict(pair).items() if name not in _OF_PLANTED or value is not None}
    if "origin" in fields:
        fields["from"] = fields.pop("origin")
    return json.dumps(fields, ensure_ascii=False)


def _pair(line: str) -> Pair:
    fields = cast("dict[str, str]", json.loads(line))
    if "from" in fields:
        fields["origin"] = fields.pop("from")
    if fields.get("source") not in ("en", "zh"):
        raise ValueError(f"pair {fields.get('id')}: source is neither en nor zh")
    return Pair(**{"split": "dev", **fields})  # type: ignore[arg-type]  # the two literals were checked or are free text
