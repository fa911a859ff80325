"""What the tests of image and stacks share; the helpers themselves are in engine.py."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from engine import FIGURES, IMAGE, ROOT, Stack, docker, run, stand_ins


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """One that answers. On a machine without an image registry ENGINE_STARTER makes one with stand-in images."""
    if run("docker", "info", check=False).returncode == 0:
        return
    starter = ROOT / os.environ.get("ENGINE_STARTER", "../shared/containers/base-images")
    if not (os.access(starter, os.X_OK) and os.getuid() == 0 and not subprocess.call([starter])):
        pytest.exit("These tests need a container engine (docker); none answers.", 1)


@pytest.fixture(scope="session")
def image(engine: None) -> str:
    """The image of this commit: the one that TODOS_TEST_IMAGE names, when the engine has it, is what will be pushed."""
    label = '{{index .Config.Labels "org.opencontainers.image.revision"}}'
    held = docker("image", "inspect", "-f", label, IMAGE, check=False)
    if (
        "TODOS_TEST_IMAGE" not in os.environ
        or held != run("git", "rev-parse", "HEAD").stdout.strip()
    ):
        began = time.monotonic()
        unpinned = {"UNPINNED": "1"} if stand_ins() else {}
        run("docker/build", IMAGE, env={**os.environ, **unpinned})
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
def running(image: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Stack]:
    """`with running(name, files…, port=…) as stack`: a stack of its own, up, and gone afterwards."""

    @contextmanager
    def manager(name: str, *overlays: str, **values) -> Iterator[Stack]:
        stack = Stack(name, tmp_path_factory.mktemp(name), *overlays, **values)
        stack.down()
        try:
            FIGURES[f"{name}: compose up, empty volume, to ready"] = f"{stack.up():.1f} s"
            yield stack
        finally:
            stack.down()

    return manager


@pytest.fixture(scope="session")
def stack(running: Callable[..., Stack]) -> Iterator[Stack]:
    """The stack of compose.yaml, up."""
    with running("plain", port=18010) as stack:
        yield stack


def pytest_terminal_summary(terminalreporter) -> None:
    if FIGURES:
        terminalreporter.section("figures")
        for name, value in FIGURES.items():
            terminalreporter.line(f"{name}: {value}")
