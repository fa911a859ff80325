"""Each hostile value in every field of a todo, and what no form ever sends; the rest is found by the fuzzer (test_fuzz.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse
from tests.factories import Cast, make_todo
from tests.fuzzing import FIELDS, HOSTILE
from tests.test_urls_roles import TABLE, make_things
from tests.views.pages import HTMX

from django_todos.dates import Moment
from django_todos.forms.todos import TodoForm
from django_todos.models import Todo
from django_todos.repeats.occurrences import Repeat
from django_todos.viewer import Viewer
from django_todos.views import _page


@pytest.fixture
def known(cast: Cast) -> dict[str, str]:
    """Addresses of things that exist, and values that name them."""
    things = make_things(cast)
    daily = make_todo(
        cast.flat, "Daily", repeat=Repeat("FREQ=DAILY"), due=Moment.parse("2026-11-20")
    )
    make_todo(cast.flat, "below", parent=daily)
    return things | {"daily": str(daily.uuid), "user": "bob"}


def url_of(name: str, things: dict[str, str]) -> str:
    thing = TABLE[name].thing
    return reverse(f"django_todos:{name}", args=[things[thing]] if thing else [])


def ask(
    client: Client, method: str, url: str, data: dict[str, Any], headers: dict[str, str]
) -> int:
    """The status; everything that was written is taken back."""
    with transaction.atomic():
        status: int = getattr(client, method)(url, data, **headers).status_code
        transaction.set_rollback(True)
    return status


def fields_alone(request: HttpRequest, template: str, context: Any, status: int = 200) -> Any:
    """Instead of a page: its form's fields as they are shown again, which is what a value can break."""
    return HttpResponse("".join(map(str, context["form"])), status=status)


def test_each_hostile_value_in_every_field_of_a_todo(
    cast: Cast, known: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    client, url = cast.client("alice"), url_of("todo-detail", known)
    todo = Todo.objects.with_rights(cast.alice).get(uuid=known["todo"])
    viewer = Viewer.of(cast.alice)
    sound = {"title": "Milk", "priority": "none"}
    fields = [one for one in FIELDS if one not in ("next", "keep_due", "keep_repeat")]
    for number, value in enumerate(HOSTILE):
        seen = sound | {f"initial-{field}": value for field in fields}
        data = QueryDict(mutable=True)
        data.update(seen)
        form = TodoForm(data, todo=todo, viewer=viewer)
        assert form.is_valid() and form.seen.keys() == form.values.keys()
        with monkeypatch.context() as patched:
            if number % 8:  # now and then the whole part or page
                patched.setattr(_page, "render", fields_alone)
            headers = HTMX if number % 16 else {}
            for posted in [dict.fromkeys(fields, value), seen][: 1 if number % 8 else 2]:
                answer = ask(client, "post", url, posted, headers)
                assert answer in (200 if headers else 303, 409, 422), (value, posted)


@pytest.mark.parametrize("word", ["x", "0", "-", "%00", "9" * 100, "..%2f", "%ff"])
def test_addresses_that_name_nothing(cast: Cast, word: str):
    client = cast.client("alice")
    for start in ("lists", "todos", "actions", "import"):
        assert client.get(f"/todos/{start}/{word}/").status_code == 404
    assert client.get(f"/todos/labels/{word}/").status_code in (200, 404)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data"])
def test_bodies_that_are_no_form(cast: Cast, known: dict[str, str], content_type: str):
    client = cast.client("alice")
    for name in ("todo-create", "todo-detail", "todo-bulk", "preferences"):
        with transaction.atomic():
            answer = client.post(url_of(name, known), b'{"a": 1', content_type=content_type)
            transaction.set_rollback(True)
        assert answer.status_code < 500
    assert Todo.objects.filter(deleted_at=None).count() == 3
