"""Pages that are kept as a whole: what anybody is shown is what would be made for them now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import BinaryField
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import given as for_any
from hypothesis import settings as examples
from hypothesis import strategies as st
from tests.factories import Cast, make_list, make_todo

from django_todos.dates import Moment
from django_todos.models import (
    Action,
    Invitation,
    Label,
    Membership,
    Preferences,
    Reminder,
    Todo,
    TodoList,
    recording,
)
from django_todos.repeats.occurrences import Repeat
from django_todos.views import _kept
from django_todos.views._page import Request, page, signed_in

from .pages import SAVEPOINT, get, post

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)  # a Monday
TODAY = NOON.date()
Change = Callable[[Cast, Todo], Any]


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def home(cast: Cast) -> Todo:
    """A todo with something of everything, in a list with more, and what makes pages of a person who is no beginner."""
    Preferences.objects.create(user=cast.alice, hints=False)
    todo = make_todo(cast.flat, "Old milk", assignee=cast.bob, due=Moment(TODAY, time(14)))
    with recording(cast.alice, "edit", {cast.flat.pk}) as rec:
        rec.set_labels(rec.reload(todo), ["Home"])
    make_todo(cast.flat, "Below", parent=todo)
    make_todo(
        cast.flat, "Starts", due=Moment(TODAY), start=Moment(TODAY, time(15)), assignee=cast.alice
    )
    make_todo(cast.flat, "Rent", due=Moment(TODAY + timedelta(days=2)), repeat="every month")
    make_todo(cast.flat, "Done").complete(by=cast.bob, at=NOON, zone=timezone.utc)
    Membership.objects.create(user=cast.charlie, todo_list=cast.flat, role="owner")
    make_todo(make_list(cast.bob, "Bob’s", editors=[cast.alice]), "Elsewhere milk")
    return todo


KEPT: list[tuple[str, dict[str, Any]]] = [
    ("today", {}), ("upcoming", {}), ("completed", {}), ("list-index", {}), ("list-detail", {}), ("todo-detail", {}),
    ("list-detail", {"select": 1}), ("search", {"q": "milk", "completed": 1}),
]  # fmt: skip
MORE: list[tuple[str, dict[str, Any]]] = [
    ("inbox", {}), ("assigned", {}), ("label-detail", {}), ("list-completed", {}), ("list-detail", {"sort": "due"}),
    ("list-detail", {"due": "overdue"}), ("search", {"q": "milk"}), ("todo-detail", {"htmx": True}),
]  # fmt: skip


def ask(client: Client, todo: Todo, name: str, query: dict[str, Any]) -> HttpResponse:
    named = {"todo-detail": todo.uuid, "label-detail": "home"}
    named |= dict.fromkeys(("list-detail", "list-completed"), todo.todo_list.uuid)
    return get(client, name, *([named[name]] if name in named else []), **query)


def shown(client: Client, todo: Todo, pages: list[tuple[str, dict[str, Any]]] = KEPT) -> list[str]:
    """Each of the pages, but for the tokens of its forms."""
    return [text_of(ask(client, todo, *one)) for one in pages]


def text_of(answer: HttpResponse) -> str:
    return f"{answer.status_code} " + re.sub(r"\b\w{64}\b", "", answer.content.decode())


@contextmanager
def nothing_kept() -> Iterator[None]:
    with mock.patch.object(_kept, "_room", lambda request: 0):
        yield


def edit(**values: Any) -> Change:
    return lambda cast, todo: todo.edit(values=values, by=cast.bob)


def choose(**chosen: Any) -> Change:
    return lambda cast, todo: Preferences.objects.update_or_create(
        user=cast.alice, defaults=chosen
    )


def call_bob(**names: str) -> Change:
    def change(cast: Cast, todo: Todo) -> None:
        get_user_model().objects.filter(pk=cast.bob.pk).update(**names)

    return change


def save_label(cast: Cast, todo: Todo) -> None:
    label = Label.objects.get(todos=todo)
    label.color = "red" if label.color != "red" else "teal"
    label.save()


def save_list(cast: Cast, todo: Todo) -> None:
    cast.flat.description = "What we need"
    cast.flat.save()


def invite(cast: Cast, todo: Todo) -> None:
    Invitation.send(
        make_list(cast.charlie, "Club"), "alice", role="editor", by=cast.charlie, at=NOON
    )


def remind(cast: Cast, todo: Todo) -> None:
    Reminder.objects.create(todo=todo, user=cast.alice, minutes_before=30)


def prune(cast: Cast, todo: Todo) -> None:
    assert Action.objects.prune(NOON + timedelta(days=99))


@pytest.mark.parametrize(
    "change",
    [
        edit(title="New"), edit(notes="New"), edit(priority=1), edit(due=Moment()), edit(labels=["New"]),
        edit(assignee_id=None), edit(start=Moment(TODAY + timedelta(days=1))), edit(repeat="every week"),
        lambda cast, todo: todo.complete(by=cast.bob, at=NOON, zone=timezone.utc),
        lambda cast, todo: todo.trash(by=cast.bob, at=NOON),
        lambda cast, todo: todo.move(by=cast.bob, todo_list=TodoList.objects.get(name="Bob’s"), at=NOON),
        lambda cast, todo: make_todo(cast.flat, "Another milk", due=Moment(TODAY)),
        lambda cast, todo: Label.objects.filter(todos=todo).update(name="Urgent", key="urgent"),
        lambda cast, todo: TodoList.objects.filter(pk=cast.flat.pk).update(name="Renamed"),
        lambda cast, todo: Label.objects.get(todos=todo).delete(),
        lambda cast, todo: cast.flat.edit(values={"description": "New"}),
        lambda cast, todo: Label.objects.filter(todos=todo).delete(),
        save_label, save_list, call_bob(first_name="Robert"), call_bob(username="bobby"), invite, remind, prune,
        lambda cast, todo: cast.flat.remove_member(cast.rita), lambda cast, todo: cast.flat.remove_member(cast.alice),
        lambda cast, todo: cast.flat.set_role(cast.alice, "viewer", by=None, at=NOON),
        lambda cast, todo: cast.flat.remove_member(cast.charlie), lambda cast, todo: cast.flat.archive(),
        lambda cast, todo: cast.flat.trash(), lambda cast, todo: make_list(cast.alice, "More"),
        lambda cast, todo: Membership.objects.filter(user=cast.alice, todo_list=cast.flat).update(color="red"),
        lambda cast, todo: Membership.move_by_one(cast.alice, cast.flat, "down"),
        lambda cast, todo: cast.bob.delete(), lambda cast, todo: cast.rita.delete(),
        choose(theme="dark"), choose(language="de"), choose(time_zone="Asia/Tokyo"), choose(shortcuts=False),
        choose(hour_cycle="12", day_order="day"), choose(week_start=2),
        lambda cast, todo: get_user_model().objects.filter(pk=cast.alice.pk).update(first_name="Alicia"),
    ],
)  # fmt: skip
def test_what_is_shown_is_what_would_be_made_now(cast: Cast, home: Todo, change: Change) -> None:
    """Of every page that is kept, after everything that can change."""
    alice = cast.client("alice")
    before = shown(alice, home)
    change(cast, home)
    after = shown(alice, home)
    with nothing_kept():
        assert after == shown(alice, home) != before


@pytest.mark.parametrize(
    "later",
    [
        NOON + timedelta(hours=2, minutes=1),  # something is late now
        NOON + timedelta(hours=3, minutes=1),  # and something begins
        NOON + timedelta(hours=12),  # midnight
        NOON + timedelta(days=1),
    ],
)
@pytest.mark.parametrize("is_archived", [False, True])
def test_what_the_clock_changes(
    cast: Cast, home: Todo, later: datetime, is_archived: bool
) -> None:
    """Also in a list that is archived, which can still be read."""
    alice = cast.client("alice")
    if is_archived:
        cast.flat.archive()
    before = shown(alice, home)
    with time_machine.travel(later, tick=False):
        after = shown(alice, home)
        with nothing_kept():
            assert after == shown(alice, home) != before


HOURS = st.integers(0, 23)


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example makes its own person
@for_any(
    st.lists(
        st.tuples(st.sampled_from(["due", "start"]), HOURS, st.sampled_from(["", "Asia/Tokyo"]))
    ),
    HOURS,
    HOURS,
)
@pytest.mark.parametrize(
    ("day", "zone"),
    [(TODAY, "UTC"), (date(2026, 10, 25), "Europe/Berlin"), (date(2026, 3, 29), "Europe/Berlin")],
)
def test_nothing_else_changes_in_a_day(
    db: None, day: date, zone: str, moments: list[tuple[str, int, str]], first: int, second: int
) -> None:
    """Whatever is due and starts at some time of a day, also where clocks are changed: asked at two moments."""
    name = f"user{get_user_model().objects.count()}"
    alice = get_user_model().objects.create(username=name)
    Preferences.objects.create(user=alice, hints=False, time_zone=zone)
    flat = make_list(alice, "Flat")
    todo = make_todo(flat)
    for n, (what, hour, tz) in enumerate(moments):
        values = {"due": Moment(day)} | {what: Moment(day, time(hour, 30), tz)}
        make_todo(flat, f"Todo {n} milk", **values)
    client, start = Client(), datetime(day.year, day.month, day.day, 0, 45, tzinfo=timezone.utc)
    client.force_login(alice)
    for hours in sorted([first, second]):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            now = shown(client, todo, KEPT[:1] + KEPT[4:6])
            with nothing_kept():
                assert now == shown(client, todo, KEPT[:1] + KEPT[4:6])


def test_a_page_that_is_kept_asks_little(
    cast: Cast, home: Todo, django_assert_num_queries: Any
) -> None:
    """Who looks and what they prefer, their lists, and what those are called whom it names; of a todo the reminders."""
    alice = cast.client("alice")
    for name, args, queries in (
        ("list-index", (), 2),
        ("list-detail", (cast.flat.uuid,), 3),
        ("todo-detail", (home.uuid,), 4),
    ):
        made = get(alice, name, *args)
        with django_assert_num_queries(SAVEPOINT + 1 + queries):  # the user of the session
            again = get(alice, name, *args)
        assert text_of(again) == text_of(made)
        assert again.headers["ETag"] == made.headers["ETag"]


def test_all_of_them_are_kept(cast: Cast, home: Todo) -> None:
    alice = cast.client("alice")
    for one in KEPT + MORE:
        first, second = (ask(alice, home, *one) for _ in range(2))
        assert text_of(first) == text_of(second)
        assert first.headers["ETag"] == second.headers["ETag"]


def test_who_has_the_page_is_told_so(cast: Cast, home: Todo) -> None:
    alice, url = cast.client("alice"), cast.flat.get_absolute_url()
    etag = alice.get(url).headers["ETag"]
    for headers in ({"If-None-Match": etag}, {"If-None-Match": f"W/{etag}"}):
        answer = alice.get(url, headers=headers)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "HX-Request"} <= set(answer.headers["Vary"].split(", "))
    assert alice.head(url, headers={"If-None-Match": etag}).status_code == 304
    # Another process, which never made the page, knows it as well; so does a new release that shows the same.
    _kept._forget()
    assert alice.get(url, headers={"If-None-Match": etag}).status_code == 304
    edit(title="New")(cast, home)
    assert alice.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_the_token_in_a_page_that_is_kept_is_good(cast: Cast, home: Todo) -> None:
    """Also in one that the browser has; after signing in anew it is another one, and so is the page."""
    client, url = Client(enforce_csrf_checks=True), cast.flat.get_absolute_url()
    client.force_login(cast.alice)
    first, second = client.get(url), client.get(url)
    tokens = [re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', one.content.decode())[1] for one in (first, second)]  # type: ignore[index]  # fmt: skip
    assert tokens[0] != tokens[1]
    for token in tokens:
        answer = client.post(f"{url}pin/", {"csrfmiddlewaretoken": token})
        assert answer.status_code == 303
    client.cookies.pop(project.CSRF_COOKIE_NAME)
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_nobody_sees_the_page_of_another(cast: Cast, home: Todo) -> None:
    """Not even of a list that both own."""
    cast.flat.remove_member(cast.charlie)
    cast.flat.set_role(cast.bob, "owner", by=None, at=NOON)
    clients = [cast.client(name) for name in ("alice", "bob", "rita")]
    kept = [shown(one, home) for one in clients for _ in range(2)]
    with nothing_kept():
        made = [shown(one, home) for one in clients]
    assert kept[::2] == kept[1::2] == made
    etag = get(clients[0], "list-detail", cast.flat.uuid).headers["ETag"]
    answer = get(clients[1], "list-detail", cast.flat.uuid, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    stranger = cast.client("charlie")
    assert get(stranger, "list-detail", cast.flat.uuid).status_code == 404
    assert get(Client(), "list-detail", cast.flat.uuid).status_code == 302


@pytest.mark.parametrize("query", [{"done": "x"}, {"undone": "1"}, {"kept": "same"}])
def test_a_message_is_for_once(cast: Cast, home: Todo, query: dict[str, str]) -> None:
    assert "ETag" not in get(cast.client("alice"), "list-detail", cast.flat.uuid, **query).headers


def test_lines_to_try_are_made_anew(cast: Cast) -> None:
    """They go by what one ever added, in lists that are left, too."""
    alice = cast.client("alice")
    assert "ETag" not in get(alice, "today").headers


def test_dates_of_a_repeat_with_a_time_are_made_anew(cast: Cast) -> None:
    alice = cast.client("alice")
    for clock, is_kept in ((time(9), False), (None, True)):
        todo = make_todo(cast.flat, due=Moment(TODAY, clock), repeat=Repeat("FREQ=DAILY"))
        assert ("ETag" in get(alice, "todo-detail", todo.uuid).headers) is is_kept


def test_who_is_searched_by_name_may_be_called_otherwise(cast: Cast, home: Todo) -> None:
    alice = cast.client("alice")
    assert "Old milk" in get(alice, "search", q="@bob").content.decode()
    call_bob(username="bobby")(cast, home)
    assert "Old milk" not in get(alice, "search", q="@bob").content.decode()


@pytest.mark.parametrize(
    "name", ["base.html", "parts/nav_item.html", "list_detail.html", "parts/todo_row.html"]
)
def test_where_a_host_has_a_part_pages_are_made(
    cast: Cast, settings: Any, tmp_path: Path, name: str
) -> None:
    own = tmp_path / "django_todos" / name
    own.parent.mkdir(parents=True)
    own.write_text("{{ request.GET.x }} {% now 'U.u' %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert "ETag" not in get(cast.client("alice"), "list-detail", cast.flat.uuid).headers


def test_a_hosts_own_parts_of_a_page_are_made_each_time(
    cast: Cast, home: Todo, settings: Any, tmp_path: Path
) -> None:
    """With a token that is good; and a browser is not told that it has the page where one of them is another."""
    parts = tmp_path / "django_todos" / "parts"
    parts.mkdir(parents=True)
    for name in _kept.HOLES:
        (parts / f"{name}.html").write_text(
            f"{name} {{{{ request.COOKIES.cart }}}} {{{{ nav.current }}}} {{% csrf_token %}}"
        )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    alice, url = cast.client("alice"), cast.flat.get_absolute_url()
    etags = []
    for cart in ("empty", "empty", "full"):
        alice.cookies["cart"] = cart
        answer = alice.get(url)
        etags.append(answer.headers["ETag"])
        for name in _kept.HOLES:
            said = rf'{name} {cart} {cast.flat.uuid} <input type="hidden" name="csrfmiddlewaretoken" value="\w{{64}}">'
            assert re.search(said, answer.content.decode())
        assert _kept.MARK not in answer.content.decode()
    assert etags[0] == etags[1] != etags[2]


def test_parts_of_a_host_that_are_not_shown_are_on_no_page_that_is_kept(
    cast: Cast, home: Todo, settings: Any, tmp_path: Path
) -> None:
    for name in _kept._NOT_SHOWN:
        own = tmp_path / "django_todos" / "parts" / f"{name}.html"
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text("Ours alone")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    alice = cast.client("alice")
    assert "Ours alone" in get(alice, "preferences").content.decode()
    assert not any("Ours alone" in one for one in shown(alice, home))
    assert "ETag" in get(alice, "list-detail", cast.flat.uuid).headers


def test_where_a_host_gives_each_page_a_nonce_pages_are_made(cast: Cast, rf: Any) -> None:
    @signed_in("GET")
    @_kept.kept()
    def some(request: Request) -> HttpResponse:
        return page(request, "base", "", {})

    for nonce, is_kept in (("once", False), (None, True)):
        request = rf.get("/")
        request.user, request.csp_nonce = cast.alice, nonce
        answer = some(request)
        assert ("ETag" in answer.headers) is is_kept
        assert _kept.MARK not in answer.content.decode()
        assert ('nonce="once"' in answer.content.decode()) is not is_kept


def test_where_lists_are_about_objects_of_a_host_pages_are_made(cast: Cast) -> None:
    """Who sees these is the host's to say, each time."""
    alice = cast.client("alice")
    assert "ETag" in get(alice, "list-detail", cast.flat.uuid).headers
    TodoList.objects.create_about(get_user_model().objects.get(username="rita"), name="Rita")
    assert "ETag" not in get(alice, "list-detail", cast.flat.uuid).headers


