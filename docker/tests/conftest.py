"""What the tests of image and stacks share; the helpers themselves are in engine.py."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine import FIGURES, IMAGE, ROOT, SOURCE, Stack, docker, run, wait


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    found = subprocess.run([ROOT / "deploy" / "engine"], text=True, check=False)
    if found.returncode:
        pytest.exit("These tests need a container engine; none answers.", 1)


@pytest.fixture(scope="session")
def image(engine: None) -> str:
    """The image of this checkout; its wheel and commit beside it, from the same moment."""
    SOURCE["revision"] = run("git", "rev-parse", "HEAD").stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        run("make", "--silent", "wheel", f"DIST={folder}")
        wheel = next(Path(folder).glob("*.whl"))
        SOURCE["wheel"] = f"{hashlib.sha256(wheel.read_bytes()).hexdigest()} ./{wheel.name}"
    began = time.monotonic()
    if archive := os.environ.get(
        "TODOS_ARCHIVE"
    ):  # the pipeline's own: what is tested is what is pushed
        run("deploy/image.py", "load", archive, IMAGE)
    else:
        run("docker/build", IMAGE)
    FIGURES["build"] = f"{time.monotonic() - began:.0f} s"
    return IMAGE


@pytest.fixture(scope="session")
def derived(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Images like this one but for some lines: other versions of it, good and broken."""
    made: list[str] = []

    def derive(name: str, *lines: str, **files: str) -> str:
        folder = tmp_path_factory.mktemp(name)
        for file, content in files.items():
            (folder / file).write_text(content)
        (folder / "Dockerfile").write_text(
            "\n".join([f"FROM {image}", "USER 0", *lines, "USER 10001:10001\n"])
        )
        tag = f"django-todos:test-{name}"
        docker("build", "-q", "-t", tag, str(folder))
        made.append(tag)
        return tag

    yield derive
    for tag in made:
        docker("rmi", "-f", tag, check=False)


@pytest.fixture(scope="session")
def stack(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack of compose.yaml, up."""
    stack = Stack(
        "plain", tmp_path_factory.mktemp("env"), port=18010, WEB_PUBLISH="127.0.0.1:18010"
    )
    stack.down()
    try:
        began = time.monotonic()
        stack.compose("up", "-d", "--no-build")
        wait("the site is ready", stack.is_ready)
        FIGURES["compose up, empty volume, to ready"] = f"{time.monotonic() - began:.1f} s"
        yield stack
    finally:
        stack.down()


def pytest_terminal_summary(terminalreporter) -> None:
    if FIGURES:
        terminalreporter.section("figures")
        for name, value in FIGURES.items():
            terminalreporter.line(f"{name}: {value}")
