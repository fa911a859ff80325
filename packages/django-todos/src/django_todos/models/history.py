"""What people did, kept so that it can be undone."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos import limits
from django_todos import models as tables  # those that stand on this module: there when asked
from django_todos import signals
from django_todos._compat import check_constraint
from django_todos.dates import Moment
from django_todos.instants import InstantField
from django_todos.models.places import all_fit, take_along
from django_todos.models.querysets import ActionQuerySet, CompletionQuerySet
from django_todos.models.writer import (
    ChangedMeanwhile,
    Changes,
    Difference,
    MemberChange,
    Recording,
    Values,
    plain,
    recording,
)

if TYPE_CHECKING:
    from django_todos.models.lists import TodoList
    from django_todos.models.todos import Todo


class Verb(models.TextChoices):
    """What a person can do. A host may record verbs of its own: they are told in plain words.

    What begins with ``list-`` is for owners to do, everything else for editors (`recording`).
    """

    CREATE = "create"
    DUPLICATE = "duplicate"
    EDIT = "edit"
    DATE = "date"
    COMPLETE = "complete"
    SKIP = "skip"
    REOPEN = "reopen"
    MOVE = "move"
    DELETE = "delete"
    RESTORE = "restore"
    BULK_CREATE = "bulk-create"
    BULK_IMPORT = "bulk-import"
    BULK_COMPLETE = "bulk-complete"
    BULK_DATE = "bulk-date"
    BULK_MOVE = "bulk-move"
    BULK_LABEL = "bulk-label"
    BULK_PRIORITY = "bulk-priority"
    BULK_ASSIGN = "bulk-assign"
    BULK_DUPLICATE = "bulk-duplicate"
    BULK_DELETE = "bulk-delete"
    LIST_EDIT = "list-edit"
    LIST_ARCHIVE = "list-archive"
    LIST_UNARCHIVE = "list-unarchive"
    LIST_DELETE = "list-delete"
    LIST_RESTORE = "list-restore"
    LIST_INVITE = "list-invite"
    LIST_WITHDRAW = "list-withdraw"
    LIST_JOIN = "list-join"
    LIST_ROLE = "list-role"
    LIST_TRANSFER = "list-transfer"
    LIST_REMOVE = "list-remove"
    LIST_LEAVE = "list-leave"


class Action(models.Model):
    """One thing that a user did: what it changed, from what, to what."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    lists: models.ManyToManyField[TodoList, Any] = models.ManyToManyField(
        "django_todos.TodoList", through="django_todos.ListAction", related_name="actions"
    )
    """Where its todos were and where they went: in whose history it is told."""
    verb = models.CharField(max_length=20)
    changes: models.JSONField[Changes, Changes] = models.JSONField(default=dict)
    created_at = InstantField(default=timezone.now)
    undone_at = InstantField(null=True)

    objects = ActionQuerySet.as_manager()

    left = 0
    """Todos that undoing it partly left as they are."""
    _recording: Recording | None = None
    """What it was just made by, which knows what it was done to."""

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes = [
            models.Index(fields=["user", "created_at"], name="todos_action_recent"),
            models.Index(fields=["created_at"], name="todos_action_age"),
        ]

    def __str__(self) -> str:
        return self.verb

    @cached_property
    def todos_now(self) -> list[Todo]:
        """The todos that it was about, the highest first, as they are; not those that only made room for it."""
        changes = self.changes["todos"].items()
        about = [int(pk) for pk, one in changes if one.keys() != {"position"}] or self.todo_ids
        if self._recording is None:
            todos = tables.Todo.objects.filter(pk__in=about)
            return list(todos.select_related("todo_list").order_by("depth", "pk"))
        done_to = [self._recording.todos[pk] for pk in about]
        for todo in done_to:
            todo.todo_list = self._recording.lists[todo.todo_list_id]
        return sorted(done_to, key=lambda todo: (todo.depth, todo.pk))

    def tree_now(self, todo: Todo) -> list[Todo] | None:
        """The tree of a todo as this left it just now, where that is known without a look."""
        rec = self._recording
        is_known = rec is not None and rec.early is not None and rec.early.labels is not None
        return rec.load_tree(todo) if rec is not None and is_known else None

    @property
    def todo_ids(self) -> list[int]:
        """Primary keys of the todos it changed."""
        return [int(pk) for pk in self.changes["todos"]]

    @property
    def list_ids(self) -> set[int]:
        """Primary keys of every list it touched: where its todos were and where they went."""
        ids = {int(pk) for pk in self.changes["lists"]}
        for change in self.changes["todos"].values():
            ids.update(change.get("todo_list_id", ()))
        todos = tables.Todo.objects.filter(pk__in=self.todo_ids)
        return ids | set(todos.values_list("todo_list_id", flat=True))

    @property
    def member_change(self) -> MemberChange | None:
        """What it did to somebody's membership; to somebody else's, where it changed its author's, too."""
        changes = self.changes.get("members", [])
        return min(changes, key=lambda one: one["user"] == plain(self.user_id), default=None)

    def undo(self, *, at: datetime, partly: bool = False) -> bool:
        """Put back exactly what was, but for an assignee who is no member any more. False when it was undone before.

        Raises ChangedMeanwhile, having changed nothing, where somebody changed one of the values since; `partly`
        leaves such todos as they are: `left` says how many.
        """
        with recording(self.user, self.verb, self.list_ids, at=at) as rec:
            rec.is_remembered = False
            if not type(self).objects.filter(pk=self.pk, undone_at=None).update(undone_at=at):
                return False
            self.undone_at = at
            for pk, change in self.changes["lists"].items():
                rec.update_list(int(pk), **_reverse(rec.lists[int(pk)], change))
            tables.undo_people(rec, self.changes)
            self._undo_todos(rec, partly)
            self._undo_completions(rec)
        return True

    def _undo_todos(self, rec: Recording, partly: bool) -> None:
        todos = rec.load(tables.Todo.objects.filter(pk__in=self.todo_ids))
        grown = self._grown(todos) if partly else set()
        before: dict[Todo, tuple[Values, list[str] | None]] = {}
        for todo in todos:
            if todo.pk not in grown:
                with suppress(ChangedMeanwhile):
                    before[todo] = self._before(rec, todo)
        self.left = len(self.todo_ids) - len(before)
        if self.left and not partly:
            raise ChangedMeanwhile
        done = {todo.pk for todo in before}
        for todo, (values, names) in before.items():
            was_completed = todo.is_completed
            top = rec.todos.get(values.get("deleted_top_id") or 0)
            if top is not None and self._tree_before(top) != self._tree_before(todo):
                # it was moved out since
                values["deleted_top_id"] = None
            if values.keys() & {"todo_list_id", "tree", "depth"}:
                take_along(rec, todo, values, passing=done)
            rec.update(todo, **values)
            if names is not None:
                rec.set_labels(todo, names)
            if was_completed and not todo.is_completed:
                rec.tell(signals.reopened, todo)
        rec.flush()
        if not all_fit(before):
            raise ChangedMeanwhile

    def _before(self, rec: Recording, todo: Todo) -> tuple[Values, list[str] | None]:
        """What the todo held, and the labels to give back, or to carry back to another list.

        Raises ChangedMeanwhile where somebody changed it since.
        """
        change = dict(self.changes["todos"][str(todo.pk)])
        labels = change.pop("labels", None)
        values, names = _reverse(todo, change), None
        if labels is not None:
            names = _labels_without(rec.labels(todo), labels)
        elif "todo_list_id" in change:
            names = rec.labels(todo)
        home, assignee = (
            values.get(name, getattr(todo, name)) for name in ("todo_list_id", "assignee_id")
        )
        if assignee is not None and (home, assignee) not in rec.members:
            values["assignee_id"] = None
        return values, names

    def _tree_before(self, todo: Todo) -> str:
        """The tree that the todo is in once this is undone."""
        change = self.changes["todos"].get(str(todo.pk), {}).get("tree")
        return str(change[0] if change else todo.tree)

    def _grown(self, todos: list[Todo]) -> set[int]:
        """Of what it added, that below which somebody added something since."""
        added = [one for one in todos if "deleted_at" in self.changes["todos"][str(one.pk)]]
        there = tables.Todo.objects.filter(tree__in={one.tree for one in added}, deleted_at=None)
        parents: dict[int, int | None] = dict(there.values_list("pk", "parent_id"))
        grown: set[int] = set()
        for pk in parents.keys() - self.todo_ids:
            above: int | None = parents[pk]
            while above is not None and above not in grown:
                grown.add(above)
                above = parents.get(above)
        return grown

    def _undo_completions(self, rec: Recording) -> None:
        keys = self.changes["completions"]
        for completion in Completion.objects.filter(pk__in=[int(pk) for pk in keys]):
            before, after = keys[str(completion.pk)]
            if completion.key != after:
                raise ChangedMeanwhile
            rec.set_completion_key(completion, before)


