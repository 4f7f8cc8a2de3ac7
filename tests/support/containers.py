"""What docker-compose.yml starts, without Docker: each image's files and packages, run as processes.

An image here is a folder with the files that the Dockerfile copies and a virtual environment with the packages that
it installs, so that a file or a package that an image lacks is missing here too.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.support.compose import ROOT, Service, load_dockerfile

_UV: Final = Path(sys.executable).with_name("uv")
_STOP_SECONDS: Final = 60.0  # stop_grace_period


@dataclass(frozen=True)
class Image:
    """One service's image as a folder."""

    directory: Path
    healthcheck: tuple[str, ...]

    @property
    def python(self) -> Path:
        return self.directory / "venv" / "bin" / "python"

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables and nothing of this machine's but what a process can't do without."""
        return {"PATH": f"{self.python.parent}:{os.defpath}", "PYTHONDONTWRITEBYTECODE": "1", **variables}


def build_image(service: str, directory: Path) -> Image:
    """Follow the Dockerfile for one service: copy what it copies, install what it installs."""
    build, final = load_dockerfile(service)
    lock, *sources = [source for step in build if step.name == "COPY" for source in step.words[:-1]]
    for source in sources:
        target = directory / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / source, target)
    (check,) = [step.value for step in final if step.name == "HEALTHCHECK"]
    image = Image(directory, tuple(json.loads(check[check.index("[") :])))
    subprocess.run([_UV, "venv", "-q", "--python", sys.executable, directory / "venv"], check=True)
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--python", str(image.python)]
    subprocess.run([_UV, "pip", "install", "-q", *options, "-r", ROOT / lock], check=True, timeout=180)
    return image


class Container:
    """A Compose service's command as a process in its image; `variables` replace those of the file."""

    def __init__(self, image: Image, service: Service, variables: Mapping[str, str], log: Path) -> None:
        self.log = log
        self._image = image
        self._environment = image.environment({**service.environment, **variables})
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [image.python, "-m", *service.command],
                cwd=image.directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def healthy(self) -> bool:
        """The image's health check, run as Docker runs it. Fails when the process has ended."""
        assert self._process.poll() is None, self.log.read_text()[-4000:]
        check = subprocess.run(
            self._image.healthcheck, cwd=self._image.directory, env=self._environment, capture_output=True, check=False
        )
        return check.returncode == 0

    def wait(self) -> int:
        """Wait for the process to end by itself, as one-shot services do; its exit code."""
        return self._process.wait(_STOP_SECONDS)

    def stop(self) -> int:
        """What `docker compose stop` does; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(_STOP_SECONDS)
