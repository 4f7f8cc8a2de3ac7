"""The form of a translated sentence: what is safe to put right without asking again.

One line, NFC, no invisible characters, the punctuation and spacing of its language, and no label or quotation marks
around the whole. Nothing here changes a word or a figure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from shared.model import Language

_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs"})
_HAN: Final = "\u3400-\u9fff\uf900-\ufaff"
_FULL_WIDTH: Final = {chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)}
"""Full-width forms of ASCII, with their plain ones."""
_LABEL: Final = re.compile(
    r"(?:译文|翻译|中文(?:翻译|译文)?|英文(?:翻译|译文)?|(?:Chinese |English )?translation|English|Chinese)\s?[:：]\s*",
    re.IGNORECASE,
)
_PAIRS: Final = ("“”", '""', "「」", "『』", "''", "‘’")
_QUOTES: Final = re.compile('[“”"「」『』]')

_IN_CHINESE: Final = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_AFTER_HAN: Final = re.compile(rf"(?<=[{_HAN}”’」』）》%％])\s?([,;:?!])\s?")
_BEFORE_HAN: Final = re.compile(rf"(?<=[A-Za-z0-9])\s?([,;:?!])\s?(?=[{_HAN}“「『《（])")
_FULL_STOP: Final = re.compile(rf"(?<=[{_HAN}”’」』）》%％])\s?[.．](?=\s*[{_HAN}“「]|\s*$|[”’」』）])")
_HALF_FULL_STOP: Final = re.compile("｡")
_BRACKETS: Final = re.compile(rf"\(([^()]*[{_HAN}][^()]*)\)|(?<=[{_HAN}])\s?\(([^()]*)\)")
_SPACED: Final = re.compile(
    rf"(?<=[{_HAN}，。！？；：、（）“”「」《》])\s+(?=[{_HAN}A-Za-z0-9$€£¥，。！？；：、（）“”「」《》])"
    rf"|(?<=[A-Za-z0-9%％])\s+(?=[{_HAN}，。！？；：、（）“”《》])"
)
_CORNERS_ZH: Final = str.maketrans("「」『』", "“”‘’")
_STRAIGHT: Final = re.compile('"([^"]*)"')

_ENGLISH_MARKS: Final = {
    **dict(zip("，。、；：？！", ",.,;:?!", strict=True)),
    **dict(zip("「」『』《》〈〉", "“”‘’“”“”", strict=True)),
}
_MARK: Final = re.compile(r"\s?([，。、；：？！])(\s|(?=[\w“‘「『《(（]))?")
_BRACKET_BEFORE: Final = re.compile(r"(?<=\w)（")
_BRACKET_AFTER: Final = re.compile(r"）(?=\w)")
_OTHER_MARKS: Final = str.maketrans(_FULL_WIDTH | _ENGLISH_MARKS)


def tidied(text: str, source: str, target: Language) -> str:
    """Return a translation in its language's form; `source` says which marks are the text's own.

    Never raises; the text grows by no more than a character for each mark.
    """
    plain = _one_line(text)
    if not _LABEL.match(source):
        plain = _LABEL.sub("", plain, count=1) if _LABEL.match(plain) else plain
    if not _QUOTES.search(source):
        plain = _unwrapped(plain)
    return _chinese(plain) if target == "zh" else _english(plain)


def _one_line(text: str) -> str:
    """Return a text with single blanks, in NFC, without control, format and private characters and half pairs."""
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in _UNSEEN
    )
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _unwrapped(text: str) -> str:
    for opening, closing in _PAIRS:
        inner = text[1:-1]
        wrapped = len(text) > 2 and text[0] == opening and text[-1] == closing
        if wrapped and opening not in inner and closing not in inner:
            return inner.strip()
    return text


def _chinese(text: str) -> str:
    if not re.search(f"[{_HAN}]", text):
        return text  # a name, which stays as it is
    text = text.translate(_CORNERS_ZH)
    if text.count('"') % 2 == 0:
        text = _STRAIGHT.sub(r"“\1”", text)
    text = _HALF_FULL_STOP.sub("。", text)
    text = _BRACKETS.sub(lambda match: f"（{match[1] or match[2] or ''}）", text)
    text = _AFTER_HAN.sub(lambda match: _IN_CHINESE[match[1]], text)
    text = _BEFORE_HAN.sub(lambda match: _IN_CHINESE[match[1]], text)
    text = _FULL_STOP.sub("。", text)
    return _SPACED.sub("", text)


def _english(text: str) -> str:
    text = _BRACKET_AFTER.sub(") ", _BRACKET_BEFORE.sub(" (", text))
    text = _MARK.sub(_spaced_mark, text)
    return " ".join(text.translate(_OTHER_MARKS).split())


def _spaced_mark(match: re.Match[str]) -> str:
    """Return the English mark, with a blank where a word follows; 1，000 and 10：30 are figures and have none."""
    text, mark = match.string, _ENGLISH_MARKS[match[1]]
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    is_in_figure = before.isdigit() and after.isdigit() and match[0] == match[1]
    return mark if match[2] is None or is_in_figure else f"{mark} "
