"""System checks: each id by itself, and none in a sound project."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connections
from django.urls import include, path, re_path

OURS = path("todos/", include("django_todos.urls"))
EVERYTHING = re_path("^.*$", lambda request: None, name="anything")


class Apart:
    """Keeps users elsewhere."""

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "other" if model._meta.app_label == "auth" else None


class Replica:
    """Reads elsewhere."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "other"


class Elsewhere(Replica):
    """Keeps all of it elsewhere, where no transaction would hold it together."""

    db_for_write = Replica.db_for_read


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
        ("TODOS_IMPORT_MAX_BYTES", float("inf"), ["django_todos.E002"]),
        ("TODOS_REMEMBERED_PARTS", -1, ["django_todos.E002"]),
        ("TODOS_REMEMBERED_PARTS", "all", ["django_todos.E002"]),
        ("TODOS_REMEMBERED_PARTS", 0, []),
        ("TODOS_OBJECT_ACCESS", "nowhere.to_be_found", ["django_todos.E003"]),
        ("TODOS_OBJECT_ACCESS", "django.nothing", ["django_todos.E003"]),
        ("TODOS_OBJECT_ACCESS", "nodots", ["django_todos.E003"]),
        ("TODOS_OBJECT_ACCESS", "django_todos.conf._by_model_permission", []),
        ("TODOS_MAY_USE", "nowhere.to_be_found", ["django_todos.E003"]),
        ("TODOS_USER_DISPLAY", "django.VERSION", ["django_todos.E003"]),
        ("TODOS_TRASHDAYS", 7, ["django_todos.W001"]),
        ("LOGIN_URL", "/not/here/", ["django_todos.W003"]),
        ("LOGIN_URL", "https://sso.example/login", []),
        ("LOGIN_URL", "admin:login", []),
        ("USE_TZ", False, []),
        ("ROOT_URLCONF", (), ["django_todos.W002"]),
        ("ROOT_URLCONF", (EVERYTHING, OURS), ["django_todos.E007"]),
        ("ROOT_URLCONF", (OURS, EVERYTHING), []),
        ("DATABASE_ROUTERS", ["tests.test_checks.Apart"], ["django_todos.E006"]),
        ("DATABASE_ROUTERS", ["tests.test_checks.Replica"], ["django_todos.E006"]),
        ("DATABASE_ROUTERS", ["tests.test_checks.Elsewhere"], ["django_todos.E006"]),
        ("TEMPLATES", [], ["django_todos.E008"]),
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command, options",
    [("check", {}), ("check", {"databases": ["default"]}), ("migrate", {"skip_checks": False})],
)
def test_another_database_is_refused_before_it_is_written(
    monkeypatch, command: str, options: dict[str, Any]
):
    """`migrate` runs the checks first, and stops."""
    monkeypatch.setattr(type(connections["default"]), "vendor", "mysql")
    assert ids() == ["django_todos.E005"]
    with pytest.raises(SystemCheckError, match="E005"):
        call_command(command, **options, verbosity=0)


@pytest.mark.parametrize(
    "text, lacks",
    [
        ("{% block todos_main %}{% endblock %}", ["todos_head", "todos_frame", "block todos_page_head"]),
        ("{% load django_todos %}{% todos_head %}{% block todos_page_head %}{% endblock %}"
         "{% todos_frame %}{% block todos_main %}{% endblock %}{% endtodos_frame %}", []),
    ],
)  # fmt: skip
def test_a_base_template_of_the_hosts_own(settings, tmp_path, text: str, lacks: list[str]):
    (tmp_path / "django_todos").mkdir()
    (tmp_path / "django_todos/base.html").write_text(text)
    settings.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [tmp_path]}]
    found = run_checks(tags=["django_todos"])
    assert [one.id for one in found] == ["django_todos.W004"] * bool(lacks)
    assert all(part in str(found[0].msg) for part in lacks)
