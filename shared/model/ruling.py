"""Rulings: what sources and editors decide about an article, past its content."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.model.base import ArticleId, Instant, Language, LeafId, Model, Name, Sha256, Text

RulingKind = Literal["retract", "hide", "unhide", "override"]


class Override(Model):
    """Another text for one leaf in one language, valid while the leaf's source text has the hash `source_hash`."""

    leaf: LeafId
    language: Language
    source_hash: Sha256
    text: Text


class Ruling(Model):
    """A decision about an article. `by` is who decided: a source's slug, or an editor's name."""

    article_id: ArticleId
    kind: RulingKind
    by: Name
    at: Instant
    reason: Annotated[str, Field(max_length=500)] | None = None
    override: Override | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.kind == "override") != (self.override is not None):
            raise ValueError("an override ruling, and no other, says what it overrides")
        return self

    @property
    def key(self) -> str:
        """The key on the compacted topic: the latest ruling of a kind about a leaf is the one that counts."""
        leaf = f"/{self.override.leaf}/{self.override.language}" if self.override else ""
        return f"{self.article_id}/{self.kind}{leaf}"
