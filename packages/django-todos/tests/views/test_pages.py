"""What all pages have in common: they are sound HTML, escape what people wrote, cost few queries, and redirect home only."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import (
    NOW,
    UTC,
    Cast,
    later,
    make_cast,
    make_labels,
    make_list,
    make_many,
    make_todo,
    make_tree,
)
from tests.views.pages import HTMX, SAVEPOINT, Page, get, given, message, path, post, titles

from django_todos import limits
from django_todos.dates import Moment
from django_todos.models import Label, Preferences, Todo, TodoList

LISTS = [
    "today", "upcoming", "inbox", "assigned", "search", "label-detail", "list-detail",
    "list-completed", "list-index", "completed", "trash",
]  # fmt: skip
OTHERS = [
    "list-create", "list-edit", "list-delete", "todo-detail", "todo-move", "todo-purge",
    "list-purge", "trash-empty", "preferences", "keyboard", "todo-activity",
]  # fmt: skip
BAD = '<img src=x onerror="alert(1)"> {{ 7|add:7 }} "\'><script>alert(2)</script>'


def make_everything(cast: Cast, name: str = "Milk", count: int = 1) -> dict[str, str]:
    """Lists and todos for every page, `count` of each kind, all named `name`. Gives what the addresses need."""
    alice = cast.alice
    inbox = TodoList.objects.inbox_of(alice)
    for todo_list in (cast.flat, inbox):
        for todos in (make_many(todo_list, count), make_many(todo_list, count)):
            Todo.objects.filter(pk__in=[one.pk for one in todos]).update(
                title=name, notes=name, due_date=NOW.date(), assignee=alice, priority=1
            )
    label = make_labels(cast.flat, name[:100].replace("/", "-"))[0]
    label.todos.set(cast.flat.todos.all())
    parent = make_todo(cast.flat, name, notes=name, due=Moment(NOW.date()), by=alice)
    done = make_todo(cast.flat, name, parent=parent, assignee=alice)
    done.complete(by=alice, at=later(), zone=UTC)
    for _n in range(count):
        make_todo(cast.flat, name).complete(by=alice, at=NOW, zone=UTC)
        make_todo(cast.flat, name).trash(by=alice, at=NOW)
    gone = make_list(alice, name[:200], description=name)
    gone.trash(by=alice, at=NOW)
    TodoList.objects.filter(pk=cast.flat.pk).update(name=name[:200], description=name)
    trashed = Todo.objects.trashed().first()
    assert trashed is not None
    return {
        "list": str(cast.flat.uuid),
        "todo": str(parent.uuid),
        "label": label.name,
        "list-purge": str(gone.uuid),
        "todo-purge": str(trashed.uuid),
    }


def address(name: str, things: dict[str, str]) -> str:
    """The address of a page of these things."""
    kind = name.partition("-")[0]
    thing = things.get(name) or things.get(kind)
    if name in ("list-index", "list-create"):
        thing = None
    return reverse(f"django_todos:{name}", args=[thing] if thing else [])


def test_every_page_is_sound_and_escapes_what_people_wrote(cast: Cast):
    things, client, wrong = make_everything(cast, BAD), cast.client("alice"), []
    for name in LISTS + OTHERS:
        for query, headers in ({"q": BAD, "kept": "edge"}, {}), ({"select": "1"}, HTMX):
            response = client.get(address(name, things), query, **headers)
            html = response.content.decode()
            codes = [code for code in ("<img src=x", "<script>alert", "14 &quot;") if code in html]
            if response.status_code != 200 or Page(response).faults or codes:
                wrong.append((name, query, response.status_code, Page(response).faults, codes))
    assert wrong == []


def test_pages_cost_at_most_eight_queries_however_much_there_is(
    db: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "PAGE", 9)  # the queries of fifty rows, without rendering them
    cast = make_cast()  # without its rules checked for each of hundreds of todos
    client, counts = cast.client("alice"), {}
    things = make_everything(cast)
    label = Label.objects.get()
    for size in (10, 50):
        for todo_list in (cast.flat, TodoList.objects.inbox_of(cast.alice)):
            fields = {"due_date": NOW.date(), "assignee": cast.alice, "notes": "Milk"}
            todos = make_many(todo_list, size, **fields)
            if todo_list == cast.flat:
                label.todos.add(*todos)
        counts[size] = {name: count_queries(client, name, things) for name in LISTS}
    print(counts)
    assert counts[10] == counts[50]
    assert max(counts[50].values()) <= 8 + SAVEPOINT


def test_a_todos_page_costs_the_same_however_much_is_below_it(cast: Cast):
    client, counts = cast.client("alice"), set()
    TodoList.objects.inbox_of(cast.alice)
    parent = make_todo(cast.flat, due=Moment(NOW.date()), labels=["shop"])
    for _more in range(3):
        for title in "abc":
            make_todo(cast.flat, title, parent=parent, labels=[title])
        counts.add(count_queries(client, "todo-detail", {"todo": str(parent.uuid)}))
    assert len(counts) == 1 and max(counts) <= 10 + SAVEPOINT


def count_queries(client: Client, name: str, things: dict[str, str]) -> int:
    """Our queries for a page; the session and the user are the host's."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address(name, things), {"q": "milk"} if name == "search" else {})
    assert response.status_code == 200
    return len([one for one in queries if not is_the_hosts(one["sql"])])


