"""Whatever arrives at whatever address, the answer is none of ours failing: never a 500."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.factories import Cast, make_todo
from tests.test_urls_roles import TABLE, make_things
from tests.views.pages import HTMX

from django_todos.dates import Moment
from django_todos.forms.todos import TodoForm
from django_todos.models import Todo
from django_todos.repeats.occurrences import Repeat
from django_todos.viewer import Viewer

FIELDS = [
    "text", "list", "parent", "view", "plain", "todo", "do", "date", "label", "priority", "title",
    "notes", "due", "due_date", "due_time", "due_tz", "start_date", "start_time", "start_tz",
    "repeat", "repeat_freq", "repeat_interval", "repeat_weekdays", "repeat_until", "labels",
    "assignee", "occurrence", "to", "anchor", "next", "name", "description",
    "color", "theme", "time_zone", "week_start", "reminder_hour", "zone", "keep_due", "keep_repeat",
]  # fmt: skip
QUERY = [
    "after",
    "sort",
    "due",
    "priority",
    "label",
    "assignee",
    "q",
    "from",
    "page",
    "done",
    "next",
]

HOSTILE = [
    "", "x", "\x00", "a\x00b", "-1", "0", "1", "9" * 40, "1e999", "NaN", "²", "٣", "true", "null",
    "[]", "{}", "'", '"', "%", "%s", "{0}", "../..", "//evil.example", "\ud800".encode("utf-8", "replace").decode(),
    "0000-00-00", "9999-12-31", "0001-01-01", "2026-13-45", "24:00", "23:59:60", "09:00", "today",
    "Mars/Base", "Europe/Berlin", "../etc/passwd", "FREQ=DAILY;INTERVAL=99999999999",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "every day", "every! 3 days", "every 0 days", "FREQ=",
    "theirs", "complete", "delete", "move", "date", "label", "priority", "high", "none", "up",
    "down", "in", "out", "top", "bottom", "list", "before", "after", "under", "me", "nobody",
    "alice", "week", "overdue", "newest", "title", "x" * 600, "a\nb\r\nc", "🥛", "‮", "#", "!1 !!",
    str(uuid.UUID(int=0)), "00000000-0000-0000-0000-00000000000g", "WzFd:1:2",
]  # fmt: skip

values = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
WRITES = sorted(name for name, row in TABLE.items() if row.post)
READS = sorted(name for name, row in TABLE.items() if row.get)


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


@pytest.mark.parametrize("name", WRITES)
def test_no_form_breaks_a_view(cast: Cast, known: dict[str, str], name: str):
    client = cast.client("alice")
    url = url_of(name, known)
    real = st.sampled_from(sorted(known.values()))
    names = st.sampled_from(FIELDS + [f"initial-{one}" for one in FIELDS] + list(TABLE[name].data))
    forms = st.dictionaries(
        names, st.one_of(values, real, st.lists(values, max_size=3)), max_size=9
    )
    sound = {key: value.format(**known) for key, value in TABLE[name].data.items()}

    @given(form=forms, keep=st.booleans(), htmx=st.booleans())
    @example(form={}, keep=False, htmx=True)
    @settings(
        max_examples=max(5, settings.default.max_examples // 10),
        suppress_health_check=[HealthCheck.too_slow],
    )
    def send(form: dict[str, Any], keep: bool, htmx: bool) -> None:
        data = (sound if keep else {}) | form
        assert ask(client, "post", url, data, HTMX if htmx else {}) < 500

    send()


@pytest.mark.parametrize("name", READS)
def test_no_query_breaks_a_view(cast: Cast, known: dict[str, str], name: str):
    client, url = cast.client("alice"), url_of(name, known)
    queries = st.dictionaries(st.sampled_from(QUERY), values, max_size=4)

    @given(query=queries, htmx=st.booleans())
    @settings(
        max_examples=max(3, settings.default.max_examples // 20),
        suppress_health_check=[HealthCheck.too_slow],
    )
    def send(query: dict[str, str], htmx: bool) -> None:
        assert ask(client, "get", url, query, HTMX if htmx else {}) < 500

    send()


def test_each_hostile_value_in_every_field_of_a_todo(cast: Cast, known: dict[str, str]):
    client, url = cast.client("alice"), url_of("todo-detail", known)
    todo = Todo.objects.with_rights(cast.alice).get(uuid=known["todo"])
    viewer = Viewer.of(cast.alice)
    sound = {"title": "Milk", "priority": "none"}
    fields = [one for one in FIELDS if one not in ("next", "keep_due", "keep_repeat")]
    for number, value in enumerate(HOSTILE):
        headers = HTMX if number % 8 else {}  # the form alone, and now and then the page around it
        data = QueryDict(mutable=True)
        data.update(sound | {f"initial-{field}": value for field in fields})
        form = TodoForm(data, todo=todo, viewer=viewer)
        assert form.is_valid() and form.seen.keys() == form.values.keys()
        for posted in (dict.fromkeys(fields, value), data.dict() if number % 8 == 0 else None):
            if posted is not None:
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
