"""``todos_import_django_todo --user NAME``: the lists that django-todo 2.x left in this database.

Its tables are read as they are; its package need not be installed. Nothing in them is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, models, transaction

from django_todos.dates import Moment
from django_todos.exchange.planning import Plan, plan_of
from django_todos.exchange.records import ListRecord, TodoRecord, add_paragraph, day_start
from django_todos.exchange.tree import Gathered
from django_todos.exchange.writing import apply
from django_todos.instants import now
from django_todos.management.commands._exchange import get_user, get_zone
from django_todos.models import ImportedFrom, TodoList

SOURCE = "django_todo"
NEEDED = {"todo_tasklist", "todo_task", "todo_comment"}


class Command(BaseCommand):
    help = (
        "Imports the lists of django-todo 2.x from its tables in this database. The user becomes their owner, the "
        "users of a list's group its editors. Running it again adds only what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="User name of who is to own the lists.")
        parser.add_argument("--time-zone", help="Zone in which its days began.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would happen.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user(options["user"])
        tz = get_zone(options["time_zone"], user)
        tables = Tables()
        with transaction.atomic():
            found = _planned(user, tables, tz)
            if options["dry_run"]:
                self._say(found)
                self.stdout.write(f"Would add {found.adds}; {found.same} already here.")
                return
            added = _let_in(user, tables, found, tz, now())
            found = _planned(user, tables, tz)  # now those it is assigned to are members
            self._say(found)
            report = apply(found, at=now())
        self.stdout.write(f"Added {report.added} and {added} members; {report.same} already here.")

    def _say(self, found: Plan) -> None:
        for note in found.notes:
            self.stderr.write(note)
        for row in found.rows:
            for note in row.notes:
                self.stdout.write(f"{row.title}: {note}")


def _planned(user: Any, tables: Tables, tz: ZoneInfo) -> Plan:
    return plan_of(user, SOURCE, _gathered(tables, tz).result(), tz=tz)


def _let_in(user: Any, tables: Tables, found: Plan, tz: ZoneInfo, at: datetime) -> int:
    """Make the lists that are new, and let each group's users into them; lists that were here keep their members."""
    keys = [f"task:{pk}" for pk in tables.tasks().values_list("pk", flat=True)]
    imported = ImportedFrom.objects.filter(user=user.pk, source=SOURCE)
    known = set(imported.filter(key__in=keys).values_list("key", flat=True))
    seen = {record.list_key for record in found.result.records if record.key in known}
    new = [one for one in found.result.lists if one.key not in seen]
    gathered = Gathered(lists={one.key: one for one in new})
    apply(plan_of(user, SOURCE, gathered.result(), tz=tz), at=at)
    made = TodoList.objects.filter(memberships__user=user.pk, inbox_of=None, created_at=at)
    added = 0
    for todo_list, record in _by_name(made.order_by("pk"), new):
        for member in tables.people(record.key):
            if member.pk != user.pk:
                todo_list.add_member(member, by=user, at=at)
                added += 1
    return added


def _by_name(
    made: Iterable[TodoList], records: Iterable[ListRecord]
) -> Iterator[tuple[TodoList, ListRecord]]:
    """Lists of one name were made in the order of their records."""
    waiting = defaultdict(list)
    for record in records:
        waiting[record.name].append(record)
    for todo_list in made:
        yield todo_list, waiting[todo_list.name].pop(0)


def _gathered(tables: Tables, tz: ZoneInfo) -> Gathered:
    found = Gathered()
    for row in tables.lists():
        found.lists[str(row.pk)] = ListRecord(str(row.pk), row.name)
    comments, assigned = tables.comments(), tables.assigned()
    for task in tables.tasks():
        record, notes = _record(task, assigned[task.pk], tz)
        for text in comments[task.pk]:
            record = replace(record, notes=add_paragraph(record.notes, text))
        found.add(record, *notes)
    return found


