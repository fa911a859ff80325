"""What the database itself holds: each named constraint is broken here once, past every model method."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from tests.factories import NOW, Cast, make_list, make_todo

from django_todos.models import (
    Completion,
    Feed,
    ImportDraft,
    ImportedFrom,
    ImportPart,
    Invitation,
    Label,
    ListAction,
    Membership,
    Pin,
    Preferences,
    Reminder,
    Todo,
    TodoList,
)

NINE = time(9)

# By constraint: the model, and columns that break it on a row that was sound before.
CHECKS: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("todos_list_has_name", TodoList, {"name": ""}),
    ("todos_member_role", Membership, {"role": "king"}),
    ("todos_member_color", Membership, {"color": "#ff0000"}),
    ("todos_label_has_name", Label, {"name": ""}),
    ("todos_label_color", Label, {"color": ""}),
    ("todos_todo_has_title", Todo, {"title": ""}),
    ("todos_todo_depth", Todo, {"depth": 1}),
    ("todos_todo_depth", Todo, {"tree": uuid.uuid4()}),
    ("todos_todo_priority", Todo, {"priority": 10}),
    ("todos_due_time_has_date", Todo, {"due_time": NINE}),
    ("todos_due_zone_has_time", Todo, {"due_date": NOW.date(), "due_tz": "UTC", "due_at": NOW}),
    ("todos_due_zone_has_time", Todo, {"due_at": NOW}),
    ("todos_start_time_has_date", Todo, {"start_time": NINE}),
    ("todos_start_zone_has_time", Todo, {"start_tz": "Europe/Berlin"}),
    ("todos_anchor_time_has_date", Todo, {"repeat_anchor_time": NINE}),
    ("todos_anchor_zone_has_time", Todo, {"repeat_anchor_tz": "Europe/Berlin"}),
    ("todos_slot_has_rule", Todo, {"slot_date": NOW.date()}),
    ("todos_slot_has_rule", Todo, {"slot_time": NINE}),
    ("todos_slot_zone_has_time", Todo, {"slot_tz": "Europe/Berlin"}),
    ("todos_todo_repeat_mode", Todo, {"repeat_mode": "whenever"}),
    ("todos_completed_has_time", Todo, {"is_completed": True}),
    ("todos_completed_has_time", Todo, {"completed_at": NOW}),
    ("todos_completion_undone", Completion, {"key": None}),
    ("todos_completion_undone", Completion, {"undone_at": NOW}),
    ("todos_completion_kind", Completion, {"kind": "forgotten"}),
    ("todos_preferences_theme", Preferences, {"theme": "pink"}),
    ("todos_preferences_hour", Preferences, {"reminder_hour": 24}),
    ("todos_preferences_day_order", Preferences, {"day_order": "year"}),
    ("todos_preferences_hour_cycle", Preferences, {"hour_cycle": "10"}),
    ("todos_preferences_new", Preferences, {"new_todos": "aside"}),
    ("todos_preferences_digest_hour", Preferences, {"digest_hour": 24}),
    ("todos_preferences_week", Preferences, {"week_start": 7}),
    ("todos_preferences_tell", Preferences, {"tell_role": "loudly"}),
    ("todos_invitation_role", Invitation, {"role": "owner"}),
    ("todos_reminder_one_kind", Reminder, {"minutes_before": None}),
    ("todos_reminder_before", Reminder, {"minutes_before": 10_000_000}),
]


@pytest.fixture
def rows(cast: Cast) -> dict[type[models.Model], models.Model]:
    """A sound row of each model."""
    todo = make_todo(cast.flat, labels=["shop"])
    done = make_todo(cast.flat, "Done")
    done.complete(by=cast.alice, at=NOW, zone=NOW.tzinfo)  # type: ignore[arg-type]
    return {
        TodoList: cast.flat,
        Membership: Membership.objects.get(user=cast.bob),
        Label: Label.objects.get(),
        Todo: todo,
        Completion: Completion.objects.get(),
        Preferences: Preferences.objects.create(user=cast.alice),
        Reminder: Reminder.objects.create(todo=todo, user=cast.alice, minutes_before=5),
        Invitation: Invitation.send(cast.flat, "dora", "editor", by=cast.alice, at=NOW)[0],
    }


def assert_refused(name: str, write: Callable[[], Any]) -> None:
    """SQLite names check constraints only; of the others it names the columns."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


@pytest.mark.parametrize("name, model, values", CHECKS)
def test_a_check_constraint_refuses(rows: Any, name: str, model: Any, values: dict[str, Any]):
    changed = model._default_manager.filter(pk=rows[model].pk)
    assert_refused(name, lambda: changed.update(**values))


def test_a_todo_is_not_its_own_parent(flat: TodoList):
    below = make_todo(flat, parent=make_todo(flat))
    changed = Todo.objects.filter(pk=below.pk)
    assert_refused("todos_todo_not_own_parent", lambda: changed.update(parent=below.pk))


def test_went_along_to_the_trash_means_is_in_the_trash(flat: TodoList):
    top, other = make_todo(flat), make_todo(flat)
    changed = Todo.objects.filter(pk=other.pk)
    assert_refused("todos_deleted_with_top", lambda: changed.update(deleted_top=top.pk))


