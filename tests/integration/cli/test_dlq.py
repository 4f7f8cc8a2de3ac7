"""Dead letters by the command line: a real stage fails, a person looks, corrects and sends again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cli.embedded import free_port
from cli.exit_codes import ExitCode
from shared.model import ArticleAnalyzed, ArticleSubmitted, decode
from shared.stream.topics import ANALYZED_DRAFT, SUBMITTED
from tests.support.brokers import Broker
from tests.support.events import read_topic
from tests.support.samples import posted
from tests.support.stages import send
from tests.support.system import wait_for

_ROOT = Path(__file__).parents[3]


@contextmanager
def analyze(broker: Broker, log: Path) -> Iterator[None]:
    """The analyze process, ready; it must end well."""
    port = free_port()
    environment = {**os.environ, **broker.environment(), "DIGLOT_ANALYZE_PORT": str(port)}
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "services.analyze.main"], env=environment, stderr=file)
    try:
        wait_for("analyze to be ready", lambda: _is_ready(f"http://127.0.0.1:{port}/readyz"), seconds=60)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
    assert code == 0, log.read_text()[-2000:]


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def diglot(broker: Broker, directory: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")}
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        cwd=directory,
        env={**environment, **broker.environment(), **variables, "PYTHONPATH": str(_ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def analyzed(broker: Broker, event: ArticleSubmitted) -> list[ArticleAnalyzed]:
    """What the draft lane made of an article."""
    records = read_topic(broker, ANALYZED_DRAFT, 1, seconds=2, settle=0.2)
    events = [decode(r.headers.items(), r.value) for r in records if r.key == event.key.encode()]
    return [event for event in events if isinstance(event, ArticleAnalyzed)]


def test_a_letter_is_found_corrected_and_published(broker: Broker, tmp_path: Path) -> None:
    event = posted("1234", "5678")
    of_article = ("--article", event.article.id, "--json")
    asyncio.run(send(broker, SUBMITTED, [event]))
    with analyze(broker, tmp_path / "analyze.log"):
        listed = wait_for("the letter", lambda: diglot(broker, tmp_path, "dlq", "list", *of_article).stdout or None)
        (letter,) = map(json.loads, listed.splitlines())
        assert (letter["kind"], letter["article_id"]) == ("poison", event.article.id)
        assert letter["id"].startswith("analyze.draft@")

        shown = diglot(broker, tmp_path, "dlq", "show", letter["id"])
        assert "the article has no words" in shown.stdout
        raw = tmp_path / "raw.json"
        assert diglot(broker, tmp_path, "dlq", "show", letter["id"], "--raw", str(raw)).returncode == 0
        assert json.loads(raw.read_bytes()) == json.loads(event.model_dump_json())

        dry = diglot(broker, tmp_path, "dlq", "replay", "--article", event.article.id, "--dry-run")
        assert f"{letter['id']}: would be sent to article.submitted[" in dry.stdout
        asked = diglot(broker, tmp_path, "dlq", "replay", "--article", event.article.id)
        assert (asked.returncode, "say --yes" in asked.stderr) == (ExitCode.USAGE, True)
        assert json.loads(diglot(broker, tmp_path, "dlq", "list", *of_article).stdout) == letter

        editor = "sed -i s/5678/The.council.bought.twelve.new.buses.on.Monday./"
        fixed = diglot(broker, tmp_path, "dlq", "replay", letter["id"], "--edit", "--yes", EDITOR=editor)
        assert (fixed.returncode, fixed.stderr) == (0, "")
        (result,) = wait_for("the analysis", lambda: analyzed(broker, event) or None, seconds=60)
        assert result.article.body.startswith("The.council")
        assert result.version == event.version

        again = diglot(broker, tmp_path, "dlq", "replay", "--article", event.article.id, "--yes")
        assert "1 dead letter sent again before: left out" in again.stderr
        (listed_again,) = map(json.loads, diglot(broker, tmp_path, "dlq", "list", *of_article).stdout.splitlines())
        assert len(listed_again["replayed"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["show", "analyze.draft@999999"], ExitCode.NOT_FOUND, "there is no dead letter analyze.draft@999999"),
        (["show", "nothing"], ExitCode.USAGE, "'nothing' is no dead letter's id"),
        (["show", "nope@1"], ExitCode.USAGE, "there is no stage 'nope'; there are analyze.draft"),
        (["replay"], ExitCode.USAGE, "say which letters"),
        (["replay", "analyze@1", "--stage", "analyze"], ExitCode.USAGE, "not both"),
        (["replay", "analyze@1", "analyze@2", "--edit"], ExitCode.USAGE, "--edit is for one letter"),
        (["replay", "analyze@1", "--edit"], ExitCode.USAGE, "nobody is here to edit; say --yes"),
        (["list", "--since", "soon"], ExitCode.USAGE, "--since: 'soon' is no moment"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(
    embedded_broker: Broker, tmp_path: Path, arguments: list[str], code: ExitCode, message: str
) -> None:
    ended = diglot(embedded_broker, tmp_path, "dlq", *arguments)
    assert (ended.returncode, ended.stdout) == (code, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("diglot: ")
    assert message in line


def test_without_a_broker_the_command_says_what_to_do(tmp_path: Path) -> None:
    for command in (["dlq", "list"], ["lag"]):
        ended = diglot(Broker("127.0.0.1:1", embedded=False), tmp_path, *command)
        assert (ended.returncode, ended.stdout) == (ExitCode.UNREACHABLE, "")
        (line,) = ended.stderr.splitlines()
        assert "DIGLOT_KAFKA_BOOTSTRAP" in line


def test_lag_shows_every_stage_that_runs(embedded_broker: Broker, tmp_path: Path) -> None:
    lines = diglot(embedded_broker, tmp_path, "lag", "--json").stdout.splitlines()
    assert [json.loads(line)["stage"] for line in lines][:2] == ["analyze.draft", "translate.draft"]
    table = diglot(embedded_broker, tmp_path, "lag", "--stage", "publish.rulings", "--partitions", COLUMNS="120").stdout
    assert "article.ruled[2]" in table
