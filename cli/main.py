"""The entry point of `diglot`. It imports next to nothing, so that Ctrl-C ends even the imports in good order."""

from __future__ import annotations

from cli.interrupts import leaving_at_once


def main() -> None:
    """Run the command line; every error is one line on stderr and an exit code."""
    with leaving_at_once():
        from cli.options import run_command

        run_command()