@pytest.mark.parametrize(
    "values",
    [{"archived_at": NOW}, {"deleted_at": NOW}, {"object_type": 1, "object_id": "1"}],
)
def test_an_inbox_is_neither_archived_nor_deleted_nor_about_an_object(
    cast: Cast, values: dict[str, Any]
):
    if "object_type" in values:
        values = values | {"object_type": ContentType.objects.get_for_model(TodoList)}
    inbox = TodoList.objects.filter(pk=TodoList.objects.inbox_of(cast.alice).pk)
    assert_refused("todos_list_inbox_is_plain", lambda: inbox.update(**values))


def duplicates(cast: Cast) -> dict[str, Callable[[], Any]]:
    """By unique constraint or field: what writes the second row."""
    flat, other = cast.flat, make_list(cast.alice, "Other")
    todo = make_todo(flat, labels=["Shop"])
    todo.complete(by=cast.alice, at=NOW, zone=NOW.tzinfo)  # type: ignore[arg-type]
    about = TodoList.objects.create_about(cast.charlie, name="About charlie")
    TodoList.objects.inbox_of(cast.alice)
    seen = {"user": cast.alice, "source": "todo.txt", "key": "1"}
    ImportedFrom.objects.create(**seen)
    Preferences.objects.create(user=cast.alice)
    before = {"todo": todo, "user": cast.alice, "minutes_before": 5}
    at = {"todo": todo, "user": cast.alice, "remind_at": NOW}
    Reminder.objects.create(**before)
    Reminder.objects.create(**at)
    Invitation.send(flat, "dora", "editor", by=cast.alice, at=NOW)
    stands = {"todo_list": flat, "action": flat.actions.get(verb="list-invite")}
    again = {"todo_list": flat, "key": "dora", "expires_at": NOW}
    feed = {"todo_list": flat, "user": cast.bob}
    Pin.objects.create(todo_list=flat, user=cast.bob)
    Feed.objects.create(**feed, token_hash="a")
    draft = ImportDraft.objects.create(user=cast.alice, content=b"")
    ImportPart.objects.create(draft=draft, number=0)
    return {
        "todos_list_one_per_object": lambda: TodoList.objects.create(
            name="Again", object_type=about.object_type, object_id=about.object_id
        ),
        "todos_member_once": lambda: Membership.objects.create(todo_list=flat, user=cast.bob),
        "todos_label_once": lambda: Label.objects.create(todo_list=flat, name="SHOP"),
        "todos_completion_once": lambda: Completion.objects.create(
            todo=todo, todo_list=todo.todo_list, key="0"
        ),
        "todos_imported_once": lambda: ImportedFrom.objects.create(**seen),
        "todos_reminder_before_once": lambda: Reminder.objects.create(**before),
        "todos_reminder_at_once": lambda: Reminder.objects.create(**at),
        "todos_invitation_once": lambda: Invitation.objects.create(**again),
        "todos_list_action_once": lambda: ListAction.objects.create(**stands),
        "todos_feed_once": lambda: Feed.objects.create(**feed, token_hash="b"),
        "todos_pin_once": lambda: Pin.objects.create(todo_list=flat, user=cast.bob),
        "todos_import_part_once": lambda: ImportPart.objects.create(draft=draft, number=0),
        "TodoList.inbox_of": lambda: TodoList.objects.create(name="2nd", inbox_of=cast.alice),
        "Preferences.user": lambda: Preferences.objects.create(user=cast.alice),
        "TodoList.uuid": lambda: TodoList.objects.filter(pk=other.pk).update(uuid=flat.uuid),
    }


UNIQUE = [
    "todos_list_one_per_object", "todos_member_once", "todos_label_once", "todos_completion_once",
    "todos_imported_once", "todos_reminder_before_once", "todos_reminder_at_once",
    "todos_invitation_once", "todos_list_action_once", "todos_feed_once", "todos_import_part_once",
    "todos_pin_once", "TodoList.inbox_of", "Preferences.user", "TodoList.uuid",
]  # fmt: skip


def test_nothing_that_is_unique_is_written_twice(cast: Cast):
    writes = duplicates(cast)
    assert sorted(writes) == sorted(UNIQUE)
    for write in writes.values():
        assert_refused("(?i)unique|todos_", write)
    TodoList.objects.exclude(object_type=None).delete()


def test_every_named_constraint_is_broken_in_this_module():
    broken = {name for name, _model, _values in CHECKS} | set(UNIQUE)
    broken |= {"todos_todo_not_own_parent", "todos_deleted_with_top", "todos_list_inbox_is_plain"}
    broken |= {"todos_delivery_one_end"}  # reminders have tests of their own
    named = {
        constraint.name
        for model in apps.get_app_config("django_todos").get_models()
        for constraint in model._meta.constraints
    }
    assert named <= broken


def test_every_index_and_constraint_is_named_and_belongs_to_us():
    for model in apps.get_app_config("django_todos").get_models():
        for one in [*model._meta.indexes, *model._meta.constraints]:
            assert one.name.startswith("todos_"), one.name


def test_primary_keys_are_pinned_whatever_the_host_prefers(settings):
    assert settings.DEFAULT_AUTO_FIELD.endswith(".AutoField")
    for model in apps.get_app_config("django_todos").get_models(include_auto_created=True):
        assert isinstance(model._meta.pk, models.BigAutoField), model
