"""The whole product under chaos: clients post while every part is killed; in the end all must be as accepted.

    python -m bench.product_chaos [--seed N] [--articles 5000] [--kills 90] [--keep DIRECTORY]

Ingest, analyze, translate, the writers, a reader, the database and the broker are killed with SIGKILL and restarted,
at random and after each write to MongoDB and before commits. At the end MongoDB, a fresh reader, the reader that was
killed and one that stayed up must equal the client's own model of what was answered with 202. Ends with 1 where
anything differs, and says what.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.support.product_chaos.report import Options
from tests.support.product_chaos.run import run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="decides the posts and the kills; random, and printed, by default")
    parser.add_argument("--articles", type=int, default=5000, help="articles posted, with about four posts each")
    parser.add_argument("--kills", type=int, default=90, help="kills in all, spread over the posts")
    parser.add_argument("--rate", type=float, default=25.0, help="posts and retractions a second")
    parser.add_argument("--writers", type=int, default=2, help="writer processes")
    parser.add_argument("--broker", choices=("kafka", "embedded"), default="kafka")
    parser.add_argument("--keep", type=Path, help="a new directory for logs and data, which stay there")
    given = parser.parse_args()
    options = Options(
        seed=secrets.randbelow(1_000_000) if given.seed is None else given.seed,
        articles=given.articles,
        kills=given.kills,
        rate=given.rate,
        writers=given.writers,
        broker=given.broker,
        kill_broker=given.broker == "kafka",
        quiet_seconds=600.0,
    )
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {what}", flush=True)

    with tempfile.TemporaryDirectory(prefix="diglot-chaos-") as temporary:
        directory: Path = given.keep or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        report = run(options, directory, say)
    for line in report.lines():
        print(line)
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
