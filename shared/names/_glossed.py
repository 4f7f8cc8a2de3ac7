"""Whom a name is that an article gives in both scripts: someone of the termbase, someone new, or nobody at all."""

from __future__ import annotations

from shared.model import EntityKind
from shared.names._fold import folded
from shared.names.index import TermIndex, kinds_agree, without_article
from shared.names.learned import Learned, in_sounds
from shared.names.pinyin import person_in_pinyin
from shared.vocabulary import Term

_DOT = "·"


def resolved(gloss: Learned, kind: EntityKind, terms: TermIndex) -> Term | Learned | None:
    """Return the term that a gloss names, the gloss itself where it names something new, None if it isn't believed.

    A surname or another form that many share is no reason to take its bearer for someone of the termbase, and a known
    name with another's name beside it (Google (微软), Bloomberg after a sentence) gives no form at all.
    """
    english, chinese = terms.find(gloss.en), terms.find(gloss.zh)
    for term in english:
        if term in chinese:
            return term
    by_en = [term for term in english if _is_surely(term, gloss.en, kind)]
    by_zh = [term for term in chinese if _is_surely(term, gloss.zh, kind)]
    if by_en and by_zh:
        return None
    if by_en:
        return _of_english(gloss, by_en[0])
    if by_zh:
        return by_zh[0] if _is_longer_en(gloss.en, by_zh[0]) else None
    return gloss


def _is_surely(term: Term, form: str, kind: EntityKind) -> bool:
    return form not in term.ambiguous and without_article(form) not in term.ambiguous and kinds_agree(kind, term.kind)


def _of_english(gloss: Learned, term: Term) -> Term | Learned | None:
    """Decide about a new Chinese form beside a known English name: a transliteration, a longer name, a namesake."""
    if term.kind == "person":
        if _DOT in gloss.zh and any(_DOT in form for form in term.forms("zh")):
            return term
        pinyin = None if _DOT in gloss.zh else person_in_pinyin(gloss.zh)
        return gloss if pinyin is not None and pinyin.casefold() == gloss.en.casefold() else None
    chinese = [form for form in map(folded, term.forms("zh")) if not form.isascii()]
    longer = any(form in gloss.zh or gloss.zh in form for form in chinese)
    return term if longer or in_sounds(gloss.zh) else None


def _is_longer_en(english: str, term: Term) -> bool:
    """Say whether a new English form has a known one among its words, or a person's first or last name."""
    words = english.split()
    for form in term.forms("en"):
        known = form.split()
        if any(words[at : at + len(known)] == known for at in range(len(words))):
            return True
        if term.kind == "person" and len(words) > 1 and (words[-1] == known[-1] or words[0] == known[0]):
            return any(_DOT in other for other in term.forms("zh"))
    return False
