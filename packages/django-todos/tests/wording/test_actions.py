"""What is said about actions; what the pages make of it is in tests/views."""

from __future__ import annotations

import pytest
from tests.factories import NOW, UTC, Cast, make_todo

from django_todos.models import Action, Preferences
from django_todos.viewer import Viewer
from django_todos.wording import actions


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "says"),
    [
        ("edit", "Saved “Pay rent”."),
        ("snooze-all_day", "Snooze all day: “Pay rent”."),
        ("%(x)s", "X s: “Pay rent”."),
    ],
)
def test_a_verb_of_the_host_is_shown_as_it_reads(cast: Cast, verb: str, says: str) -> None:
    todo = make_todo(cast.flat, "Pay rent")
    Action.objects.all().delete()
    todo.complete(by=cast.alice, at=NOW, zone=UTC)
    Action.objects.update(verb=verb)
    viewer = Viewer(cast.alice, Preferences(user=cast.alice), NOW)
    toast = actions.about(Action.objects.get(), viewer)
    assert toast is not None and toast.text == says


@pytest.mark.django_db
def test_so_is_one_about_a_list(cast: Cast) -> None:
    cast.flat.archive(by=cast.alice, at=NOW)
    Action.objects.update(verb="list-freeze")
    viewer = Viewer(cast.alice, Preferences(user=cast.alice), NOW)
    toast = actions.about(Action.objects.get(), viewer)
    assert toast is not None and toast.text == "List freeze: “Flat”."
