"""Hosts that are little more than what `startproject` makes, each of them unusual in one way.

Each is one process, which is dear enough: what can be asked in the one that visits the host is asked there.
"""

from __future__ import annotations

import django
import pytest
from django.core.management import call_command
from tests.hosts.project import Host, needs


@pytest.mark.gate
def test_four_lines_install_it(installed: Host):
    installed.visit()


def test_without_django_htmx_the_check_says_what_to_do(installed: Host):
    installed.edit("settings.py", '    "django_htmx",\n', "")
    said = installed.run("manage.py", "check", fails=True)
    assert "django_todos.E001" in said and "Add 'django_htmx'" in said


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Content-Security-Policy is of Django 6.0")
def test_at_a_prefix_where_everything_needs_a_login_and_the_policy_has_a_nonce(host: Host):
    """Whatever is loaded carries it."""
    host.install(prefix="tools/todos/")
    host.settings("""
        from django.utils.csp import CSP
        MIDDLEWARE += [
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
            "django.middleware.csp.ContentSecurityPolicyMiddleware",
        ]
        TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.template.context_processors.csp")
        SECURE_CSP = {"script-src": [CSP.NONCE, CSP.STRICT_DYNAMIC], "style-src": [CSP.NONCE]}
    """)
    host.visit(
        """
        page = client.get("/tools/todos/inbox/")
        nonce = page["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
        loaded = page.content.decode().count("<script ") + page.content.decode().count('rel="stylesheet"')
        with_it = page.content.decode().count(f'nonce="{nonce}"')
        texts = page.content.decode().count('type="application/json"')
        assert loaded - texts == with_it > 10, (loaded, texts, with_it)
        script = Client().get("/tools/todos/inbox/", headers={"HX-Request": "true"})
        assert script.status_code == 401, script.status_code
        """,
        prefix="/tools/todos/",
    )


def test_in_kathmandu_in_arabic_without_time_zones_messages_sites_or_admin(host: Host):
    """Naive times, text from right to left, another kind of key (which makes no migration of ours); at its root."""
    host.install(prefix="")
    for name in ("settings.py", "urls.py"):
        path = host.folder / "mine" / name
        lines = [one for one in path.read_text().splitlines() if "messages" not in one]
        path.write_text("\n".join(one for one in lines if "admin" not in one) + "\n")
    host.settings("""
        LOGIN_URL = "https://sso.example.org/"
        USE_TZ, TIME_ZONE, LANGUAGE_CODE = False, "Asia/Kathmandu", "ar"
        DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
    """)
    host.visit(
        """
        page = client.get("/inbox/").content.decode()
        assert 'dir="rtl"' in page and 'lang="ar"' in page
        """,
        prefix="/",
    )


@pytest.mark.parametrize("apps", [["todos", "django_todos"], ["django_todos", "todos"]])
def test_beside_an_app_and_a_namespace_called_todos(installed: Host, apps: list[str]):
    """The commonest name of a project's own app: neither finds the other's URLs, templates or tables."""
    (installed.folder / "todos").mkdir()
    call_command("startapp", "todos", installed.folder / "todos")
    installed.write(
        "todos/models.py",
        "from django.db import models\n\nclass Todo(models.Model):\n    title = models.TextField()\n",
    )
    installed.write(
        "todos/urls.py",
        "from django.http import HttpResponse\nfrom django.urls import path\n\napp_name = 'todos'\n"
        "urlpatterns = [path('', lambda request: HttpResponse('theirs'), name='today')]\n",
    )
    installed.edit(
        "settings.py", '    "django_todos",\n', "".join(f'    "{app}",\n' for app in apps)
    )
    installed.add_url('path("own/", include("todos.urls"))')
    installed.visit(
        """
        found = [reverse("todos:today"), reverse("django_todos:today")]
        assert found == ["/own/", "/todos/"], found
        """,
        app="todos",
    )


ROUTER = """
class Router:
    '''Books of the shop's stock are kept apart.'''

    def db_for_read(self, model, **hints):
        return "other" if model._meta.app_label == "{apart}" else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        return (db == "other") == (app_label == "{apart}")
"""
STOCK = "from django.db import models\n\nclass Crate(models.Model):\n    pass\n"


@pytest.fixture
def two_databases(installed: Host) -> Host:
    installed.write("stock/models.py", STOCK)
    installed.settings("""
        INSTALLED_APPS.append("stock")
        DATABASES["other"] = {**DATABASES["default"], "NAME": BASE_DIR / "other.sqlite3"}
        DATABASE_ROUTERS = ["mine.router.Router"]
    """)
    return installed


def test_with_two_databases(two_databases: Host):
    """Other apps may be elsewhere, and todos be about what is there."""
    two_databases.write("mine/router.py", ROUTER.format(apart="stock"))
    two_databases.visit(
        """
        from django.db import connections
        assert connections["other"].introspection.table_names() in ([], ["django_migrations"])
        """,
        app="stock",
    )


@pytest.mark.parametrize("apart", ["django_todos", "auth"])
def test_away_from_users_it_says_so_before_anything_is_written(two_databases: Host, apart: str):
    two_databases.write("mine/router.py", ROUTER.format(apart=apart))
    for command in (["check"], ["migrate"], ["migrate", "--database", "other"]):
        said = two_databases.run("manage.py", *command, fails=True)
        assert "django_todos.E006" in said and "DATABASE_ROUTERS" in said
    for name in ("db.sqlite3", "other.sqlite3"):
        file = two_databases.folder / name
        assert not file.exists() or file.stat().st_size == 0


def test_with_jinja2_first(installed: Host):
    """Its engine is asked first and knows none of our templates; a page of its own shows a list by a part of Django's."""
    needs("jinja2")
    installed.settings("""
        TEMPLATES.insert(0, {
            "BACKEND": "django.template.backends.jinja2.Jinja2",
            "DIRS": [BASE_DIR / "pages"],
            "APP_DIRS": True,
            "OPTIONS": {},
        })
        TEMPLATES[1]["DIRS"] = [BASE_DIR / "parts"]
    """)
    installed.write("pages/order.html", "<title>{{ order }}</title>{{ todos }}")
    installed.write(
        "parts/todos.html", "{% load django_todos %}{% todos_head %}{% todo_list_for order %}"
    )
    installed.visit("""
        from django.template.loader import render_to_string
        from django.test import RequestFactory
        alice = get_user_model().objects.get()
        alice.is_superuser = False
        request = RequestFactory().get("/")
        request.user = alice
        todos = render_to_string("todos.html", {"order": alice}, request, using="django")
        page = render_to_string("order.html", {"order": alice, "todos": todos}, request)
        assert page.startswith("<title>alice</title>") and "todos-widget" in page, page
    """)
