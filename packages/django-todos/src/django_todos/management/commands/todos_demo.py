"""``todos_demo``: an account with lifelike data, to look around in."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from django_todos.dates import to_instant, today_in
from django_todos.exchange.formats.own_json import write
from django_todos.exchange.planning import plan
from django_todos.exchange.records import Losses
from django_todos.exchange.writing import apply
from django_todos.instants import now
from django_todos.management.commands._demo import demo_lists
from django_todos.management.commands._exchange import get_zone
from django_todos.models import Membership, Role, Todo, TodoList

PEOPLE = {"alice": ("Alice", "Moreau"), "bob": ("Bob", "Tanner"), "rita": ("Rita", "Okafor")}
#: Who is in which list beside its owner.
MEMBERS = {
    "Flat": {"bob": Role.EDITOR, "rita": Role.EDITOR},
    "Harbour relaunch": {"bob": Role.EDITOR, "rita": Role.EDITOR},
    "Lisbon in spring": {"bob": Role.EDITOR},
    "Reading": {"rita": Role.VIEWER},
}


class Command(BaseCommand):
    help = (
        "Adds an account with lifelike data: lists, subtasks, repeats, members, half a year of "
        "history. The same --today and --seed give the same todos."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", default="alice", help="User name of the account.")
        parser.add_argument("--password", help="Default: a new one, printed.")
        parser.add_argument("--today", type=_date, help="The day it is lifelike on (YYYY-MM-DD).")
        parser.add_argument("--time-zone", help="Default: the user's, else the project's.")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--again", action="store_true", help="Add to an account that has todos already."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            name = options["user"]
            password = options["password"] or secrets.token_urlsafe(12)
            user, is_new = _account(name, "alice", password)
            if not options["again"] and Todo.objects.visible_to(user).exists():
                raise CommandError(f"“{name}” has todos already. Use --again to add more.")
            zone = get_zone(options["time_zone"], user)
            today = options["today"] or today_in(now(), zone)
            people = {"alice": user}
            for person in ("bob", "rita"):
                people[person] = _account(_free_name(person, name), person, password)[0]
            added = _fill(people, today, zone, options["seed"])
        lists = TodoList.objects.visible_to(user).count()
        self.stdout.write(f"Added {added} todos in {lists} lists.")
        self.stdout.write(f"Sign in as: {name}")
        if is_new:
            names = " and ".join(people[person].get_username() for person in ("bob", "rita"))
            self.stdout.write(f"Password:   {password}")
            self.stdout.write(f"New, with the same password, and in some of the lists: {names}")
        else:
            self.stdout.write("The account was there already; its password is unchanged.")


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _account(name: str, person: str, password: str) -> tuple[Any, bool]:
    """The account with that user name, and whether it is new and has the password."""
    users = get_user_model()
    found = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
    if found is not None:
        return found, False
    first, last = PEOPLE[person]
    given = {"first_name": first, "last_name": last, "email": _email(name)}
    known = {field.name for field in users._meta.get_fields()}
    values = {key: value for key, value in given.items() if key in known}
    user = users(**values | {users.USERNAME_FIELD: name})
    user.set_password(password)
    user.save()
    return user, True


def _free_name(person: str, owner: str) -> str:
    """A name for a companion that is nobody's, or that of an earlier companion."""
    users = get_user_model()
    found = users._default_manager.filter(**{users.USERNAME_FIELD: person}).first()
    mine = found is None or getattr(found, users.get_email_field_name(), "") == _email(person)
    return person if mine else f"{owner}-{person}"


def _email(name: str) -> str:
    return f"{name}@example.com"


def _fill(people: dict[str, Any], today: dt.date, zone: ZoneInfo, seed: int) -> int:
    """The lists with their members first, then the todos by way of the import."""
    names = {person: user.get_username() for person, user in people.items()}
    owner = people["alice"]
    groups = demo_lists(today, zone, seed=seed, people=names)
    for record, _todos in groups:
        if record.is_inbox or record.archived_at:
            continue
        mine = Membership.objects.filter(user=owner, role=Role.OWNER, todo_list__name=record.name)
        if mine.exists():
            continue
        todo_list = TodoList.objects.create_for(
            owner, name=record.name, color=record.color, description=record.description
        )
        for person, role in MEMBERS.get(record.name, {}).items():
            todo_list.add_member(people[person], role, color=record.color)
    at = to_instant(dt.datetime.combine(today, dt.time(7, 30)), zone)
    found = plan(owner, "".join(write(groups, zone, Losses())), tz=zone, format="json")
    return apply(found, at=at).added
