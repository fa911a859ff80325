"""Lists, the trash, several at once, and the days: what each endpoint does, beside who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import NOW, UTC, Cast, later, make_list, make_todo, make_tree, outline
from tests.views.pages import SAVEPOINT, Page, get, given, message, path, post, titles

from django_todos import limits
from django_todos.dates import Moment
from django_todos.models import Label, Role, Todo, TodoList


def names(response) -> list[str]:
    return [one.name for one in response.context["cards"]]


# -- lists -----------------------------------------------------------------------------------------


def test_make_rename_colour_and_undo(cast: Cast):
    client = cast.client("charlie")
    response = post(client, "list-create", name="Trip", description="To Oslo", color="teal")
    trip = TodoList.objects.get(name="Trip")
    assert path(response) == trip.get_absolute_url()
    assert trip.memberships.get().color == "teal"
    told = message(post(client, "list-edit", trip.uuid, name="Oslo", description="", color="red"))
    trip.refresh_from_db()
    assert (trip.name, trip.description, trip.memberships.get().color) == ("Oslo", "", "red")
    assert "Saved “Oslo”." in get(client, "list-detail", trip.uuid, **told).content.decode()
    assert message(post(client, "action-undo", told["done"])) == {"undone": "1"}
    trip.refresh_from_db()
    assert trip.name == "Trip"


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "x" * 201}, {"name": "a", "color": "#fff"}]
)
def test_a_list_that_does_not_hold_comes_back(cast: Cast, data):
    client = cast.client("alice")
    for args in ([], [cast.flat.uuid]):
        name = "list-edit" if args else "list-create"
        response = post(client, name, *args, **{"color": "red", "description": "kept"} | data)
        assert response.status_code == 422
        assert response.context["form"]["description"].value() == "kept"
    assert TodoList.objects.get(pk=cast.flat.pk).name == "Flat"


def test_members_choose_their_own_colour_and_owners_the_name(cast: Cast):
    post(cast.client("rita"), "list-edit", cast.flat.uuid, name="Mine", color="pink")
    cast.flat.refresh_from_db()
    colors = dict(cast.flat.memberships.values_list("user__username", "color"))
    assert (cast.flat.name, colors["rita"], colors["alice"]) == ("Flat", "pink", "grey")


@pytest.mark.parametrize("name", ["detail", "completed", "edit", "duplicate", "activity"])
def test_each_page_of_the_inbox_marks_it_in_the_sidebar(cast: Cast, name: str):
    inbox = TodoList.objects.inbox_of(cast.alice)
    page = given(cast.client("alice"), f"list-{name}", inbox.uuid)
    assert page.context["nav"].current == "inbox"


def test_lists_move_up_and_down(cast: Cast):
    for name in ("Trip", "Work", "Old"):
        make_list(cast.alice, name)
    client = cast.client("alice")
    TodoList.objects.get(name="Old").archive(by=cast.alice, at=NOW)
    by_name = {one.name: one.uuid for one in TodoList.objects.all()}
    assert names(given(client, "list-index")) == ["Flat", "Trip", "Work"]
    for name, to, order in [
        ("Work", "up", ["Flat", "Work", "Trip"]),
        ("Work", "up", ["Work", "Flat", "Trip"]),
        ("Work", "up", ["Work", "Flat", "Trip"]),
        ("Flat", "down", ["Work", "Trip", "Flat"]),
        ("Flat", "down", ["Work", "Trip", "Flat"]),
    ]:
        before = names(given(client, "list-index"))
        told = message(post(client, "list-move", by_name[name], to=to))
        assert told == ({"kept": "edge"} if before == order else {})
        assert names(given(client, "list-index")) == order
    archived = given(client, "list-index").context["archived"]
    assert [one.name for one in archived] == ["Old"]


def test_moving_a_list_asks_as_much_with_many_lists_as_with_few(
    cast: Cast, django_assert_max_num_queries
):
    for n in range(12):
        make_list(cast.alice, f"List {n}")
    client = cast.client("alice")
    with django_assert_max_num_queries(10 + SAVEPOINT):
        post(client, "list-move", cast.flat.uuid, to="down")


@pytest.mark.parametrize(
    "do, says",
    [("list-archive", "Archived “Flat”."), ("list-delete", "Moved “Flat” to the trash.")],
)
def test_away_with_a_list_and_back_by_undo(cast: Cast, do: str, says: str):
    client = cast.client("alice")
    told = message(post(client, do, cast.flat.uuid))
    page = get(client, "list-index", **told)
    assert says in page.content.decode() and names(page) == []
    assert message(post(client, "action-undo", told["done"])) == {"undone": "1"}
    assert names(given(client, "list-index")) == ["Flat"]


def test_an_archived_list_is_read_and_brought_back(cast: Cast):
    make_todo(cast.flat, due=Moment(NOW.date()))
    cast.flat.archive(by=cast.alice, at=NOW)
    client = cast.client("alice")
    page = get(client, "list-detail", cast.flat.uuid)
    assert titles(page) == ["Buy milk"] and not page.context["todo_list"].can_edit
    assert titles(given(client, "today")) == []
    told = message(post(client, "list-unarchive", cast.flat.uuid))
    assert "“Flat” is back." in get(client, "today", **told).content.decode()
    assert titles(given(client, "today")) == ["Buy milk"]


def test_a_list_about_an_object_is_edited_by_the_hosts_rule(cast: Cast, settings):
    settings.TODOS_OBJECT_ACCESS = "tests.test_querysets.only_oneself"
    about = TodoList.objects.create_about(cast.charlie, name="About charlie")
    client = cast.client("charlie")
    page = get(client, "list-detail", about.uuid)
    assert (page.context["todo_list"].can_edit, page.context["menu"].role) == (True, "")
    assert message(post(client, "list-move", about.uuid, to="up")) == {"kept": "edge"}
    assert "done" in message(post(client, "todo-create", text="Call", list=str(about.uuid)))
    assert post(client, "list-edit", about.uuid, name="Me", color="red").status_code == 303
    assert TodoList.objects.get(pk=about.pk).name == "Me"
    assert get(cast.client("alice"), "list-detail", about.uuid).status_code == 404


FILTERS = [
    ({}, "late high shop mine none"),
    ({"due": "overdue"}, "late"),
    ({"due": "today"}, "high"),
    ({"due": "week"}, "high shop"),
    ({"due": "none"}, "mine none"),
    ({"priority": "high"}, "high"),
    ({"priority": "none"}, "late shop mine none"),
    ({"label": "#SHOP"}, "shop"),
    ({"assignee": "me"}, "mine"),
    ({"assignee": "nobody"}, "late shop none"),
    ({"assignee": "nobody", "due": "none"}, "none"),
    ({"assignee": "@bob"}, "high"),
    ({"assignee": "@charlie"}, ""),  # a stranger is told apart from nobody-at-all by nothing
    ({"assignee": "@nobody-at-all\0"}, ""),
    ({"assignee": "bob"}, "late high shop mine none"),
    ({"due": "whenever", "priority": "9"}, "late high shop mine none"),
]


@pytest.mark.parametrize("query, expected", FILTERS)
def test_filters_of_a_list(cast: Cast, query, expected: str):
    for title, fields in [
        ("none", {}),
        ("mine", {"assignee": cast.rita}),
        ("shop", {"labels": ["shop"], "due": Moment(NOW.date() + timedelta(days=6))}),
        ("high", {"priority": 3, "due": Moment(NOW.date()), "assignee": cast.bob}),
        ("late", {"due": Moment(NOW.date() - timedelta(days=1))}),
    ]:
        make_todo(cast.flat, title, side="before", **fields)
    assert (
        titles(given(cast.client("rita"), "list-detail", cast.flat.uuid, **query))
        == expected.split()
    )


# -- the trash -------------------------------------------------------------------------------------


def test_the_trash_from_delete_to_for_ever(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n    c\n")
    client = cast.client("bob")
    assert "done" in message(post(client, "todo-delete", tree["a"].uuid))
    assert titles(given(client, "trash")) == ["a"]
    assert "done" in message(post(client, "todo-restore", tree["a"].uuid))
    assert outline(cast.flat) == ["a", "  b", "c"]
    post(client, "todo-delete", tree["a"].uuid)
    assert given(client, "todo-purge", tree["a"].uuid).context["below"] == 1
    assert path(post(client, "todo-purge", tree["a"].uuid)) == "/todos/trash/"
    assert Todo.objects.get().title == "c"


def test_restored_from_an_archived_list_it_comes_to_the_inbox(cast: Cast):
    todo = make_todo(cast.flat)
    todo.trash(by=cast.bob, at=NOW)
    cast.flat.archive(by=cast.alice, at=NOW)
    for name in ("todo-restore", "todo-purge"):  # an editor takes nothing out of the others' sight
        refused = cast.client("bob").post(reverse(f"django_todos:{name}", args=[todo.uuid]))
        assert refused.status_code == 403
    told = message(post(cast.client("alice"), "todo-restore", todo.uuid))
    assert outline(TodoList.objects.inbox_of(cast.alice)) == ["Buy milk"]
    assert "in Inbox" in get(cast.client("alice"), "trash", **told).content.decode()


def test_emptying_takes_what_one_may_delete_and_leaves_the_rest(cast: Cast):
    cast.flat.add_member(cast.charlie, Role.VIEWER)
    make_todo(cast.flat, "shared").trash(by=cast.bob, at=NOW)
    mine = make_list(cast.charlie, "Mine")
    make_todo(mine, "mine").trash(by=cast.charlie, at=NOW)
    gone = make_list(cast.charlie, "Gone")
    make_todo(gone, "below")
    gone.trash(by=cast.charlie, at=NOW)
    client = cast.client("charlie")
    asked = get(client, "trash-empty")
    assert (asked.context["todo_count"], asked.context["list_count"]) == (1, 1)
    post(client, "trash-empty")
    assert {todo.title for todo in Todo.objects.all()} == {"shared"}
    assert not TodoList.objects.filter(pk=gone.pk).exists()


def test_a_list_in_the_trash_comes_back_or_goes_for_ever(cast: Cast):
    client = cast.client("alice")
    make_todo(cast.flat)
    post(client, "list-delete", cast.flat.uuid)
    assert [one.name for one in given(client, "trash").context["lists"]] == ["Flat"]
    assert "done" in message(post(client, "list-restore", cast.flat.uuid))
    post(client, "list-delete", cast.flat.uuid)
    post(client, "list-purge", cast.flat.uuid)
    assert not TodoList.objects.filter(pk=cast.flat.pk).exists()
    for todo_list in TodoList.objects.all():
        assert todo_list.is_inbox


def test_how_many_a_filter_leaves_is_told_while_it_is_chosen(cast: Cast):
    make_todo(cast.flat, "a", labels=["shop", "home"], priority=1)
    make_todo(cast.flat, "b", labels=["home"])
    client = cast.client("rita")
    for place, known in (("list-detail", [cast.flat.uuid]), ("search", [])):
        answer = get(client, place, *known, htmx=True, count=1, q="a", priority="high")
        html = answer.content.decode()
        assert "Show 1 todo\n" in html and "<html" not in html
        assert [one.name for one in answer.context["labels"]] == ["home", "shop"]
    assert "<html" in get(client, "search", count=1).content.decode()


# -- several at once -------------------------------------------------------------------------------

BULK = [
    ({"do": "complete"}, lambda todo: todo.is_completed),
    ({"do": "delete"}, lambda todo: todo.deleted_at is not None),
    ({"do": "date", "date": "2026-12-24"}, lambda todo: str(todo.due) == "2026-12-24"),
    ({"do": "date", "date": ""}, lambda todo: not todo.due),
    ({"do": "label", "label": "x, shop"}, lambda todo: {one.name for one in todo.labels.all()} == {"x", "shop"}),
    ({"do": "priority", "priority": "medium"}, lambda todo: todo.priority == 5),
    ({"do": "assign", "assignee": "bob"}, lambda todo: todo.assignee is not None),
    ({"do": "move", "list": "Trip"}, lambda todo: todo.todo_list.name == "Trip"),
]  # fmt: skip


@pytest.mark.parametrize("data, done", BULK)
def test_one_thing_done_to_several_and_undone_at_once(cast: Cast, data, done):
    trip = make_list(cast.alice, "Trip")
    tree = make_tree(cast.flat, "    a\n      b\n    c\n    d\n")
    for todo in tree.values():
        labels = {"labels": ["shop"], "due": Moment(NOW.date())}
        empty = {"labels": [], "due": Moment()}
        todo.edit(by=cast.alice, at=NOW, initial=empty, values=labels)
    if "list" in data:
        data = data | {"list": str(trip.uuid)}
    picked = [str(tree[title].uuid) for title in "abc"] + ["nonsense"]
    client = cast.client("alice")
    told = message(post(client, "todo-bulk", todo=picked, **data))
    todos = {todo.title: todo for todo in Todo.objects.all()}
    assert [done(todos[title]) for title in "abcd"] == [True, True, True, False]
    assert given(client, "today", **told).context["toast"].many
    assert message(post(client, "action-undo", told["done"])) == {"undone": "1"}
    assert not any(done(todo) for todo in Todo.objects.all())
    assert outline(cast.flat) == ["a", "  b", "c", "d"]


@pytest.mark.parametrize("data", [data for data, _done in BULK[:-1]])
def test_much_at_once_asks_the_database_hardly_more_than_little(cast: Cast, data):
    """What is completed is asked for what is below it. (What moves gets a place of its own.)"""
    client, trip = cast.client("alice"), make_list(cast.alice, "Trip")
    data = data | ({"list": str(trip.uuid)} if "list" in data else {})
    asked = []
    for count in (3, 9):
        todos = [
            make_todo(cast.flat, labels=["shop"], due=Moment(NOW.date())) for _n in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            post(client, "todo-bulk", todo=[str(todo.uuid) for todo in todos], **data)
        asked.append(len(queries))
    each = {"complete": 1, "delete": 1}.get(data["do"], 0)
    assert asked[1] <= asked[0] + 6 * each


@pytest.mark.parametrize(
    "data, says",
    [
        ({"do": "complete"}, "none"),
        ({"do": "dance", "todo": "{todo}"}, "same"),
        ({"do": "date", "date": "never", "todo": "{todo}"}, "same"),
        ({"do": "priority", "todo": "{todo}"}, "same"),
        ({"do": "assign", "assignee": "charlie", "todo": "{todo}"}, "same"),
        ({"do": "assign", "assignee": "nobody-at-all", "todo": "{todo}"}, "same"),
    ],
)
def test_nothing_to_do(cast: Cast, data, says: str):
    todo = make_todo(cast.flat)
    data = {key: value.format(todo=todo.uuid) for key, value in data.items()}
    assert message(post(cast.client("alice"), "todo-bulk", **data)) == {"kept": says}


SAID = [
    ({"do": "complete"}, "Completed 2 todos."),
    ({"do": "delete"}, "Moved 2 todos to the trash."),
    ({"do": "move", "list": "{trip}"}, "Moved 2 todos to Trip."),
    ({"do": "date", "date": "2026-11-24"}, "Moved 2 todos to Tue 24 Nov."),
    ({"do": "date", "date": ""}, "Took the date off 2 todos."),
    ({"do": "label", "label": "home"}, "Added #home to 2 todos."),
    ({"do": "priority", "priority": "high"}, "Set 2 todos to High priority."),
    ({"do": "assign", "assignee": "rita"}, "Gave 2 todos to rita."),
    ({"do": "duplicate"}, "Added 2 copies."),
]


@pytest.mark.parametrize("data, text", SAID)
def test_what_was_done_to_several_is_named(cast: Cast, data, text: str):
    trip, client = make_list(cast.alice, "Trip"), cast.client("alice")
    todos = [make_todo(cast.flat, name, due=Moment(NOW.date()), labels=["shop"]) for name in "ab"]
    data = {key: value.format(trip=trip.uuid) for key, value in data.items()}
    told = message(post(client, "todo-bulk", todo=[str(todo.uuid) for todo in todos], **data))
    assert given(client, "today", **told).context["toast"].text == text


def test_whom_several_can_be_given_to(cast: Cast):
    make_list(cast.alice, "Trip", editors=[cast.charlie])
    client = cast.client("alice")
    everybody = get(client, "today", select=1)
    here = get(client, "list-detail", cast.flat.uuid, select=1)
    assert [one.username for one in everybody.context["people"]()] == ["bob", "charlie", "rita"]
    assert [one.username for one in here.context["people"]()] == ["bob", "rita"]
    todos = make_todo(cast.flat), make_todo(TodoList.objects.inbox_of(cast.alice))
    data = {"do": "assign", "assignee": "bob", "todo": [str(todo.uuid) for todo in todos]}
    assert "done" in message(post(client, "todo-bulk", **data))
    assert Todo.objects.get(assignee=cast.bob) == todos[0]  # bob is not in alice's inbox


def test_one_read_only_todo_refuses_them_all(cast: Cast):
    mine, theirs = make_todo(TodoList.objects.inbox_of(cast.rita)), make_todo(cast.flat)
    data = {"do": "complete", "todo": [str(mine.uuid), str(theirs.uuid)]}
    assert post(cast.client("rita"), "todo-bulk", **data).status_code == 403
    assert not Todo.objects.completed().exists()


# -- days ------------------------------------------------------------------------------------------


def test_today_has_overdue_first_and_nothing_that_starts_later(cast: Cast):
    for title, due, start in [
        ("tomorrow", "2026-11-24", ""),
        ("later", "2026-11-23", "2026-11-24"),
        ("today", "2026-11-23", ""),
        ("at nine", "2026-11-23T09:00", ""),
        ("yesterday", "2026-11-22", ""),
        ("none", "", ""),
    ]:
        make_todo(cast.flat, title, due=Moment.parse(due), start=Moment.parse(start))
    page = get(cast.client("rita"), "today")
    assert titles(page) == ["yesterday", "at nine", "today"]
    assert [row.todo.title for row in page.context["overdue"]] == ["yesterday"]
    assert page.context["nav"].today_count == 3


def test_an_empty_today_names_what_is_next(cast: Cast):
    client = cast.client("rita")
    assert given(client, "today").context["next_todo"] is None
    make_todo(cast.flat, "far", due=Moment.parse("2027-01-01"))
    make_todo(cast.flat, "near", due=Moment.parse("2026-12-01"))
    assert given(client, "today").context["next_todo"].title == "near"


def test_upcoming_by_the_viewers_days(cast: Cast):
    for title, due in [
        ("late", "2026-11-20"),
        ("today", "2026-11-23"),
        ("tokyo", "2026-11-25T23:30[Europe/Berlin]"),
        ("far", "2026-12-01"),
    ]:
        make_todo(cast.flat, title, due=Moment.parse(due))
    client = cast.client("alice")
    post(client, "time-zone", zone="Asia/Tokyo")
    post(client, "time-zone", zone="Mars/Base")
    page = get(client, "upcoming")
    shown = {str(day.date): [row.todo.title for row in day.rows] for day in page.context["days"]}
    assert {day: rows for day, rows in shown.items() if rows} == {
        "2026-11-23": ["today"],
        "2026-11-26": ["tokyo"],
    }
    assert (len(shown), page.context["overdue_count"], page.context["earlier"]) == (7, 1, None)
    following = get(client, "upcoming", **{"from": str(page.context["later"])})
    assert [row.todo.title for day in following.context["days"] for row in day.rows] == ["far"]
    assert str(following.context["earlier"]) == "2026-11-23"
    for odd in ("yesterday", "2020-01-01", "9999-12-31"):
        assert (
            str(given(client, "upcoming", **{"from": odd}).context["days"][0].date) == "2026-11-23"
        )


def test_a_day_of_upcoming_says_how_many_more_it_has_and_shows_them_on_its_own_page(
    cast: Cast, monkeypatch
):
    monkeypatch.setattr(limits, "DAY", 2)
    monkeypatch.setattr(limits, "PAGE", 3)
    times = ["2026-11-25", "2026-11-24T23:30", "2026-11-26T01:00[Asia/Tokyo]", "2026-11-25T09:00"]
    for due in (*times, "2026-11-25T08:00"):  # one is of the day before, one is of it here
        make_todo(cast.flat, due, due=Moment.parse(due))
    client = cast.client("alice")
    answer = get(client, "upcoming")
    days = {day.date.day: (len(day.rows), day.total, day.more) for day in answer.context["days"]}
    assert {day: one for day, one in days.items() if one[1]} == {24: (1, 1, 0), 25: (2, 4, 2)}
    link = next(one for one in Page(answer).values("href") if "on=" in one)
    own = client.get(link)
    query = {"on": "2026-11-25", "after": own.context["rows"].cursor}
    more = client.get(link, query)
    shown = [row.todo.title for one in (own, more) for row in one.context["rows"]]
    assert sorted(shown) == sorted({*times, "2026-11-25T08:00"} - {"2026-11-24T23:30"})
    assert b"2026-11-25" in own.content and Page(own).faults == []
    part = client.get("/todos/upcoming/", query, headers={"HX-Request": "true"})
    for answer in (own, part):  # with a grip, and the list: what a row of this page has
        assert b"todos-grip" in answer.content and str(cast.flat).encode() in answer.content


def test_everything_overdue_to_another_day_and_back(cast: Cast):
    read_only = make_list(cast.charlie, "Read")
    read_only.add_member(cast.bob, Role.VIEWER)
    for todo_list in (cast.flat, read_only):
        make_todo(todo_list, "date", due=Moment.parse("2026-11-20"))
    make_todo(cast.flat, "time", due=Moment.parse("2026-11-20T09:00"))
    client = cast.client("bob")
    told = message(post(client, "overdue-reschedule"))
    dues = sorted(str(todo.due) for todo in Todo.objects.all())
    assert dues == ["2026-11-20", "2026-11-23", "2026-11-23T09:00"]
    assert message(post(client, "overdue-reschedule", date="nonsense")) == {"kept": "date"}
    assert message(post(client, "action-undo", told["done"])) == {"undone": "1"}
    assert message(post(client, "overdue-reschedule", date="2026-12-01"))["done"]
    assert sorted(str(todo.due) for todo in Todo.objects.all())[-1] == "2026-12-01T09:00"
    assert message(post(client, "overdue-reschedule")) == {"kept": "same"}


def test_a_label_across_lists(cast: Cast):
    trip = make_list(cast.rita, "Trip")
    make_todo(cast.flat, "here", labels=["Shop"])
    make_todo(trip, "there", labels=["SHOP"])
    make_todo(make_list(cast.charlie, "Foreign"), "hidden", labels=["shop"])
    page = get(cast.client("rita"), "label-detail", "shop")
    assert set(titles(page)) == {"here", "there"}
    assert Label.objects.count() == 3
    assert get(cast.client("rita"), "label-detail", "none").status_code == 404


def test_search_in_open_todos_and_on_demand_in_completed_ones(cast: Cast):
    make_todo(cast.flat, "Milk")
    make_todo(cast.flat, "Milky way").complete(by=cast.alice, at=later(), zone=UTC)
    make_todo(cast.flat, "Milk gone").trash(by=cast.alice, at=NOW)
    client = cast.client("rita")
    assert titles(given(client, "search", q="milk")) == ["Milk"]
    assert set(titles(given(client, "search", q="milk", completed="1"))) == {"Milk", "Milky way"}
    assert titles(given(client, "search")) == []
    assert len(given(client, "search", q="x" * 500).context["query"]) == 200


def test_what_two_people_write_over_a_list_is_asked_about(cast: Cast):
    """409 at the field, with both values; what was typed stays, and saving once more keeps it."""
    client = cast.client("alice")
    url = reverse("django_todos:list-edit", args=[cast.flat.uuid])
    sent = {
        "name": "House",
        "initial-name": "Flat",
        "description": "",
        "initial-description": "",
        "color": "red",
    }
    TodoList.objects.filter(pk=cast.flat.pk).update(name="Home")
    asked = client.post(url, sent)
    assert asked.status_code == 409
    assert "“Home”" in asked.content.decode()
    form = asked.context["form"]
    assert (form["name"].value(), form.data["initial-name"]) == ("House", "Home")
    assert client.post(url, sent | {"initial-name": form.data["initial-name"]}).status_code == 303
    cast.flat.refresh_from_db()
    assert cast.flat.name == "House"
