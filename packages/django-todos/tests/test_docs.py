"""The documentation says what the code does: each table is compared with what it describes."""

from __future__ import annotations

import inspect
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands
from django.dispatch import Signal

import django_todos
from django_todos import models, quickadd, signals, testing, urls
from django_todos.conf import Settings
from django_todos.dates import Moment
from django_todos.templatetags.django_todos import register

DOCS = Path(__file__).parent.parent / "docs"
CODE = Path(django_todos.__file__).parent


def first_cells(page: str, section: str = "") -> list[str]:
    """What stands in code marks in the first cell of each table row, of a page or of one of its sections."""
    text = (DOCS / page).read_text(encoding="utf-8")
    if section:
        text = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
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


@pytest.mark.django_db
def test_the_examples_run() -> None:
    """What writing.md shows does what it says, from top to bottom."""
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "writing.md").read_text(), re.DOTALL)
    said: dict[str, Any] = {"user": testing.make_user("dora")}
    for block in blocks:
        exec(block, said)
    said["inbox"].refresh_from_db()
    assert said["inbox"].open_count == 0 and said["page"].status_code == 200
    assert list(said["made"]) == ["Move house", "Pack the books", "Cancel the power"]


# Methods that have no underscore because other modules of the package call them.
INTERNAL = {
    "TodoList": {"about_nothing", "can_recover", "erase", "lock", "recoverable_by"},
    "Todo": {
        "above", "below", "bulk_create", "create", "completions_of_rule", "fits", "fits_under", "in_lists", "neighbour", "repeat_anchor", "reschedule",
        "siblings", "take_along",
    },
    "Label": {"in_lists", "key_of", "named", "named_in"},
    "Membership": {"move_by_one", "place"},
    "Invitation": {"block", "by_token", "is_blocked", "is_for", "is_open", "key_of", "prune", "renew_token", "undo"},
    "Reminder": {"key", "moment"},
    "Action": {"list_ids", "member_change", "prune", "todo_ids", "told_in", "told_of"},
    "Completion": {"told_of"},
    "Moment": {"stored"},
}  # fmt: skip


def own_names(cls: type, prefix: str) -> set[str]:
    """Methods and properties that the package itself gives a class."""
    kinds = (property, cached_property, classmethod, staticmethod)
    return {
        f"{prefix}.{name}"
        for one in cls.__mro__
        if one.__module__.startswith("django_todos.")
        for name, value in vars(one).items()
        if not name.startswith("_") and (isinstance(value, kinds) or inspect.isfunction(value))
        if name != "save" and name not in INTERNAL.get(prefix.split(".")[0], ())
    }


def test_api_of_the_models() -> None:
    """Each public method is documented, and what is documented is there."""
    documented = {name for name in first_cells("api.md", "Models") if "." in name}
    expected = set()
    for name in {one.split(".")[0] for one in documented}:
        model = getattr(models, name)
        expected |= own_names(model, name)
        if not hasattr(model, "objects"):  # no table
            continue
        queryset = type(model.objects.all())
        expected |= own_names(type(model.objects), f"{name}.objects")
        expected |= own_names(queryset, f"{name}.objects")
    assert documented == expected


def test_api_beside_the_models() -> None:
    """Importable, and nothing that is not a model or a type of ours is left out by its kind."""
    documented = {name for name in first_cells("api.md", "Models") if "." not in name}
    assert documented <= set(models.__all__)
    raised = {
        name
        for name in models.__all__
        if inspect.isclass(getattr(models, name)) and issubclass(getattr(models, name), Exception)
    }
    assert raised <= documented


@pytest.mark.parametrize(
    ("section", "there"),
    [
        ("Moment", own_names(Moment, "Moment")),
        ("Quick add", set(quickadd.__all__)),
        ("Testing", {n for n, v in vars(testing).items() if getattr(v, "__module__", "") == testing.__name__}),
        ("URL names", {pattern.name for pattern in urls.urlpatterns}),
        ("Tags", {*register.tags, *register.filters}),
    ],
)  # fmt: skip
def test_api(section: str, there: set[str]) -> None:
    """What stays is what is there, name by name."""
    assert set(first_cells("api.md", section)) == there


def test_api_of_the_commands() -> None:
    ours = {name for name, app in get_commands().items() if app == "django_todos"}
    assert set(first_cells("api.md", "Commands")) == ours


def test_api_of_the_templates() -> None:
    """Every block of the two bases, and parts that are there."""
    folder = CODE / "templates" / "django_todos"
    bases = (folder / "base.html").read_text() + (folder / "bare.html").read_text()
    assert set(first_cells("api.md", "Blocks")) == set(re.findall(r"{% block (\w+) %}", bases))
    for part in first_cells("api.md", "Parts"):
        assert (folder / "parts" / f"{part}.html").exists(), part
