"""Hosts it must survive, each a real project in a folder of its own, made by `startproject` and run by itself.

Each is one process, which is dear enough: what can be asked in the one that visits the host is asked there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import django
import pytest
from django.core.management import call_command

VISIT = Path(__file__).with_name("visit.py")
BEGIN = """
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django_todos.models import *
UTC, now = ZoneInfo("UTC"), datetime.now(timezone.utc)
make_user = get_user_model().objects.create_user
client = Client()
client.force_login(get_user_model().objects.get())
"""


class Host:
    """A project made by `startproject`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        keep = {
            "PATH",
            "HOME",
            "LANG",
            "LC_ALL",
            "PYTHONPATH",
            "PYTHONPYCACHEPREFIX",
            "VIRTUAL_ENV",
        }
        self.environment = {name: os.environ[name] for name in keep & set(os.environ)}
        self.environment["PYTHONWARNINGS"] = "error"
        if source := self.environment.get("PYTHONPATH"):
            self.environment["PYTHONPATH"] = str(Path(source).resolve())
        call_command("startproject", "mine", folder)

    def run(self, *arguments: str, given: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / "mine" / name
        text = path.read_text()
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, 1))

    def install(self, prefix: str = "todos/") -> None:
        """The README's lines: two apps, one include, a login page."""
        apps = '    "django_htmx",\n    "django_todos",\n'
        self.edit("settings.py", "INSTALLED_APPS = [\n", "INSTALLED_APPS = [\n" + apps)
        self.edit(
            "urls.py", "from django.urls import path", "from django.urls import include, path"
        )
        include = f'    path("{prefix}", include("django_todos.urls")),\n]'
        text = (self.folder / "mine" / "urls.py").read_text()
        (self.folder / "mine" / "urls.py").write_text(re.sub(r"\]\s*$", include + "\n", text))
        self.settings('LOGIN_URL = "admin:login"')

    def settings(self, text: str) -> None:
        with (self.folder / "mine" / "settings.py").open("a") as file:
            file.write("\n" + textwrap.dedent(text))

    def visit(self, script: str = "", *, prefix: str = "/todos/", app: str = "") -> None:
        """Check and migrate, sign in, add a todo, look at every page: no warning, nothing inline, whatever the policy.

        Then the script, for what this host alone is asked. `app` is one of the host's own, without migrations.
        """
        said = self.run(str(VISIT), prefix, *app.split(), given=BEGIN + textwrap.dedent(script))
        assert "no issues" in said and "No changes" in said and "visited" in said, said


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_four_lines_install_it(host):
    host.install()
    host.visit()


def test_without_django_htmx_the_check_says_what_to_do(host):
    host.install()
    host.edit("settings.py", '    "django_htmx",\n', "")
    said = host.run("manage.py", "check", fails=True)
    assert "django_todos.E001" in said and "Add 'django_htmx'" in said


@pytest.mark.skipif(django.VERSION < (5, 1), reason="LoginRequiredMiddleware is of Django 5.1")
def test_where_everything_needs_a_login(host):
    host.install()
    host.settings("MIDDLEWARE += ['django.contrib.auth.middleware.LoginRequiredMiddleware']")
    host.visit()


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Content-Security-Policy is of Django 6.0")
def test_where_the_policy_has_a_nonce(host):
    """Whatever is loaded carries it."""
    host.install(prefix="tools/todos/")
    host.settings("""
        from django.utils.csp import CSP
        MIDDLEWARE += ["django.middleware.csp.ContentSecurityPolicyMiddleware"]
        TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.template.context_processors.csp")
        SECURE_CSP = {"script-src": [CSP.NONCE, CSP.STRICT_DYNAMIC], "style-src": [CSP.NONCE]}
    """)
    host.visit(
        """
        page = client.get("/tools/todos/inbox/")
        nonce = page["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
        loaded = page.content.decode().count("<script ") + page.content.decode().count('rel="stylesheet"')
        assert loaded == page.content.decode().count(f'nonce="{nonce}"') > 10, loaded
        """,
        prefix="/tools/todos/",
    )


def test_in_kathmandu_in_arabic_without_time_zones(host):
    """Naive times, text from right to left, another kind of key."""
    host.install()
    host.settings("""
        USE_TZ, TIME_ZONE, LANGUAGE_CODE = False, "Asia/Kathmandu", "ar"
        DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
    """)
    host.visit("""
        page = client.get("/todos/inbox/").content.decode()
        assert 'dir="rtl"' in page and 'lang="ar"' in page
    """)


def test_a_bare_host_at_its_root(host):
    """No admin, no messages, and another kind of key, which makes no migration of ours."""
    host.install(prefix="")
    host.settings('DEFAULT_AUTO_FIELD = "django.db.models.AutoField"')
    text = (host.folder / "mine" / "settings.py").read_text()
    lines = [line for line in text.splitlines() if "admin" not in line and "messages" not in line]
    (host.folder / "mine" / "settings.py").write_text("\n".join(lines) + "\n")
    urls = (host.folder / "mine" / "urls.py").read_text().splitlines()
    (host.folder / "mine" / "urls.py").write_text(
        "\n".join(line for line in urls if "admin" not in line) + "\n"
    )
    host.settings('LOGIN_URL = "https://sso.example.org/"')
    host.visit(prefix="/")


@pytest.mark.parametrize("apps", [["todos", "django_todos"], ["django_todos", "todos"]])
def test_beside_an_app_and_a_namespace_called_todos(host, apps):
    """The commonest name of a project's own app: neither finds the other's URLs, templates or tables."""
    host.install()
    (host.folder / "todos").mkdir()
    call_command("startapp", "todos", host.folder / "todos")
    (host.folder / "todos" / "models.py").write_text(
        "from django.db import models\n\nclass Todo(models.Model):\n    title = models.TextField()\n"
    )
    (host.folder / "todos" / "urls.py").write_text(
        "from django.http import HttpResponse\nfrom django.urls import path\n\napp_name = 'todos'\n"
        "urlpatterns = [path('', lambda request: HttpResponse('theirs'), name='today')]\n"
    )
    host.edit("settings.py", '    "django_todos",\n', "".join(f'    "{app}",\n' for app in apps))
    host.edit(
        "urls.py",
        "urlpatterns = [\n",
        'urlpatterns = [\n    path("own/", include("todos.urls")),\n',
    )
    host.visit(
        """
        found = [reverse("todos:today"), reverse("django_todos:today")]
        assert found == ["/own/", "/todos/"], found
        """,
        app="todos",
    )