class ListAction(models.Model):
    """In which lists' history an action stands. Its one index gives a list's history from the latest on."""

    todo_list = models.ForeignKey(
        "django_todos.TodoList", models.CASCADE, related_name="+", db_index=False
    )
    action = models.ForeignKey(Action, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("action in a list")
        verbose_name_plural = _("actions in lists")
        constraints = [
            models.UniqueConstraint(fields=["todo_list", "action"], name="todos_list_action_once")
        ]

    def __str__(self) -> str:
        return f"{self.todo_list} · {self.action}"


class Completion(models.Model):
    """A todo, or one occurrence of a repeating todo, was completed or skipped. Rows are added, never rewritten:
    taking one back empties its `key` and notes when."""

    class Kind(models.TextChoices):
        COMPLETED = "completed", _("completed")
        SKIPPED = "skipped", _("skipped")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    todo = models.ForeignKey("django_todos.Todo", models.CASCADE, related_name="completions")
    todo_list = models.ForeignKey(
        "django_todos.TodoList", models.CASCADE, related_name="+", editable=False, db_index=False
    )
    """Where the todo is, once more: the latest of a list, and of a person's lists, come by an index."""
    key = models.CharField(max_length=20, null=True)  # NULLs are distinct, which is the point
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMPLETED)
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = InstantField(default=timezone.now)
    due_date = models.DateField(null=True)
    due_time = models.TimeField(null=True)
    due_tz = models.CharField(max_length=limits.MAX_ZONE_NAME, blank=True)
    undone_at = InstantField(null=True)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        constraints = [
            models.UniqueConstraint(fields=["todo", "key"], name="todos_completion_once"),
            check_constraint(
                Q(key=None, undone_at__isnull=False) | Q(key__isnull=False, undone_at=None),
                name="todos_completion_undone",
            ),
            check_constraint(Q(kind__in=["completed", "skipped"]), name="todos_completion_kind"),
        ]
        indexes = [
            models.Index(fields=["todo_list", "-at", "-id"], name="todos_completion_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.todo} · {self.get_kind_display()}"

    @property
    def due(self) -> Moment:
        """When the occurrence was due."""
        return Moment.stored(self.due_date, self.due_time, self.due_tz)


def _labels_without(names: list[str], change: list[list[str]]) -> list[str]:
    """These names without what the change added, with what it took away; those that others added since stay.

    Raises ChangedMeanwhile where one that it added is gone, or one that it took away is back.
    """
    now, before, after = set(names), *map(set, change)
    if not (after - before <= now and now.isdisjoint(before - after)):
        raise ChangedMeanwhile
    return sorted(now - (after - before) | (before - after), key=tables.Label.key_of)


def _reverse(row: models.Model, change: Difference) -> Values:
    """The values before `change`. Raises ChangedMeanwhile where the row no longer holds those after it."""
    values = {}
    for name, (before, after) in change.items():
        if plain(getattr(row, name)) != after:
            raise ChangedMeanwhile
        field = row._meta.get_field(name.removesuffix("_id"))
        try:
            values[name] = field.to_python(before) if isinstance(field, models.Field) else before
        except ValidationError:  # the host's users have keys of another kind by now
            raise ChangedMeanwhile from None
    return values
