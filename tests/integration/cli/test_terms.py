"""`diglot terms` on a real database, as a person uses it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from cli import terms as commands
from cli.exit_codes import ExitCode
from shared.model import article_id
from shared.settings import CommonSettings
from shared.store import Search, StoredTerm, learned_id, open_store
from shared.telemetry import Metrics
from shared.vocabulary import all_terms

_ROOT = Path(__file__).parents[3]
ARTICLE = article_id("acme", "1")
LEARNED = learned_id("Beiming Storage", "北溟储能")

Diglot = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def settings(mongodb_uri: str) -> CommonSettings:
    return CommonSettings(mongodb_uri=SecretStr(mongodb_uri), mongodb_database=f"t{uuid.uuid4().hex[:12]}")


@pytest.fixture
def diglot(settings: CommonSettings, tmp_path: Path) -> Diglot:
    """Runs a command in a directory of its own, against a new database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")}
    environment |= {
        "DIGLOT_MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "DIGLOT_MONGODB_DATABASE": settings.mongodb_database,
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
    }

    def run(*arguments: str, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from cli.main import main; main()", "terms", *arguments],
            cwd=tmp_path,
            env=environment | variables,
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


def propose(settings: CommonSettings) -> None:
    async def work() -> None:
        async with open_store(settings, Metrics()) as store:
            await store.terms.propose("Beiming Storage", "北溟储能", "organisation", ARTICLE, 1)

    asyncio.run(work())


def stored(settings: CommonSettings, term_id: str) -> StoredTerm | None:
    async def work() -> StoredTerm | None:
        async with open_store(settings, Metrics()) as store:
            return await store.terms.get(term_id)

    return asyncio.run(work())


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_proposal_is_listed_confirmed_and_rejected(diglot: Diglot, settings: CommonSettings) -> None:
    propose(settings)
    (proposed,) = lines(diglot("list", "--state", "proposed", "--json"))
    assert (proposed["id"], proposed["articles"], proposed["decided_by"]) == (LEARNED, [ARTICLE], None)
    done = diglot("confirm", LEARNED, "nothing", "google", "--by", "ann")
    assert done.returncode == ExitCode.NOT_FOUND
    assert f"{LEARNED}: Beiming Storage = 北溟储能, confirmed" in done.stdout
    assert "there is no term nothing" in done.stderr
    assert "google comes with the product" in done.stderr
    (confirmed,) = lines(diglot("list", "北溟", "--kind", "organisation", "--json"))
    assert (confirmed["state"], confirmed["decided_by"]) == ("confirmed", "ann")
    assert diglot("reject", LEARNED).returncode == 0
    table = diglot("list").stdout
    assert "rejected" in table
    assert "北溟储能" in table


def test_a_person_says_what_a_proposal_names(diglot: Diglot, settings: CommonSettings) -> None:
    async def work() -> None:
        async with open_store(settings, Metrics()) as store:
            await store.terms.propose("Corvane", "科凡", "other", ARTICLE, 1)

    asyncio.run(work())
    corvane = learned_id("Corvane", "科凡")
    done = diglot("confirm", corvane)
    assert "it is no name" in done.stderr
    (confirmed,) = lines(diglot("confirm", corvane, "--kind", "organisation", "--json"))
    assert (confirmed["kind"], confirmed["state"]) == ("organisation", "confirmed")


def test_a_name_that_another_entry_has_is_neither_added_nor_confirmed(diglot: Diglot, settings: CommonSettings) -> None:
    done = diglot("add", "Google", "谷哥", "--kind", "organisation")
    assert done.returncode == ExitCode.USAGE
    assert "'Google' is a form of google" in done.stderr
    assert diglot("add", "Beiming", "北溟储能", "--kind", "organisation").returncode == 0
    propose(settings)
    done = diglot("confirm", LEARNED)
    assert done.returncode == ExitCode.USAGE
    assert "'北溟储能' is a form of beiming-" in done.stderr


def test_a_built_in_entry_can_be_changed_by_its_id(diglot: Diglot, settings: CommonSettings) -> None:
    done = diglot("add", "Nvidia", "英伟达", "--kind", "organisation", "--id", "nvidia", "--also-zh", "NVIDIA")
    assert done.stdout == "nvidia: Nvidia = 英伟达, changed\n"
    found = stored(settings, "nvidia")
    assert found is not None
    assert (found.zh, found.also_zh, found.state) == ("英伟达", ("NVIDIA",), "confirmed")


def test_an_export_is_imported_without_a_change(diglot: Diglot, settings: CommonSettings, tmp_path: Path) -> None:
    propose(settings)
    diglot("add", "=1+1 Corp", "等式公司", "--kind", "organisation", "--short-zh", "等式")
    assert diglot("export", "all.csv", "--all").returncode == 0
    data = (tmp_path / "all.csv").read_bytes()
    assert data.startswith(b'\xef\xbb\xbf"id","state",')
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == len(all_terms()) + 2
    assert not [row for row in rows if any(cell[:1] in ("=", "+", "-", "@") for cell in row.values())]
    (counts,) = lines(diglot("import", "all.csv", "--json"))
    assert counts == {"added": 0, "changed": 0, "unchanged": len(rows) - 1, "proposed": 1, "dry_run": False}
    text = data.decode("utf-8-sig").replace(f'"{LEARNED}","proposed"', f'"{LEARNED}","confirmed"')
    assert "1 would be changed" in diglot("import", "-", "--dry-run", text=text).stdout
    found = stored(settings, LEARNED)
    assert found is not None
    assert found.state == "proposed"
    assert "1 changed" in diglot("import", "-", text=text).stdout
    found = stored(settings, LEARNED)
    assert found is not None
    assert (found.state, found.articles) == ("confirmed", (ARTICLE,))


def test_one_wrong_row_keeps_all_others_out(diglot: Diglot) -> None:
    text = "en,zh,kind\nCorvane,科凡,organisation\nGoogle,谷哥,organisation\nCorvane,科凡,organisation\n"
    done = diglot("import", "-", text=text)
    assert done.returncode == ExitCode.USAGE
    assert "-:3: 'Google' is a form of google" in done.stderr
    assert "-:4: " in done.stderr
    assert "is in line 2 already" in done.stderr
    assert lines(diglot("list", "--json")) == []


def test_a_database_that_is_away_is_said_in_one_line(diglot: Diglot) -> None:
    done = diglot("list", DIGLOT_MONGODB_URI="mongodb://127.0.0.1:1/?directConnection=true")
    assert done.returncode == ExitCode.UNREACHABLE
    assert done.stderr.count("\n") == 1
    assert "DIGLOT_MONGODB_URI" in done.stderr
    assert len(done.stderr) < 300


def test_the_built_in_entries_need_no_database(diglot: Diglot) -> None:
    uri = "mongodb://127.0.0.1:1/?directConnection=true"
    (found,) = lines(diglot("list", "安迪·贾西", "--state", "built-in", "--json", DIGLOT_MONGODB_URI=uri))
    assert (found["id"], found["state"], found["changed_at"]) == ("andy-jassy", "built-in", None)


def test_of_terms_written_at_once_none_clashes_with_another(diglot: Diglot, settings: CommonSettings) -> None:
    def add(chinese: str) -> subprocess.CompletedProcess[str]:
        return diglot("add", "Clashco", chinese, "--kind", "organisation")

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(add, ("克拉什", "克拉施", "克拉仕")))
    confirmed = lines(diglot("list", "Clashco", "--state", "confirmed", "--json"))
    assert len(confirmed) == [each.returncode for each in done].count(0) <= 1


