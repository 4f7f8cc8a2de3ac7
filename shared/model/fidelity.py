"""What is known about how complete and how checked a document is, and what made it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.model.base import Language, LeafId, Model, Name
from shared.model.quantity import Figure

Check = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Count = Annotated[int, Field(ge=0, le=100_000)]


class LeafFidelity(Model):
    """A leaf that is not complete in a language, or is published with a warning."""

    leaf: LeafId
    language: Language
    state: Literal["pending", "failed", "warned"]
    check: Check | None = Field(default=None, description="The check that failed or warned.")
    detail: str | None = Field(default=None, max_length=400)


class Fidelity(Model):
    """`leaves` lists every leaf that is not complete; the counts are over leaves and languages."""

    leaves: tuple[LeafFidelity, ...] = Field(default=(), max_length=600)
    complete: Count = 0
    pending: Count = 0
    failed: Count = 0
    warned: Count = 0
    dropped_claims: Count = Field(default=0, description="Claims that no quote supported.")


class EngineRun(Model):
    """What made a part of the document, and what it took."""

    engine: Name
    engine_version: Name
    model: Name | None = None
    prompt_version: Name | None = None
    tokens_in: int = Field(default=0, ge=0, le=10**12)
    tokens_out: int = Field(default=0, ge=0, le=10**12)
    cost_usd: Figure = Field(default=Decimal(0), ge=0)


class Provenance(Model):
    analysis: EngineRun
    translation: EngineRun | None = None
