"""The main job, through the site's own settings: sign up, add, tick, still there."""

from __future__ import annotations

import io
import json
import re
import zipfile
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from tests.base import PASSWORD, SecureClient, SiteTestCase, make_user

from django_todos.exchange.formats import FORMATS, sniff
from django_todos.models import Todo, TodoList

NEW = {"username": "alice", "password1": PASSWORD, "password2": PASSWORD}


class MainJob(SiteTestCase):
    def test_sign_up_add_tick_still_there(self) -> None:
        client = SecureClient()
        client.post("/accounts/signup/", NEW)
        page = client.get("/inbox/")
        self.assertEqual(page.status_code, 200)
        where = re.findall(r'name="list" value="([^"]*)"', page.content.decode())[0]
        for title in ("Water the fig tree", "Book the chimney sweep"):
            client.post("/todos/new/", {"text": title, "list": where, "next": "/inbox/"})
        page = client.get("/inbox/")
        self.assertContains(page, "Book the chimney sweep")
        fig = Todo.objects.get(title="Water the fig tree")
        client.post(f"/todos/{fig.uuid}/complete/", {"occurrence": fig.occurrence})

        later = SecureClient()
        later.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
        self.assertContains(later.get("/inbox/"), "Book the chimney sweep")
        self.assertContains(later.get("/completed/"), "Water the fig tree")

    def test_nobody_elses(self) -> None:
        alice, client = make_user("alice"), SecureClient()
        todo = Todo.add(
            TodoList.objects.inbox_of(alice), "Private", by=alice, at=alice.date_joined
        )
        client.force_login(make_user("charlie"))
        self.assertEqual(client.get(f"/todos/{todo.uuid}/").status_code, 404)


class Deleting(SiteTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = make_user("alice"), make_user("bob")
        self.client.force_login(self.alice)

    def shared_list(self) -> TodoList:
        shared: TodoList = TodoList.objects.create_for(self.alice, name="Flat")
        shared.add_member(self.bob, "editor")
        return shared

    def test_the_wrong_password_deletes_nothing(self) -> None:
        answer = self.client.post("/accounts/delete/", {"password": "guess"})
        self.assertContains(answer, "That is not your password.", status_code=422)
        self.assertTrue(User.objects.filter(username="alice").exists())

    def test_guessing_is_limited(self) -> None:
        for _ in range(5):
            self.client.post("/accounts/delete/", {"password": "guess"})
        self.client.post("/accounts/delete/", {"password": PASSWORD})
        self.assertTrue(User.objects.filter(username="alice").exists())

    def test_gone_with_what_nobody_else_shares(self) -> None:
        shared = self.shared_list()
        own = TodoList.objects.inbox_of(self.alice)
        answer = self.client.post("/accounts/delete/", {"password": PASSWORD})
        self.assertRedirects(answer, "/accounts/deleted/")
        self.assertFalse(User.objects.filter(username="alice").exists())
        self.assertFalse(TodoList.objects.filter(pk=own.pk).exists())
        self.assertEqual(shared.memberships.get().user, self.bob)
        self.assertEqual(shared.memberships.get().role, "owner")
        self.assertContains(self.client.get("/"), "One line in.")


class TakingAlong(SiteTestCase):
    def test_everything_in_one_file_that_the_import_reads(self) -> None:
        alice = make_user("alice", first_name="Alice")
        todos = TodoList.objects.create_for(alice, name="Flat")
        Todo.add(todos, "Bleed the radiators", by=alice, at=alice.date_joined)
        other = TodoList.objects.create_for(make_user("bob"), name="Secret")
        Todo.add(other, "Not hers", by=alice, at=alice.date_joined)
        self.client.force_login(alice)
        answer = self.client.get("/accounts/data/")
        self.assertIn("todos-alice.zip", answer["Content-Disposition"])
        with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as packed:
            account = json.loads(packed.read("account.json"))
            text = packed.read("todos.json").decode()
        self.assertEqual((account["username"], account["name"]), ("alice", "Alice"))
        self.assertNotIn("password", json.dumps(account))
        self.assertIn("Bleed the radiators", text)
        self.assertNotIn("Not hers", text)

        result = FORMATS[sniff(text)].parse(text, ZoneInfo("UTC"))
        self.assertEqual([todo.title for todo in result.records], ["Bleed the radiators"])

    def test_only_for_oneself(self) -> None:
        self.assertEqual(self.client.get("/accounts/data/").status_code, 302)
