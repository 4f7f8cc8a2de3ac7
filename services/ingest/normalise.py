"""Cleans the text of posts: one form for what looks the same, and nothing that can't be seen.

All functions are idempotent and need time linear in the length of the string. They take any, but for `clean_headline`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from services.ingest.markup import without_markup

# Characters that show nothing and can hide or reorder text: controls, format characters (zero width, bidi), private
# use, surrogates, noncharacters, and the fillers that render blank.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f"
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff"
    "\ufdd0-\ufdef\ufffe\uffff" + "".join(f"{chr(p << 16 | 0xFFFE)}{chr(p << 16 | 0xFFFF)}" for p in range(1, 15)) + ""
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]"
)
_LINE_BREAK: Final = re.compile("\r\n|[\r\v\f\x85\u2028]")
_PARAGRAPH_BREAK: Final = "\u2029"
_SPACE: Final = re.compile(r"\s+")

# Reordering of combining marks takes time by the square of a run of them (5 s for 100,000), so runs are cut before it.
# Afterwards a run may have grown; 8 is more than any script of ours stacks.
_MARKS_BEFORE_NFC: Final = 32
_MARKS: Final = 8

# A headline needs fewer rounds of cleaning than this; a text that is escaped more often was made to take time.
_MOST_ROUNDS: Final = 4


def clean_line(text: str) -> str:
    """Return `text` on one line: NFC, nothing invisible, runs of white space as one space, none at the ends."""
    return _fold(_visible(text))


def clean_headline(text: str) -> str:
    """Return a title or a name as one clean line, without markup and with entities resolved.

    Meant for short texts: elements that are never closed take time by the square of their number, some 20 ms for the
    longest title that is taken.

    Raises:
        ValueError: entities or tags are hidden in one another more than a few levels deep.
    """
    text = clean_line(text)
    for _ in range(_MOST_ROUNDS + 1):
        if (cleaned := clean_line(without_markup(text))) == text:
            return text
        text = cleaned  # an entity may have hidden markup, or another entity
    raise ValueError(f"must not be escaped more than {_MOST_ROUNDS} times")


def clean_body(text: str) -> str:
    """Return the paragraphs of a text, with a blank line between them.

    Blank lines separate paragraphs, and single line breaks inside them stay. Where there is no blank line at all, each
    line is a paragraph, as many systems post it.
    """
    lines = [_fold(line) for line in _visible(text).split("\n")]
    text = "\n".join(lines).strip("\n")
    if "\n\n" not in text:
        return text.replace("\n", "\n\n")
    return "\n\n".join(paragraph.strip("\n") for paragraph in re.split("\n{2,}", text))


def has_words(text: str) -> bool:
    """Whether there is anything to read: a letter or a digit."""
    return any(character.isalnum() for character in text)


def _visible(text: str) -> str:
    text = _LINE_BREAK.sub("\n", text).replace(_PARAGRAPH_BREAK, "\n\n")
    text = _INVISIBLE.sub("", text)
    if text.isascii():
        return text
    return _cut_marks(unicodedata.normalize("NFC", _cut_marks(text, _MARKS_BEFORE_NFC)), _MARKS)


def _cut_marks(text: str, most: int) -> str:
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= most:
            kept.append(character)
    return "".join(kept)


def _fold(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
