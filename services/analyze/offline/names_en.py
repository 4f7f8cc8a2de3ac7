"""Names in English text. A capitalised run is a name only where the article shows what kind of name it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from services.analyze.lexicon import any_of, english_names
from services.analyze.offline.names import LONGEST_NAME, MOST_CANDIDATES, Named, Role, merged
from services.analyze.offline.reading import Reading, Sentence
from shared.model import EntityKind
from shared.vocabulary import find_term

_TOKEN = re.compile(
    r"(?:[A-Z]\.)+|[A-Z][\w&]*(?:['’-][A-Za-z0-9]\w*)*(?:(?<=s)['’](?= [A-Z]))?\.?|of|the|and|&", re.UNICODE
)
_ABBREVIATION = re.compile(r"(?:[A-Z]\.)+|Inc\.|Corp\.|Ltd\.|Co\.")
_LEGAL_FORM = re.compile(r",? (?:Inc|Corp|Corporation|Ltd|Limited|PLC|plc|AG|SA|NV|Co|Company|Group|Holdings)\.?$")
_OFFICE = re.compile(
    r"(?:(?:Chief|Deputy|Acting|Vice|Managing|Senior|Executive|Prime) (?:[A-Z][a-z]+ )??"
    r"(?:Officer|President|Director|Minister|Chairman|Analyst|Economist|Manager|Editor|Executive)) "
)
_POSSESSIVE = re.compile(r"['’]s?$")
_CODE = re.compile(r"[A-Z]{1,5}-?\d{1,4}[A-Za-z]?")
_PRODUCT_AFTER = re.compile(r"\s(?:module|model|chip|phone|processor|engine|rocket|tablet|laptop|robot|drone)s?\b")
_VERSION_BEFORE = re.compile(r"\bversion [\d.]+ of $")
_COMPANY_VERBS = "makes|runs|owns|employs|holds|operates|sells|supplies|hired|bought|plans|builds|develops|provides"
_LONGEST_ROLE = 100
# What a country, a city or a river has or stands after, and a company hardly.
_PLACE_BEFORE = re.compile(r"\b(?:in|near|across|throughout|the)(?: the)? $", re.IGNORECASE)
_STAKE_BEFORE = re.compile(r"\b(?:shares?|stake|stock|invest\w*|interest|confidence) in $", re.IGNORECASE)
_PLACE_AFTER = re.compile(
    r"(?:['’]s?)? (?:exports|imports|(?:[a-z]+ )?minister|government|economy|parliament|capital|central bank)\b"
)
_CONTEXT = 120


@dataclass(frozen=True, slots=True)
class Run:
    """A run of capitalised words that may be a name; `possessive`: 's follows, `titled`: Mr or President precedes."""

    text: str
    start: int
    end: int
    sentence: Sentence
    possessive: bool
    titled: bool


def find_names_en(reading: Reading) -> tuple[Named, ...]:
    """Return the names of an English article, in the order of their first mention."""
    found: dict[str, Named] = {}
    runs = [run for sentence in reading.sentences for run in runs_in(sentence)]
    for run in runs:
        if len(found) == MOST_CANDIDATES:
            break
        if run.text in found and found[run.text].role is not None:
            continue
        named = found.get(run.text) or _classified(run, reading.text)
        if named is not None:
            found[run.text] = _with_role(named, run, reading.text)
    return _with_aliases(tuple(merged(_without_short_forms(found))), runs)


def runs_in(sentence: Sentence) -> tuple[Run, ...]:
    """Return the capitalised runs of a sentence, without the words that only begin it or are days, months or titles."""
    return tuple(_runs(sentence))


def _runs(sentence: Sentence) -> Iterator[Run]:
    names = english_names()
    text = sentence.span.text
    words: list[tuple[int, int, str]] = []
    title_end, titled = -1, False
    for match in _TOKEN.finditer(text):
        word = match.group()
        if words and text[words[-1][1] : match.start()] != " ":
            yield from _closed(words, sentence, titled)
            words = []
        if not word[0].isupper():
            if words and _goes_on(words, word):
                words.append((match.start(), match.end(), word))
            else:
                yield from _closed(words, sentence, titled)
                words = []
            continue
        plural = word[-1] in "'’"  # Consumers' League
        bare = word if plural or _ABBREVIATION.fullmatch(word) else _POSSESSIVE.sub("", word.rstrip("."))
        is_title = word in names.honorifics or (not words and bare in names.offices)
        if match.start() == 0 and bare.lower() in names.titles:  # "Analyst Kim Tate said"
            is_title = True
        elif match.start() == 0 and bare.lower() in names.organisation_leads:  # "Rival Comet Networks agreed"
            continue
        if is_title or bare in names.not_names:
            yield from _closed(words, sentence, titled)
            words, title_end = [], match.end() if is_title else title_end
            continue
        if not words:
            titled = text[title_end : match.start()] == " "
        words.append((match.start(), match.start() + len(bare), bare))
        if bare != word:  # a possessive or a full stop ends the name
            yield from _closed(words, sentence, titled, possessive=not word.endswith("."))
            words = []
    yield from _closed(words, sentence, titled)


