"""Runs the chain under faults from a seed, and judges what came out."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.protocol.consumer import IsolationLevel

from shared.settings import CommonSettings
from shared.stream._admin import TopicAdmin
from tests.support.chaos import coverage, logs, raw
from tests.support.chaos.coverage import Hit, Situation
from tests.support.chaos.facts import Observed
from tests.support.chaos.faults import CAUSES, Fault, Faults, plan
from tests.support.chaos.feeder import Feeder
from tests.support.chaos.fleet import Ending, Fleet
from tests.support.chaos.load import ALL_TOPICS, STAGES, TOPICS
from tests.support.chaos.verifier import Verdict, verify
from tests.support.kafka_cluster import NODES, KafkaCluster
from tests.support.tcp_proxy import KafkaProxy

_STALL_SECONDS: Final = 90.0
_REST_SECONDS: Final = 120.0


@dataclass(frozen=True)
class Options:
    """`articles` and `kills` (of workers and nodes, with SIGKILL) are minima; each situation must come `at_least` so
    often. `rate`: articles a second. `directory` is empty and stays for inspection. `limit`: seconds after the start of
    the faults from which on nothing more is tried to bring about a situation that has come about too rarely."""

    directory: Path
    seed: int
    articles: int
    kills: int
    at_least: int
    rate: float
    limit: float


@dataclass(frozen=True)
class Report:
    """What a run did and what was wrong. `problems`: what is wrong apart from the verdict, in words."""

    options: Options
    verdict: Verdict
    counts: Mapping[Situation, int]
    hits: tuple[Hit, ...]
    faults: int
    worker_kills: int
    broker_kills: int
    endings: tuple[Ending, ...]
    seconds: float
    problems: tuple[str, ...]

    @property
    def kills(self) -> int:
        return self.worker_kills + self.broker_kills

    @property
    def ok(self) -> bool:
        return not self.verdict.violations and not self.problems


def run(options: Options, tell: Callable[[str], None]) -> Report:
    """One run, from an empty cluster to the verdict. `tell` gets a line for each thing that happens."""
    began = time.monotonic()

    def told(line: str) -> None:
        tell(f"{time.monotonic() - began:6.1f} s  {line}")

    told(f"seed {options.seed}")
    cluster = KafkaCluster(options.directory)
    routes = {ports.seen_by_clients: ports.clients for ports in cluster.ports.values()}
    with cluster, KafkaProxy(routes) as proxy:
        direct = _settings(cluster.bootstrap)
        _make_topics(direct)
        told(f"{NODES} nodes are up")
        environment = {"DIGLOT_KAFKA_BOOTSTRAP": proxy.bootstrap, "DIGLOT_KAFKA_REPLICATION": str(NODES)}
        feeder = Feeder(direct, options.articles, _keys(options), options.rate)
        with Fleet(options.directory, environment, options.seed, told) as fleet:
            feeder.start()
            drawn = random.Random(f"faults {options.seed}")
            faults = Faults(cluster, proxy, fleet, drawn, told)
            done = _break_things(options, faults, fleet, drawn)
            feeder.finish()
            feeder.join()
            told(f"{done} faults done, {feeder.posted} articles posted; waiting for the rest of them to come out")
            _wait_until_through(cluster, told)
            codes = fleet.stop()
        _wait_until_at_rest(cluster)
        told("reading the topics")
        observed = _observe(options.directory, cluster, fleet)
    verdict = verify(observed)
    hits = (*faults.hits, *logs.hits(options.directory))
    counts = coverage.count(hits)
    kills = fleet.deaths + faults.broker_kills
    problems = [f"{situation}: {counts[situation]} times" for situation in coverage.missing(counts, options.at_least)]
    problems += [f"{name} ended with {code} when asked to stop" for name, code in codes.items() if code != 0]
    problems += [
        f"{ending.name} ended by itself with {ending.code}: {why}"
        for ending in fleet.endings
        if ending.code != -signal.SIGKILL and (why := logs.unexpected_end(options.directory, ending.name)) is not None
    ]
    if kills < options.kills:
        problems.append(f"{kills} kills, {options.kills} wanted")
    if verdict.articles < options.articles:
        problems.append(f"{verdict.articles} articles, {options.articles} wanted")
    return Report(
        options=options,
        verdict=verdict,
        counts=counts,
        hits=hits,
        faults=done,
        worker_kills=fleet.deaths,
        broker_kills=faults.broker_kills,
        endings=tuple(fleet.endings),
        seconds=time.monotonic() - began,
        problems=tuple(problems),
    )


def _keys(options: Options) -> int:
    """Few enough that each key has several articles on their way at once."""
    return max(50, min(500, options.articles // 30))


def _settings(bootstrap: str) -> CommonSettings:
    return CommonSettings(kafka_bootstrap=bootstrap, kafka_replication=NODES, log_format="console")


def _make_topics(settings: CommonSettings) -> None:
    with TopicAdmin(settings, wait=30) as admin:
        for topic in ALL_TOPICS:
            admin.create(topic.name, topic.partitions, NODES, topic.config(NODES))
        admin.wait_for([topic.name for topic in ALL_TOPICS])


def _break_things(options: Options, faults: Faults, fleet: Fleet, drawn: random.Random) -> int:
    """Go through the plan, then on until every situation has come about or time is up; gives the number of faults."""
    until = time.monotonic() + options.limit
    todo = plan(options.at_least, drawn)
    done = 0
    while todo:
        todo.pop()(faults)
        done += 1
        time.sleep(drawn.uniform(0.5, 3.0))
        if not todo and time.monotonic() < until:
            todo = _still_wanted(options, faults, fleet)
    return done


def _still_wanted(options: Options, faults: Faults, fleet: Fleet) -> list[Fault]:
    counts = coverage.count((*faults.hits, *logs.hits(options.directory)))
    wanted = [CAUSES[situation] for situation in coverage.missing(counts, options.at_least)]
    if not wanted and fleet.deaths + faults.broker_kills < options.kills:
        wanted = [Faults.kill_worker]
    return wanted


def _wait_until_through(cluster: KafkaCluster, tell: Callable[[str], None]) -> None:
    """Wait until every input has come out at the end, or nothing comes any more."""
    expected = len({record.headers["ce_id"] for record in raw.read_committed(cluster.bootstrap, TOPICS[0])})
    out: set[bytes] = set()
    deadline = time.monotonic() + _STALL_SECONDS
    with raw.following(cluster.bootstrap, TOPICS[-1]) as new_records:
        while len(out) < expected and time.monotonic() < deadline:
            before = len(out)
            out.update(record.headers["ce_id"] for record in new_records())
            if len(out) > before:
                deadline = time.monotonic() + _STALL_SECONDS
    if len(out) < expected:
        tell(f"nothing came out for {_STALL_SECONDS:.0f} s; {expected - len(out)} articles are missing")


def _wait_until_at_rest(cluster: KafkaCluster) -> None:
    """Wait until no transaction is open on the topics, and all nodes have everything."""
    places = [TopicPartition(topic.name, n) for topic in ALL_TOPICS for n in range(topic.partitions)]

    def at_rest(admin: KafkaAdminClient) -> bool:
        latest = dict.fromkeys(places, OffsetSpec.LATEST)
        stable = admin.list_partition_offsets(latest, isolation_level=IsolationLevel.READ_COMMITTED)
        return {p: o.offset for p, o in stable.items()} == {
            p: o.offset for p, o in admin.list_partition_offsets(latest).items()
        }

    deadline = time.monotonic() + _REST_SECONDS
    while not cluster.ask(at_rest):
        if time.monotonic() > deadline:
            raise TimeoutError("a transaction stays open")
        time.sleep(0.5)
    cluster.wait_until_in_sync()


def _observe(directory: Path, cluster: KafkaCluster, fleet: Fleet) -> Observed:
    files = cluster.nodes[1].logs
    decisions = raw.commit_decisions(files)
    return Observed(
        stages=tuple(stage.name for stage in STAGES),
        topics=tuple(raw.written(cluster.bootstrap, files, topic, decisions) for topic in TOPICS),
        begun=logs.begun(directory),
        changes=(*fleet.changes, *logs.partitions_moved(directory)),
        dead_letters={
            stage.name: [r.headers["ce_id"].decode() for r in raw.read_committed(cluster.bootstrap, stage.dead_letters)]
            for stage in STAGES
        },
    )
