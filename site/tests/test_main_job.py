"""The main job, through the site's own settings: sign up, add, tick, still there; take it along, delete it."""

import json
import re
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from django_todos.exchange.detect import detect
from django_todos.exchange.formats import FORMATS
from django_todos.exchange.records import Reading
from django_todos.models import Preferences, Todo, TodoList

from .base import PASSWORD, SecureClient

pytestmark = pytest.mark.django_db


def test_sign_up_add_tick_still_there(client):
    client.post(
        "/accounts/signup/", {"username": "alice", "password1": PASSWORD, "password2": PASSWORD}
    )
    page = client.get("/inbox/")
    assert page.status_code == 200
    where = re.findall(r'name="list" value="([^"]*)"', page.content.decode())[0]
    for title in ("Water the fig tree", "Book the chimney sweep"):
        client.post("/todos/new/", {"text": title, "list": where, "next": "/inbox/"})
    assertContains(client.get("/inbox/"), "Book the chimney sweep")
    fig = Todo.objects.get(title="Water the fig tree")
    client.post(f"/todos/{fig.uuid}/complete/", {"occurrence": fig.occurrence})

    later = SecureClient()
    later.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assertContains(later.get("/inbox/"), "Book the chimney sweep")
    assertContains(later.get("/completed/"), "Water the fig tree")


def test_nobody_elses(client, alice, charlie):
    todo = Todo.add(TodoList.objects.inbox_of(alice), "Private", by=alice, at=alice.date_joined)
    client.force_login(charlie)
    assert client.get(f"/todos/{todo.uuid}/").status_code == 404


def test_the_wrong_password_deletes_nothing(client, alice):
    client.force_login(alice)
    asked = client.post("/accounts/delete/", follow=True)
    assertContains(asked, "Is it you?")
    client.post(asked.redirect_chain[-1][0], {"password": "guess"})
    assert User.objects.filter(username="alice").exists()


def test_gone_with_what_nobody_else_shares(client, alice, bob):
    shared = TodoList.objects.create_for(alice, name="Flat")
    shared.add_member(bob, "editor")
    own = TodoList.objects.inbox_of(alice)
    client.force_login(alice)
    asked = client.post("/accounts/delete/")
    answer = client.post(asked["Location"], {"password": PASSWORD})
    assertRedirects(answer, "/accounts/deleted/")
    assert not User.objects.filter(username="alice").exists()
    assert not TodoList.objects.filter(pk=own.pk).exists()
    assert shared.memberships.get().user == bob
    assert shared.memberships.get().role == "owner"
    assertContains(client.get("/"), "One line in.")


def test_everything_in_one_file_that_the_import_reads(client, alice, bob):
    User.objects.filter(pk=alice.pk).update(first_name="Alice", last_name="Ames")
    todos = TodoList.objects.create_for(alice, name="Flat")
    Todo.add(todos, "Bleed the radiators", by=alice, at=alice.date_joined)
    Preferences.objects.create(user=alice, time_zone="Europe/Lisbon")
    other = TodoList.objects.create_for(bob, name="Secret")
    Todo.add(other, "Not hers", by=bob, at=alice.date_joined)
    client.force_login(alice)
    answer = client.get("/accounts/data/")
    assert "todos-alice.json" in answer["Content-Disposition"]
    text = answer.getvalue().decode()
    account = json.loads(text)["account"]
    assert (account["username"], account["last_name"]) == ("alice", "Ames")
    assert account["preferences"]["time_zone"] == "Europe/Lisbon"
    assert "password" not in json.dumps(account)
    assert "Bleed the radiators" in text
    assert "Not hers" not in text

    result = FORMATS[str(detect(text))].parse(text, Reading(ZoneInfo("UTC"), timezone.now()))
    assert [todo.title for todo in result.records] == ["Bleed the radiators"]


def test_data_only_for_oneself(client):
    assert client.get("/accounts/data/").status_code == 302
