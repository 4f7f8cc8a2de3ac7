"""What is wrong with a target whatever it says: empty, copied, repeated, cut off, with markup or a URL of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from services.translate.gate.finding import FRAGMENT, Finding, Result, finding, quoted
from shared.model import Language
from shared.names import folded

HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
URL: Final = re.compile(r"(?:https?://|www\.)[A-Za-z0-9./?=&%_#:~+@-]{1,2000}", re.IGNORECASE)
# An address without its scheme: it has a path, or ends in a usual domain. "rose.It" is a missing space.
_DOMAIN: Final = re.compile(
    r"(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{1,63}\.){1,4}(?:[A-Za-z]{2,24}/[A-Za-z0-9./?=&%_#:~+@-]{1,200}"
    r"|(?:com|net|org|info|biz|edu|gov|io|ai|app|cn|hk|tw|jp|uk|eu|ru|tv|cc|ly|gl|gg|xyz|top|site|online|shop|club|vip|link)"
    r"(?![A-Za-z0-9-]))"
)
_FULL_WIDTH_STOP: Final = "．"
# Control characters but the blanks, what sets the direction, has no width, is private or replaces what was broken.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ue000-\uf8ff\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
SHORT: Final = 40
"""A source of fewer code points may have a target of any length: a title, a name."""
USUAL_SHARE: Final[Mapping[Language, float]] = {"en": 0.31, "zh": 3.3}
"""How long a target usually is, as a multiple of its source, by the source's language (code points; median of news)."""
_LEAST_SHARE: Final = 0.3
"""Of the usual length: shorter targets lack most of their source."""
_CUT_SHARE: Final = 0.65
"""Of the usual length: shorter ones that end without a full stop are cut off."""
_LOWER_WORD: Final = re.compile(r"(?<![A-Za-z'’-])[a-z]{2,}")
_ENDED: Final = re.compile(r"[.!?。！？…][\"'”’」』）)\]】》]{0,4}\s{0,4}$")
_ENDED_SOMEHOW: Final = re.compile(r"[.!?。！？…:：;；~～—”\"'’」』）)\]】》]\s{0,4}$")
_END: Final = 12
"""Code points at the end of a text that are looked at for its full stop."""
# Words and signs that something follows.
_LINKING: Final = re.compile(
    r"(?:\b(?:the|an?|of|and|or|but|to|in|on|at|for|with|from|by|that|which|is|are|was|were|has|have|will)"
    r"|[,，、的和与及或但被把将在是第这那其每各]|-)\s{0,4}$",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(
    r"</?[A-Za-z][^<>]{0,200}>|&(?:[a-z]{2,8}|#\d{1,6});|\]\(|\*\*|```|^#{1,6} |^[-*] (?=\S)|__", re.MULTILINE
)
_SENTENCE_ENDS: Final = re.compile(r"[.!?。！？]+")
_CLAUSE_ENDS: Final = re.compile(r"[.!?。！？,，;；:：、]+")
_LEAST_REPEATED: Final[Mapping[Language, int]] = {"en": 20, "zh": 6}
"""A shorter sentence or clause may well be said twice (code points)."""
_MOST_IN_A_ROW: Final = 3


def broken(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give what is wrong with the form of the target; both sides have a letter or a digit."""
    if _is_copied(source, target, source_language):
        request = "The translation is the source itself. Translate it."
        yield finding("copied", "fail", source_language, source[:FRAGMENT], target[:FRAGMENT], request)
        return
    yield from _cut_off(source, target, source_language)
    yield from _repeated(source, target, source_language)
    yield from _added(source, target, source_language)


def _is_copied(source: str, target: str, source_language: Language) -> bool:
    if "".join(source.split()).casefold() != "".join(target.split()).casefold():
        return False
    # A Latin name stays as it is in Chinese; a sentence does not.
    return bool(HAN.search(source)) if source_language == "zh" else len(_LOWER_WORD.findall(source)) > 1


def _cut_off(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    usual = USUAL_SHARE[source_language] * len(source)
    if len(source) >= SHORT and len(target) < _LEAST_SHARE * usual:
        request = "The translation is far shorter than its source. Translate all of it."
        yield finding("cut_off", "fail", source_language, source[:FRAGMENT], target[:FRAGMENT], request)
    elif _ENDED.search(source[-_END:]) and not _ENDED_SOMEHOW.search(target[-_END:]):
        # Many good translations lack the full stop only; what is cut off is shorter, too, or ends in a word that links.
        cut = len(target) < _CUT_SHARE * usual or _LINKING.search(target[-_END:])
        result: Result = "fail" if cut else "warn"
        request = "The source ends its sentence; the translation breaks off. Translate it to its end."
        yield finding("cut_off", result, source_language, source[-FRAGMENT // 4 :], target[-FRAGMENT // 4 :], request)


def _repeated(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    target_language: Language = "zh" if source_language == "en" else "en"
    part = _repetition(target, target_language)
    if part and not _repetition(source, source_language):
        request = f"The translation repeats {quoted(part)}. Write it once."
        yield finding("repeated", "fail", source_language, "", part[:FRAGMENT], request)


def _repetition(text: str, language: Language) -> str:
    """Return what stands in the text twice: all of it, a sentence, or a clause after itself; or a word that goes on."""
    least = _LEAST_REPEATED[language]
    half = len(text) // 2
    if half >= least and text[:half].rstrip() == text[-half:].lstrip():
        return text[:half]
    sentences = Counter(_parts(_SENTENCE_ENDS, text))
    twice = next((part for part, count in sentences.items() if count > 1 and len(part) >= least), "")
    if twice:
        return twice
    # A clause may begin with another word where it is said again: "and dozens of churches, dozens of churches".
    for one, other in pairwise(_parts(_CLAUSE_ENDS, text)):
        if len(one) >= least and other.endswith(one):
            return one
    row = 1
    for word, other_word in pairwise(text.split()):
        row = row + 1 if word == other_word else 1
        if row > _MOST_IN_A_ROW:
            return word
    return ""


def _parts(ends: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in ends.split(text)]


def _added(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    address = next(_added_addresses(source, target, source_language), None)
    if address is not None:
        request = f"The source has no {quoted(address)}. Remove it."
        yield finding("url", "fail", source_language, "", address, request)
    markup = {match[0].casefold() for match in _MARKUP.finditer(source)}
    for match in _MARKUP.finditer(target):
        if match[0].casefold() not in markup:
            request = f"The source has no {quoted(match[0])}. Write plain text."
            yield finding("markup", "fail", source_language, "", match[0], request)
            return
    for match in _UNSEEN.finditer(target):
        if match[0] not in source:
            request = f"The translation has the invisible character U+{ord(match[0]):04X}. Write plain text."
            yield finding("markup", "fail", source_language, "", f"U+{ord(match[0]):04X}", request)
            return


def _added_addresses(source: str, target: str, source_language: Language) -> Iterator[str]:
    known = {_bare(match[0]) for match in URL.finditer(source)}
    for match in URL.finditer(target):
        if _bare(match[0]) not in known:
            yield match[0]
    domains: set[str] | None = None
    for domain in _domains(target):
        if domains is None:
            found = [_bare(each) for each in _domains(source, with_urls=True)]
            domains = {*found, *(each.partition("/")[0] for each in found)}
        # Amazon.com is what English calls a company that Chinese calls by another name.
        is_name = source_language == "zh" and domain[0].isupper() and "/" not in domain
        if not is_name and _bare(domain) not in domains:
            yield domain


def _domains(text: str, *, with_urls: bool = False) -> Iterator[str]:
    plain = folded(text) if _FULL_WIDTH_STOP in text else text
    for match in _DOMAIN.finditer(plain if with_urls else URL.sub(" ", plain)):
        yield match[0]


def _bare(url: str) -> str:
    return url.casefold().rstrip(".,:/?").removeprefix("https://").removeprefix("http://").removeprefix("www.")
