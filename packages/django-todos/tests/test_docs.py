"""The documentation says what the code does: each table is compared with what it describes."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.dispatch import Signal

import django_todos
from django_todos import signals
from django_todos.conf import Settings

DOCS = Path(__file__).parent.parent / "docs"
CODE = Path(django_todos.__file__).parent


def first_cells(page: str) -> list[str]:
    """What stands in code marks in the first cell of each table row."""
    rows = re.findall(r"^\| (`[^|]+) \|", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_settings() -> None:
    assert set(first_cells("settings.md")) == {
        f"TODOS_{name}" for name in vars(Settings) if name.isupper()
    }


def test_setting_defaults() -> None:
    defaults = Settings()
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name, value in re.findall(r"^\| `TODOS_(\w+)` \| `(\d+)` \|", text, re.MULTILINE):
        assert getattr(defaults, name) == int(value)


def test_checks() -> None:
    ids = set(
        re.findall(r"django_todos\.[EW]\d{3}", (CODE / "checks.py").read_text(encoding="utf-8"))
    )
    assert set(first_cells("install.md")) >= ids
    assert {name for name in first_cells("install.md") if "." in name} == ids


def test_signals() -> None:
    known = {name for name, value in vars(signals).items() if isinstance(value, Signal)}
    assert set(first_cells("signals.md")) == known


def test_custom_properties() -> None:
    """Every property that the stylesheet declares for hosts is documented, and nothing else is."""
    css = (CODE / "static/django_todos/css/base.css").read_text(encoding="utf-8")
    defaults = css[css.index(":where(:root) {") :]
    declared = set(re.findall(r"--todos-([a-z0-9-]+):", defaults[: defaults.index("}")]))
    documented = set(first_cells("templates.md"))
    if {"1", "8"} <= documented:
        documented |= {str(step) for step in range(1, 9)}
    assert documented == declared


@pytest.mark.parametrize(
    "line",
    re.findall(r"^from django_todos\S* import .+$", (DOCS / "writing.md").read_text(), re.M),
)
def test_imports(line: str) -> None:
    """What the examples import is there."""
    module, names = re.fullmatch(r"from (\S+) import (.+)", line).groups()  # type: ignore[union-attr]
    for name in names.split(", "):
        assert hasattr(import_module(module), name)
