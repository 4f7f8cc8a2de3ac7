"""The gate and the claim checks on sentences written for this project, with and without planted errors.

Prints how many of the planted errors were failed, by class and by half of the corpus (rules may be fitted to the dev
half only), how many faithful pairs and supported claims were failed or warned, and then each miss, false alarm and
warning. Texts are shown of the dev half only, unless asked for.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from bench.quality.measure import HERE, results
from bench.quality.pairs import read_pairs
from bench.quality.report import report


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faithful", type=Path, default=HERE / "faithful.jsonl", metavar="FILE", help="other pairs")
    parser.add_argument("--seed", type=int, default=1, help="of the errors planted by program (1)")
    parser.add_argument("--json", action="store_true", help="one JSON object for each judged line, no tables")
    parser.add_argument("--all-texts", action="store_true", help="texts of the held-out half, too: to explain a figure")
    options = parser.parse_args()
    try:
        pairs = read_pairs(options.faithful)
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{options.faithful}: {error}")
    found = list(results(pairs, options.seed))
    if options.json:
        for result in found:
            print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        print(report(found, all_texts=options.all_texts))


if __name__ == "__main__":
    main()