def _record(task: Any, people: list[str], tz: ZoneInfo) -> tuple[TodoRecord, list[str]]:
    """A task. Its priority is its place in the list, not more: they are read in its order."""
    said = [f"It was also assigned to {', '.join(people[1:])}."] if len(people) > 1 else []
    record = TodoRecord(
        key=f"task:{task.pk}",
        title=task.title,
        line=task.pk,
        notes="\n\n".join(filter(None, [task.note, *said])),
        due=Moment(task.due_date),
        list_key=str(task.task_list_id or ""),
        assignee=people[0] if people else "",
        is_completed=task.completed,
        completed_at=day_start(task.completed_date, tz),
        created_at=day_start(task.created_date, tz),
    )
    return record, said


class Tables:
    """django-todo's tables, as far as they are needed. Raises CommandError where they are not there."""

    def __init__(self) -> None:
        names = set(connection.introspection.table_names())
        if missing := sorted(NEEDED - names):
            raise CommandError(
                f"django-todo's tables are not in this database: {', '.join(missing)}."
            )
        self._has_files = "todo_attachment" in names
        self._has_many = "todo_task_assigned_to" in names  # since 2.5; one person a task before
        apps = Apps()
        user = _user_column()
        self._list = _table(
            apps, "tasklist", name=models.TextField(), group_id=models.BigIntegerField()
        )
        self._task = _table(
            apps,
            "task",
            title=models.TextField(),
            task_list_id=models.BigIntegerField(),
            created_date=models.DateField(),
            due_date=models.DateField(),
            completed=models.BooleanField(),
            completed_date=models.DateField(),
            note=models.TextField(),
            priority=models.IntegerField(),
            **({} if self._has_many else {"assigned_to_id": user()}),
        )
        self._comment = _table(
            apps,
            "comment",
            task_id=models.BigIntegerField(),
            author_id=user(),
            email_from=models.TextField(),
            date=models.DateTimeField(),
            body=models.TextField(),
        )
        self._file = _table(
            apps, "attachment", task_id=models.BigIntegerField(), file=models.TextField()
        )
        self._assigned = _table(
            apps, "task_assigned_to", task_id=models.BigIntegerField(), user_id=user()
        )
        users = get_user_model()._default_manager.all()
        self._names = {one.pk: one.get_username() for one in users}

    def lists(self) -> models.QuerySet[Any]:
        return self._list.objects.order_by("pk")

    def tasks(self) -> models.QuerySet[Any]:
        return self._task.objects.order_by("task_list_id", "priority", "created_date", "pk")

    def people(self, key: str) -> Iterable[Any]:
        """The users of the group that a list belongs to."""
        group = self._list.objects.get(pk=int(key)).group_id
        users: Any = get_user_model()._default_manager
        return users.filter(groups=group, is_active=True).order_by("pk")

    def assigned(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        rows = (
            self._assigned.objects.order_by("pk").values_list("task_id", "user_id")
            if self._has_many
            else self._task.objects.exclude(assigned_to_id=None).values_list(
                "pk", "assigned_to_id"
            )
        )
        for task, user in rows:
            if user in self._names:
                found[task].append(self._names[user])
        return found

    def comments(self) -> dict[int, list[str]]:
        """What is told below a task, oldest first, and where its files lie."""
        found: dict[int, list[str]] = defaultdict(list)
        for row in self._comment.objects.order_by("date", "pk"):
            who = self._names.get(row.author_id) or row.email_from or ""
            found[row.task_id].append(f"{who}, {row.date:%Y-%m-%d %H:%M}: {row.body}")
        if self._has_files:
            for task, file in self._file.objects.order_by("pk").values_list("task_id", "file"):
                found[task].append(f"Attachment: {file}")
        return found


def _table(apps: Apps, table: str, /, **columns: models.Field[Any, Any]) -> Any:
    meta = {"apps": apps, "app_label": "todo", "managed": False, "db_table": f"todo_{table}"}
    inside: dict[str, Any] = {"__module__": __name__, "Meta": type("Meta", (), meta), **columns}
    return type(f"DjangoTodo_{table}", (models.Model,), inside)


def _user_column() -> type[models.Field[Any, Any]]:
    """What a user's key is in its columns."""
    key = get_user_model()._meta.pk
    kinds = (models.UUIDField, models.CharField)
    return next((kind for kind in kinds if isinstance(key, kind)), models.BigIntegerField)
