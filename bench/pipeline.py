"""Speed of the whole system with the offline engine: throughput, latency, CPU seconds of each service.

    python -m bench.pipeline [--articles 1000] [--rate 5] [--seconds 30] [--broker embedded|kafka] [--repeat 3]

Throughput: all articles are posted by `--clients` connections at once; the clock runs from the first post until the
reader holds the last one. Latency: posts at a steady low rate; from the 202 until the reader answers 200 for the
document. Retraction: the same documents, with analyze stopped; from the 202 until the reader answers 410.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil

from bench.figures import Spread, machine, quantile, table
from cli.embedded import EmbeddedBroker, EmbeddedDatabase, free_port
from shared.model import article_id
from shared.stream.topics import create_topics
from tests.support.articles import article
from tests.support.brokers import Broker
from tests.support.kafka_server import KafkaServer
from tests.support.system import SERVICES, System, wait_for

_POLL_SECONDS = 0.002
_LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Result:
    articles_per_second: float
    latency_p50_ms: float
    latency_p99_ms: float
    latency_samples: int
    retraction_p50_ms: float
    retraction_max_ms: float
    cpu_seconds_per_1000: Mapping[str, float]


def measure(system: System, servers: Mapping[str, int], options: argparse.Namespace) -> Result:
    """Measure one freshly started system: warm-up, then throughput, then latency.

    `servers`: process ids of the broker and the database by name.
    """
    articles, clients = options.articles, options.clients

    def cpu_seconds() -> dict[str, float]:
        times = {name: psutil.Process(pid).cpu_times() for name, pid in servers.items()}
        return {
            **{service: system.metric(service, "process_cpu_seconds_total") for service in SERVICES},
            **{name: spent.user + spent.system for name, spent in times.items()},
        }

    asyncio.run(_post_all(system, "warmup", 50, clients))
    _wait_for_articles(system, 50)
    before = cpu_seconds()
    started = time.perf_counter()
    asyncio.run(_post_all(system, "bench", articles, clients))
    _wait_for_articles(system, 50 + articles)
    took = time.perf_counter() - started
    after = cpu_seconds()
    posts = round(options.rate * options.seconds)
    latencies = sorted(asyncio.run(_at_rate(system, _post_until_readable, posts, options.rate)))
    system.stop("analyze")
    retractions = sorted(asyncio.run(_at_rate(system, _retract_until_gone, posts, options.rate)))
    return Result(
        articles_per_second=articles / took,
        latency_p50_ms=quantile(latencies, 0.50) * 1000,
        latency_p99_ms=quantile(latencies, 0.99) * 1000,
        latency_samples=len(latencies),
        retraction_p50_ms=quantile(retractions, 0.50) * 1000,
        retraction_max_ms=retractions[-1] * 1000,
        cpu_seconds_per_1000={name: (after[name] - before[name]) * 1000 / articles for name in after},
    )


async def _post_all(system: System, source: str, count: int, clients: int) -> None:
    numbers = iter(range(count))

    async def client(http: httpx.AsyncClient) -> None:
        for number in numbers:
            (await http.post("/v1/articles", json=article(number, source))).raise_for_status()

    async with httpx.AsyncClient(base_url=system.url("ingest"), timeout=30) as http:
        await asyncio.gather(*(client(http) for _ in range(clients)))


def _wait_for_articles(system: System, count: int) -> None:
    def all_there() -> bool:
        return system.metric("reader", "diglot_reader_articles") >= count

    wait_for(f"{count} articles in the reader", all_there, _LIMIT_SECONDS)


Step = Callable[[httpx.AsyncClient, httpx.AsyncClient, int], Awaitable[float]]


async def _at_rate(system: System, step: Step, count: int, rate: float) -> list[float]:
    """Run `step(ingest, reader, number)` `rate` times a second; returns the seconds that each took."""

    async def delayed(number: int) -> float:
        await asyncio.sleep(number / rate)
        return await step(ingest, reader, number)

    async with (
        httpx.AsyncClient(base_url=system.url("ingest"), timeout=30) as ingest,
        httpx.AsyncClient(base_url=system.url("reader"), timeout=30) as reader,
    ):
        return await asyncio.gather(*(delayed(number) for number in range(count)))


async def _post_until_readable(ingest: httpx.AsyncClient, reader: httpx.AsyncClient, number: int) -> float:
    response = await ingest.post("/v1/articles", json=article(number, "latency"))
    return await _until(reader, response, httpx.codes.OK)


async def _retract_until_gone(ingest: httpx.AsyncClient, reader: httpx.AsyncClient, number: int) -> float:
    response = await ingest.delete(f"/v1/articles/{article_id('latency', f'a{number}')}")
    return await _until(reader, response, httpx.codes.GONE)


async def _until(reader: httpx.AsyncClient, accepted: httpx.Response, wanted: int) -> float:
    path = f"/v1/articles/{accepted.raise_for_status().json()['article_id']}"
    started = time.perf_counter()
    while (await reader.get(path)).status_code != wanted:
        if time.perf_counter() - started > _LIMIT_SECONDS:
            raise TimeoutError(f"{path} did not become {wanted} in {_LIMIT_SECONDS} s")
        await asyncio.sleep(_POLL_SECONDS)
    return time.perf_counter() - started


@contextmanager
def _broker(kind: str, directory: Path) -> Iterator[tuple[Broker, int]]:
    """The broker, and its process id."""
    if kind == "kafka":
        server = KafkaServer(directory / "kafka")
        try:
            yield Broker(server.bootstrap, embedded=False), server.pid
        finally:
            server.kill()
    else:
        with EmbeddedBroker(free_port(), directory) as embedded:
            yield Broker(embedded.bootstrap, embedded=True), embedded.pid


def run_once(options: argparse.Namespace) -> Result:
    """Start everything afresh, measure, stop everything."""
    with tempfile.TemporaryDirectory(prefix="diglot-bench-") as name:
        directory = Path(name)
        with (
            _broker(options.broker, directory) as (broker, pid),
            EmbeddedDatabase(free_port(), directory) as database,
        ):
            asyncio.run(create_topics(broker.settings()))
            environment = {**broker.environment(), "DIGLOT_MONGODB_URI": database.uri, "DIGLOT_LOG_LEVEL": "warning"}
            with System(directory, environment) as system:
                return measure(system, {"broker": pid, "database": database.pid}, options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000, help="articles of the throughput run")
    parser.add_argument("--clients", type=int, default=16, help="posts in flight of the throughput run")
    parser.add_argument("--rate", type=float, default=5.0, help="articles a second of the latency run")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of the latency run")
    parser.add_argument("--broker", choices=("embedded", "kafka"), default="embedded")
    parser.add_argument("--repeat", type=int, default=3, help="runs; median and spread are over them")
    parser.add_argument("--json", action="store_true", help="one JSON object a run instead of the table")
    options = parser.parse_args()
    results = []
    for number in range(options.repeat):
        results.append(run_once(options))
        if options.json:
            print(json.dumps(asdict(results[-1])), flush=True)
        else:
            print(f"run {number + 1} of {options.repeat}: {results[-1].articles_per_second:.0f} articles/s", flush=True)
    if not options.json:
        _print_table(options, results)


def _print_table(options: argparse.Namespace, results: Sequence[Result]) -> None:
    load = f"{options.articles} articles of about 1.2 kB, {options.clients} clients"
    print(f"\n{machine()}, {options.broker} broker, {load}\n")
    figures = {
        "articles/s, accepted to readable": [r.articles_per_second for r in results],
        f"accept to readable at {options.rate:g}/s, p50 ms": [r.latency_p50_ms for r in results],
        f"accept to readable at {options.rate:g}/s, p99 ms": [r.latency_p99_ms for r in results],
        "retraction to 410 with analyze stopped, p50 ms": [r.retraction_p50_ms for r in results],
        "retraction to 410 with analyze stopped, slowest ms": [r.retraction_max_ms for r in results],
        **{
            f"CPU-s per 1,000 articles, {service}": [r.cpu_seconds_per_1000[service] for r in results]
            for service in results[0].cpu_seconds_per_1000
        },
    }
    spreads = {name: Spread.of(values) for name, values in figures.items()}
    rows = ((name, f"{it.median:.2f}", f"{it.low:.2f}", f"{it.high:.2f}") for name, it in spreads.items())
    print(table(("figure", "median", "min", "max"), rows))


if __name__ == "__main__":
    main()
