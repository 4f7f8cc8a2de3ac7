"""What a run was asked for, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.product_chaos.comparison import Finding
from tests.support.product_chaos.killer import Tally
from tests.support.product_chaos.servers import BrokerKind
from tests.support.system import End


@dataclass(frozen=True)
class Options:
    """`articles`: how many the client begins at least, `rate` times a second it does something. `kills`: in all.

    `failpoints`: processes also end themselves there, which takes most of the time of a small run.
    `kill_broker`: Apache Kafka is killed too; the embedded broker keeps everything in memory and never is.
    `quiet_seconds`: how long what was accepted may take to come through at the end.
    """

    seed: int
    articles: int
    kills: int
    rate: float = 20.0
    writers: int = 1
    broker: BrokerKind = "kafka"
    failpoints: bool = True
    kill_broker: bool = False
    quiet_seconds: float = 120.0


@dataclass(frozen=True)
class Report:
    """What a run was, and everything that was wrong.

    `ends`: how processes ended, kills included. `reloads`: how often the reader that stayed up loaded anew.
    `quiet_after`: seconds from the last 202 until everything had come through.
    """

    options: Options
    begun: int
    accepted: int
    retries: int
    published: int
    tombstones: int
    tally: Tally
    ends: Counter[End]
    reloads: int
    quiet_after: float
    problems: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not self.problems and not self.findings

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        yield str(self.options)
        yield (
            f"accepted {self.accepted} posts and retractions of {self.begun} articles, {self.retries} attempts more; "
            f"{self.published} are published, {self.tombstones} retracted"
        )
        yield f"came through {self.quiet_after:.1f} s after the last 202"
        yield f"the reader that stayed up loaded anew {self.reloads} times"
        for target, kills in sorted(self.tally.kills.items()):
            busy = f", {self.tally.busy[target]} with work in flight" if target in self.tally.busy else ""
            yield f"killed {kills} times{busy}: {target}"
        for end, times in sorted(self.ends.items(), key=str):
            yield f"ended {times} times with {end.code}: {end.instance}"
        yield from self.problems
        yield from map(str, self.findings)
        yield "passed" if self.passed else f"FAILED: {len(self.problems)} problems, {len(self.findings)} findings"
