"""`diglot replay` as a process, beside a running stage."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from cli.exit_codes import ExitCode
from shared.model import ArticleAnalyzed, ArticleRuled, Ruling
from shared.stream import EventProducer
from shared.stream.topics import RULED, SUBMITTED
from tests.integration.cli.test_dlq import analyze, analyzed, diglot
from tests.support.brokers import Broker
from tests.support.events import unique
from tests.support.samples import posted
from tests.support.stages import send
from tests.support.system import wait_for

BODY = "The council of Aldmoor bought twelve new buses for 3 million dollars on Monday, it said."


async def retract(broker: Broker, article: str, at: int) -> None:
    producer = EventProducer(broker.settings(), "/diglot/test", [RULED])
    await producer.send(RULED, ArticleRuled(ruling=Ruling(article_id=article, kind="retract", by="test", at=at)))
    await producer.close()


def from_here(broker: Broker, directory: Path) -> list[str]:
    """The options for a replay of what is still to be sent; other tests have used the topic before."""
    lag = json.loads(diglot(broker, directory, "lag", "--stage", "analyze.draft", "--json").stdout)
    return [option for part in lag["partitions"] for option in ("--from", f"{part['partition']}:{part['end']}")]


def runs(results: list[ArticleAnalyzed]) -> list[int]:
    return sorted(result.version.run for result in results)


def test_a_stage_runs_again_in_a_run_of_its_own_without_what_was_retracted(broker: Broker, tmp_path: Path) -> None:
    kept, gone, bad = posted(unique("Kept"), BODY), posted(unique("Gone"), BODY), posted("1" * 20, "2")
    with analyze(broker, tmp_path / "analyze.log"):
        start = from_here(broker, tmp_path)
        asyncio.run(send(broker, SUBMITTED, [kept, gone, bad]))
        wait_for("the live results", lambda: analyzed(broker, kept) and analyzed(broker, gone), seconds=60)
        asyncio.run(retract(broker, gone.article.id, gone.article.accepted))

        dry = diglot(broker, tmp_path, "replay", "--stage", "analyze.draft", *start, "--dry-run", "--json")
        assert json.loads(dry.stdout)["offsets"] == 3
        done = diglot(broker, tmp_path, "replay", "--stage", "analyze.draft", *start, "--yes", "--json")
        summary = json.loads(done.stdout)
        run = summary.pop("run")
        assert summary == {
            "stage": "analyze.draft",
            "finished": True,
            "handled": 1,
            "passed_over": 1,
            "dead_lettered": 1,
        }
        assert done.returncode == ExitCode.FAILED
        assert "it made 1 dead letter; " in done.stderr
        assert runs(analyzed(broker, kept)) == [0, run]
        assert runs(analyzed(broker, gone)) == [0]

        letters = diglot(broker, tmp_path, "dlq", "list", "--article", bad.article.id, "--json").stdout.splitlines()
        again = json.loads(letters[0])
        assert again["run"] == run
        editor = f"sed -i 's/\\\\n2\"/\\\\n{BODY}\"/'"
        sent = diglot(broker, tmp_path, "dlq", "replay", again["id"], "--edit", "--yes", EDITOR=editor)
        assert (sent.returncode, sent.stderr) == (0, "")
        wait_for("the corrected one", lambda: runs(analyzed(broker, bad)) == [run], seconds=60)

        over = diglot(broker, tmp_path, "replay", "--stage", "analyze.draft", "--run", str(run), "--yes")
        assert (over.returncode, "0 handled" in over.stdout) == (0, True)
        other = diglot(broker, tmp_path, "replay", "--stage", "translate.draft", "--run", str(run))
        assert other.returncode == ExitCode.NOT_FOUND


def test_an_interrupted_replay_says_how_to_go_on(embedded_broker: Broker, tmp_path: Path) -> None:
    start = from_here(embedded_broker, tmp_path)
    events = [posted(unique("Many"), f"{BODY} " * 40) for _ in range(400)]  # seconds of work
    asyncio.run(send(embedded_broker, SUBMITTED, events))
    command = ["replay", "--stage", "analyze.draft", *start, "--yes"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from cli.main import main; main()", *command],
        env={**os.environ, **embedded_broker.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    wait_for("the first results", lambda: analyzed(embedded_broker, events[0]) or None, seconds=60)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    run = first.split()[2]
    assert stderr.splitlines()[-1] == (
        f"diglot: stopped before the end; go on with: diglot replay --stage analyze.draft --run {run}"
    )
    go_on = ["replay", "--stage", "analyze.draft", "--run", run]
    dry = diglot(embedded_broker, tmp_path, *go_on, "--dry-run", "--json")
    left = json.loads(dry.stdout)
    assert (dry.returncode, left["run"]) == (0, int(run))
    assert 0 < left["offsets"] == sum(part["to"] - part["from"] for part in left["partitions"])
    asked = diglot(embedded_broker, tmp_path, *go_on)
    assert (asked.returncode, "say --yes" in asked.stderr) == (ExitCode.USAGE, True)
    text = diglot(embedded_broker, tmp_path, *go_on, "--dry-run").stdout
    assert text.startswith(f"replay {run} of analyze.draft would go on over {left['offsets']} offset")
    assert all(
        f"  {part['topic']}[{part['partition']}]  {part['from']} to {part['to']}\n" in text
        for part in left["partitions"]
        if part["from"] < part["to"]
    )
    rest = diglot(embedded_broker, tmp_path, *go_on, "--yes")
    assert (rest.returncode, rest.stdout.startswith(f"replay {run} of analyze.draft: ")) == (0, True)
    assert all(runs(analyzed(embedded_broker, event)) == [int(run)] for event in (events[0], events[-1]))
    finished = diglot(embedded_broker, tmp_path, *go_on, "--dry-run").stdout
    assert finished == f"replay {run} of analyze.draft is finished\n"
