"""A host, ready to be changed; and which of them are visited: three in the gate, all of them in `make nightly`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.hosts.project import Host


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In the environment `hosts` only those of the gate, unless TODOS_HOSTS says all."""
    if os.environ.get("TOX_ENV_NAME") != "hosts" or os.environ.get("TODOS_HOSTS"):
        return
    gate = [item for item in items if item.get_closest_marker("gate")]
    config.hook.pytest_deselected(items=[item for item in items if item not in gate])
    items[:] = gate


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A fresh project, nothing installed."""
    return Host(tmp_path)


@pytest.fixture
def installed(host: Host) -> Host:
    """The same, with the README's lines."""
    host.install()
    return host