def _goes_on(words: list[tuple[int, int, str]], joiner: str) -> bool:
    """Say whether a name goes on after a small word: Institute of the Arts, Johnson & Johnson; not Google and Apple."""
    names = english_names()
    if joiner == "of":
        return any(word in names.organisation_heads or word in names.work_heads for _, _, word in words)
    return joiner == "&" or (joiner == "the" and words[-1][2] == "of")


def _closed(
    words: list[tuple[int, int, str]], sentence: Sentence, titled: bool, *, possessive: bool = False
) -> Iterator[Run]:
    kept = len(words)
    while kept and not words[kept - 1][2][0].isupper():
        kept -= 1
    if kept == 0:
        return
    start, end = words[0][0], words[kept - 1][1]
    office = _OFFICE.match(sentence.span.text[start:end])
    if office is not None:
        start, titled = start + office.end(), True
    if 1 < end - start <= LONGEST_NAME:
        base = sentence.span.start
        yield Run(sentence.span.text[start:end], base + start, base + end, sentence, possessive, titled)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    names = english_names()
    titles = any_of(names.titles)
    speech = any_of(names.speech)
    leads = any_of(names.organisation_leads)
    return {
        "organisation_before": re.compile(rf"(?:^|[\s(“\"-])(?:{leads}),? $"),
        "organisation_after": re.compile(
            rf", which (?:{_COMPANY_VERBS})\b|, an? (?:[\w'’-]+ ){{0,6}}?(?:{leads})\b(?! (?:said|says)\b)"
            rf"|, the (?:[\w'’-]+ ){{1,6}}?(?:{leads})\b(?! (?:said|says|will|has|is)\b)"
        ),
        "possession": re.compile(rf"['’]s? (?:{any_of(names.organisation_possessions)})\b"),
        "place_before": re.compile(rf"\b(?:{any_of(names.place_leads)}) of $"),
        "person_before": re.compile(rf"\b(?:(?:{titles}),?|(?<=[,”\"] )(?:{speech})|led by) $"),
        "appointed": re.compile(r"\b(?:appointed|hired|named) $"),
        "person_after": re.compile(
            rf",? whom?\b|, \d\d,|, (?:an? |the |its |their |[A-Z][\w’'-]*['’]s )(?:[\w-]+ ){{0,3}}?(?:{titles})\b"
            r"| (?:wrote|writes|told|argued|argues)\b"
        ),
        "of_someone": re.compile(r" (?:of|at|from) (?:the )?[A-Z][^.;]{0,60}?\b(?:was|said|says|who)\b"),
        "role_after": re.compile(
            r", (?P<role>(?:an?|the|its|their|[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*['’]s?) [^,.;:“”\"]+)(?=[,.;])"
        ),
        "role_as": re.compile(rf" as (?:its |their |the )?(?P<role>(?:[a-z-]+ ){{0,2}}(?:{titles}))\b"),
        "role_before": re.compile(
            rf"(?:\b(?:[Tt]he|[Ii]ts|[Tt]heir|[Aa]n?) |['’]s )(?P<role>(?:[a-z-]+ )?(?:{titles})) $"
        ),
        "organisation_role_before": re.compile(rf"\b(?:[Tt]he|[Aa]n?) (?P<role>(?:[a-z-]+ ){{0,3}}(?:{leads})) $"),
    }


def _classified(run: Run, text: str) -> Named | None:
    term = find_term(run.text) or find_term(f"the {run.text}") or find_term(_LEGAL_FORM.sub("", run.text))
    if term is not None and term.kind != "other":
        return Named(run.text, term.kind, term)
    if run.titled:  # a surname alone is a short form
        return Named(run.text, "person") if " " in run.text else None
    kind = _kind(run, text)
    return None if kind is None else Named(run.text, kind)


