"""The admin: every page opens, members are added and taken out, todos go to the trash and no further."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from tests.factories import NOW, UTC, Cast, make_todo

from django_todos.admin import DepartureMixin
from django_todos.models import Action, Label, Preferences, Todo, TodoList


@pytest.fixture
def root(cast: Cast) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    return client


MODELS = [
    model._meta.model_name
    for model in apps.get_app_config("django_todos").get_models()
    if model in admin.site._registry
]


@pytest.fixture
def todo(cast: Cast) -> Todo:
    Preferences.objects.create(user=cast.alice)
    todo = make_todo(cast.flat, labels=["shop"], assignee=cast.bob)
    make_todo(cast.flat, "done").complete(by=cast.alice, at=NOW, zone=UTC)
    return todo


@pytest.mark.parametrize("name", MODELS)
def test_every_page_opens(root: Client, todo: Todo, name: str):
    model = apps.get_model("django_todos", name)
    url = reverse(f"admin:django_todos_{name}_changelist")
    assert root.get(url).status_code == 200
    assert root.get(url, {"q": "x"}).status_code == 200
    for row in model._default_manager.all()[:1]:
        change = reverse(f"admin:django_todos_{name}_change", args=[row.pk])
        assert root.get(change).status_code == 200
    adding = root.get(reverse(f"admin:django_todos_{name}_add")).status_code
    assert adding == 403


def members(cast: Cast, **changes: str) -> dict[str, str]:
    """The form of the list with its members, as the admin shows it."""
    rows = list(cast.flat.memberships.order_by("pk"))
    data = {"name": "Flat", "memberships-INITIAL_FORMS": str(len(rows))}
    for n, one in enumerate(rows):
        data |= {
            f"memberships-{n}-id": str(one.pk),
            f"memberships-{n}-todo_list": str(cast.flat.pk),
            f"memberships-{n}-user": str(one.user_id),
            f"memberships-{n}-role": one.role,
            f"memberships-{n}-color": one.color,
        }
    return data | {"memberships-TOTAL_FORMS": str(len(rows))} | changes


def test_taking_a_member_out_clears_their_assignments(cast: Cast, root: Client, todo: Todo):
    url = reverse("admin:django_todos_todolist_change", args=[cast.flat.pk])
    data = members(cast, **{"memberships-1-DELETE": "on"})
    assert root.post(url, data).status_code == 302
    todo.refresh_from_db()
    assert (cast.flat.memberships.count(), todo.assignee) == (2, None)


def test_a_todo_added_while_the_form_is_saved_is_counted(cast: Cast, root: Client):
    def meanwhile(**kwargs):
        make_todo(cast.flat)

    pre_save.connect(meanwhile, sender=TodoList)
    try:
        url = reverse("admin:django_todos_todolist_change", args=[cast.flat.pk])
        assert root.post(url, members(cast, name="House")).status_code == 302
    finally:
        pre_save.disconnect(meanwhile, sender=TodoList)
    cast.flat.refresh_from_db()
    assert (cast.flat.name, cast.flat.open_count) == ("House", 1)


def test_letting_a_member_in(cast: Cast, root: Client):
    url = reverse("admin:django_todos_todolist_change", args=[cast.flat.pk])
    new = {"user": str(cast.charlie.pk), "role": "editor", "color": "teal"}
    data = members(cast, **{f"memberships-3-{key}": value for key, value in new.items()})
    data |= {"memberships-TOTAL_FORMS": "4", "memberships-3-todo_list": str(cast.flat.pk)}
    assert root.post(url, data).status_code == 302
    assert cast.flat.memberships.get(user=cast.charlie).color == "teal"


def test_todos_are_looked_at_and_go_to_the_trash(cast: Cast, root: Client, todo: Todo):
    change = reverse("admin:django_todos_todo_change", args=[todo.pk])
    assert root.post(change, {"title": "hacked"}).status_code == 403
    delete = reverse("admin:django_todos_todo_delete", args=[todo.pk])
    assert root.post(delete, {"post": "yes"}).status_code == 302
    rest = Todo.objects.filter(deleted_at=None).values_list("pk", flat=True)
    data = {"action": "delete_selected", "_selected_action": list(rest), "post": "yes"}
    assert root.post(reverse("admin:django_todos_todo_changelist"), data).status_code == 302
    assert Todo.objects.trashed().count() == 2


def test_a_label_gets_another_name(cast: Cast, root: Client, todo: Todo):
    label = Label.objects.get()
    change = reverse("admin:django_todos_label_change", args=[label.pk])
    assert root.post(change, {"name": "Shops", "color": "red"}).status_code == 302
    label.refresh_from_db()
    assert (label.name, label.key) == ("Shops", "shops")


@pytest.mark.parametrize(
    "changes", [{"memberships-0-DELETE": "on"}, {"memberships-0-role": "viewer"}]
)
def test_a_list_keeps_an_owner(cast: Cast, root: Client, changes: dict[str, str]):
    url = reverse("admin:django_todos_todolist_change", args=[cast.flat.pk])
    answer = root.post(url, members(cast, **changes))
    assert answer.status_code == 200 and "A list has an owner." in answer.content.decode()
    assert (
        root.post(url, members(cast, **changes, **{"memberships-1-role": "owner"})).status_code
        == 302
    )
    assert cast.flat.memberships.get(role="owner").user == cast.bob


def test_an_inbox_is_neither_shared_nor_archived(cast: Cast, root: Client):
    inbox = TodoList.objects.inbox_of(cast.alice)
    cast.flat = inbox
    url = reverse("admin:django_todos_todolist_change", args=[inbox.pk])
    new = {"memberships-TOTAL_FORMS": "2", "memberships-1-todo_list": str(inbox.pk)}
    new |= {
        "memberships-1-user": str(cast.bob.pk),
        "memberships-1-role": "editor",
        "memberships-1-color": "grey",
    }
    assert root.post(url, members(cast, **new)).status_code == 200
    hacked = {"archived_at_0": "2026-11-23", "archived_at_1": "10:00", "archived_at": "2026-11-23"}
    assert root.post(url, members(cast, **hacked)).status_code == 302
    inbox.refresh_from_db()
    assert (inbox.memberships.count(), inbox.archived_at) == (1, None)


def test_a_label_is_not_named_like_another(cast: Cast, root: Client):
    make_todo(cast.flat, labels=["shop", "home"])
    change = reverse("admin:django_todos_label_change", args=[Label.objects.get(name="home").pk])
    answer = root.post(change, {"name": "SHOP", "color": "red"})
    assert answer.status_code == 200 and "has this label already" in answer.content.decode()


def test_what_goes_with_a_list_is_said_in_numbers(cast: Cast, root: Client, todo: Todo):
    delete = reverse("admin:django_todos_todolist_delete", args=[cast.flat.pk])
    assert "Flat, with 2 todos" in root.get(delete).content.decode()
    assert root.post(delete, {"post": "yes"}).status_code == 302
    assert TodoList.objects.trashed().get() == cast.flat


def act(root: Client, name: str, action: str, *rows: Model) -> int:
    data = {"action": action, "_selected_action": [one.pk for one in rows], "post": "yes"}
    return root.post(reverse(f"admin:django_todos_{name}_changelist"), data).status_code


def test_lists_are_put_aside_and_come_back(cast: Cast, root: Client, todo: Todo):
    """By the models' own methods; an inbox stays, whatever is asked."""
    inbox = TodoList.objects.inbox_of(cast.alice)
    for action, archived, deleted in [
        ("archive", True, False), ("unarchive", False, False), ("delete_selected", False, True), ("restore", False, False),
    ]:  # fmt: skip
        assert act(root, "todolist", action, cast.flat, inbox) == 302
        cast.flat.refresh_from_db()
        found = (cast.flat.archived_at is not None, cast.flat.deleted_at is not None)
        assert found == (archived, deleted), action
    inbox.refresh_from_db()
    assert (inbox.archived_at, inbox.deleted_at) == (None, None)
    change = reverse("admin:django_todos_todolist_change", args=[inbox.pk])
    assert root.get(change).status_code == 200
    assert root.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_todos_come_back_from_the_trash(cast: Cast, root: Client, todo: Todo):
    todo.trash()
    assert act(root, "todo", "restore", todo) == 302
    todo.refresh_from_db()
    assert todo.deleted_at is None
    changelist = reverse("admin:django_todos_todo_changelist")
    for query in ({"overdue": "1"}, {"q": "bob"}, {"deleted_at__isempty": "0"}):
        assert root.get(changelist, query).status_code == 200


