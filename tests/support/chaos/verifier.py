"""Compares what a run left behind with what the stage runtime promises. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from tests.support.chaos.facts import Begun, Change, Observed, Written

Kind = Literal[
    "lost",
    "dead-lettered",
    "duplicate",
    "unknown",
    "changed",
    "reordered",
    "started after commit",
    "repeated without cause",
    "too many repeats",
    "not logged",
]


_LOSSES: Final = frozenset({"died", "frozen", "partitions lost", "left"})
_WAKE_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: of which kind, in which stage, for which article."""

    kind: Kind
    stage: str
    article: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.stage}: {self.article}: {self.kind}{': ' if self.detail else ''}{self.detail}"


@dataclass(frozen=True, slots=True)
class Repeats:
    """Work of a stage that was begun more than once, all of it before its commit.

    `starts`: beyond the first of each article. `takeovers`: times that a worker was given partitions. `bound`: articles
    that were begun and not committed then, by others or before that worker lost partitions; and those that the
    runtime forbade to pay, which it may begin again itself.
    """

    stage: str
    starts: int
    takeovers: int
    bound: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `articles`: inputs of the chain; `starts`: handlers begun, per stage."""

    articles: int
    starts: Mapping[str, int]
    repeats: tuple[Repeats, ...]
    violations: tuple[Violation, ...]


def verify(observed: Observed) -> Verdict:
    """Check each stage by itself: its outputs against its inputs and against its handlers' lines.

    What a stage got twice it may begin twice: that is held against the stage before it alone.
    """
    starts: dict[str, int] = {}
    repeats: list[Repeats] = []
    violations: list[Violation] = []
    for number, stage in enumerate(observed.stages):
        inputs, outputs = observed.topics[number], observed.topics[number + 1]
        twice = {article for article, times in Counter(r.article for r in inputs).items() if times > 1}
        begun = sorted(
            (b for b in observed.begun if b.stage == stage and b.article not in twice), key=lambda b: b.at_ns
        )
        changes = sorted((c for c in observed.changes if c.stage == stage), key=lambda c: c.at_ns)
        given_up = observed.dead_letters.get(stage, ())
        repeated = count_repeats(stage, begun, outputs, changes)
        starts[stage] = sum(b.step == "start" for b in begun)
        repeats.append(repeated)
        violations += check_counts(stage, inputs, outputs, given_up)
        violations += check_content(stage, inputs, outputs)
        violations += check_order(stage, inputs, outputs)
        violations += check_starts(stage, begun, [r for r in outputs if r.article not in twice])
        violations += check_causes(stage, begun, changes)
        violations += check_bound(repeated, begun)
    return Verdict(len(observed.topics[0]), starts, tuple(repeats), tuple(violations))


def check_counts(
    stage: str, inputs: Sequence[Written], outputs: Sequence[Written], given_up: Sequence[str]
) -> Iterator[Violation]:
    """Each input must have exactly one output, and nothing else may be there."""
    wanted, found = Counter(r.article for r in inputs), Counter(r.article for r in outputs)
    dead = set(given_up)
    for article in wanted:
        if article in dead:
            yield Violation("dead-lettered", stage, article)
        elif found[article] < wanted[article]:
            yield Violation("lost", stage, article)
    for article, times in found.items():
        if article not in wanted:
            yield Violation("unknown", stage, article, f"{times} outputs without an input")
        elif times > wanted[article]:
            places = ", ".join(f"[{r.partition}]@{r.offset}" for r in outputs if r.article == article)
            yield Violation("duplicate", stage, article, f"{times} outputs: {places}")


def check_content(stage: str, inputs: Sequence[Written], outputs: Sequence[Written]) -> Iterator[Violation]:
    """Handlers give what they got, so each output must hold the key and the value of its input."""
    first = _first(inputs)
    for output in outputs:
        if output.article in first and output.content != first[output.article].content:
            yield Violation("changed", stage, output.article, f"[{output.partition}]@{output.offset}")


def check_order(stage: str, inputs: Sequence[Written], outputs: Sequence[Written]) -> Iterator[Violation]:
    """The outputs of an input key must lie in one partition, in the order of its inputs; of a duplicate the first
    counts."""
    first = _first(inputs)
    latest: dict[str, Written] = {}
    seen: set[str] = set()
    for output in sorted(outputs, key=lambda r: (r.partition, r.offset)):
        if output.article in seen or output.article not in first:
            continue
        seen.add(output.article)
        mine = first[output.article]
        before = latest.get(mine.key)
        if before is not None and before.partition != output.partition:
            yield Violation("reordered", stage, output.article, f"its key is also in partition {before.partition}")
        elif before is not None and _place(first[before.article]) > _place(mine):
            yield Violation("reordered", stage, output.article, f"after {before.article}")
        latest[mine.key] = output


def check_starts(stage: str, begun: Sequence[Begun], outputs: Sequence[Written]) -> Iterator[Violation]:
    """Nothing may begin after the commit of the same article; and every output's beginning must be on record."""
    committed = first_commits(outputs)
    for line in (line for line in begun if line.step != "refused"):
        moment = committed.get(line.article)
        if moment is not None and line.at_ns // 1_000_000 > moment:
            late = line.at_ns // 1_000_000 - moment
            yield Violation("started after commit", stage, line.article, f"{line.step} {late} ms late, {line.process}")
    known = {line.article for line in begun if line.step == "start"}
    for article in committed:
        if article not in known:
            yield Violation("not logged", stage, article, "an output whose handler never started")


