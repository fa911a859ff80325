"""What every test stands on: the environment is what its name says, and the cast of people.

The cast is always the same: alice owns, bob edits, rita reads, charlie is a stranger.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest

if TYPE_CHECKING:
    from django_todos.models import TodoList
    from tests.factories import Cast

hypothesis.settings.register_profile("full", deadline=None, max_examples=100)
hypothesis.settings.register_profile("short", deadline=None, max_examples=15)


def short_profile() -> bool:
    """Whether this is one of the environments in the middle of the matrix."""
    return os.environ.get("TODOS_TEST_PROFILE") == "short"


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test something else than the environment's name says."""
    hypothesis.settings.load_profile("short" if short_profile() else "full")
    name = os.environ.get("TOX_ENV_NAME", "")
    if match := re.search(r"django(\d)(\d)", name):
        wanted = tuple(int(digit) for digit in match.groups())
        if django.VERSION[:2] != wanted:
            raise pytest.UsageError(f"{name} would test Django {django.__version__}")
    if match:
        import django_todos

        if "site-packages" not in Path(str(django_todos.__file__)).parts:
            raise pytest.UsageError(f"{name} would test {django_todos.__file__}, not the wheel")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what the short profile leaves out, so that the summary says how many that were."""
    if not short_profile():
        return
    left_out = [item for item in items if item.get_closest_marker("full")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The cast and the list they share. However a test ends, no rule of any list may be broken."""
    from tests.factories import faults, make_cast  # models can't be imported before Django is set up

    yield make_cast()
    assert faults() == []


@pytest.fixture
def flat(cast: Cast) -> TodoList:
    """The list they share."""
    return cast.flat
