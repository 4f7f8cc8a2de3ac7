"""Tags and category from the closed vocabulary, by the words of lexicons/topics.toml."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Literal

from services.analyze.lexicon import any_of, topics
from services.analyze.offline.reading import Reading
from shared.model import Language
from shared.vocabulary import category_ids

MOST_TAGS = 6
# A word of the title counts as three; a topic needs this much.
_TITLE_WEIGHT = 3
_LEAST = 2
# The same word again adds little: an article that says "chip" twenty times is not seven times about chips.
_MOST_PER_WORD = 3

Kind = Literal["tag", "category"]


def tags_of(reading: Reading) -> tuple[str, ...]:
    """Return up to six tag ids, the strongest first."""
    scores = _scores(reading, "tag")
    found = [tag for tag, score in scores.most_common() if score >= _LEAST]
    return tuple(found[:MOST_TAGS])


def category_of(reading: Reading) -> str | None:
    """Return the source's own category where the vocabulary has it, else the one with the most evidence, else None."""
    hint = reading.article.category_hint
    if hint in category_ids():
        return hint
    best = _scores(reading, "category").most_common(1)
    return best[0][0] if best and best[0][1] >= _LEAST else None


def _scores(reading: Reading, kind: Kind) -> Counter[str]:
    pattern, ids = _evidence(kind, reading.language)
    body = Counter(_key(match) for match in pattern.finditer(reading.body))
    title = {_key(match) for match in pattern.finditer(reading.title.text)}
    scores: Counter[str] = Counter()
    for word, count in body.items():
        for topic in ids[word]:
            scores[topic] += min(count, _MOST_PER_WORD)
    for word in title:
        for topic in ids[word]:
            scores[topic] += _TITLE_WEIGHT
    return scores


def _key(match: re.Match[str]) -> str:
    return match["word"].lower()


@cache
def _evidence(kind: Kind, language: Language) -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    ids: dict[str, tuple[str, ...]] = {}
    for topic, words in topics()[kind].items():
        for word in words.of(language):
            ids[word.lower()] = (*ids.get(word.lower(), ()), topic)
    any_word = any_of(ids)
    pattern = rf"(?<![\w-])(?P<word>{any_word})(?:s|es)?(?!\w)" if language == "en" else f"(?P<word>{any_word})"
    return re.compile(pattern, re.IGNORECASE), ids
