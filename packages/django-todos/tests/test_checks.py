"""System checks: each id by itself, and none in a sound project."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.core.management import call_command


def ids() -> list[str]:
    """Our messages of a project as it is set up now."""
    found = run_checks(tags=["django_todos"])
    assert all(one.hint for one in found)
    return [str(one.id) for one in found]


def test_a_sound_project_has_none():
    assert ids() == []


def test_without_django_htmx(settings):
    settings.INSTALLED_APPS = [one for one in project.INSTALLED_APPS if one != "django_htmx"]
    assert "django_todos.E001" in ids()


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("TODOS_TRASH_DAYS", 0, ["django_todos.E002"]),
        ("TODOS_TRASH_DAYS", "many", ["django_todos.E002"]),
        ("TODOS_TRASH_DAYS", None, ["django_todos.E002"]),
        ("TODOS_IMPORT_MAX_BYTES", -5, ["django_todos.E002"]),
        ("TODOS_OBJECT_ACCESS", "nowhere.to_be_found", ["django_todos.E003"]),
        ("TODOS_OBJECT_ACCESS", "django.nothing", ["django_todos.E003"]),
        ("TODOS_OBJECT_ACCESS", "nodots", ["django_todos.E003"]),
        ("TODOS_OBJECT_ACCESS", "django_todos.conf._by_model_permission", []),
        ("TODOS_TRASHDAYS", 7, ["django_todos.W001"]),
    ],
)
def test_each_setting(settings, name: str, value: Any, expected: list[str]):
    setattr(settings, name, value)
    assert ids() == expected


@pytest.mark.django_db
def test_no_migration_is_missing_and_nothing_is_written_into_the_package():
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes detected" in out.getvalue()