def test_nothing_is_kept_where_nothing_is_remembered(cast: Cast, settings: Any) -> None:
    settings.TODOS_REMEMBERED_PARTS = 0
    assert "ETag" not in get(cast.client("alice"), "list-detail", cast.flat.uuid).headers


def test_what_is_wrong_is_not_kept(cast: Cast, home: Todo) -> None:
    """A page with an error holds a token that is good, and no tag."""
    answer = post(cast.client("alice"), "todo-detail", home.uuid, title="")
    assert answer.status_code == 422 and "ETag" not in answer.headers
    assert _kept.MARK not in answer.content.decode()


def test_what_a_list_counts_is_the_writers(cast: Cast) -> None:
    """A host that saves a list which it read a while ago writes no old count, and no old version."""
    old = TodoList.objects.get(pk=cast.flat.pk)
    make_todo(cast.flat)
    old.name = "Renamed"
    old.save()
    fresh = TodoList.objects.get(pk=cast.flat.pk)
    assert (fresh.name, fresh.open_count) == ("Renamed", 1)
    assert fresh.version > old.version


@contextmanager
def before_query(number: int, write: Callable[[], Any]) -> Iterator[list[str]]:
    """Somebody writes while a page is made: before so many of its queries have run."""
    seen: list[str] = []

    def run(execute: Any, sql: str, *args: Any) -> Any:
        seen.append(sql)
        if len(seen) == number:
            write()
        return execute(sql, *args)

    with connection.execute_wrapper(run):
        yield seen