def _kind(run: Run, text: str) -> EntityKind | None:
    names = english_names()
    words = run.text.split()
    before = text[max(run.sentence.span.start, run.start - _CONTEXT) : run.start]
    after = text[run.end : min(run.sentence.span.end, run.end + _CONTEXT)]
    patterns = _patterns()
    if words[0] in names.work_heads:
        return "work"
    if len(words) > 1 and (words[-1] in names.organisation_suffixes or words[0] in names.organisation_heads):
        return "organisation"
    if _CODE.fullmatch(run.text):
        return "product" if _PRODUCT_AFTER.match(after) else None
    if _VERSION_BEFORE.search(before):
        return "product"
    if patterns["place_before"].search(before):
        return "place"
    if patterns["organisation_before"].search(before) or patterns["possession"].match(after):
        return "organisation"
    if patterns["organisation_after"].match(after):
        return "organisation" if not _CODE.search(run.text) else None
    return "person" if _is_person(words, before, after) else None


def _is_person(words: list[str], before: str, after: str) -> bool:
    if not 2 <= len(words) <= 4 or any(not word[0].isupper() or any(c.isdigit() for c in word) for word in words):
        return False
    if any(len(word) > 1 and word.isupper() and "." not in word for word in words):
        return False
    patterns = _patterns()
    if patterns["appointed"].search(before) is not None:
        return re.match(r" (?:as|to|its|chief|president)\b", after) is not None
    return (
        patterns["person_before"].search(before) is not None
        or patterns["person_after"].match(after) is not None
        or patterns["of_someone"].match(after) is not None
    )


def _with_role(named: Named, run: Run, text: str) -> Named:
    if named.role is not None or named.kind not in ("person", "organisation"):
        return named
    before = text[max(run.sentence.span.start, run.start - _CONTEXT) : run.start]
    after = text[run.end : min(run.sentence.span.end, run.end + 2 * _CONTEXT)]
    patterns = _patterns()
    earlier = patterns["role_before" if named.kind == "person" else "organisation_role_before"].search(before)
    match = patterns["role_after"].match(after) or patterns["role_as"].match(after) or earlier
    if match is None or len(match["role"]) > _LONGEST_ROLE:
        return named
    if named.kind == "person" and re.search(rf"\b(?:{any_of(english_names().titles)})\b", match["role"]) is None:
        return named
    return replace(named, role=Role(match["role"], run.sentence))


def _without_short_forms(found: dict[str, Named]) -> Iterator[Named]:
    """Leave out what is only the short form of a longer name: Corvane of Corvane Semiconductor."""
    longer = [name.split() for name in found if " " in name]
    for name, named in found.items():
        words = name.split()
        inside = any(len(full) > len(words) and full[: len(words)] == words for full in longer)
        if not (inside and named.term is None):
            yield named


def _with_aliases(names: tuple[Named, ...], runs: list[Run]) -> tuple[Named, ...]:
    """Add the short forms that the article uses and that can mean one name only."""
    used = {run.text for run in runs if not run.titled or " " in run.text} - _places(runs)
    claims: Counter[str] = Counter()
    for named in names:
        claims.update(_short_forms(named))
    full = {named.name for named in names}
    return tuple(
        replace(
            named,
            aliases=(
                *named.aliases,
                *(form for form in _short_forms(named) if claims[form] == 1 and form in used and form not in full),
            ),
        )
        for named in names
    )


def _places(runs: list[Run]) -> set[str]:
    """Return the runs that the termbase, a preposition, "the" or what they have shows to be places."""
    return {run.text for run in runs if _is_place(run)}


def _is_place(run: Run) -> bool:
    text, base = run.sentence.span.text, run.sentence.span.start
    before = text[max(0, run.start - base - 24) : run.start - base]
    term = find_term(run.text)
    return (
        (term is not None and term.kind == "place")
        or (_PLACE_BEFORE.search(before) is not None and _STAKE_BEFORE.search(before) is None)
        or _PLACE_AFTER.match(text, run.end - base) is not None
    )


def _short_forms(named: Named) -> set[str]:
    """Return a person's first and last name, or an organisation's name without the words for what it is."""
    words = named.name.split()
    if len(words) < 2 or named.term is not None:
        return set()
    if named.kind == "person":
        return {words[-1], words[0]}
    suffixes = english_names().organisation_suffixes
    kept = next((i for i, _ in enumerate(words) if all(word in suffixes for word in words[i:])), len(words))
    return {" ".join(words[:kept])} if named.kind == "organisation" and 0 < kept < len(words) else set()
