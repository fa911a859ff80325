"""Hosts that stand on something larger, or are served otherwise."""

from __future__ import annotations

import http.cookiejar
import importlib.util
import os
import re
import shlex
import shutil
import urllib.parse
import urllib.request
from typing import Any

import django
import pytest
from tests.hosts.project import DOCS, Host, needs, sample
from tests.hosts.visit import add_form

HOME = """
from wagtail.models import Page


class HomePage(Page):
    template = "home/page.html"
"""
SITE_BASE = """<!doctype html><html lang="en"><head><title>{% block title %}Site{% endblock %}</title>
{% block extra_css %}{% endblock %}</head><body class="{% block body_class %}{% endblock %}">
<header id="site">Site</header>{% block content %}{% endblock %}{% block extra_js %}{% endblock %}</body></html>"""


@pytest.mark.gate
@pytest.mark.skipif(django.VERSION < (5, 2), reason="Wagtail asks for Django 5.2")
def test_in_wagtail(host: Host):
    """Its editors have todos about pages, in the site's base, above the pattern that answers everything."""
    needs("wagtail")
    host.install()
    host.settings("""
        INSTALLED_APPS += [
            "wagtail.users", "wagtail.images", "wagtail.documents", "wagtail.snippets", "wagtail.sites", "wagtail.admin",
            "wagtail", "taggit", "modelcluster", "home",
        ]
        WAGTAIL_SITE_NAME, WAGTAILADMIN_BASE_URL = "Site", "https://site.example"
        TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]
    """)
    host.settings(sample("wagtail.md", "settings.py"))
    host.write("home/models.py", HOME)
    host.write("home/access.py", sample("wagtail.md", "home/access.py"))
    host.write("home/wagtail_hooks.py", sample("wagtail.md", "home/wagtail_hooks.py"))
    host.write("templates/site_base.html", SITE_BASE)
    host.write("templates/home/page.html", sample("wagtail.md", "templates/home/page.html"))
    host.write(
        "templates/django_todos/base.html",
        sample("wagtail.md", "templates/django_todos/base.html"),
    )
    host.urls(
        "from wagtail import urls as wagtail_urls\nfrom wagtail.admin import urls as wagtailadmin_urls"
    )
    host.add_url('path("cms/", include(wagtailadmin_urls))')
    host.add_url('path("", include(wagtail_urls))')
    host.visit(
        """
        from django.contrib.auth.models import Group
        from wagtail.models import GroupPagePermission, Page, Site
        from home.models import HomePage
        root = Page.objects.get(depth=1)
        home = root.add_child(instance=HomePage(title="Spring sale", slug="spring"))
        Site.objects.update(root_page=home)
        editor, visitor = make_user("ed"), make_user("vic")
        editor.groups.add(Group.objects.get(name="Editors"))
        client.force_login(editor)
        page = client.get("/").content.decode()
        assert "Spring sale" in page and 'class="todos-widget-add"' in page, page
        about = TodoList.objects.create_about(home, name="Spring sale")
        Todo.add(about, "Choose a picture", by=editor)
        assert "Choose a picture" in client.get("/").content.decode()
        assert "Choose a picture" in client.get(f"/todos/lists/{about.uuid}/").content.decode()
        inside = client.get("/todos/inbox/").content.decode()
        assert 'id="site"' in inside and "todos-frame" in inside and inside.count("<html") == 1
        assert '"/todos/"' in client.get("/cms/").content.decode(), "a way from Wagtail's own menu"
        client.force_login(visitor)
        assert "todos-widget" not in client.get("/").content.decode()
        assert client.get(f"/todos/lists/{about.uuid}/").status_code == 404
        client.force_login(get_user_model().objects.get(username="alice"))
        """,
        app="home",
    )


def test_below_a_pattern_that_answers_everything_the_check_says_so(host: Host):
    host.edit(
        "urls.py", "urlpatterns = [", "from django.http import HttpResponse\n\nurlpatterns = ["
    )
    host.add_url('path("<path:slug>", lambda request, slug: HttpResponse(slug))')
    host.install()
    assert "django_todos.E007" in host.run("manage.py", "check", fails=True)


