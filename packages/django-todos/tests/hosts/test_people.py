"""Hosts whose users, transactions or objects are not the usual ones."""

from __future__ import annotations

import pytest
from tests.hosts.project import Host, needs, sample

PEOPLE = """
import uuid
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class People(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class Person(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=50, null=True)
    last_name = models.CharField(max_length=50, null=True)
    is_staff = models.BooleanField(default=False)
    USERNAME_FIELD = "email"
    objects = People()

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}"


class Car(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
"""


@pytest.fixture
def people(installed: Host) -> Host:
    """A host with users of its own making: a UUID as key, an e-mail as name, and no other name; a request is a
    transaction."""
    installed.write("people/models.py", PEOPLE)
    installed.write("people/migrations/__init__.py", "")
    installed.settings("""
        INSTALLED_APPS.append("people")
        AUTH_USER_MODEL = "people.Person"
        DATABASES["default"]["ATOMIC_REQUESTS"] = True
    """)
    return installed


def test_users_and_objects_with_a_uuid_as_key(people: Host):
    people.settings("def cars(user, model, permission):\n    return model.objects.all()")
    people.settings('TODOS_OBJECT_ACCESS = "mine.settings.cars"')
    people.visit(
        """
        alice, bob = get_user_model().objects.get(), make_user("bob@example.org")
        flat = TodoList.objects.create_for(alice, name="Home")
        flat.add_member(bob, "editor")
        todo = Todo.add(flat, "Milk", by=alice, at=now, assignee=bob)
        client.force_login(bob)
        page = client.get(f"/todos/todos/{todo.uuid}/")
        html = page.content.decode()
        assert "None None" not in html and "alice@example.org" in html
        form = page.context["form"]
        data = {f.name: str(f.value() or "") for f in form if f.name != "repeat"}
        data |= {f"initial-{name}": value for name, value in data.items()}
        assert data["assignee"] == "bob@example.org", data
        data["assignee"] = "alice@example.org"
        answer = client.post(f"/todos/todos/{todo.uuid}/", data)
        assert answer.status_code == 303 and "kept" not in answer["Location"], answer["Location"]
        todo.refresh_from_db()
        assert todo.assignee == alice
        assert Action.objects.filter(verb="edit").latest("pk").undo(at=now)
        todo.refresh_from_db()
        assert todo.assignee == bob

        # What somebody imports may be theirs to do; who was given a todo is told by name.
        from django.core.files.uploadedfile import SimpleUploadedFile
        file = SimpleUploadedFile("a.csv", b"title,assignee\\nPaint,bob@example.org\\n")
        data = {"file": file, "format": "", "list": str(flat.uuid)}
        report = client.post("/todos/import/", data)
        assert client.post(report["Location"]).status_code == 303
        assert Todo.objects.get(title="Paint").assignee == bob
        todo.edit(values={"assignee_id": alice.pk}, by=bob, at=now)
        told = client.get(f"/todos/todos/{todo.uuid}/activity/").content.decode()
        assert "<ins><bdi>alice@example.org</bdi></ins>" in told

        # Where a request is a transaction, what is refused in it leaves the rest as it was.
        for to, anchor, says in (("under", todo.uuid, "place"), ("before", todo.uuid, "changed")):
            data = {"to": to, "anchor": str(anchor)}
            answer = client.post(f"/todos/todos/{todo.uuid}/move/", data)
            assert f"kept={says}" in answer["Location"], answer["Location"]
        assert invariants(flat) == []
        alice.delete()
        assert flat.memberships.get().role == "owner"
        assert invariants(flat) == []

        # Lists about objects of the host whose key is one, too.
        from people.models import Car
        charlie, car = make_user("charlie@example.org"), Car.objects.create()
        about = TodoList.objects.create_about(car, name="Car")
        assert TodoList.objects.for_object(car).get() == about
        assert TodoList.objects.editable_by(charlie).get() == about
        Car.objects.all().delete()
        assert not TodoList.objects.visible_to(charlie).exists()
        """,
        app="people",
    )


@pytest.mark.gate
def test_with_allauth(people: Host):
    """People sign in by e-mail; an invitation to a verified address is found in the app."""
    needs("allauth")
    people.settings("""
        INSTALLED_APPS += ["allauth", "allauth.account"]
        MIDDLEWARE.append("allauth.account.middleware.AccountMiddleware")
        AUTHENTICATION_BACKENDS = [
            "django.contrib.auth.backends.ModelBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ]
        ACCOUNT_LOGIN_METHODS = {"email"}
        ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
        ACCOUNT_USER_MODEL_USERNAME_FIELD = None
    """)
    people.settings(sample("allauth.md", "settings.py"))
    people.write("shop/access.py", sample("allauth.md", "shop/access.py"))
    people.add_url('path("accounts/", include("allauth.urls"))')
    people.visit(
        """
        from allauth.account.models import EmailAddress
        alice, bob = get_user_model().objects.get(), make_user("bob@example.org", "correct horse")
        client = Client()
        login = client.get("/todos/")["Location"]
        assert login == "/accounts/login/?next=/todos/", login
        address = EmailAddress.objects.create(user=bob, email="Bob@example.org", verified=False, primary=True)
        flat = TodoList.objects.create_for(alice, name="Home")
        Invitation.send(flat, "bob@example.org", "editor", by=alice, at=now)
        answer = client.post(login, {"login": "bob@example.org", "password": "correct horse"})
        assert answer.status_code == 302, answer.content.decode()[:3000]
        waiting = lambda: client.get("/todos/invitations/").content.decode().count("/accept/")
        if "confirm" in answer["Location"]:
            address.verified = True
            address.save()
            answer = client.post(login, {"login": "bob@example.org", "password": "correct horse"})
        assert answer["Location"] == "/todos/", answer["Location"]
        EmailAddress.objects.update(verified=False)
        assert waiting() == 0, "nobody finds it by an address that is not verified"
        EmailAddress.objects.update(verified=True)
        assert waiting() == 1
        """,
        app="people",
    )