def is_the_hosts(sql: str) -> bool:
    return 'FROM "django_session"' in sql or sql.startswith('SELECT "auth_user"')


NEXT = [
    ("/todos/upcoming/", "/todos/upcoming/"),
    ("http://testserver/todos/upcoming/", "/todos/upcoming/"),
    ("https://evil.example/", None),
    ("//evil.example/", None),
    ("http://testserver//evil.example/", None),
    ("http://testserver/\\evil.example/", None),
    ("/\\evil.example", None),
    ("///evil.example", None),
    ("http:///evil.example", None),
    ("javascript:alert(1)", None),
    ("http://[", None),
    ("http://testserver", None),
    ("\x00", None),
    ("", None),
]


def test_numbers_that_are_sent_back_have_no_separators(cast: Cast, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    todo = make_todo(cast.flat, due=Moment(NOW.date()))
    html = get(cast.client("alice"), "todo-detail", todo.uuid).content.decode()
    sent = re.findall(r'name="before"\s+value="([^"]*)"', html)
    assert "1440" in sent and all(value.isdigit() for value in sent)


@pytest.mark.parametrize("wanted, expected", NEXT)
def test_redirects_stay_at_home(cast: Cast, wanted: str, expected: str | None):
    todo, client = make_todo(cast.flat), cast.client("alice")
    response = post(client, "todo-complete", todo.uuid, next=wanted)
    assert path(response) == (expected or cast.flat.get_absolute_url())
    assert response["Location"].startswith("/todos/")


def test_a_redirect_carries_one_message_and_keeps_the_rest(cast: Cast):
    todo, client = make_todo(cast.flat), cast.client("alice")
    response = post(
        client, "todo-complete", todo.uuid, next="/todos/?sort=due&done=x&kept=y&undone=1#z"
    )
    assert set(message(response)) == {"sort", "done"}
    assert response["Location"].endswith(f"#todo-row-{todo.uuid}")
    followed = client.get(response["Location"])
    assert "Completed “Buy milk”." in followed.content.decode()
    assert followed.context["here"] == "/todos/?sort=due"


KEPT = [
    ({"kept": "edge"}, "can&#x27;t go any further"),
    ({"kept": "whatever"}, "Nothing to change."),
    ({"undone": "1"}, "Undone."),
    ({"undone": "0"}, "Not undone"),
    ({"kept": "place"}, "at most 5 levels"),
    ({"kept": "changed"}, "somebody changed it meanwhile"),
]


@pytest.mark.parametrize("query, says", KEPT)
def test_messages_without_an_action(cast: Cast, query: dict[str, str], says: str):
    assert says in get(cast.client("alice"), "today", **query).content.decode()


@pytest.mark.parametrize("done", ["x", "", "\x00", "0" * 32, "4" * 4000])
def test_a_message_about_no_action_is_none(cast: Cast, done: str):
    assert given(cast.client("alice"), "today", done=done).context["toast"] is None


def test_a_page_and_its_part_at_one_address_say_so(cast: Cast):
    client = cast.client("alice")
    make_many(cast.flat, 3)
    for htmx in (False, True):
        for query in ({}, {"after": "x"}):
            response = get(client, "list-detail", cast.flat.uuid, htmx=htmx, **query)
            assert "HX-Request" in response["Vary"]


def test_the_first_visit_makes_the_inbox(cast: Cast):
    get(cast.client("charlie"), "today")
    assert TodoList.objects.get(inbox_of=cast.charlie).memberships.count() == 1


AS_SHOWN = {"day_order": "day", "hour_cycle": "24", "week_start": "6"}


def test_theme_keys_and_zone_reach_the_page(cast: Cast):
    client = cast.client("alice")
    appearance = {"section": "appearance", "theme": "dark", "new_todos": "bottom"}
    region = {"section": "region", "time_zone": "Tokyo", **AS_SHOWN}
    for data in (appearance, region, {"section": "keyboard"}):
        assert message(post(client, "preferences", **data)) == {"kept": "preferences"}
    response = get(client, "today")
    viewer = response.context["viewer"]
    assert (viewer.theme, viewer.zone.key, viewer.shortcuts, viewer.week_start) == (
        "dark",
        "Asia/Tokyo",
        False,
        6,
    )
    assert 'data-theme="dark"' in response.content.decode()
    assert given(client, "today", kept="preferences").context["toast"].text == "Saved"


def test_indented_rows_come_with_their_roots(cast: Cast):
    make_tree(cast.flat, "    a\n      b\n        c\n    d\n")
    response = get(cast.client("rita"), "list-detail", cast.flat.uuid)
    ids = [one for one in Page(response).ids if one.startswith("todo-row-")]
    assert len(ids) == 4


def test_what_htmx_boosts_is_answered_as_a_browser_is(cast: Cast) -> None:
    """A form that a script posts gets the page it leads to; only who is signed out is told so by 401."""
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_BOOSTED": "true"}
    client = Client()
    assert client.get(reverse("django_todos:today"), **htmx).status_code == 401
    client.force_login(cast.alice)
    todo = make_todo(cast.flat, "Water the fig tree")
    ticked = client.post(reverse("django_todos:todo-complete", args=[todo.uuid]), **htmx)
    assert ticked.status_code == 303
    assert b"<html" in client.get(ticked["Location"], **htmx).content


def test_single_keys_are_switched_on_and_off_beside_their_list(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    url = reverse("django_todos:keyboard")
    client.post(url)
    assert not Preferences.of(cast.alice).shortcuts
    client.post(url, {"shortcuts": "on"})
    assert Preferences.of(cast.alice).shortcuts


FILTERED = [
    ("list-detail", {"priority": "high", "sort": "title"}, (1, 3, 2), ["priority", "sort"]),
    ("list-detail", {"label": "#shop"}, (2, 3, 1), ["label"]),
    ("list-detail", {"sort": "due"}, None, ["sort"]),
    ("assigned", {"due": "none"}, (1, 1, 0), ["due"]),
    ("label-detail", {"assignee": "nobody"}, (1, 2, 1), ["assignee"]),
]


@pytest.mark.parametrize("name, query, counts, chips", FILTERED)
def test_a_narrowed_page_says_so(cast: Cast, name: str, query, counts, chips):
    make_todo(cast.flat, "a", priority=1, labels=["shop"], assignee=cast.alice)
    make_todo(cast.flat, "b", labels=["shop"])
    make_todo(cast.flat, "c", priority=5)
    args: list[Any] = {"list-detail": [cast.flat.uuid], "label-detail": ["shop"]}.get(name, [])
    page = get(cast.client("alice"), name, *args, **query)
    assert Page(page).faults == []
    assert [chip.name for chip in page.context["filters"].chips] == chips
    found = page.context.get("found")
    assert (found and (found, page.context["total"], page.context["hidden"])) == counts
    if counts and counts[2]:
        text = " ".join(page.content.decode().split())
        assert f"{counts[0]} of {counts[1]} todos" in text and f"Show all {counts[1]}" in text


SIGNS = [
    ("#shop", ["a", "b"]),
    ("a #shop", ["a"]),
    ("@alice", ["a"]),
    ("@me #Shop", ["a"]),
    ("#nothing", []),
    ("#", []),
]


@pytest.mark.parametrize("words, expected", SIGNS)
def test_labels_and_people_among_the_words_of_a_search(cast: Cast, words: str, expected):
    make_todo(cast.flat, "a", labels=["shop"], assignee=cast.alice)
    make_todo(cast.flat, "b", labels=["shop"])
    assert sorted(titles(given(cast.client("alice"), "search", q=words))) == expected


def test_completed_todos_are_reopened_where_they_are_listed(cast: Cast):
    todo = make_todo(cast.flat, "a")
    todo.complete(by=cast.alice, at=NOW, zone=UTC)
    address = reverse("django_todos:todo-reopen", args=[todo.uuid])
    assert address in get(cast.client("bob"), "completed").content.decode()
    assert address not in get(cast.client("rita"), "completed").content.decode()


def test_a_page_asks_whether_anything_changed(cast: Cast, django_assert_max_num_queries, settings):
    alice, url = cast.client("alice"), reverse("django_todos:version")
    todo = make_todo(cast.flat)
    html = alice.get(reverse("django_todos:today")).content.decode()
    with django_assert_max_num_queries(4 + SAVEPOINT):
        # user, preferences, what lists are about, lists; the tests' session is a cookie
        first = alice.get(url)
    etag = first["ETag"]
    assert first.status_code == 204 and f'id="todos-version" value={etag}' in html
    assert alice.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
    todo.complete(by=cast.bob, at=NOW, zone=UTC)
    assert alice.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 204
    etag = alice.get(url)["ETag"]
    make_todo(make_list(cast.charlie, "Secret"))  # which alice does not see
    assert alice.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
    settings.TODOS_OBJECT_ACCESS = "tests.test_querysets.only_oneself"
    about = TodoList.objects.create_about(cast.alice, name="About alice")
    for change in (make_todo, TodoList.delete):
        etag = alice.get(url)["ETag"]
        change(about)
        assert alice.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 204
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert alice.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 204


@time_machine.travel(NOW, tick=False)
def test_a_new_account_is_shown_lines_to_try(cast: Cast):
    client, today = cast.client("charlie"), reverse("django_todos:today")
    html = client.get(today).content.decode()
    assert "Write it the way you say it" in html and "Nothing left for today" not in html
    assert "<b>every monday</b>" in html and "Every Monday" in html and "first.css" in html
    post(client, "todo-create", text="Buy stamps today", next=today)
    html = client.get(today).content.decode()
    assert "Buy stamps" in titles(client.get(today)) and html.count('aria-label="Add: ') == 2
    for title in ("a", "b", "c", "d"):
        post(client, "todo-create", text=title)
    assert "Write it the way" not in client.get(today).content.decode()


def test_lines_to_try_can_be_hidden(cast: Cast):
    client, today = cast.client("charlie"), reverse("django_todos:today")
    assert post(client, "hints-hide")["Location"] == today
    html = client.get(today).content.decode()
    assert "Write it the way" not in html and "Nothing left for today" in html
