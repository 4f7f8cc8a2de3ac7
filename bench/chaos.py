"""The large chaos run of docs/reliability.md: a chain of two stages on three Kafka nodes, broken at random.

    python -m bench.chaos [--seed N] [--articles 100000] [--kills 30] [--at-least 5] [--rate 250] [--limit 2400]

Prints the seed first and each thing that happens as it happens. Ends with 0 when no promise was broken and every
situation came about often enough, with 1 otherwise; then the directory of the run, which it names, stays for a look.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.support.chaos.driver import Options, run
from tests.support.chaos.summary import lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=None, help="of all that is drawn; a random one by default")
    parser.add_argument("--articles", type=int, default=100_000, help="at least so many go through the chain")
    parser.add_argument("--kills", type=int, default=30, help="at least so many SIGKILLs of workers and brokers")
    parser.add_argument("--at-least", type=int, default=5, help="times that each situation must come about")
    parser.add_argument("--rate", type=float, default=250.0, help="articles posted a second")
    parser.add_argument("--limit", type=float, default=2400.0, help="seconds of faults after which none are added")
    parser.add_argument("--keep", action="store_true", help="keep the directory of the run in any case")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    directory = Path(tempfile.mkdtemp(prefix=f"diglot-chaos-{seed}-"))
    options = Options(directory, seed, given.articles, given.kills, given.at_least, given.rate, given.limit)
    report = run(options, lambda line: print(line, flush=True))
    print("\n".join(lines(report)))
    if report.ok and not given.keep:
        shutil.rmtree(directory)
    else:
        print(f"the brokers' files, logs and handlers' lines are in {directory}")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
