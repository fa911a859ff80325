"""What every test stands on: the environment is what its name says, and the cast of people.

The cast is always the same: alice owns, bob edits, rita reads, charlie is a stranger.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.factories import Cast

    from django_todos.models import TodoList

# TODOS_TEST_PROFILE, set by tox.ini. "full" is also what runs without tox; the oldest corner of the matrix has it on
# SQLite. "corner": fewer generated examples, and on PostgreSQL only what uses the database. "short", in the matrix's
# middle: a share of the tests, another one in each environment, so that together they run all of them again.
PROFILE = os.environ.get("TODOS_TEST_PROFILE", "full")
SHARE = 20
hypothesis.settings.register_profile("full", deadline=None, max_examples=100)
hypothesis.settings.register_profile("corner", deadline=None, max_examples=15)
hypothesis.settings.register_profile("short", deadline=None, max_examples=15)


def in_share(item: pytest.Item) -> bool:
    """Whether the short profile of this environment runs the test."""
    if item.get_closest_marker("full"):
        return False
    name = f"{os.environ.get('TOX_ENV_NAME')}:{item.nodeid}"
    return zlib.crc32(name.encode()) % SHARE == 0


def uses_database(item: pytest.Item) -> bool:
    """Whether the test could tell one database from another: the rest ran beside it, on SQLite."""
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not {
        "db",
        "transactional_db",
    }.isdisjoint(fixtures)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test something else than the environment's name says."""
    hypothesis.settings.load_profile(PROFILE)
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
    if PROFILE == "short":
        chosen = [item for item in items if in_share(item)]
    elif PROFILE == "corner" and "postgres" in os.environ.get("DATABASE_URL", ""):
        chosen = [item for item in items if uses_database(item)]
    else:
        return
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The cast and the list they share. However a test ends, no rule of any list may be broken."""
    from tests.factories import (  # models can't be imported before Django is set up
        faults,
        make_cast,
    )

    yield make_cast()
    assert faults() == []


@pytest.fixture
def flat(cast: Cast) -> TodoList:
    """The list they share."""
    return cast.flat
