"""What a host does first (check, migrations) and a person after it: adds, ticks, imports, looks at every page, goes.

python visit.py PREFIX [APP...] <SCRIPT    inside the host's folder; APP is one of its own that has no migrations yet, and
SCRIPT is what this host is looked at for. All in one process, because each one loads Django anew.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from pathlib import Path
from typing import Any

import django
from django.test.utils import override_settings, setup_test_environment

# What a page under `default-src 'self'` may not have: a script of its own, a style of its own, a handler.
INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style[^>]*>|\sstyle="[^"]*"|\son[a-z]+="[^"]*\""""
)
EMBEDDED = "{% load django_todos %}{% todos_head %}{% todos_badge request.user %}{% todo_list_for about %}"
FILE = "Buy cups +Kitchen due:2026-12-01\nx Boil water\n"


def add_form(html: str) -> tuple[str, dict[str, str]]:
    """Where the form that adds a todo goes, and its hidden fields."""
    for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
        if 'name="text"' in form:
            break
    else:
        raise AssertionError("no form adds a todo")
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if 'type="hidden"' in tag and name:
            fields[name[1]] = value[1] if value else ""
    found = re.search(r'action="([^"]+)"', form)
    assert found, form
    return found[1], fields


def install(apps: list[str]) -> None:
    """What README tells the host to do leaves nothing to warn of, and nothing to migrate."""
    from django.core.management import call_command

    if apps:
        call_command("makemigrations", *apps, verbosity=0)
        importlib.invalidate_caches()
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check_changes=True, dry_run=True)
    call_command("migrate", verbosity=0)


def make_person(name: str) -> Any:
    """Somebody of the host's own user model, by the field that it signs in with."""
    from django.contrib.auth import get_user_model

    model = get_user_model()
    called = f"{name}@example.org" if model.USERNAME_FIELD == "email" else name
    return model.objects.create_user(**{model.USERNAME_FIELD: called})


def visit(prefix: str) -> None:
    """Every step answers as it should, or an AssertionError says which does not."""
    from django.test import Client

    user, client = make_person("alice"), Client()
    assert client.get(prefix).status_code == 302, "who is not signed in is sent to the login page"
    client.force_login(user)
    inbox = f"{prefix}inbox/"
    action, fields = add_form(client.get(inbox).content.decode())
    answer = client.post(action, {**fields, "text": "Water the plants"})
    assert answer.status_code in (302, 303), (answer.status_code, answer.content[:2000])
    html = client.get(inbox).content.decode()
    assert "Water the plants" in html
    tick = re.search(r'formaction="([^"]+/complete/)"', html)
    assert tick, html
    answer = client.post(tick[1], {"next": inbox})
    html = client.get(answer["Location"]).content.decode()
    undo = re.search(r'action="([^"]+/undo/)"', html)
    assert undo, html
    client.post(undo[1], {"next": inbox})
    assert tick[1] in client.get(inbox).content.decode(), "undo brings it back"
    look_everywhere(client, user)
    carry(client, prefix)
    with override_settings(
        TODOS_OBJECT_ACCESS=None
    ):  # the default; a host's own is its test's to ask
        embed(client, user)


def look_everywhere(client: Any, user: Any) -> None:
    """Every address that a list or a todo fills: a page without anything inline, or a way to one."""
    from django.urls import NoReverseMatch, reverse

    from django_todos.models import Todo, TodoList
    from django_todos.urls import urlpatterns

    flat = TodoList.objects.create_for(user, "Flat")
    todo = Todo.add(flat, "Sweep", due="tomorrow", repeat="every week", labels=["home"], by=user)
    seen = 0
    for pattern in urlpatterns:
        name = str(pattern.name)
        for args in (
            {},
            {"uuid": (todo if name.startswith("todo") else flat).uuid},
            {"name": "home"},
        ):
            try:
                url = reverse(f"django_todos:{name}", kwargs=args)
            except NoReverseMatch:
                continue
            page = client.get(url)
            # What only a member, an upload or the trash fills is not found, which is a page, too.
            is_there = not args or re.match(r"(todo|list|label)-(?!purge)", name)
            assert page.status_code < (400 if is_there else 500), (url, page.status_code)
            if page.status_code == 200 and not page.streaming:
                assert not (found := INLINE.search(page.content.decode())), (url, found)
                seen += 1
    assert seen > 25, seen


def carry(client: Any, prefix: str) -> None:
    """A file comes in by its page, and everything goes out."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from django_todos.models import Todo

    file = SimpleUploadedFile("todo.txt", FILE.encode())
    report = client.post(f"{prefix}import/", {"file": file, "format": "", "list": ""})
    assert report.status_code == 303, report.content[:3000]
    assert client.get(report["Location"]).status_code == 200
    assert client.post(report["Location"]).status_code == 303
    assert Todo.objects.filter(title="Buy cups").exists()
    text = b"".join(client.get(f"{prefix}export/?download=1&format=json"))
    assert b"Buy cups" in text and b"Water the plants" in text


def embed(client: Any, user: Any) -> None:
    """A list about an object of the host (here the person), on a page of it."""
    from django.contrib.auth import get_permission_codename
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType
    from django.template import engines
    from django.test import RequestFactory

    from django_todos.models import TodoList

    model = type(user)
    of_users = Permission.objects.filter(content_type=ContentType.objects.get_for_model(model))
    names = [get_permission_codename(what, model._meta) for what in ("view", "change")]
    user.user_permissions.add(*of_users.filter(codename__in=names))
    user = model.objects.get(pk=user.pk)  # which remembers no permissions yet
    request = RequestFactory().get("/somewhere/")
    request.user = user

    def part() -> str:
        template = engines["django"].from_string(EMBEDDED)
        return str(template.render({"about": user}, request))

    action, fields = add_form(part())
    answer = client.post(action, {**fields, "text": "Call them back", "next": "/somewhere/"})
    assert answer.status_code == 303 and answer["Location"].startswith("/somewhere/"), answer
    html = part()
    assert "Call them back" in html and "todos-badge" in html and not INLINE.search(html)
    TodoList.objects.for_object(user).purge()


def leave(prefix: str) -> None:
    """The static files are hashed, a user goes, and so do our tables: nothing stays behind."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    from django_todos.models import TodoList

    hashed = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    storages = {"staticfiles": {"BACKEND": hashed}, "default": {"BACKEND": hashed}}
    static = Path.cwd() / "static-files"
    with override_settings(DEBUG=False, STORAGES=storages, STATIC_ROOT=str(static)):
        call_command("collectstatic", interactive=False, verbosity=0)
        client = Client()
        client.force_login(get_user_model().objects.first())
        html = client.get(f"{prefix}inbox/").content.decode()
        asked = re.findall(r"/static/([\w/.-]+)", html)
        assert len(asked) > 15, asked
        assert [name for name in asked if not re.search(r"\.[0-9a-f]{12}\.", name)] == []
        assert [name for name in asked if not (static / name).exists()] == []
    for user in get_user_model().objects.all():
        user.delete()
    assert not TodoList.objects.filter(object_type=None).exists()
    call_command("migrate", "django_todos", "zero", verbosity=0)
    call_command("migrate", "django_todos", verbosity=0)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "mine.settings"
    sys.path.insert(0, os.getcwd())
    django.setup()
    install(sys.argv[2:])
    setup_test_environment()
    visit(sys.argv[1])
    exec(compile(sys.stdin.read(), "script", "exec"), {"__name__": "script"})
    leave(sys.argv[1])
    print("visited")
