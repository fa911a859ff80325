"""The pages in a base template of the host's own: the documentation's, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from tests.factories import Cast, make_todo

from django_todos.unsubscribing import unsubscribe_token

DOCS = Path(__file__).parent.parent / "docs"
SHOP = """<!doctype html><html lang="en"><head><title>{% block title %}Shop{% endblock %}</title>
{% block extra_head %}{% endblock %}</head>
{% block scripts %}<script src="shop.js"></script>{% endblock %}
<body>{% block body %}<header id="shop">Shop</header>{% block main %}{% block content %}{% endblock %}{% endblock %}
{% endblock %}</body></html>"""


def example(page: str, file: str) -> str:
    """What a page of the documentation shows as the content of that file."""
    text = (DOCS / page).read_text(encoding="utf-8")
    match = re.search(rf"```html\+django\n{{# {re.escape(file)} #}}\n(.*?)```", text, re.DOTALL)
    assert match, f"{page} has no {file}"
    return match[1]


@pytest.fixture
def shop(settings, tmp_path: Path) -> Path:
    for name, text in {
        "shop/base.html": SHOP,
        "django_todos/base.html": example("base-template.md", "templates/django_todos/base.html"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    settings.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [tmp_path]}]
    return tmp_path


def page(cast: Cast, path: str, **more: Any) -> str:
    response = cast.client("alice").get(path, **more)
    return response.content.decode()


def test_the_pages_stand_in_the_hosts_base(shop: Path, cast: Cast):
    make_todo(cast.flat)
    html = page(cast, cast.flat.get_absolute_url())
    assert html.count("<main") == 0 and html.count("<html") == 1
    assert 'id="shop"' in html and "shop.js" in html, "no block of the host's is replaced"
    for wanted in (
        "css/frame.css", "js/page.js", "htmx-config", 'id="main"', 'id="sidebar"', 'id="todos-panel"', 'id="todos-toasts"',
        'id="todos-i-check"', 'id="todos-texts"', "data-todos-zone-url", "X-CSRFToken", "Buy milk",
    ):  # fmt: skip
        assert html.count(wanted) >= 1, wanted
    assert len(re.findall(r'id="main"', html)) == 1
    assert "css/settings.css" in page(cast, "/todos/preferences/")


def test_pages_that_stand_alone_stand_there_too(shop: Path, cast: Cast):
    html = page(cast, f"/todos/unsubscribe/{unsubscribe_token(cast.alice, 'digest')}/")
    assert 'id="shop"' in html and "shop.js" in html and 'id="unsubscribe"' in html
    assert "todos-frame" in html and "css/frame.css" in html


def test_a_host_may_keep_its_own_htmx(shop: Path, cast: Cast):
    base = shop / "django_todos/base.html"
    base.write_text(base.read_text().replace("{% todos_head %}", "{% todos_head htmx=False %}"))
    html = page(cast, "/todos/inbox/")
    assert "htmx-config" not in html and "django_htmx" not in html and "js/page.js" in html


def test_what_is_added_to_the_sidebar_stays_in_its_column(settings, tmp_path: Path, cast: Cast):
    """A block around it, or the part that is there for it: either way the page is whole."""
    (tmp_path / "django_todos/parts").mkdir(parents=True)
    (tmp_path / "django_todos/parts/nav_links.html").write_text("<a id=mine>Mine</a>")
    settings.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [tmp_path]}]
    html = page(cast, "/todos/inbox/")
    assert html.index('id="sidebar"') < html.index("<a id=mine>") < html.index('id="main"')
