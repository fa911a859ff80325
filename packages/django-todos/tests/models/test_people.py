"""Preferences, and what becomes of lists when a user goes, whichever way that happens."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.factories import NOW, UTC, Cast, faults, later, make_list, make_todo

from django_todos.models import (
    Completion,
    Preferences,
    Role,
    Todo,
    TodoList,
    invariants,
    let_go_of_objects,
    project_zone,
)


def delete_instance(user) -> None:
    user.delete()


def delete_queryset(user) -> None:
    get_user_model().objects.filter(pk=user.pk).delete()


def delete_in_admin(user) -> None:
    root = get_user_model().objects.create_superuser("root")
    client = Client()
    client.force_login(root)
    url = reverse("admin:auth_user_delete", args=[user.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302


def delete_in_admin_list(user) -> None:
    root = get_user_model().objects.create_superuser("root")
    client = Client()
    client.force_login(root)
    data = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    assert client.post(reverse("admin:auth_user_changelist"), data).status_code == 302


WAYS = [delete_instance, delete_queryset, delete_in_admin, delete_in_admin_list]


@pytest.mark.parametrize("delete", WAYS)
def test_what_becomes_of_lists_when_a_user_goes(cast: Cast, delete):
    alone = make_list(cast.alice, "Alone")
    make_todo(alone)
    inbox = TodoList.objects.inbox_of(cast.alice)
    mine = make_todo(cast.flat, by=cast.alice, assignee=cast.alice)
    mine.complete(by=cast.alice, at=later(), zone=UTC)
    delete(cast.alice)
    assert not TodoList.objects.filter(pk__in=[alone.pk, inbox.pk]).exists()
    assert cast.flat.memberships.get(role="owner").user == cast.bob
    mine.refresh_from_db()
    assert (mine.created_by, mine.assignee, mine.is_completed) == (None, None, True)
    assert Completion.objects.get().user is None
    assert faults() == []


def test_the_heir_is_the_longest_standing_editor_else_viewer(cast: Cast):
    cast.flat.add_member(cast.charlie, Role.EDITOR)
    cast.bob.delete()
    cast.alice.delete()
    assert cast.flat.memberships.get(role="owner").user == cast.charlie
    cast.charlie.delete()
    assert cast.flat.memberships.get(role="owner").user == cast.rita
    cast.rita.delete()
    assert not TodoList.objects.exists()


def test_where_an_owner_is_left_nobody_is_raised(cast: Cast):
    cast.flat.add_member(cast.rita, Role.OWNER)
    cast.alice.delete()
    assert cast.flat.memberships.get(role="owner").user == cast.rita
    assert cast.flat.memberships.get(user=cast.bob).role == "editor"


def test_two_members_deleted_together_leave_no_list_without_an_owner(cast: Cast):
    others = get_user_model().objects.filter(username__in=["alice", "bob"])
    others.delete()
    assert cast.flat.memberships.get().user == cast.rita
    assert faults() == []
    get_user_model().objects.all().delete()
    assert not TodoList.objects.exists()


def test_a_list_about_an_object_stays_with_the_object(cast: Cast):
    about = TodoList.objects.create_about(cast.charlie, name="About charlie")
    about.add_member(cast.alice, Role.OWNER)
    cast.alice.delete()
    assert TodoList.objects.filter(pk=about.pk).exists()


def test_a_deletion_that_fails_hands_nothing_over(cast: Cast):
    with pytest.raises(RuntimeError), transaction.atomic():
        cast.alice.delete()
        raise RuntimeError
    assert cast.flat.memberships.get(role="owner").user.username == "alice"


@pytest.mark.parametrize(
    "chosen, seen, zone",
    [
        ("Asia/Kolkata", "Europe/Berlin", "Asia/Kolkata"),
        ("", "Europe/Berlin", "Europe/Berlin"),
        ("Gone/Zone", "", "America/New_York"),
        ("", "", "America/New_York"),
    ],
)
def test_a_viewers_day_is_where_they_chose_else_their_browser_else_the_project(
    cast: Cast, settings, chosen: str, seen: str, zone: str
):
    settings.TIME_ZONE = "America/New_York"
    preferences = Preferences(user=cast.alice, time_zone=chosen, seen_time_zone=seen)
    assert preferences.zone == ZoneInfo(zone)
    assert str(preferences) == "alice"


def test_a_project_whose_zone_is_no_iana_zone_has_utc(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.get_default_timezone", lambda: NOW.tzinfo)
    assert project_zone() == UTC


def test_preferences_that_nobody_saved_are_the_defaults(cast: Cast):
    assert Preferences.of(cast.alice).pk is None
    saved = Preferences.objects.create(user=cast.alice, theme="dark")
    assert Preferences.of(cast.alice) == saved
    assert Todo.objects.count() == 0


def test_a_list_whose_object_is_gone_belongs_to_its_members_or_goes(cast: Cast):
    kept, lost, there = (Group.objects.create(name=name) for name in ("kept", "lost", "there"))
    for group in (kept, lost, there):
        TodoList.objects.create_about(group, name=group.name)
    ours = TodoList.objects.get(name="kept")
    ours.add_member(cast.rita, Role.VIEWER)
    ours.add_member(cast.bob, Role.EDITOR)
    assert let_go_of_objects(NOW) == 0
    kept.delete()
    lost.delete()
    assert let_go_of_objects(NOW) == 2
    ours.refresh_from_db()
    assert (ours.object_type, ours.object_id) == (None, "")
    assert ours.memberships.get(role=Role.OWNER).user == cast.bob
    assert not TodoList.objects.filter(name="lost").exists()
    assert TodoList.objects.for_object(there).exists()
    assert invariants(ours) == []