def check_causes(stage: str, begun: Sequence[Begun], changes: Sequence[Change]) -> Iterator[Violation]:
    """Between two starts of an article its partition must have changed hands, or the first was refused to pay."""
    refused: dict[str, list[int]] = defaultdict(list)
    for line in begun:
        if line.step == "refused":
            refused[line.article].append(line.at_ns)
    of: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        of[change.process].append(change)
    for article, lines in _starts(begun).items():
        for first, second in pairwise(lines):
            asked_again = any(first.at_ns <= at <= second.at_ns for at in refused[article])
            if not (asked_again or _changed_hands(first, second, of) or _woke(first, of) or _woke(second, of)):
                gap = (second.at_ns - first.at_ns) / 1e9
                detail = f"{first.process}, then {second.process} {gap:.1f} s later"
                yield Violation("repeated without cause", stage, article, detail)


def _changed_hands(first: Begun, second: Begun, changes: Mapping[str, Sequence[Change]]) -> bool:
    """Whether the second worker was given partitions after the first start, and the first one lost what it had.

    Of another worker that may be on record later than the second start, however much later: one that is cut off does
    not know that it was evicted. Which partitions moved, the log does not say.
    """
    own = first.process == second.process
    given = any(
        change.what == "partitions given" and first.at_ns <= change.at_ns <= second.at_ns
        for change in changes[second.process]
    )
    lost = any(
        change.what in _LOSSES and first.at_ns <= change.at_ns and (change.at_ns <= second.at_ns or not own)
        for change in changes[first.process]
    )
    return given and lost


def _woke(line: Begun, changes: Mapping[str, Sequence[Change]]) -> bool:
    """Whether the worker had stood still right before: it starts what it had decided on, though others have it."""
    return any(
        change.what == "thawed" and change.at_ns <= line.at_ns <= change.at_ns + _WAKE_NS
        for change in changes[line.process]
    )


def check_bound(repeats: Repeats, begun: Sequence[Begun]) -> Iterator[Violation]:
    """All repeats of a stage together must stay within what was under way when partitions changed hands."""
    if repeats.starts > repeats.bound:
        article, lines = max(_starts(begun).items(), key=lambda entry: len(entry[1]))
        detail = f"{repeats.starts} in the stage, at most {repeats.bound} expected; this one {len(lines) - 1}"
        yield Violation("too many repeats", repeats.stage, article, detail)


def count_repeats(stage: str, begun: Sequence[Begun], outputs: Sequence[Written], changes: Sequence[Change]) -> Repeats:
    """Count what was begun more than once, and what may have been."""
    takeovers = sum(change.what == "partitions given" for change in changes)
    refused = sum(line.step == "refused" for line in begun)
    repeats = sum(len(lines) - 1 for lines in _starts(begun).values())
    return Repeats(stage, repeats, takeovers, len(_may_repeat(begun, outputs, changes)) + refused)


def _may_repeat(
    begun: Sequence[Begun], outputs: Sequence[Written], changes: Sequence[Change]
) -> set[tuple[str, str, int]]:
    """Each article that a worker may have begun although it was begun before: article, worker, and how often that one
    had lost partitions by then. Until it loses some it begins nothing twice, in however many parts it was given them.

    The worker that takes over tells the moment best: one that is cut off learns only later what it has lost.
    """
    committed = first_commits(outputs)
    starts = deque(line for line in begun if line.step == "start")
    losses: Counter[str] = Counter()
    under_way: dict[tuple[str, str], int] = {}  # article and worker, and how often that one had lost partitions
    found: set[tuple[str, str, int]] = set()
    for change in changes:
        while starts and starts[0].at_ns <= change.at_ns:
            line = starts.popleft()
            under_way[line.article, line.process] = losses[line.process]
        if change.what == "partitions lost":
            losses[change.process] += 1
        elif change.what == "partitions given":
            now_ms = change.at_ns // 1_000_000
            under_way = {key: n for key, n in under_way.items() if committed.get(key[0], now_ms) >= now_ms}
            found |= {
                (article, change.process, losses[change.process])
                for (article, process), lost in under_way.items()
                if process != change.process or lost < losses[process]
            }
    return found


def first_commits(outputs: Sequence[Written]) -> dict[str, int]:
    """When each article was first committed (ms), of those that came out."""
    moments: dict[str, int] = {}
    for output in outputs:
        moments[output.article] = min(output.committed_ms, moments.get(output.article, output.committed_ms))
    return moments


def _first(records: Sequence[Written]) -> dict[str, Written]:
    found: dict[str, Written] = {}
    for record in records:
        found.setdefault(record.article, record)
    return found


def _place(record: Written) -> tuple[int, int]:
    return record.partition, record.offset


def _starts(begun: Sequence[Begun]) -> dict[str, list[Begun]]:
    found: dict[str, list[Begun]] = defaultdict(list)
    for line in begun:
        if line.step == "start":
            found[line.article].append(line)
    return found
