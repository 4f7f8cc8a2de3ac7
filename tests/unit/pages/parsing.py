"""HTML read back as a browser would read it, to see what a page really holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    """An element: its tag, its attributes, the language that holds for it, and its own text."""

    tag: str
    attributes: dict[str, str]
    lang: str
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Every element of a page in order, and all text with the language that holds for it."""

    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []

    @classmethod
    def of(cls, html: str) -> Page:
        page = cls()
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        inherited = self._open[-1].lang if self._open else ""
        element = Element(tag, attributes, attributes.get("lang", inherited))
        self.elements.append(element)
        if tag not in {"meta", "link", "br", "img", "rect"}:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag == "rect":
            return
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        if self._open and data.strip():
            self.texts.append((data.strip(), self._open[-1].lang))

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements with this tag and these attributes; `class_` stands for `class`, one of several."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}

        def fits(element: Element) -> bool:
            return element.tag == tag and all(
                value in element.attributes.get(name, "").split()
                if name == "class"
                else value == element.attributes.get(name)
                for name, value in wanted.items()
            )

        return [element for element in self.elements if fits(element)]

    def says(self, text: str, lang: str) -> bool:
        """Return whether the page has this text in an element of this language."""
        return any(text in found and language == lang for found, language in self.texts)
