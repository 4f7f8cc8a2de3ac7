"""docker-compose.yml against its specification and against the code: no Docker engine is needed."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import subprocess
import sys

import pytest
from pydantic import SecretStr

from shared.settings import ENV_PREFIX, CommonSettings, load_settings
from tests.support.compose import COMPOSE_FILE, Service, load_compose

COMPOSE = load_compose()
OURS = COMPOSE.ours


def settings_type(service: Service) -> type[CommonSettings]:
    """The settings class that the module of a service loads: the one it imports."""
    kinds = {
        value
        for value in vars(importlib.import_module(service.module)).values()
        if isinstance(value, type) and issubclass(value, CommonSettings)
    }
    (kind,) = kinds - {CommonSettings} or {CommonSettings}
    return kind


def variables(service: Service) -> dict[str, str]:
    return {name: value for name, value in service.environment.items() if name.startswith(ENV_PREFIX)}


def test_the_file_follows_the_compose_specification() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE_FILE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_part_of_the_system_is_there() -> None:
    assert {service.module for service in OURS.values()} == {
        "shared.stream.topics_main",
        "services.ingest.main",
        "services.analyze.main",
        "services.translate.main",
        "services.publish.writer_main",
        "services.publish.reader_main",
    }


@pytest.mark.parametrize("name", OURS)
def test_the_command_is_a_module_that_the_image_holds(name: str) -> None:
    service = OURS[name]
    assert importlib.util.find_spec(service.module) is not None
    assert service.build is not None
    assert service.module.startswith(("shared.", f"services.{service.build.args['SERVICE']}."))


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_of_that_service(name: str) -> None:
    known = {ENV_PREFIX + field.upper() for field in settings_type(OURS[name]).model_fields}
    assert variables(OURS[name]).keys() <= known


@pytest.mark.parametrize("name", OURS)
def test_the_settings_accept_the_values(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in OURS[name].environment.items():
        monkeypatch.setenv(variable, value)
    assert load_settings(settings_type(OURS[name])).kafka_bootstrap == "kafka:9092"


def test_sources_and_their_keys_come_through_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = json.dumps({"wire": {"name": "Wire", "key_sha256": "0" * 64}})
    compose = load_compose({"DIGLOT_SOURCES": sources})
    monkeypatch.setenv("DIGLOT_SOURCES", compose.services["ingest"].environment["DIGLOT_SOURCES"])
    assert load_settings(CommonSettings).sources["wire"].name == "Wire"


@pytest.mark.parametrize("name", OURS)
def test_no_secret_is_written_down(name: str) -> None:
    text = COMPOSE_FILE.read_text()
    fields = settings_type(OURS[name]).model_fields
    secret = {field for field, info in fields.items() if info.annotation is SecretStr} | {"sources"}
    for variable in {ENV_PREFIX + field.upper() for field in secret} & OURS[name].environment.keys():
        (written,) = re.findall(rf"^\s+{variable}: (.*)$", text, re.MULTILINE)
        # An address without a password is no secret; everything else has to come from outside.
        assert written == f"${{{variable}:-}}" or re.fullmatch(r"mongodb://[^@]*", written)


def test_no_two_services_share_a_name_that_scaling_would_repeat() -> None:
    assert [name for name, service in COMPOSE.services.items() if service.container_name] == []


@pytest.mark.parametrize("name", ["analyze", "translate", "writer"])
def test_a_stage_scales_because_it_takes_no_port_of_the_host(name: str) -> None:
    assert OURS[name].ports == ()


@pytest.mark.parametrize("name", OURS)
def test_every_container_has_a_slot_of_its_own(name: str) -> None:
    """The default slot is the name of the host, which the engine gives to each container unless the file does."""
    assert OURS[name].hostname is None
    assert "DIGLOT_SLOT" not in OURS[name].environment


@pytest.mark.parametrize("name", ["analyze", "translate", "writer"])
def test_a_stage_that_another_worker_has_stopped_is_started_again(name: str) -> None:
    assert OURS[name].restart == "unless-stopped"


@pytest.mark.parametrize("name", ["ingest", "reader"])
def test_what_is_published_is_for_this_machine_unless_asked(name: str) -> None:
    (port,) = OURS[name].ports
    assert port.startswith("127.0.0.1:")
    assert port.endswith(f":{OURS[name].environment['HEALTH_PORT']}")


def test_only_the_two_http_services_touch_an_outer_network() -> None:
    inside = {name for name, network in COMPOSE.networks.items() if network.internal}
    outside = {name for name, service in COMPOSE.services.items() if not set(service.networks) <= inside}
    assert outside == {"ingest", "reader"}


@pytest.mark.parametrize("name", OURS)
def test_our_processes_have_no_more_rights_than_they_need(name: str) -> None:
    service = OURS[name]
    assert service.read_only
    assert not service.privileged
    assert (service.cap_drop, service.cap_add) == (("ALL",), ())
    assert service.security_opt == ("no-new-privileges:true",)


@pytest.mark.parametrize("name", sorted(COMPOSE.services.keys() - OURS.keys()))
def test_foreign_images_are_pinned_and_drop_their_rights(name: str) -> None:
    service = COMPOSE.services[name]
    assert re.search(r":\d+\.\d+", service.image or "")
    assert service.cap_drop == ("ALL",)
    assert service.security_opt == ("no-new-privileges:true",)


@pytest.mark.parametrize("name", [name for name, service in OURS.items() if not service.one_shot])
def test_the_health_check_asks_the_port_that_the_service_serves(name: str) -> None:
    environment = OURS[name].environment
    (port,) = (value for variable, value in environment.items() if re.fullmatch(r"DIGLOT_[A-Z]+_PORT", variable))
    assert environment["HEALTH_PORT"] == port


@pytest.mark.parametrize("name", COMPOSE.services)
def test_what_a_service_waits_for_can_come_true(name: str) -> None:
    for other, dependency in COMPOSE.services[name].depends_on.items():
        awaited = COMPOSE.services[other]
        if awaited.one_shot:
            assert dependency.condition == "service_completed_successfully"
        else:
            assert dependency.condition == "service_healthy"
            assert awaited.healthcheck is not None


@pytest.mark.parametrize("name", ["ingest", "analyze", "translate", "writer", "reader"])
def test_nothing_starts_before_the_topics_exist(name: str) -> None:
    assert "topics" in OURS[name].depends_on


@pytest.mark.parametrize("name", ["writer", "reader"])
def test_what_uses_the_database_waits_for_its_replica_set(name: str) -> None:
    assert "mongodb-init" in OURS[name].depends_on
    assert "replicaSet=rs0" in OURS[name].environment["DIGLOT_MONGODB_URI"]


def test_one_broker_is_asked_for_one_copy() -> None:
    assert {service.environment["DIGLOT_KAFKA_REPLICATION"] for service in OURS.values()} == {"1"}
    assert COMPOSE.services["kafka"].environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_translate_uses_the_database_and_does_not_wait_for_it() -> None:
    assert OURS["translate"].environment["DIGLOT_MONGODB_URI"] == OURS["writer"].environment["DIGLOT_MONGODB_URI"]
    assert "mongodb-init" not in OURS["translate"].depends_on
