"""What every test stands on: the environment is what its name says, and the cast of people.

The cast is always the same: alice owns, bob edits, rita reads, charlie is a stranger.
"""

from __future__ import annotations

import gc
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest
from django.template import Context, Template
from django.test.utils import instrumented_test_render
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from tests.factories import Cast

    from django_todos.models import TodoList

# Which share of the test modules runs: 1 is all, 8 each eighth, others in each cell of the matrix (tox.ini).
SHARE = int(os.environ.get("TODOS_TEST_SHARE", "1"))
CELL = os.environ.get("TOX_ENV_NAME", "")
# How many examples a property is tried with: `make nightly` asks for a thousand.
hypothesis.settings.register_profile(
    "todos", deadline=None, max_examples=int(os.environ.get("TODOS_TEST_EXAMPLES", "16"))
)
hypothesis.settings.load_profile("todos")
_RENDER = vars(Template)["_render"]  # before the test environment takes its place
# By their length, so that each share has long ones and short ones.
MODULES = sorted(
    Path(__file__).parent.rglob("test_*.py"), key=lambda path: (path.stat().st_size, path)
)


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for garbage again and again costs a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def page_contexts(django_test_environment: None) -> Iterator[None]:
    """Django's test client copies all that each included template knows, a third of what a page costs here: only what
    the page itself knew is kept, for `answer.context`."""

    def render(self: Template, context: Context) -> SafeString:
        return (instrumented_test_render if context.template is self else _RENDER)(self, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


COST: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--cost` names the dearest modules: they all share the few minutes that a whole run may take."""
    parser.addoption("--cost", action="store_true", help="CPU seconds of the dearest modules")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Count what a test costs, with what it started: CPU seconds, so that a busy machine counts the same."""
    began = sum(os.times()[:4])
    result = yield
    COST[item.nodeid.partition("::")[0]] += sum(os.times()[:4]) - began
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What `--cost` asked for."""
    if terminalreporter.config.getoption("cost"):
        terminalreporter.section(f"CPU seconds, {sum(os.times()[:4]):.0f} in all")
        for name, seconds in COST.most_common(20):
            terminalreporter.line(f"{seconds:6.1f}  {name}")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what is not in this cell's share, before it is imported: collecting costs most of a small share."""
    if collection_path.parent.name == "hosts" and "-django" in CELL:
        return True  # the environments hosts and hosts42 visit them, once each
    if SHARE == 1 or collection_path not in MODULES:
        return None
    place = MODULES.index(collection_path) + zlib.crc32(CELL.encode())
    return True if place % SHARE else None


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test something else than the environment's name says."""
    if match := re.search(r"django(\d)(\d)", CELL):
        wanted = tuple(int(digit) for digit in match.groups())
        if django.VERSION[:2] != wanted:
            raise pytest.UsageError(f"{CELL} would test Django {django.__version__}")
    if match:
        import django_todos

        if "site-packages" not in Path(str(django_todos.__file__)).parts:
            raise pytest.UsageError(f"{CELL} would test {django_todos.__file__}, not the wheel")


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
