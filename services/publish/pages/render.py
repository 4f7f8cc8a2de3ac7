"""Pages as HTML: view models and templates joined. Every value is escaped by the template engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.publish.api.params import ListParams
from services.publish.library import CardPage, Reading
from services.publish.pages.assets import Asset
from services.publish.pages.cards import card_view
from services.publish.pages.columns import Columns, in_columns
from services.publish.pages.frame import Frame, frame, title_of
from services.publish.pages.jsonld import json_ld
from services.publish.pages.labels import GAPS, LANGUAGE_NAMES, SITE, WORDS
from services.publish.pages.lists import list_view, tail_of
from services.publish.pages.view import article_view, tombstone_view
from shared.model import Content, Part, Retraction
from shared.vocabulary import part_name

_TEMPLATES: Final = Path(__file__).parent / "templates"


class Renderer:
    """Renders pages. `public_url` is where readers reach this server; None keeps addresses relative."""

    def __init__(self, assets: Mapping[str, Asset], public_url: str | None) -> None:
        self._base = (public_url or "").rstrip("/")
        # Autoescape is on for every template, whatever its name: article text is hostile.
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            SITE=SITE,
            WORDS=WORDS,
            GAPS=GAPS,
            LANGUAGE_NAMES=LANGUAGE_NAMES,
            assets={name: asset.path for name, asset in assets.items()},
        )

    def article(self, reading: Reading, content: Content, now: int, columns: Columns) -> str:
        """Return the page of an article at `now` (ms)."""
        view = article_view(reading, content, now, columns)
        surroundings = frame(
            columns,
            f"articles/{view.id}",
            title_of(view.title),
            description=view.summary[0].row[0].text if view.summary else None,
            base=self._base,
        )
        described = None
        if len(columns) == 1:
            # json_ld has escaped what could end the script element; HTML escapes would be read as text there.
            described = Markup(json_ld(reading.document, content, view, surroundings.canonical))  # noqa: S704
        return self._render(
            "article.html",
            columns,
            surroundings,
            view=view,
            json_ld=described,
            part_names={part: in_columns(part_name(part), columns) for part in get_args(Part)},
        )

    def tombstone(self, article_id: str, retraction: Retraction, now: int, columns: Columns) -> str:
        """Return the page of a withdrawn article at `now` (ms)."""
        view = tombstone_view(article_id, retraction, now, columns)
        surroundings = frame(columns, f"articles/{article_id}", _words("gone", columns), indexed=False)
        return self._render("tombstone.html", columns, surroundings, view=view)

    def cards(self, page: CardPage, now: int, columns: Columns, params: ListParams) -> str:
        """Return the page of the list that `params` asked for at `now` (ms)."""
        tail = tail_of(params)
        view = list_view(params, page.next, columns)
        title = " · ".join(view.title) if tail else ""
        surroundings = frame(columns, tail, title, base=self._base, continued=params.cursor is not None)
        cards = tuple(card_view(card, now, columns) for card in page.items)
        return self._render("list.html", columns, surroundings, view=view, cards=cards)

    def message(self, name: str, columns: Columns) -> str:
        """Return a page that only says something: `name` and `<name>_text` are its labels."""
        surroundings = frame(columns, "", _words(name, columns), indexed=False)
        return self._render("message.html", columns, surroundings, title=name, text=f"{name}_text")

    def _render(self, template: str, columns: Columns, surroundings: Frame, **values: object) -> str:
        return self._environment.get_template(template).render(columns=columns, frame=surroundings, **values)


def _words(name: str, columns: Columns) -> str:
    return " · ".join(WORDS[name][column] for column in columns)