@pytest.mark.parametrize(
    "name, most", [("todolist", 8), ("todo", 6), ("label", 6), ("completion", 6), ("action", 7)]
)
def test_what_is_shown_costs_the_same_however_much_there_is(
    cast: Cast, root: Client, name: str, most: int, django_assert_max_num_queries: Any
):
    for n in range(12):
        one = make_todo(cast.flat, f"Todo {n}", labels=[f"l{n}"], assignee=cast.bob)
        one.complete(by=cast.bob, at=NOW, zone=UTC)
    with django_assert_max_num_queries(most):
        assert root.get(reverse(f"admin:django_todos_{name}_changelist")).status_code == 200


def narrowed(root: Client, name: str, **query: Any) -> list[str]:
    """What a change list shows of that: by what stands first in each row."""
    page = root.get(reverse(f"admin:django_todos_{name}_changelist"), query)
    return [str(one) for one in page.context["cl"].result_list]


def test_todos_are_narrowed_by_list_member_and_assignee(cast: Cast, root: Client, todo: Todo):
    make_todo(TodoList.objects.inbox_of(cast.charlie), "Elsewhere")
    both = ["Buy milk", "done"]
    assert sorted(narrowed(root, "todo", list=cast.flat.pk)) == both
    assert sorted(narrowed(root, "todo", member=cast.rita.pk)) == both
    assert narrowed(root, "todo", assignee=cast.bob.pk) == ["Buy milk"]
    assert narrowed(root, "todo", member=cast.charlie.pk) == ["Elsewhere"]
    assert narrowed(root, "todolist", member=cast.bob.pk, kind="list") == ["Flat"]
    assert narrowed(root, "todo", list="x") == narrowed(root, "todo", list="99999") == []
    assert narrowed(root, "todo", list="9" * 40) == narrowed(root, "todo", list="\0") == []


