"""Submits the sample articles and shows their way through the stages."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.live import Live

from cli.client import Client, open_client
from cli.exit_codes import CliError
from cli.inputs import Fields, read_file, to_post
from cli.journey import Progress, progress_of
from cli.progress import Row, changed_steps, sentence, table
from cli.run.journal import Journal
from cli.settings import Addresses

_HERE: Final = Path("samples")
_CHECKOUT: Final = Path(__file__).resolve().parents[2] / "samples"
_REFRESH_PER_SECOND: Final = 8
# A machine that is still busy with starting everything is slow to see the first articles.
_UNKNOWN_SECONDS: Final = 60.0


def sample_files() -> list[Path]:
    """The samples of the current directory, else of the checkout. Raises CliError when there are none."""
    for directory in (_HERE, _CHECKOUT):
        files = sorted(directory.glob("*.json"))
        if files:
            return files
    raise CliError("there are no samples here: --samples works in a checkout of the project")


class Samples:
    """The samples on their way. On a terminal a table is drawn again and again, else each change is a line."""

    def __init__(self, addresses: Addresses, journal: Journal, console: Console) -> None:
        self._addresses = addresses
        self._journal = journal
        self._console = console
        self._redraws = console.is_terminal and not console.is_dumb_terminal
        self._rows: dict[Path, Row] = {}
        self._ids: dict[Path, str] = {}

    async def show(self) -> None:
        """Submit all, follow each to its end, then say where to read them. A sample that fails stops nothing."""
        files = sample_files()
        self._rows = {path: Row(path.stem) for path in files}
        self._journal.say(f"submitting {len(files)} samples")
        began = time.monotonic()
        async with open_client(self._addresses, None, self._journal.say) as client:
            if self._redraws:
                with Live(
                    get_renderable=lambda: table(list(self._rows.values())),
                    console=self._console,
                    refresh_per_second=_REFRESH_PER_SECOND,
                ):
                    await self._follow_all(client, files)
            else:
                await self._follow_all(client, files)
        self._report(time.monotonic() - began)

    async def _follow_all(self, client: Client, files: list[Path]) -> None:
        await asyncio.gather(*(self._follow(client, path) for path in files))

    async def _follow(self, client: Client, path: Path) -> None:
        try:
            accepted = await client.submit(to_post(read_file(path), Fields()))
            self._ids[path] = accepted.article_id
            async for journey in client.follow(accepted.article_id, unknown_for=_UNKNOWN_SECONDS):
                progress = progress_of(journey, accepted.revision)
                self._note(path, progress)
                if progress.outcome is not None:
                    return
        except CliError as error:
            self._rows[path] = Row(path.stem, problem=str(error))
            self._journal.say(f"{path.stem}: {error}", "error")

    def _note(self, path: Path, progress: Progress) -> None:
        row = self._rows[path]
        for step in changed_steps(row.progress, progress):
            # The table shows all but the reason of a failure.
            if step.status == "failed" or not self._redraws:
                self._journal.say(f"{row.name}: {sentence(step)}", "error" if step.status == "failed" else "info")
        self._rows[path] = Row(row.name, progress)

    def _report(self, seconds: float) -> None:
        shown = [path for path, row in self._rows.items() if row.progress and row.progress.outcome != "failed"]
        self._journal.say(
            f"{len(shown)} of {len(self._rows)} samples are published, in {seconds:.1f} s",
            "info" if len(shown) == len(self._rows) else "warning",
        )
        for path in shown:
            self._journal.say(f"read:  {self._addresses.read}/articles/{self._ids[path]}  {path.stem}")
        self._journal.say(f"read all:  {self._addresses.read}/")
