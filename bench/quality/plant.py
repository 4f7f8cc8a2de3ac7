"""Plants one error in the target of each faithful pair, for each operation that finds a place in it.

FILE holds lines of {"id", "en", "zh", "source": "en"|"zh"}, optionally with "split". Each line of OUT is one planted
pair more, with "error" (its class), "operation" and "from" (the id of the faithful pair). The source is never touched.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.quality.pairs import Pair, read_pairs, write_pairs
from bench.quality.planting import OPERATIONS, plant


def planted(pairs: Iterable[Pair], seed: int) -> list[Pair]:
    """All errors that can be planted in these pairs, in the order of the pairs."""
    made = (plant(pair, operation, seed) for pair in pairs for operation in OPERATIONS)
    return [pair for pair in made if pair is not None]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality.plant", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1, help="another number, other errors (1)")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT")
    options = parser.parse_args()
    try:
        pairs = read_pairs(options.file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{options.file}: {error}")
    found = planted(pairs, options.seed)
    write_pairs(options.out, found)
    for operation, count in Counter(pair.operation for pair in found).items():
        print(f"{count:6} {operation}")
    print(f"{len(found):6} errors in {len(pairs)} pairs")


if __name__ == "__main__":
    main()
