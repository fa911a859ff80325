"""Hosts whose users, transactions, pages or objects are not the usual ones."""

from __future__ import annotations

import pytest
from tests.hosts.test_startproject import Host

PEOPLE = """
import uuid
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class People(BaseUserManager):
    def create_user(self, handle, *args, **fields):
        return self.create(handle=handle, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    handle = models.CharField(max_length=50, unique=True)
    USERNAME_FIELD = "handle"
    objects = People()


class Car(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
"""


@pytest.fixture
def host(tmp_path) -> Host:
    host = Host(tmp_path)
    host.install()
    return host


@pytest.fixture
def people(host: Host) -> Host:
    """A host with users of its own making: a UUID as key, a handle as name, no first name and no e-mail."""
    app = host.folder / "people"
    (app / "migrations").mkdir(parents=True)
    for name in ("__init__.py", "migrations/__init__.py"):
        (app / name).touch()
    (app / "models.py").write_text(PEOPLE)
    host.settings('INSTALLED_APPS.append("people")\nAUTH_USER_MODEL = "people.Person"')
    host.settings("def cars(user, model, permission):\n    return model.objects.all()")
    host.settings('TODOS_OBJECT_ACCESS = "mine.settings.cars"')
    return host


def test_users_and_objects_with_a_uuid_as_key(people: Host):
    people.visit(
        """
        alice, bob = get_user_model().objects.get(), make_user("bob")
        flat = TodoList.objects.create_for(alice, name="Flat")
        flat.add_member(bob, "editor")
        todo = Todo.add(flat, "Milk", by=alice, at=now, assignee=bob)
        client.force_login(bob)
        page = client.get(f"/todos/todos/{todo.uuid}/")
        form = page.context["form"]
        data = {f.name: str(f.value() or "") for f in form if f.name != "repeat"}
        data |= {f"initial-{name}": value for name, value in data.items()}
        assert data["assignee"] == "bob", data
        answer = client.post(f"/todos/todos/{todo.uuid}/", data | {"assignee": "alice"})
        assert answer.status_code == 303, answer.status_code
        todo.refresh_from_db()
        assert todo.assignee == alice
        assert Action.objects.get(verb="edit").undo(at=now)
        todo.refresh_from_db()
        assert todo.assignee == bob
        alice.delete()
        assert flat.memberships.get().role == "owner"
        assert invariants(flat) == []

        # Lists about objects of the host whose key is one, too.
        from people.models import Car
        charlie, car = make_user("charlie"), Car.objects.create()
        about = TodoList.objects.create_about(car, name="Car")
        assert TodoList.objects.for_object(car).get() == about
        assert TodoList.objects.editable_by(charlie).get() == about
        Car.objects.all().delete()
        assert not TodoList.objects.visible_to(charlie).exists()
        """,
        app="people",
    )


def test_where_a_request_is_a_transaction(host: Host):
    host.settings('DATABASES["default"]["ATOMIC_REQUESTS"] = True')
    host.visit("""
        todo = Todo.objects.get()
        for to, anchor, says in (("under", todo.uuid, "place"), ("before", todo.uuid, "changed")):
            data = {"to": to, "anchor": str(anchor)}
            answer = client.post(f"/todos/todos/{todo.uuid}/move/", data)
            assert f"kept={says}" in answer["Location"], answer["Location"]
        assert invariants(todo.todo_list) == []
        """)
