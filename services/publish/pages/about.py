"""How a page came about: its checks, the engines that made it, its version."""

from __future__ import annotations

from dataclasses import dataclass

from services.publish.pages.columns import Columns, Texts, in_columns, text_count
from services.publish.pages.labels import WORDS
from services.publish.pages.words import date_in_words, dollars, number
from shared.model import RANK_OFFLINE, Content, Document, EngineRun, Language, LeafFidelity, Version
from shared.vocabulary import check_reason


@dataclass(frozen=True, slots=True)
class NotPassed:
    """A text that failed or carries a warning, and what its check found."""

    leaf: LeafFidelity
    reason: Texts | None


@dataclass(frozen=True, slots=True)
class AboutView:
    """How the page came about: checks, engines, version, ids."""

    id: str
    counts: Texts
    dropped: Texts | None
    not_passed: tuple[NotPassed, ...]
    analysis: Texts
    translation: Texts
    version: str
    version_words: Texts
    content_hash: str
    story_id: str | None
    views: Texts


def about_view(document: Document, content: Content, columns: Columns) -> AboutView:
    """Return how the document came about, in words."""
    fidelity, provenance = content.fidelity, content.provenance
    texts = text_count(content.analysis)
    counts = {
        "texts": texts,
        "all": 2 * texts,
        "complete": fidelity.complete,
        "pending": fidelity.pending,
        "failed": fidelity.failed,
        "warned": fidelity.warned,
    }
    dropped = fidelity.dropped_claims
    return AboutView(
        id=document.id,
        counts=tuple(WORDS["fidelity_counts"][c].format(**counts) for c in columns),
        dropped=tuple(WORDS["dropped"][c].format(n=dropped) for c in columns) if dropped else None,
        not_passed=tuple(_not_passed(leaf, columns) for leaf in fidelity.leaves if leaf.state != "pending"),
        analysis=tuple(_engine(provenance.analysis, c) for c in columns),
        translation=tuple(_engine(provenance.translation, c) for c in columns),
        version=str(content.version),
        version_words=tuple(_version(content.version, c) for c in columns),
        content_hash=content.content_hash,
        story_id=document.story_id,
        views=tuple(number(document.views, c) for c in columns),
    )


def _not_passed(leaf: LeafFidelity, columns: Columns) -> NotPassed:
    return NotPassed(leaf, None if leaf.check is None else in_columns(check_reason(leaf.check), columns))


def _engine(run: EngineRun | None, language: Language) -> str:
    if run is None:
        return WORDS["no_translation"][language]
    parts = [f"{run.engine} {run.engine_version}"]
    if run.model is not None:
        parts.append(f"{WORDS['model'][language]} {run.model}")
    if run.prompt_version is not None:
        parts.append(f"{WORDS['prompt'][language]} {run.prompt_version}")
    if run.tokens_in or run.tokens_out:
        tokens = {"given": number(run.tokens_in, language), "made": number(run.tokens_out, language)}
        parts.append(WORDS["tokens"][language].format(**tokens))
    if run.cost_usd:
        parts.append(dollars(run.cost_usd, language))
    return " · ".join(parts)


def _version(version: Version, language: Language) -> str:
    edition = "edition_offline" if version.rank == RANK_OFFLINE else "edition_model"
    revision = WORDS["revision_of"][language].format(moment=date_in_words(version.revision, language))
    parts = [revision, WORDS[edition][language]]
    if version.run:
        parts.append(f"{WORDS['replayed'][language]} {date_in_words(version.run, language)}")
    return " · ".join(parts)
