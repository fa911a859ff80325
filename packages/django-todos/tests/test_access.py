"""One object, one permission: 404 for a stranger, 403 for a reader who wants to write."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from tests.factories import NOW, Cast, make_list, make_todo

from django_todos.access import get_action, get_draft, get_list, get_todo
from django_todos.models import ImportDraft, TodoList


def outcome(ask: Callable[[], Any]) -> int:
    """What a request would be answered with."""
    try:
        ask()
    except Http404:
        return 404
    except PermissionDenied:
        return 403
    return 200


ROLES = [
    ("view", "alice 200, bob 200, rita 200, charlie 404"),
    ("edit", "alice 200, bob 200, rita 403, charlie 404"),
    ("own", "alice 200, bob 403, rita 403, charlie 404"),
]


@pytest.mark.parametrize("need, table", ROLES)
def test_lists_and_todos(cast: Cast, need: Any, table: str):
    todo = make_todo(cast.flat)
    for name, status in (row.split() for row in table.split(", ")):
        user = getattr(cast, name)
        assert outcome(partial(get_list, user, cast.flat.uuid, need)) == int(status)
        if need != "own":
            assert outcome(partial(get_todo, user, todo.uuid, need)) == int(status)
            if need == "view" and status == "200":
                assert get_todo(user, todo.uuid).can_edit == (name != "rita")


def test_the_trash_and_the_rest_are_two_places(cast: Cast):
    todo = make_todo(cast.flat)
    alice = cast.alice
    assert outcome(lambda: get_todo(alice, todo.uuid, trashed=True)) == 404
    todo.trash(by=alice, at=NOW)
    assert outcome(lambda: get_todo(alice, todo.uuid)) == 404
    assert get_todo(alice, todo.uuid, trashed=True) == todo
    cast.flat.trash(by=alice, at=NOW)
    assert outcome(lambda: get_list(alice, cast.flat.uuid)) == 404
    assert get_list(alice, cast.flat.uuid, "own", trashed=True) == cast.flat


def test_an_inbox_is_its_owners_and_stays_as_it_is(cast: Cast):
    inbox = TodoList.objects.inbox_of(cast.alice)
    assert outcome(lambda: get_list(cast.alice, inbox.uuid, "edit")) == 200
    assert outcome(lambda: get_list(cast.alice, inbox.uuid, "own")) == 403
    assert outcome(lambda: get_list(cast.bob, inbox.uuid)) == 404


def test_an_archived_list_is_read_only(cast: Cast):
    todo = make_todo(cast.flat)
    cast.flat.archive(by=cast.alice, at=NOW)
    assert outcome(lambda: get_todo(cast.bob, todo.uuid)) == 200
    assert outcome(lambda: get_todo(cast.bob, todo.uuid, "edit")) == 403
    assert outcome(lambda: get_list(cast.alice, cast.flat.uuid, "own")) == 200


def test_an_action_is_its_makers_as_long_as_its_lists_are(cast: Cast):
    trip = make_list(cast.bob, "Trip")
    todo = make_todo(cast.flat)
    action = todo.move(by=cast.bob, at=NOW, todo_list=trip)
    assert action is not None
    assert outcome(lambda: get_action(cast.bob, action.uuid)) == 200
    assert outcome(lambda: get_action(cast.alice, action.uuid)) == 404
    cast.flat.remove_member(cast.bob)
    assert outcome(lambda: get_action(cast.bob, action.uuid)) == 403
    archived = cast.flat.archive(by=cast.alice, at=NOW)
    assert archived is not None
    assert outcome(lambda: get_action(cast.alice, archived.uuid)) == 200


def test_a_draft_is_its_uploaders(cast: Cast):
    draft = ImportDraft.objects.create(user=cast.alice, format="json", content=b"{}")
    assert get_draft(cast.alice, draft.uuid) == draft
    assert outcome(lambda: get_draft(cast.bob, draft.uuid)) == 404
    assert outcome(lambda: get_draft(cast.alice, uuid.uuid4())) == 404
