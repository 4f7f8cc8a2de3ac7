"""CPU seconds per 1,000 articles through one stage: ours, and the same stage in other libraries.

Every contender reads the same topic of articles of 10 KB on the same broker, validates each as the event that it is,
calls a handler that does nothing, and writes the event to a topic of its own. Each run is a process of its own; its CPU
time (all threads, user and system) counts from the first record that a handler gets until all results are there. They
run by turns, and ratios are taken round by round. The number of results is checked after each run.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from bench.figures import machine
from bench.options import parser_of
from bench.payloads import submitted
from bench.running import kafka
from bench.stage.contenders import CONTENDERS
from bench.stage.contest import rounds
from bench.stage.report import report
from bench.topics import fresh_name, topic

_PYTHON = Path(__file__).parents[2] / ".bench" / "venv" / "bin" / "python"


def main() -> None:
    parser = parser_of("bench.stage", __doc__)
    names = [contender.name for contender in CONTENDERS]
    parser.add_argument("--articles", type=int, default=10_000, help="of each run")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contender")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=" ".join(names))
    parser.add_argument("--python", type=Path, default=_PYTHON, help="interpreter that has the peers (make bench)")
    options = parser.parse_args()
    if not options.python.exists():
        parser.error(f"{options.python} is not there: `make .bench/venv/.installed` makes it")
    contenders = [contender for contender in CONTENDERS if contender.name in options.only]
    runs = []
    with tempfile.TemporaryDirectory(prefix="diglot-bench-") as directory, kafka(Path(directory)) as brokers:
        source = topic(f"{fresh_name()}.in")
        brokers.make(source)
        brokers.fill(source, (submitted(number, size=options.bytes) for number in range(options.articles)))
        log = Path(directory) / "contenders.log"
        for run in rounds(brokers, contenders, source, options.articles, options.rounds, options.python, log):
            runs.append(run)
            if options.json:
                print(json.dumps(asdict(run)), flush=True)
            else:
                at = time.strftime("%H:%M:%S")
                print(
                    f"{at} round {run.round + 1} of {options.rounds}: {run.contender}: {run.cpu_per_1000:.3f} CPU-s "
                    f"per 1,000, {run.per_second:.0f}/s",
                    flush=True,
                )
    if not options.json:
        print(f"\n{machine()}, one Kafka broker, {options.rounds} rounds of {options.articles} articles\n")
        print(report(runs, contenders))


if __name__ == "__main__":
    main()
