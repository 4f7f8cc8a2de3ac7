"""The list of settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from cli.config import all_settings, show, unknown_variables, unread
from cli.exit_codes import CliError, ExitCode
from cli.keygen import new_key
from cli.run.state import RunState
from cli.settings import Addresses, CliSettings, find_addresses, load_addresses
from shared.settings import CommonSettings, SourceSettings

CLASSES: dict[str, type[CommonSettings]] = {"cli": CliSettings}


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "diglot.toml"
    file.write_text('models = "none"\nmongodb_uri = "mongodb://me:hush@db.example/?w=1"\n')
    monkeypatch.setenv("DIGLOT_CONFIG", str(file))
    monkeypatch.setenv("DIGLOT_LOG_LEVEL", "debug")
    for name in ("DIGLOT_HOST", "DIGLOT_MODELS", "DIGLOT_MONGODB_URI", "DIGLOT_LANES"):
        monkeypatch.delenv(name, raising=False)


def test_each_setting_says_where_its_value_comes_from_and_who_reads_it() -> None:
    rows = {row.variable: row for row in all_settings(CLASSES)}
    assert (rows["DIGLOT_LOG_LEVEL"].value, rows["DIGLOT_LOG_LEVEL"].origin) == ("debug", "environment")
    assert (rows["DIGLOT_MODELS"].value, rows["DIGLOT_MODELS"].origin) == ("none", "file")
    assert (rows["DIGLOT_HOST"].value, rows["DIGLOT_HOST"].origin) == ("127.0.0.1", "default")
    assert rows["DIGLOT_HOST"].used_by == ("all",)
    assert rows["DIGLOT_DATA_DIR"].used_by == ("cli",)
    assert all(row.description for row in rows.values())


def test_no_password_is_shown() -> None:
    rows = {row.variable: row for row in all_settings(CLASSES)}
    assert rows["DIGLOT_MONGODB_URI"].value == "mongodb://********@db.example/"
    assert show(SecretStr("plain")) == "********"
    digest = "ab" * 32
    shown = show({"desk": SourceSettings(name="Desk", key_sha256=SecretStr(digest))})
    assert digest not in shown
    assert '"Desk"' in shown


def test_values_are_shown_as_they_are_written_in_the_environment() -> None:
    assert show(("draft", "model")) == "draft,model"
    assert show(True) == "true"
    assert show(Path(".diglot")) == ".diglot"


def test_a_misspelt_variable_is_found() -> None:
    environment = {"DIGLOT_REDA_PORT": "1", "DIGLOT_HOST": "::1", "DIGLOT_API_KEY": "k", "HOME": "/"}
    known = all_settings(CLASSES)
    assert unknown_variables(known, environment) == ["DIGLOT_REDA_PORT"]
    assert unread(known, {"DIGLOT_HOTS": "::1", "DIGLOT_XYZZY_42": "1"}) == [
        "DIGLOT_HOTS is set, but nothing reads it; did you mean DIGLOT_HOST?",
        "DIGLOT_XYZZY_42 is set, but nothing reads it; `diglot config` lists what is read",
    ]


def test_the_hash_of_a_new_key_is_what_the_settings_take() -> None:
    made = new_key("desk")
    assert made.key not in made.toml()
    assert SourceSettings(name="Desk", key_sha256=SecretStr(made.key_sha256)).key_sha256 is not None
    assert new_key("desk").key != made.key


def test_addresses_come_from_option_setting_run_default_in_this_order(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGLOT_INGEST_URL", "DIGLOT_READ_URL"):
        monkeypatch.delenv(name, raising=False)
    run = RunState(ingest_url="http://run:1", read_url="http://run:2")
    assert find_addresses(CliSettings(), None, None, None) == Addresses(
        "http://127.0.0.1:8001", "http://127.0.0.1:8000"
    )
    assert find_addresses(CliSettings(), run, None, None) == Addresses("http://run:1", "http://run:2")
    chosen = CliSettings(ingest_url="http://set:1")
    assert find_addresses(chosen, run, None, "http://opt:2/") == Addresses("http://set:1", "http://opt:2")


@pytest.mark.parametrize("address", ["foo", "http://", "ftp://a.example", "http://a:b", "http://[::1"])
def test_what_is_no_address_is_a_usage_error(address: str) -> None:
    with pytest.raises(CliError, match=r"--ingest-url: .* is no address") as caught:
        find_addresses(CliSettings(), None, address, None)
    assert caught.value.code == ExitCode.USAGE


@pytest.fixture
def _no_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGLOT_INGEST_URL", "DIGLOT_READ_URL", "DIGLOT_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_no_urls")
def test_a_run_that_was_meant_and_is_not_there_is_not_replaced_by_a_stranger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    default = Addresses("http://127.0.0.1:8001", "http://127.0.0.1:8000")
    assert load_addresses(None, None, None, ("read",)) == default
    with pytest.raises(CliError, match=r"no run uses .*mine; start it .* --read-url") as caught:
        load_addresses(None, None, tmp_path / "mine", ("read",))
    assert caught.value.code == ExitCode.UNREACHABLE
    assert load_addresses(None, "http://said:1", tmp_path / "mine", ("read",)).read == "http://said:1"
    with pytest.raises(CliError, match="--ingest-url"):
        load_addresses(None, "http://said:1", tmp_path / "mine", ("ingest", "read"))
    (tmp_path / ".diglot").mkdir()
    RunState(ingest_url="http://run:1", read_url="http://run:2").write(tmp_path / ".diglot")
    with pytest.raises(CliError, match=r"the run in \.diglot is no more: it was killed"):
        load_addresses(None, None, None, ("ingest",))
