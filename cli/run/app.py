"""Puts a run together: lock, ports, broker, database, services; and takes it apart in the right order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import httpx
from rich.console import Console

from cli.config import all_settings, check_lanes, settings_classes, unread
from cli.embedded import EmbeddedBroker, EmbeddedDatabase, free_port
from cli.exit_codes import CliError, ExitCode
from cli.processes import SERVICES
from cli.run.backing import Backing, nothing
from cli.run.child import Child, ProcessSpec
from cli.run.drain import Backlog, describe_loss
from cli.run.journal import Journal
from cli.run.leftovers import describe_processes, end_leftovers
from cli.run.plan import Servers, port_wishes, process_specs, slot_of_run, url
from cli.run.ports import PortChoice, choose_again, choose_ports, is_free
from cli.run.restarts import RestartPolicy
from cli.run.samples import Samples
from cli.run.state import RunState, forget_state, locked, read_state
from cli.run.supervisor import Patience, Supervisor
from cli.settings import Addresses
from shared.errors import ConfigError, Unavailable
from shared.process import Shutdown
from shared.settings import CommonSettings, load_settings
from shared.stream.topics import create_topics

T = TypeVar("T")
_HTTP_SECONDS: Final = 2.0
_BROKER_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What was asked for on the command line; `ports` by service, None where nothing was said."""

    data_dir: Path
    samples: bool = False
    ports: Mapping[str, int | None] = field(default_factory=dict)
    kafka_port: int | None = None
    mongodb_port: int | None = None


async def run(options: RunOptions, console: Console) -> None:
    """Run everything until Ctrl-C, SIGTERM or the end of the terminal, then drain and stop.

    Raises ConfigError for a wrong setting, before anything is started. Raises CliError when something can't be started
    or kept running; what was started is stopped before, and INTERRUPTED when a second Ctrl-C cut the draining short.
    """
    shutdown = Shutdown()
    shutdown.listen()
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, shutdown.request)
    classes = settings_classes()
    settings = {name: load_settings(settings_type) for name, settings_type in classes.items()}
    check_lanes(settings["cli"])
    slot = slot_of_run(settings["cli"], options.data_dir)
    names = tuple(service.name for service in SERVICES)
    with locked(options.data_dir), Journal(console, options.data_dir / "log", names) as journal:
        journal.say(f"data in {options.data_dir}, this log also in {journal.path}")
        for problem in unread(all_settings(classes), os.environ):
            journal.say(problem, "warning")
        # Before the ports are chosen: it is most likely what holds them.
        await _end_leftovers(options.data_dir, journal)
        ports = _choose_ports(options, settings, journal)
        await _Run(options, settings["cli"], slot, ports, journal, shutdown, console).main()
    if shutdown.aborting.is_set():
        raise CliError("stopped at once; what the embedded broker held is lost", ExitCode.INTERRUPTED)


async def _end_leftovers(data_dir: Path, journal: Journal) -> None:
    state = read_state(data_dir)
    ended = () if state is None else await asyncio.to_thread(end_leftovers, state)
    if ended:
        journal.say(f"ended what a killed run left behind: {', '.join(ended)}", "warning")
    forget_state(data_dir)  # while this one starts, nobody is to look for the other's servers


def _choose_ports(
    options: RunOptions, settings: Mapping[str, CommonSettings], journal: Journal
) -> tuple[PortChoice, ...]:
    host = settings["cli"].host
    ports = choose_ports(port_wishes(settings, options.ports), lambda port: is_free(host, port))
    for choice in ports:
        if choice.instead_of is not None:
            journal.say(f"port {choice.instead_of} is taken: {choice.process} listens on {choice.port}", "warning")
    return ports


