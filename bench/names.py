"""What names cost: the sheet and the mentions of a 900-word article with 100,000 terms loaded, and a pair's check.

    python -m bench.names

The terms are made up: syllables for companies and people, with short forms, beside the ones that we ship. CPU time
of one thread; the median and the slowest of 200 calls. Building the index is done once by each process.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from functools import partial

from bench.figures import machine, quantile, table
from shared.model import Language
from shared.names import TermIndex, build_sheet, find_names, name_problems
from shared.vocabulary import Term, all_terms

TERMS = 100_000
WORDS = 900
CALLS = 200
_SYLLABLES = (
    "ba",
    "cor",
    "dun",
    "el",
    "fen",
    "gar",
    "hol",
    "ist",
    "jor",
    "kel",
    "lum",
    "mar",
    "nor",
    "os",
    "pen",
    "quil",
)
_HAN = "北溟储能科凡半导体流明光子海棠证券东岭青云远山安达明辉华新中国天宇宏图联创思源"
_EN = (
    "{a} said on Tuesday that it would buy a stake in {b}, and shares of {a}'s rival {c} fell 3% after the report.",
    "The deal, which regulators in the United States and China must approve, is the largest in the sector since 2021.",
    "Analysts at {b} expect demand for chips to grow, but warned that prices of memory might fall again next year.",
)
_ZH = (
    "{a}周二表示，将收购{b}的股份，消息公布后，{a}的竞争对手{c}股价下跌3%。",
    "该交易须经美国和中国的监管机构批准，是2021年以来该行业规模最大的一笔。",
    "{b}的分析师预计芯片需求将增长，但警告称，明年存储器价格可能再次下跌。",
)


def made_up_terms(count: int, seed: int = 5) -> Iterator[Term]:
    """Give `count` terms: two of three are companies, the others people."""
    random_ = random.Random(seed)
    for number in range(count):
        words = ["".join(random_.choices(_SYLLABLES, k=random_.randint(2, 3))).capitalize() for _ in range(2)]
        han = "".join(random_.choices(_HAN, k=6))
        english, key = " ".join(words), f"made-{number}"
        if number % 3:
            acronym = f"{words[0][:3].upper()}{number}"
            yield Term(key, "organisation", english, han + "公司", short_en=(acronym,), ambiguous=frozenset({acronym}))
        else:
            surname = words[1]
            chinese = f"{han[:3]}·{han[3:]}"
            yield Term(key, "person", english, chinese, short_en=(surname,), ambiguous=frozenset({surname}))


def article(sentences: tuple[str, ...], names: Iterator[str], length: int) -> str:
    """Return an article of at least `length` words, a Chinese character counted as six tenths of one."""
    lines: list[str] = []
    size = 0.0
    for sentence in itertools.cycle(sentences):
        line = sentence.format(a=next(names), b=next(names), c=next(names))
        size += len(line.split()) if line.isascii() else 0.6 * len(line)
        lines.append(line)
        if size >= length:
            return " ".join(lines)
    raise AssertionError("a cycle ends only when it is empty")


def timed(work: Callable[[], object]) -> tuple[str, str]:
    """Return the median and the slowest of some calls, in milliseconds."""
    times: list[float] = []
    for _ in range(CALLS):
        begun = time.thread_time()
        work()
        times.append(1000 * (time.thread_time() - begun))
    times.sort()
    return f"{quantile(times, 0.5):.2f}", f"{times[-1]:.2f}"


def main() -> None:
    """Print the table."""
    terms = [*all_terms(), *made_up_terms(TERMS)]
    begun = time.thread_time()
    index = TermIndex(terms)
    built = time.thread_time() - begun
    made = [term for term in terms if term.id.startswith("made-")]
    known = [term for term in all_terms() if term.kind in {"organisation", "person"}]
    rows: list[tuple[str, str, str]] = []
    sentences: dict[Language, tuple[str, ...]] = {"en": _EN, "zh": _ZH}
    for language, patterns in sentences.items():
        chosen = itertools.cycle([*random.Random(7).sample(made, 12), *random.Random(8).sample(known, 12)])
        text = article(patterns, (term.form(language) for term in chosen), WORDS)
        name = f"sheet and mentions, {language}, {len(text)} characters"
        rows.append((name, *timed(partial(whole, text, language, index))))
    pair = ("Google said it would buy a stake in Intel.", "谷歌表示将收购英特尔的股份。")
    rows.append(
        ("sheet and check of a pair", *timed(lambda: name_problems(*pair, "en", build_sheet(pair[0], "en", index))))
    )
    print(f"{machine()}; {len(index):,} terms, indexed in {built:.1f} s\n")
    print(table(("ms", "median", "slowest"), rows))


def whole(text: str, language: Language, index: TermIndex) -> int:
    """Do all that an article needs; returns how many names it mentions."""
    return len(find_names(text, language, build_sheet(text, language, index)))


if __name__ == "__main__":
    main()