@pytest.mark.skipif(django.VERSION < (5, 2), reason="It comes with Wagtail here")
def test_with_rest_framework(installed: Host):
    """The serializer of the documentation reads and writes with the rights of who asks."""
    needs("rest_framework")
    installed.settings('INSTALLED_APPS.append("rest_framework")')
    installed.write("shop/api.py", sample("drf.md", "shop/api.py"))
    installed.urls(
        "from rest_framework.routers import SimpleRouter\nfrom shop.api import TodoViewSet"
    )
    installed.urls("router = SimpleRouter()\nrouter.register('todos', TodoViewSet, 'todo')")
    installed.add_url('path("api/", include(router.urls))')
    installed.visit("""
        alice, bob = get_user_model().objects.get(), make_user("bob")
        flat = TodoList.objects.create_for(alice, "Home")
        shop = TodoList.objects.create_for(alice, "Shop")
        data = {"todo_list": str(flat.uuid), "title": "Rent", "due_date": "2026-12-01"}
        made = client.post("/api/todos/", data, "application/json").json()
        url = f"/api/todos/{made['uuid']}/"
        assert client.get(url).json()["due_date"] == "2026-12-01", made
        change = {"title": "Rent and power", "todo_list": str(shop.uuid)}
        answer = client.patch(url, change, "application/json").json()
        assert (answer["title"], answer["todo_list"]) == ("Rent and power", str(shop.uuid)), answer
        assert Action.objects.latest("pk").user == alice and invariants(flat) + invariants(shop) == []
        client.force_login(bob)
        assert client.get(url).status_code == 404 and client.get("/api/todos/").json() == []
        assert client.post("/api/todos/", data, "application/json").status_code == 400
        client.force_login(alice)
        assert client.delete(url).status_code == 204 and client.get(url).status_code == 404
        """)


def test_the_tutorial(host: Host):
    """Every step of it, in the order in which it stands there."""
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    host.environment["DJANGO_SETTINGS_MODULE"] = "mine.settings"
    host.environment["PYTHONWARNINGS"] = ""
    blocks = re.findall(r"```(console|python|html)[^\n]*\n(.*?)```", text, re.DOTALL)
    for kind, block in blocks:
        if kind == "console":
            for line in block.splitlines():
                words = shlex.split(line)
                if words[:2] != ["python", "manage.py"] or words[2] == "runserver":
                    continue  # made already, or served by the test
                if words[2] == "createsuperuser":
                    host.run("-", given=MAKE)
                else:
                    host.run(*words[1:])
            continue
        first, _newline, rest = block.partition("\n")
        name = first.strip("{}# ").split()[0]
        if name == "mine/settings.py":
            host.settings(rest)
        else:
            host.write(name, rest)
    host.environment["PYTHONWARNINGS"] = "error"
    host.run("manage.py", "check", "--fail-level", "WARNING")
    with host.served("manage.py", "runserver", "--noreload", "127.0.0.1:{port}") as address:
        browser = Browser(address)
        sign_in(browser)
        action, fields = add_form(browser.get("/orders/1/"))
        assert "Wrap it" in browser.post(action, {**fields, "text": "Wrap it tomorrow"})
        assert "Order 1 for Ada" in browser.get("/todos/search/?q=wrap")


class Browser:
    """Somebody without JavaScript, on a served host."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: dict[str, str]) -> str:
        data = urllib.parse.urlencode(fields).encode()
        with self.opener.open(self.address + path, data, timeout=30) as answer:
            return str(answer.read().decode())


def sign_in(browser: Browser) -> None:
    page = browser.get("/admin/login/?next=/todos/inbox/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page
    fields = {"csrfmiddlewaretoken": token[1], "username": "alice", "password": "correct horse"}
    assert "todos-frame" in browser.post("/admin/login/?next=/todos/inbox/", fields)


MAKE = """
import django
django.setup()
from django.contrib.auth import get_user_model
get_user_model().objects.create_superuser("alice", "alice@example.org", "correct horse")
"""


@pytest.fixture
def with_alice(installed: Host) -> Host:
    """A host with its tables and somebody who can sign in."""
    installed.environment["DJANGO_SETTINGS_MODULE"] = "mine.settings"
    installed.run("manage.py", "migrate", "--verbosity", "0")
    installed.run("-", given=MAKE)
    return installed


def test_served_by_asgi(with_alice: Host):
    """Signing in, adding, ticking, looking around, and a download, which is a stream."""
    needs("uvicorn")
    with with_alice.served(
        "-m", "uvicorn", "--port", "{port}", "--lifespan", "off", "mine.asgi:application"
    ) as address:
        browser = Browser(address)
        sign_in(browser)
        action, fields = add_form(browser.get("/todos/inbox/"))
        html = browser.post(action, {**fields, "text": "Water the plants tomorrow"})
        assert "Water the plants" in html
        tick = re.search(r'formaction="([^"]+/complete/)"', html)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
        assert tick and token
        done = browser.post(tick[1], {"csrfmiddlewaretoken": token[1], "next": "/todos/inbox/"})
        assert "todos-toast" in done
        for path in ("", "upcoming/", "lists/", "completed/", "trash/", "preferences/", "import/"):
            assert "todos-frame" in browser.get(f"/todos/{path}")
        assert "Water the plants" in browser.get("/todos/export/?download=1&format=json")


BASE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}Shop{% endblock %}</title>
HEAD{% block extra_head %}{% endblock %}</head>
<body><nav class="navbar bg-body-tertiary"><div class="container">
<a class="navbar-brand" href="/order/">Shop</a>
<button id="ask" class="btn btn-primary" hx-get="/stock/" hx-target="#stock">Stock</button><span id="stock"></span>
</div></nav><div class="container">{% block content %}{% endblock %}</div></body></html>"""
ORDER = """{% extends "shop/base.html" %}{% load django_todos %}
{% block extra_head %}{% todos_head %}{% endblock %}
{% block content %}<h1 class="display-6">Order</h1>{% todo_list_for order %}{% endblock %}"""
VIEWS = """
from django.http import HttpResponse
from django.shortcuts import render


def order(request):
    return render(request, "shop/order.html", {"order": request.user})


def stock(request):
    return HttpResponse("12 in stock")


def everybody(user, model, permission):
    return model.objects.all()
"""
FILES = {
    "bootstrap": ("flask_bootstrap", "static/bootstrap5/css/bootstrap.min.css"),
    "htmx 1.9": ("js_lib_htmx", "static/htmx/htmx.min.js"),
    # Of django-htmx before 1.28 the one that it brings.
    "htmx 2": ("django_htmx", "static/django_htmx/htmx-2.min.js static/django_htmx/htmx.min.js"),
}


