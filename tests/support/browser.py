"""Headless Chromium for tests: the system's own, driven by Playwright, with nothing of its own on the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS: Final = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """Return the path of Chromium: `DIGLOT_CHROMIUM`, or the first that the PATH has.

    Raises:
        RuntimeError: there is none; `tools/test_programs.sh` installs it.
    """
    for name in (os.environ.get("DIGLOT_CHROMIUM", ""), *_NAMES):
        path = shutil.which(name) if name else None
        if path is not None:
            return path
    raise RuntimeError("no Chromium found: run tools/test_programs.sh, or set DIGLOT_CHROMIUM to its path")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Run Chromium while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
