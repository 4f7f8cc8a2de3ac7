"""The article's text out of HTML, with trafilatura."""

from __future__ import annotations

import copy

import trafilatura
from trafilatura.settings import DEFAULT_CONFIG, Document
from trafilatura.xml import xmltotxt

from services.ingest.problems import NO_TEXT, TEXT_TOO_LONG
from services.ingest.shown import keep_what_is_shown
from shared.http import ProblemError

# Below this many characters of its first method, trafilatura joins all paragraphs into one. Its default, 250, is half
# an article in Chinese.
_MIN_EXTRACTED_CHARACTERS = 20


class HtmlExtractor:
    """Takes the paragraphs of an article out of a page, or out of a piece of HTML, without tables, links and comments.

    `max_tags`: most `<` in the HTML, because trafilatura takes time by the square of the elements.
    """

    def __init__(self, max_tags: int) -> None:
        self._max_tags = max_tags
        self._config = copy.deepcopy(DEFAULT_CONFIG)
        self._config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(_MIN_EXTRACTED_CHARACTERS))

    def text_of(self, html: str) -> str:
        """Return the text, one paragraph, headline or list item a line. Needs up to a second: not for the event loop.

        Raises:
            ProblemError: no-text, or text-too-long for too many tags.
        """
        if html.count("<") > self._max_tags:
            raise ProblemError.of_field(TEXT_TOO_LONG, "body", f"has more than {self._max_tags:,} HTML tags")
        tree = trafilatura.load_html(_page(html))
        if tree is not None:
            keep_what_is_shown(tree)
        document = tree is not None and trafilatura.bare_extraction(
            tree,
            output_format="txt",
            include_comments=False,
            include_tables=False,
            include_links=False,
            include_images=False,
            # What a source posts as its article's body is text rather than the page around it.
            favor_recall=True,
            config=self._config,
        )
        text = _lines(document) if isinstance(document, Document) else ""
        if not text:
            raise ProblemError.of_field(NO_TEXT, "body", "no article text was found in the HTML")
        return text


def _lines(document: Document) -> str:
    # A bullet that is written for an item can't be told from a minus that an author wrote, so none is written.
    for item in document.body.iter("item"):
        item.tag = "p"
    return "\n".join(line for line in xmltotxt(document.body, include_formatting=False).split("\n") if line.strip())


def _page(html: str) -> str:
    """A piece of HTML made a page: on its own, trafilatura refuses a single element and loses text outside of one."""
    lowered = html.lower()
    if "<body" in lowered or "<html" in lowered:
        return html
    return f"<html><body><article><div>{html}</div></article></body></html>"
