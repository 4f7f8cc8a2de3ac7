"""What the documents name exists: files, headings, settings, commands of make, metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.config import settings_classes
from cli.settings import KEY_VARIABLE
from shared.settings import CONFIG_VARIABLE, ENV_PREFIX

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("samples/*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def headings(page: Path) -> set[str]:
    """The anchors of a page, made as GitHub makes them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\((docs/[\w.-]+\.md)", (ROOT / "README.md").read_text()))
    assert {str(page.relative_to(ROOT)) for page in ROOT.glob("docs/*.md")} == linked


@pytest.mark.parametrize("name", NAMES)
def test_settings_exist(name: str) -> None:
    known = {ENV_PREFIX + field.upper() for kind in settings_classes().values() for field in kind.model_fields}
    # `DIGLOT_*` stands for all of them.
    named = set(re.findall(r"DIGLOT_[A-Z][A-Z_]*", (ROOT / name).read_text()))
    assert named <= known | {CONFIG_VARIABLE, KEY_VARIABLE, "DIGLOT_CHROMIUM"}


@pytest.mark.parametrize("name", NAMES)
def test_commands_of_make_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?<=`)make ([a-z-]+)", (ROOT / name).read_text())) <= targets


@pytest.mark.parametrize("name", NAMES)
def test_files_exist(name: str) -> None:
    paths = re.findall(
        r"`((?:shared|services|cli|tests|docs|samples|tools|locks|bench)/[\w./-]+)`", (ROOT / name).read_text()
    )
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_metrics_exist(name: str) -> None:
    declared = (ROOT / "shared/telemetry/metrics.py").read_text()
    named = re.findall(r"`(diglot_(?:stage|http|ingest|publish|reader|store)_\w+)`", (ROOT / name).read_text())
    assert [metric for metric in named if f'"{metric}"' not in declared] == []
