"""The machine-readable description of an article's page (schema.org), safe inside a `<script>` element."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from services.publish.pages.labels import SITE
from services.publish.pages.view import ArticleView
from shared.model import Content, Document, EntityKind, Language, Pair, format_instant

_TYPES: Final[Mapping[EntityKind, str]] = {
    "person": "Person",
    "organisation": "Organization",
    "place": "Place",
    "product": "Product",
    "event": "Event",
    "work": "CreativeWork",
    "other": "Thing",
}
# A parser of HTML looks for `</script` and `<!--` inside the element, and JavaScript ends a line at U+2028 and U+2029.
_UNSAFE: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def json_ld(document: Document, content: Content, view: ArticleView, url: str) -> str:
    """Return the JSON-LD of a page in one language, the first of `view.columns`, at `url`."""
    language = view.columns[0]
    analysis = content.analysis
    data = {
        "@context": "https://schema.org",
        "@type": "AnalysisNewsArticle",
        "headline": view.title[0].text,
        "inLanguage": view.title[0].language,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": _instant(document.published_at),
        "dateModified": format_instant(document.updated_at),
        "abstract": " ".join(claim.row[0].text for claim in view.summary) or None,
        "articleSection": view.category[0] if view.category else None,
        "keywords": [tag[0].text for tag in view.tags] or None,
        "version": view.about.version,
        "publisher": {"@type": "Organization", "name": SITE},
        "isBasedOn": _source(content),
        "about": [{"@type": _TYPES[entity.kind], "name": _name(entity.name, language)} for entity in analysis.entities]
        or None,
    }
    return json.dumps(_without_nulls(data), ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)


def _source(content: Content) -> Mapping[str, object]:
    source, title = content.source, content.analysis.title
    return _without_nulls(
        {
            "@type": "NewsArticle",
            "headline": title.get(source.language),
            "url": source.url,
            "inLanguage": source.language,
            "datePublished": _instant(source.published_at),
            "author": None if source.author is None else {"@type": "Person", "name": source.author},
            "publisher": {"@type": "Organization", "name": source.name},
        }
    )


def _name(name: Pair, language: Language) -> str | None:
    return name.get(language) or name.en or name.zh


def _instant(at: int | None) -> str | None:
    return None if at is None else format_instant(at)


def _without_nulls(data: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in data.items() if value is not None}