def test_a_term_that_another_took_the_form_of_meanwhile_is_taken_back(
    settings: CommonSettings,
) -> None:
    async def work() -> list[str]:
        async with open_store(settings, Metrics()) as store:
            for chinese in ("克拉什", "克拉施"):
                await store.terms.propose("Clashco", chinese, "organisation", ARTICLE, 1)
            one, two = (learned_id("Clashco", chinese) for chinese in ("克拉什", "克拉施"))
            before = await store.terms.get(one)
            after = await store.terms.decide(one, "confirmed", "ann", 2)
            await store.terms.decide(two, "confirmed", "bob", 2)
            assert before is not None
            assert after is not None
            changed = [(before, after)]
            problems = [str(error) async for error in commands._undone(store, changed)]
            assert changed == []
            assert [term.id for term in await store.terms.search(Search("confirmed"), 9)] == [two]
            return problems

    (problem,) = asyncio.run(work())
    assert "was taken back" in problem


def test_a_rejection_may_not_bring_a_built_in_name_back_that_another_term_has(diglot: Diglot) -> None:
    assert diglot("add", "Enwidia", "恩维迪亚", "--kind", "organisation", "--id", "nvidia").returncode == 0
    assert diglot("add", "Nvidia", "另一家公司", "--kind", "organisation").returncode == 0
    done = diglot("reject", "nvidia")
    assert done.returncode == ExitCode.USAGE
    assert "'Nvidia' is a form of nvidia-" in done.stderr
