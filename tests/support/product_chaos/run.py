"""One run: everything is started, posted to, killed and restarted; then four places are compared with the truth."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

from shared.failpoints import FAILPOINTS_VARIABLE
from tests.support.product_chaos.client import READERS, STEADY, Client
from tests.support.product_chaos.comparison import compare
from tests.support.product_chaos.killer import FAILPOINTS, Killer, Tally, plan
from tests.support.product_chaos.quiet import behind, dead_letters, last_published
from tests.support.product_chaos.report import Options, Report
from tests.support.product_chaos.script import SOURCES
from tests.support.product_chaos.servers import Servers, running_servers
from tests.support.product_chaos.views import database_view, reader_view
from tests.support.system import End, System, wait_for

_FRESH: Final = "reader.fresh"
_READY_SECONDS: Final = 60.0


def run(options: Options, directory: Path, say: Callable[[str], None]) -> Report:
    """Carry out one run with all its files in `directory`; `say` is told what happens.

    Raises AssertionError where the run itself can't go on, and ValueError for options that make no run.
    """
    rng = Random(f"{options.seed}:kills")
    failpoints = directory / "failpoints"
    failpoints.mkdir()
    writers = tuple("writer" if number == 0 else f"writer.{number}" for number in range(options.writers))
    killed = ("ingest", "analyze", "translate", *writers, "reader")
    say(f"seed {options.seed}")
    with running_servers(options.broker, directory, kill_broker=options.kill_broker) as servers:
        failpoint_names = FAILPOINTS if options.failpoints else ()
        targets = plan(rng, options.kills, (*killed, *servers.restarts, *failpoint_names))
        environment = {
            **servers.environment,
            "DIGLOT_SOURCES": json.dumps(SOURCES),
            FAILPOINTS_VARIABLE: str(failpoints),
        }
        with System(directory, environment, (*killed, STEADY)) as system, system.supervised(*killed) as ends:
            killer = Killer(system, failpoints, servers.restarts, rng)
            with Client(system, options.seed, options.articles, options.rate) as client:
                killer.run(targets, client, options.articles, say)
                client.finish()
            say(f"all accepted: {client.accepted} of {client.begun} articles; waiting until it has come through")
            return _judge(options, system, servers, client, killer.tally, ends)


def _judge(
    options: Options, system: System, servers: Servers, client: Client, tally: Tally, ends: Sequence[End]
) -> Report:
    truths = client.histories.truths()
    began = time.monotonic()
    problems = [f"no process came to the failpoint {name}" for name in tally.missed]
    problems += _not_quiet(system, servers, options.quiet_seconds)
    quiet_after = time.monotonic() - began
    system.start(_FRESH)
    problems += [f"dead letter of {letter}" for letter in dead_letters(servers.bootstrap)]
    how = Counter(ends)
    wanted = sum(kills for target, kills in tally.kills.items() if target not in servers.restarts)
    died = sum(times for end, times in how.items() if end.code == -signal.SIGKILL)
    if died < wanted:
        problems.append(f"{wanted} kills of processes, and only {died} processes ended by SIGKILL")
    if not options.kill_broker:
        # A watchdog may end a process whose broker went away in a transaction; nothing else may.
        problems += [f"{end.instance} ended by itself with {end.code}" for end in how if end.code != -signal.SIGKILL]
    views = {"MongoDB": database_view(servers.database_uri)}
    for reader in (_FRESH, *READERS):
        views[reader] = reader_view(system, reader, truths)
    return Report(
        options=options,
        begun=client.begun,
        accepted=client.accepted,
        retries=client.retries,
        published=sum(truth.shown is not None for truth in truths.values()),
        tombstones=sum(truth.shown is None for truth in truths.values()),
        tally=tally,
        ends=how,
        reloads=system.log(STEADY).count('"event":"loading anew"'),
        quiet_after=quiet_after,
        problems=tuple(problems),
        findings=tuple(finding for place, seen in views.items() for finding in compare(place, truths, seen)),
    )


def _not_quiet(system: System, servers: Servers, seconds: float) -> list[str]:
    """Wait until everything has come through, by the evidence of the broker; returns what has not."""
    bootstrap = servers.bootstrap
    try:
        wait_for("all processes to be ready", lambda: all(map(system.is_ready, system.instances)), _READY_SECONDS)
        wait_for("all stages to have read everything", lambda: behind(bootstrap) is None, seconds)
        last = last_published(bootstrap)
        for reader in READERS:
            wait_for(f"{reader} to have read everything", lambda r=reader: _next_offset(system, r) > last)  # type: ignore[misc]
    except (AssertionError, TimeoutError) as error:
        return [f"not quiet: {error}; the first stage with something to read: {behind(bootstrap)}"]
    return []


def _next_offset(system: System, reader: str) -> int:
    return int(system.http.get(f"{system.url(reader)}/readyz").json()["offset"])
