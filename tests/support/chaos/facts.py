"""What a run left behind, as plain data: records on topics, lines of the handlers, comings and goings of workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Step = Literal["start", "paid", "refused"]


@dataclass(frozen=True, slots=True)
class Written:
    """A committed record on a topic.

    `article`: the id of its event, the same on every topic of the chain. `content`: a digest of its key and value.
    `committed_ms`: wall clock at which its transaction was decided, or at which it was sent where it was sent without
    one.
    """

    article: str
    key: str
    content: bytes
    partition: int
    offset: int
    committed_ms: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A handler's own line, on disk before the handler went on.

    `step`: `start` is its first act, `paid` stands where an engine would call its provider, `refused` where the runtime
    forbade that because others may have the article by now. `process`: the worker process, by a name that no other has.
    """

    step: Step
    stage: str
    article: str
    process: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class Change:
    """A moment at which partitions of a stage may have moved: a worker came, went, stood still, lost some or got some.

    `partitions given` comes before the first start from them, in the worker's own log.
    """

    stage: str
    process: str
    at_ns: int
    what: Literal["started", "died", "frozen", "thawed", "partitions lost", "partitions given", "left"]


@dataclass(frozen=True, slots=True)
class Observed:
    """All that the verifier sees.

    `stages`: their names in the order of the chain. `topics`: the records of the chain's input, then of each stage's
    output, each partition in order of offset. `dead_letters`: per stage, the articles that it gave up.
    """

    stages: tuple[str, ...]
    topics: tuple[Sequence[Written], ...]
    begun: Sequence[Begun]
    changes: Sequence[Change]
    dead_letters: Mapping[str, Sequence[str]]
