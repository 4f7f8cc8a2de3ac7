"""What a run starts, from settings and options."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from cli.options import run_command
from cli.processes import SERVICES
from cli.run.plan import Servers, process_specs, run_defaults, slot_of_run, url
from cli.run.ports import PortChoice
from shared.settings import CommonSettings

SERVERS = Servers("127.0.0.1:3333", kafka_embedded=True, mongodb_uri="mongodb://127.0.0.1:4444/")
PORTS = [PortChoice(service.name, 9000 + number) for number, service in enumerate(SERVICES)]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGLOT_LOCAL", "DIGLOT_READY_AFTER", "DIGLOT_HOST", "DIGLOT_SOURCES", "DIGLOT_SLOT"):
        monkeypatch.delenv(name, raising=False)


def test_under_run_ingest_is_open_and_drafts_are_listed_at_once() -> None:
    defaults = run_defaults(CommonSettings())
    assert defaults["DIGLOT_LOCAL"] == "true"
    assert defaults["DIGLOT_READY_AFTER"] == "0"
    assert CommonSettings(sources=json.loads(defaults["DIGLOT_SOURCES"])).sources["samples"].name == "Sample articles"


def test_what_a_person_chose_is_left_alone() -> None:
    assert run_defaults(CommonSettings(local=False, ready_after=5, sources={})) == {}


def test_ingest_is_not_opened_to_the_network() -> None:
    assert "DIGLOT_LOCAL" not in run_defaults(CommonSettings(host="0.0.0.0"))


def test_every_process_gets_the_servers_and_its_port_and_keeps_the_rest_of_the_environment() -> None:
    specs = process_specs({"PATH": "/bin", "DIGLOT_LOG_LEVEL": "debug"}, CommonSettings(), SERVERS, PORTS, "desk")
    assert [spec.name for spec in specs] == ["ingest", "analyze", "translate", "writer", "reader"]
    for spec in specs:
        assert spec.environment["PATH"] == "/bin"
        assert spec.environment["DIGLOT_LOG_LEVEL"] == "debug"
        assert spec.environment["DIGLOT_KAFKA_BOOTSTRAP"] == "127.0.0.1:3333"
        assert spec.environment["DIGLOT_KAFKA_EMBEDDED"] == "true"
        assert spec.environment["DIGLOT_MONGODB_URI"] == "mongodb://127.0.0.1:4444/"
        assert spec.environment["DIGLOT_INGEST_PORT"] == "9000"
        assert spec.environment["DIGLOT_READ_URL"] == "http://127.0.0.1:9004"
    assert specs[0].ready_url == "http://127.0.0.1:9000/readyz"


def test_every_process_has_a_slot_of_its_own_that_stays_the_same() -> None:
    def slots(environment: dict[str, str]) -> list[str]:
        specs = process_specs(environment, CommonSettings(), SERVERS, PORTS, "desk")
        return [CommonSettings(slot=spec.environment["DIGLOT_SLOT"]).slot for spec in specs]

    assert slots({}) == ["desk-1", "desk-2", "desk-3", "desk-4", "desk-5"]
    assert slots({"DIGLOT_SLOT": "left over from outside"}) == slots({})


def test_runs_share_a_slot_only_where_they_share_the_data_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    one = slot_of_run(CommonSettings(), Path("one"))
    assert slot_of_run(CommonSettings(), tmp_path / "one") == one
    assert slot_of_run(CommonSettings(), Path("two")) != one
    assert slot_of_run(CommonSettings(slot="desk"), Path("one")) == "desk"


def test_a_long_host_name_leaves_room_for_the_number(tmp_path: Path) -> None:
    on_a_long_host = CommonSettings.model_construct(_fields_set=set(), slot="h" * 64)
    slot = slot_of_run(on_a_long_host, tmp_path)
    assert CommonSettings(slot=f"{slot}-5").slot.endswith("-5")


def test_a_chosen_slot_without_room_for_the_number_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    longest = "s" * 62
    assert CommonSettings(slot=f"{slot_of_run(CommonSettings(slot=longest), tmp_path)}-5")
    monkeypatch.setenv("DIGLOT_SLOT", f"{longest}s")
    monkeypatch.setattr(sys, "argv", ["diglot", "run", "--data-dir", str(tmp_path / "data")])
    with pytest.raises(SystemExit) as ended:
        run_command()
    assert ended.value.code == ExitCode.USAGE
    assert "DIGLOT_SLOT: 63 characters are too many" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_only_stages_on_the_embedded_broker_have_to_be_drained() -> None:
    embedded = process_specs({}, CommonSettings(), SERVERS, PORTS, "desk")
    assert [spec.name for spec in embedded if spec.metrics_url] == ["analyze", "translate", "writer"]
    real = process_specs(
        {}, CommonSettings(), Servers("kafka:9092", kafka_embedded=False, mongodb_uri=None), PORTS, "desk"
    )
    assert not any(spec.metrics_url for spec in real)
    assert not any("DIGLOT_MONGODB_URI" in spec.environment for spec in real)


def test_an_address_is_one_that_clients_on_this_machine_can_use() -> None:
    assert url("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert url("::1", 80) == "http://[::1]:80"
    assert url("localhost", 80) == "http://localhost:80"
