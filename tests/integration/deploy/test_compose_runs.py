"""docker-compose.yml run for real, as far as that goes without Docker: its broker, its commands, its settings."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from cli.embedded import free_port
from tests.support.compose import ROOT, load_compose
from tests.support.containers import Container, Image, build_image
from tests.support.kafka_server import kafka_jars
from tests.support.system import wait_for

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Apache Kafka, configured from the file's variables by the program that configures it inside its image.

    Only addresses and the data folder are this machine's.
    """
    folder = tmp_path_factory.mktemp("compose-kafka")
    port, controller = free_port(), free_port()
    variables = load_compose().services["kafka"].environment | {
        "KAFKA_LISTENERS": f"CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "KAFKA_ADVERTISED_LISTENERS": f"CLIENTS://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": f"1@127.0.0.1:{controller}",
        "KAFKA_LOG_DIRS": str(folder / "data"),
    }
    java = ["java", *variables["KAFKA_HEAP_OPTS"].split(), "-XX:TieredStopAtLevel=1", "-cp", f"{kafka_jars()}/*"]
    setup = [*java, "kafka.docker.KafkaDockerWrapper", "setup"]
    for option in ("default", "mounted", "final"):
        (folder / option).mkdir()
        setup += [f"--{option}-configs-dir", str(folder / option)]
    subprocess.run(setup, env=os.environ | variables, check=True, capture_output=True, timeout=60)
    start = [*java, "kafka.Kafka", str(folder / "final" / "server.properties")]
    with (folder / "kafka.log").open("wb") as log:
        process = subprocess.Popen(start, stdout=log, stderr=log)
    yield f"127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Image]:
    """Builds the image of a service, once."""
    built: dict[str, Image] = {}

    def build(service: str) -> Image:
        if service not in built:
            built[service] = build_image(service, tmp_path_factory.mktemp(f"image-{service}"))
        return built[service]

    return build


def test_an_article_passes_through_the_commands_of_the_file(
    bootstrap: str, mongodb_uri: str, image: Callable[[str], Image], tmp_path: Path
) -> None:
    compose = load_compose({"DIGLOT_LOCAL": "true"})
    ports = {name: str(free_port()) for name in ("ingest", "reader")}
    with ExitStack() as stack:

        def run(name: str, number: int = 1) -> Container:
            service = compose.services[name]
            assert service.build is not None
            variables = {"DIGLOT_KAFKA_BOOTSTRAP": bootstrap, "DIGLOT_HOST": "127.0.0.1"}
            variables["DIGLOT_SLOT"] = f"{name}-{number}"  # here all have one host name, containers each their own
            if "DIGLOT_MONGODB_URI" in service.environment:
                variables |= {"DIGLOT_MONGODB_URI": mongodb_uri, "DIGLOT_MONGODB_DATABASE": "compose"}
            if "HEALTH_PORT" in service.environment:
                port = ports.get(name) or str(free_port())
                kind = "READ" if name == "reader" else name.upper()
                variables |= {f"DIGLOT_{kind}_PORT": port, "HEALTH_PORT": port}
            log = tmp_path / f"{name}-{number}.log"
            return stack.enter_context(Container(image(service.build.args["SERVICE"]), service, variables, log))

        topics = run("topics")
        assert topics.wait() == 0, topics.log.read_text()
        scaled = [run("analyze", number) for number in (1, 2)]  # --scale analyze=2
        services = [run(name) for name in ("ingest", "translate", "writer", "reader")]
        for container in [*scaled, *services]:
            wait_for(f"{container.log.stem} to be healthy", container.healthy, seconds=60, every=0.5)

        article = json.loads((ROOT / "samples/02-chip-deal-zh.json").read_text())
        posted = httpx.post(f"http://127.0.0.1:{ports['ingest']}/v1/articles", json=article)
        assert posted.status_code == 202, posted.text
        url = f"http://127.0.0.1:{ports['reader']}/v1/articles/{posted.json()['article_id']}"
        wait_for("the document", lambda: httpx.get(url).status_code == 200, seconds=60, every=0.2)

        assert [container.stop() for container in [*scaled, *services]] == [0] * 6
