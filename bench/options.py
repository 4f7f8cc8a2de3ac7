"""What the benchmarks of a stage are told on the command line."""

from __future__ import annotations

import argparse

from bench.payloads import ARTICLE_BYTES


def parser_of(module: str, about: str | None) -> argparse.ArgumentParser:
    """The parser of `python -m <module>`, with the options that all of them have."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bytes", type=int, default=ARTICLE_BYTES, help="size of an article's event")
    parser.add_argument("--json", action="store_true", help="a JSON object for each figure instead of the table")
    return parser
