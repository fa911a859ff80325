"""What a host does first (check, migrations) and a person after it: signs in, adds a todo, looks at every page.

python visit.py PREFIX [APP...] <SCRIPT    inside the host's folder; APP is one of its own that has no migrations yet, and
SCRIPT is what this host is looked at for. All in one process, because each one loads Django anew.
"""

from __future__ import annotations

import importlib
import os
import re
import sys

import django
from django.test.utils import override_settings, setup_test_environment

PAGES = (
    "",
    "inbox/",
    "lists/",
    "upcoming/",
    "completed/",
    "trash/",
    "search/?q=plants",
    "preferences/",
)
# What a page under `default-src 'self'` may not have: a script of its own, a style of its own, a handler.
INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style[^>]*>|\sstyle="[^"]*"|\son[a-z]+="[^"]*\""""
)


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


def visit(prefix: str) -> None:
    """Every step answers as it should, or an AssertionError says which does not."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    user = get_user_model().objects.create_user("alice", "alice@example.org", "word")
    client = Client()
    assert client.get(prefix).status_code == 302, "who is not signed in is sent to the login page"
    client.force_login(user)
    action, fields = add_form(client.get(f"{prefix}inbox/").content.decode())
    answer = client.post(action, {**fields, "text": "Water the plants"})
    assert answer.status_code in (302, 303), (answer.status_code, answer.content[:2000])
    for name in PAGES:
        page = client.get(prefix + name)
        assert page.status_code == 200, (name, page.status_code)
        assert not (found := INLINE.search(page.content.decode())), (name, found)
    html = client.get(f"{prefix}inbox/").content.decode()
    assert "Water the plants" in html
    tick = re.search(r'formaction="([^"]+/complete/)"', html)
    assert tick, html
    answer = client.post(tick[1], {"next": f"{prefix}inbox/"})
    html = client.get(answer["Location"]).content.decode()
    undo = re.search(r'action="([^"]+/undo/)"', html)
    assert undo, html
    client.post(undo[1], {"next": f"{prefix}inbox/"})
    assert tick[1] in client.get(f"{prefix}inbox/").content.decode(), "undo brings it back"


def leave() -> None:
    """A user goes, the static files are hashed, and so do our tables: nothing stays behind."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from django_todos.models import TodoList

    for user in get_user_model().objects.all():
        user.delete()
    assert not TodoList.objects.filter(object_type=None).exists()
    hashed = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    storages = {"staticfiles": {"BACKEND": hashed}, "default": {"BACKEND": hashed}}
    with override_settings(STORAGES=storages, STATIC_ROOT=os.path.join(os.getcwd(), "static")):
        call_command("collectstatic", interactive=False, verbosity=0)
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
    leave()
    print("visited")