def test_the_history_is_read_in_words_and_never_written(cast: Cast, root: Client, todo: Todo):
    """Reached from the list and from the todo; no select offers every list, todo or person."""
    todo.edit(values={"title": "Buy oat milk"}, by=cast.bob)
    action = Action.objects.latest("pk")
    for name, row in (("todolist", cast.flat), ("todo", todo)):
        html = root.get(
            reverse(f"admin:django_todos_{name}_change", args=[row.pk])
        ).content.decode()
        param = "list" if row == cast.flat else "todo"
        assert f"/action/?{param}={row.pk}" in html
    assert narrowed(root, "action", todo=todo.pk)[0] == "edit"
    assert len(narrowed(root, "action", list=cast.flat.pk)) > 1
    assert narrowed(root, "action", person=cast.bob.pk, verb="edit") == ["edit"]
    change = reverse("admin:django_todos_action_change", args=[action.pk])
    html = root.get(change).content.decode()
    assert "Buy oat milk" in html and cast.charlie.get_username() not in html
    assert root.post(change, {"verb": "x"}).status_code == 403
    assert root.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 403


class People(DepartureMixin, UserAdmin):
    """As docs/admin.md has it."""


def test_what_goes_with_users_is_said_before_they_go(cast: Cast, rf: Any, root: Client):
    """In true numbers, for one and for several at once."""
    user = get_user_model()
    request = rf.get("/")
    request.user = user.objects.get(username="root")
    make_todo(cast.flat)
    own = TodoList.objects.create_for(cast.alice, "Trip")
    for title in ("Book", "Pack"):
        make_todo(own, title).trash()
    TodoList.objects.inbox_of(cast.alice)
    trip, flat = "Trip, with 2 todos", "Flat, with 1 todo"
    people = People(user, admin.site)
    for gone, said, numbers in (
        ([cast.alice], {trip, "Inbox, with 0 todos", f"“Flat” stays; {cast.bob} becomes its owner"}, (2, 2)),
        ([cast.bob], set(), (0, 0)),
        ([cast.alice, cast.bob], {trip, "Inbox, with 0 todos", f"“Flat” stays; {cast.rita} becomes its owner"}, (2, 2)),
        ([cast.alice, cast.bob, cast.rita], {trip, "Inbox, with 0 todos", flat}, (3, 3)),
    ):  # fmt: skip
        names, counts, needed, _protected = people.get_deleted_objects(gone, request)
        assert {
            name for name in names if "with" in str(name) or "stays" in str(name)
        } == said and not needed
        assert (counts["lists"], counts["todos"]) == numbers
    before = TodoList.objects.count(), Todo.objects.count()
    user.objects.filter(pk__in=[cast.alice.pk, cast.bob.pk, cast.rita.pk]).delete()
    assert before == (TodoList.objects.count() + 3, Todo.objects.count() + 3)
