from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.errors import ConfigError
from shared.settings import CommonSettings, load_settings

KEY = "ab" * 32


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DIGLOT_")]:
        monkeypatch.delenv(name)


def test_variables_come_before_the_file_and_the_file_before_the_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "diglot.toml"
    path.write_text('mongodb_database = "from_file"\nkafka_bootstrap = "file:1"\nof_another_service = 1\n')
    monkeypatch.setenv("DIGLOT_CONFIG", str(path))
    monkeypatch.setenv("DIGLOT_KAFKA_BOOTSTRAP", "variable:1")
    settings = load_settings(CommonSettings)
    assert settings.kafka_bootstrap == "variable:1"
    assert settings.mongodb_database == "from_file"
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DIGLOT_READY_AFTER", "-1", "DIGLOT_READY_AFTER: Input should be greater than or equal to 0"),
        ("DIGLOT_LANES", "model", "DIGLOT_LANES: Value error, must be `draft`: it is"),
        ("DIGLOT_LOG_FORMAT", "xml", "DIGLOT_LOG_FORMAT: Input should be 'json' or 'console'"),
        ("DIGLOT_SOURCES", "{", "DIGLOT_SOURCES: must be JSON"),
        ("DIGLOT_SOURCES", '{"Big": {"name": "x"}}', "DIGLOT_SOURCES (at Big"),
        ("DIGLOT_SOURCES", '{"wire": {"name": "x", "key_sha256": "abc"}}', "must be 64 hex digits"),
        ("DIGLOT_CONFIG", "/nowhere/diglot.toml", "DIGLOT_CONFIG: there is no file /nowhere/diglot.toml"),
    ],
)
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load_settings(CommonSettings)
    assert message in str(caught.value)


def test_bad_toml_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "diglot.toml"
    path.write_text("= 1")
    monkeypatch.setenv("DIGLOT_CONFIG", str(path))
    with pytest.raises(ConfigError, match="is not valid TOML"):
        load_settings(CommonSettings)


def test_secrets_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_MONGODB_URI", "mongodb://user:hunter2@host/")
    monkeypatch.setenv("DIGLOT_SOURCES", f'{{"wire": {{"name": "Wire", "key_sha256": "{KEY}"}}}}')
    settings = load_settings(CommonSettings)
    assert settings.mongodb_uri.get_secret_value() == "mongodb://user:hunter2@host/"
    assert "hunter2" not in repr(settings) + settings.model_dump_json()
    assert KEY not in repr(settings) + settings.model_dump_json()


def test_a_bad_secret_is_not_repeated_in_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_SOURCES", '{"wire": {"name": "x", "key_sha256": "hunter2"}}')
    with pytest.raises(ConfigError) as caught:
        load_settings(CommonSettings)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_lanes_are_a_list_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGLOT_LANES", "draft, model")
    assert load_settings(CommonSettings).lanes == ("draft", "model")


def test_without_models_a_draft_is_listed_at_once() -> None:
    assert CommonSettings(ready_after=600).ready_after_ms == 0
    assert CommonSettings(ready_after=600, models="some").ready_after_ms == 600_000


def test_the_embedded_broker_keeps_one_copy() -> None:
    assert CommonSettings(kafka_embedded=True, kafka_replication=3).replication == 1
    assert CommonSettings(kafka_replication=3).replication == 3


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in CommonSettings.model_fields.values())