class _Run:
    """One run, from its locked data directory on."""

    def __init__(
        self,
        options: RunOptions,
        settings: CommonSettings,
        slot: str,
        ports: tuple[PortChoice, ...],
        journal: Journal,
        shutdown: Shutdown,
        console: Console,
    ) -> None:
        self._options = options
        self._console = console
        self._settings = settings
        self._slot = slot
        self._journal = journal
        self._shutdown = shutdown
        self._ports = ports
        self._backings: list[Backing] = []
        self._children: list[Child] = []
        self._supervisor: Supervisor | None = None
        self._queued: Mapping[str, Backlog | None] = {}
        self._servers: Servers | None = None
        self._began = time.monotonic()

    @property
    def _addresses(self) -> Addresses:
        port_of = {choice.process: choice.port for choice in self._ports}
        host = self._settings.host
        return Addresses(ingest=url(host, port_of["ingest"]), read=url(host, port_of["reader"]))

    async def main(self) -> None:
        """Start everything, run, stop everything."""
        async with AsyncExitStack() as stack:
            stack.callback(forget_state, self._options.data_dir)
            stack.push_async_callback(self._stop_backings)
            servers = await self._unless_stopped(self._start_servers())
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=_HTTP_SECONDS))
            if servers is not None:
                await self._supervise(servers, http)

    async def _start_servers(self) -> Servers:
        """Start or find the broker and the database, and create the topics."""
        chosen = self._settings.model_fields_set
        bootstrap, uri = self._settings.kafka_bootstrap, None
        embedded = "kafka_bootstrap" not in chosen
        if embedded:
            port = self._options.kafka_port or free_port()
            bootstrap = f"127.0.0.1:{port}"
            await self._start_backing(
                "broker", lambda: EmbeddedBroker(port, self._options.data_dir), self._refill, self._count_queued
            )
            self._journal.say(f"broker on {bootstrap} ({EmbeddedBroker.version()}, in memory only)")
        else:
            self._journal.say(f"using the broker at {bootstrap}")
        if "mongodb_uri" not in chosen:
            uri = await self._start_database()
        else:
            self._journal.say("using the database of DIGLOT_MONGODB_URI")
        self._servers = Servers(bootstrap, embedded or self._settings.kafka_embedded, uri)
        await self._create_topics()
        return self._servers

    async def _start_database(self) -> str:
        port = self._options.mongodb_port or free_port()

        # It keeps its data, and the services find it again by themselves.
        await self._start_backing("database", lambda: EmbeddedDatabase(port, self._options.data_dir))
        uri = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        self._journal.say(f"database at {uri} ({EmbeddedDatabase.version()})")
        return uri

    async def _start_backing(
        self,
        name: str,
        start: Callable[[], EmbeddedBroker | EmbeddedDatabase],
        restarted: Callable[[], Awaitable[None]] = nothing,
        died: Callable[[], Awaitable[None]] = nothing,
    ) -> None:
        backing = Backing(name, start, restarted, RestartPolicy(), self._journal, died)
        self._backings.append(backing)
        await backing.start()
        self._write_state()

    async def _create_topics(self) -> None:
        update = (
            {}
            if self._servers is None
            else {
                "kafka_bootstrap": self._servers.kafka_bootstrap,
                "kafka_embedded": self._servers.kafka_embedded,
            }
        )
        settings = self._settings.model_copy(update=update)
        try:
            created = await create_topics(settings, wait=_BROKER_SECONDS)
        except Unavailable as error:
            raise CliError(f"{error}; is DIGLOT_KAFKA_BOOTSTRAP right?", ExitCode.UNREACHABLE) from error
        except ConfigError as error:
            raise CliError(str(error), ExitCode.USAGE) from error
        if created:
            self._journal.say(f"created {len(created)} topics")

    async def _count_queued(self) -> None:
        """At the end of the embedded broker, while its clients still know what it held."""
        self._queued = {} if self._supervisor is None else await self._supervisor.count_queued()

    async def _refill(self) -> None:
        """After a restart of the embedded broker: it came back empty, and its clients hold offsets of the old one."""
        if (loss := describe_loss(self._queued)) is not None:
            self._journal.say(loss, "error")
        else:
            self._journal.say("nothing was queued in the broker when the stages last counted, within its last second")
        await self._create_topics()
        for child in self._children:
            child.replace()
        self._write_state()

    async def _supervise(self, servers: Servers, http: httpx.AsyncClient) -> None:
        specs = self._specs(servers)
        self._children = [
            Child(spec, RestartPolicy(), self._journal, self._write_state, partial(self._move, spec.name, servers))
            for spec in specs
        ]
        self._journal.say(f"starting {', '.join(spec.name for spec in specs)}")
        supervisor = self._supervisor = Supervisor(self._children, self._journal, http, Patience())
        announcing = asyncio.create_task(self._announce_stop())
        try:
            await supervisor.run(self._shutdown, self._opened, [backing.watch for backing in self._backings])
        finally:
            announcing.cancel()

    def _specs(self, servers: Servers) -> tuple[ProcessSpec, ...]:
        return process_specs(os.environ, self._settings, servers, self._ports, self._slot)

    def _move(self, name: str, servers: Servers) -> bool:
        """Give a service another port when a neighbour took its own since it was chosen. True when it has one."""
        ports = choose_again(name, self._ports, lambda port: is_free(self._settings.host, port))
        if ports is None:
            return False
        self._ports = ports
        choice = next(choice for choice in ports if choice.process == name)
        self._journal.say(f"port {choice.instead_of} was taken meanwhile: {name} listens on {choice.port}", "warning")
        for child, spec in zip(self._children, self._specs(servers), strict=True):
            tells_readers = child.spec.environment["DIGLOT_READ_URL"] != spec.environment["DIGLOT_READ_URL"]
            child.spec = spec
            if tells_readers and spec.name == "ingest":  # it puts the address into its answers
                child.replace()
        self._write_state()
        return True

    @property
    def _embedded(self) -> bool:
        return self._servers is not None and self._servers.kafka_embedded

    async def _announce_stop(self) -> None:
        await self._shutdown.draining.wait()
        queued = "what is queued is worked off" if self._embedded else "the broker keeps what is queued"
        self._journal.say(f"stopping, ingest first; {queued}; Ctrl-C again stops at once")

    async def _opened(self) -> None:
        self._journal.say(f"all is ready after {time.monotonic() - self._began:.1f} s; stop with Ctrl-C")
        self._journal.say(f"read:  {self._addresses.read}/")
        self._journal.say(f"post:  {self._addresses.ingest}/v1/articles, or `diglot submit FILE`")
        if self._options.samples:
            await Samples(self._addresses, self._journal, self._console).show()

    def _write_state(self) -> None:
        servers = self._servers
        running = [(backing.name, backing.pid) for backing in self._backings]
        running += [(child.spec.name, child.pid) for child in self._children]
        RunState(
            ingest_url=self._addresses.ingest,
            read_url=self._addresses.read,
            kafka_bootstrap=servers.kafka_bootstrap if servers and self._embedded else None,
            kafka_embedded=self._embedded,
            mongodb_uri=servers.mongodb_uri if servers else None,
            services={choice.process: url(self._settings.host, choice.port) for choice in self._ports},
            processes=describe_processes(running),
        ).write(self._options.data_dir)

    async def _stop_backings(self) -> None:
        """The database first; the broker last, when nothing can want it any more."""
        for backing in reversed(self._backings):
            if self._shutdown.aborting.is_set():
                await backing.kill()
            else:
                await backing.stop()
        if not self._shutdown.aborting.is_set():
            self._journal.say(f"stopped; what was published is kept in {self._options.data_dir}")

    async def _unless_stopped(self, work: Awaitable[T]) -> T | None:
        """Await `work`, or None as soon as a stop is asked for."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._shutdown.draining.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not task.done():
            task.cancel()
            return None
        return task.result()