@pytest.mark.parametrize(("name", "is_back"), [("bob", False), ("bob", True), ("alice", True)])
def test_who_gets_another_name_while_a_page_is_made(
    cast: Cast, home: Todo, name: str, is_back: bool
) -> None:
    """Called two things on one page, or on the page what they were called for a moment."""
    alice, person = cast.client("alice"), get_user_model().objects.filter(username=name)
    for one in (KEPT[4], KEPT[5]):
        _kept._forget()
        with before_query(0, lambda: None) as queries:
            ask(alice, home, *one)
        for number in range(1, len(queries) + 1):
            _kept._forget()
            person.update(first_name="")
            with before_query(number, lambda: person.update(first_name="Robin")):
                ask(alice, home, *one)
            if is_back:
                person.update(first_name="")
            after = shown(alice, home, [one])
            with nothing_kept():
                assert after == shown(alice, home, [one])


def test_who_a_host_leaves_out_may_be_another(
    cast: Cast, home: Todo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its own users, by its manager."""
    user = get_user_model()

    class Active(type(user._default_manager)):  # type: ignore[misc]
        def get_queryset(self) -> Any:
            return super().get_queryset().filter(is_active=True)

    manager = Active()
    manager.model = user
    monkeypatch.setitem(user._meta.__dict__, "default_manager", manager)
    alice = cast.client("alice")
    before = shown(alice, home, [KEPT[6]])
    user._base_manager.filter(pk=cast.rita.pk).update(is_active=False)
    assert shown(alice, home, [KEPT[6]]) != before


def test_lines_to_try_come_back_with_what_is_gone_elsewhere(cast: Cast) -> None:
    """In a list that they left, of which no page of theirs knows."""
    other, alice = make_list(cast.bob, "Other", editors=[cast.alice]), cast.client("alice")
    for number in range(5):
        make_todo(other, f"Todo {number}", by=cast.alice)
    other.remove_member(cast.alice)
    before = text_of(get(alice, "today"))
    other.trash()
    other.purge()
    assert text_of(get(alice, "today")) != before


def test_a_part_of_ours_within_one_of_a_host(
    cast: Cast, home: Todo, settings: Any, tmp_path: Path
) -> None:
    """Has holes, too; nobody is shown a mark."""
    parts = tmp_path / "django_todos" / "parts"
    parts.mkdir(parents=True)
    (parts / "account_links.html").write_text("[mine]")
    (parts / "foot_links.html").write_text('{% include "django_todos/parts/account_menu.html" %}')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    alice = cast.client("alice")
    for _ in range(2):
        text = get(alice, "list-detail", cast.flat.uuid).content.decode()
        assert _kept.MARK not in text and text.count("[mine]") == 3


@pytest.mark.parametrize("name", ["base", "list_detail"])
def test_where_another_engine_has_a_part_pages_are_made(
    cast: Cast, settings: Any, tmp_path: Path, name: str
) -> None:
    own = tmp_path / "django_todos" / f"{name}.html"
    own.parent.mkdir(parents=True)
    own.write_text("{{ request.GET.x }} {% now 'U.u' %}")
    theirs = {**settings.TEMPLATES[0], "NAME": "theirs", "APP_DIRS": False, "DIRS": [tmp_path]}
    settings.TEMPLATES = [theirs, settings.TEMPLATES[0]]
    answer = get(cast.client("alice"), "list-detail", cast.flat.uuid)
    assert answer.status_code == 200 and "ETag" not in answer.headers


def test_where_no_template_stays_none_is_looked_for(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred files for each page; and while a thread looked, another forgot what it had found."""
    loaders = ["django.template.loaders.app_directories.Loader"]
    options = {**settings.TEMPLATES[0]["OPTIONS"], "loaders": loaders}
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": False, "OPTIONS": options}]
    monkeypatch.setattr(_kept, "_origin", None)
    assert get(cast.client("alice"), "list-detail", cast.flat.uuid).status_code == 200


def test_a_user_whose_columns_hold_nothing_has_a_page(cast: Cast) -> None:
    """Of a host's: bytes and arrays can't be written where there are none."""
    field = BinaryField(null=True)
    field.set_attributes_from_name("picture")
    row = mock.Mock(picture=None, _meta=mock.Mock(concrete_fields=[field]))
    row.get_deferred_fields.return_value = set()
    assert _kept._values(row) == [None]
