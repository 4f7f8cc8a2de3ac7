"""The Dockerfile against the repository: what it copies exists, what it installs is locked, nobody is root."""

from __future__ import annotations

import re

import pytest

from tests.support.compose import ROOT, Instruction, load_compose, load_dockerfile

SERVICES = sorted({service.build.args["SERVICE"] for service in load_compose().ours.values() if service.build})


def named(stage: list[Instruction], name: str) -> list[Instruction]:
    return [instruction for instruction in stage if instruction.name == name]


def copied(service: str) -> list[str]:
    """Paths in the repository that the image of a service takes."""
    build, _ = load_dockerfile(service)
    return [source for instruction in named(build, "COPY") for source in instruction.words[:-1]]


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_own_service_and_what_is_shared(service: str) -> None:
    assert copied(service) == [
        f"locks/{service}.txt",
        "services/__init__.py",
        f"services/{service}",
        "shared",
    ]
    assert [path for path in copied(service) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_installed_package_has_its_hashes(service: str) -> None:
    (install,) = [run for run in named(load_dockerfile(service)[0], "RUN") if "pip install" in run.value]
    assert {"--require-hashes", "--no-deps"} <= set(install.words)
    packages = re.split(r"\n(?=\S)", (ROOT / f"locks/{service}.txt").read_text().strip())
    assert packages
    assert [package for package in packages if "==" not in package or "--hash=sha256:" not in package] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_process_is_not_root(service: str) -> None:
    *_, user = named(load_dockerfile(service)[-1], "USER")
    uid, gid = user.value.split(":")
    assert int(uid) > 0
    assert int(gid) > 0


def test_an_image_says_how_to_see_that_it_is_healthy() -> None:
    (check,) = named(load_dockerfile("ingest")[-1], "HEALTHCHECK")
    assert "/readyz" in check.value


def test_the_build_context_is_what_is_copied_and_no_more() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert lines[0] == "*"
    assert allowed == {path.split("/")[0] for service in SERVICES for path in copied(service)}