def bring(host: Host, name: str) -> str:
    """A file that another package brings, among the host's own static ones; what loads it."""
    package, files = FILES[name]
    spec = importlib.util.find_spec(package)  # without importing what it brings along
    folders: Any = spec.submodule_search_locations if spec else needs(package).__path__
    places = [os.path.join(folders[0], file) for file in files.split()]
    place = next(one for one in places if os.path.exists(one))
    (host.folder / "static").mkdir(exist_ok=True)
    shutil.copy(place, host.folder / "static")
    url = f"/static/{os.path.basename(place)}"
    is_style = url.endswith(".css")
    return (
        f'<link rel="stylesheet" href="{url}">' if is_style else f'<script src="{url}"></script>'
    )


@pytest.mark.parametrize("brings", [["bootstrap", "htmx 1.9"], ["bootstrap", "htmx 2"], []])
def test_in_the_bases_of_others_in_a_browser(with_alice: Host, brings: list[str]):
    """The documentation's base: a list on the host's page, our pages in its base, and its own htmx: each does its own, once."""
    sync = needs("playwright.sync_api")
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    with_alice.write(
        "templates/shop/base.html",
        BASE.replace("HEAD", "".join(bring(with_alice, name) for name in brings)),
    )
    with_alice.write("templates/shop/order.html", ORDER)
    base = sample("base-template.md", "templates/django_todos/base.html")
    own = "{% todos_head htmx=False %}" if "htmx 2" in brings else "{% todos_head %}"
    with_alice.write("templates/django_todos/base.html", base.replace("{% todos_head %}", own))
    (with_alice.folder / "static").mkdir(exist_ok=True)
    with_alice.settings("""
        TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]
        STATICFILES_DIRS = [BASE_DIR / "static"]
        TODOS_OBJECT_ACCESS = "shop.views.everybody"
    """)
    with_alice.write("shop/views.py", VIEWS)
    with_alice.urls("from shop import views")
    with_alice.add_url('path("order/", views.order)')
    with_alice.add_url('path("stock/", views.stock)')
    faults: list[str] = []
    asked: list[str] = []
    with (
        with_alice.served("manage.py", "runserver", "--noreload", "127.0.0.1:{port}") as address,
        sync.sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        page = browser.new_page(base_url=address)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request", lambda one: asked.append(f"{one.method} {one.url.removeprefix(address)}")
        )

        def ask_the_host() -> None:
            if len(brings) == 2:
                page.click("#ask")
                sync.expect(page.locator("#stock")).to_have_text("12 in stock")
                assert asked.count("GET /stock/") == 1, asked
            asked.clear()

        page.goto("/admin/login/?next=/order/")
        page.fill("#id_username", "alice")
        page.fill("#id_password", "correct horse")
        page.press("#id_password", "Enter")
        page.wait_for_url("**/order/")
        ask_the_host()
        field = page.locator(".todos-widget [name=text]")
        field.fill("Book the van")
        field.press("Enter")
        sync.expect(page.get_by_role("link", name="Book the van")).to_have_count(1)
        assert page.url == f"{address}/order/" or "/order/?" in page.url, page.url
        page.goto("/todos/inbox/")
        ask_the_host()
        side = page.locator(".todos-side").bounding_box()
        assert (
            side and side["y"] + side["height"] <= page.viewport_size["height"]
        ), "below the window"
        page.get_by_label("Add a todo").first.fill("Sweep the floor")
        page.keyboard.press("Enter")
        row = page.get_by_role("link", name="Sweep the floor", exact=True)
        sync.expect(row).to_have_count(1)
        assert asked.count("POST /todos/todos/new/") == 1, asked
        page.locator(".todos-row .todos-check").first.click()
        sync.expect(page.get_by_text("Completed “Sweep the floor”")).to_be_visible()
        assert page.url == f"{address}/todos/inbox/", "without another page"
    assert faults == []
