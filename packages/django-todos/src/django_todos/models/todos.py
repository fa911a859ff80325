"""A todo and what happens to it, and the log of what was completed."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings as project
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos import signals
from django_todos._compat import check_constraint
from django_todos.dates import Moment
from django_todos.models.actions import Action, ChangedMeanwhile, Conflict, Recording, recording
from django_todos.models.lists import TodoList
from django_todos.models.todo_fields import MAX_DEPTH, anchor_columns, due_columns, start_columns
from django_todos.models.todo_tree import NotAllowedHere, TodoTree
from django_todos.querysets import CompletionQuerySet
from django_todos.repeats.occurrences import (
    Repeat,
    next_occurrence,
    shift_with,
    skip_occurrence,
)

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class Todo(TodoTree):
    """One thing to do."""

    class Meta(TodoTree.Meta):
        abstract = False

    @classmethod
    def add(
        cls,
        todo_list: TodoList,
        title: str,
        *,
        by: AbstractBaseUser | None,
        at: datetime,
        parent: Todo | None = None,
        labels: list[str] | None = None,
        due: Moment = Moment(),  # noqa: B008  frozen
        start: Moment = Moment(),  # noqa: B008
        within: Recording | None = None,
        **fields: Any,
    ) -> Todo:
        """A new todo: first in the list, or last under `parent`. Undoing it moves it to the trash."""
        with recording(by, "create", {todo_list.pk}, at=at, within=within) as rec:
            above = rec.reload(parent) if parent is not None else None
            if rec.lists[todo_list.pk].deleted_at is not None:
                raise ChangedMeanwhile
            if above is not None:
                if above.deleted_at is not None:
                    raise ChangedMeanwhile
                above.reopen(by=by, at=at, within=rec)
                if above.depth >= MAX_DEPTH:
                    raise NotAllowedHere("too deep")
            todo = cls(
                todo_list_id=todo_list.pk,
                parent_id=above.pk if above is not None else None,
                depth=above.depth + 1 if above is not None else 0,
                title=title,
                created_by=by,  # type: ignore[misc]
                created_at=at,
                updated_at=at,
                **due_columns(due),
                **start_columns(start),
                **fields,
            )
            todo.tree = above.tree if above is not None else todo.uuid
            todo.position = todo._position(rec, "before" if above is None else "after", None)
            rec.add(todo)
            if labels:
                rec.set_labels(todo, labels)
        return todo

    def complete(
        self,
        *,
        by: AbstractBaseUser | None,
        at: datetime,
        zone: ZoneInfo,
        seen: int | None = None,
        within: Recording | None = None,
    ) -> Action | None:
        """Complete it with its open subtasks; a repeating todo moves on to its next date instead.

        `seen` is the occurrence that the person saw: when it is past (a double click, a retry, somebody else was
        quicker) nothing happens and the answer is None.
        """
        with recording(by, "complete", {self.todo_list_id}, at=at, within=within) as rec:
            todo = rec.reload(self)
            if (
                todo.is_completed
                or todo.deleted_at is not None
                or seen not in (None, todo.occurrence)
            ):
                return None
            following = todo._next_due(at, zone)
            todo._log(rec, Completion.Kind.COMPLETED)
            below = [one for one in rec.load(todo.descendants()) if one.deleted_at is None]
            if following is None:
                todo._finish(rec, below)
            else:
                todo._go_on(rec, following, below)
            rec.tell(signals.completed, todo)
        return rec.action

    def skip(
        self, *, by: AbstractBaseUser, at: datetime, zone: ZoneInfo, seen: int | None = None
    ) -> Action | None:
        """Move a repeating todo on without completing it. None when it does not repeat or was moved on meanwhile."""
        with recording(by, "skip", {self.todo_list_id}, at=at) as rec:
            todo = rec.reload(self)
            if (
                not todo.rrule
                or todo.is_completed
                or todo.deleted_at is not None
                or seen not in (None, todo.occurrence)
            ):
                return None
            following = todo._next_due(at, zone, skipped=True)
            todo._log(rec, Completion.Kind.SKIPPED)
            below = [one for one in rec.load(todo.descendants()) if one.deleted_at is None]
            if following is None:
                todo._finish(rec, below)
            else:
                todo._go_on(rec, following, below)
        return rec.action

    def reopen(
        self, *, by: AbstractBaseUser | None, at: datetime, within: Recording | None = None
    ) -> Action | None:
        """Open a completed todo again, and completed todos above it. Its last completion no longer stands."""
        with recording(by, "reopen", {self.todo_list_id}, at=at, within=within) as rec:
            todo: Todo | None = rec.reload(self)
            while todo is not None and todo.is_completed:
                todo._reopen(rec)
                todo = rec.reload(todo.parent) if todo.parent is not None else None  # type: ignore[arg-type]
        return rec.action

    def edit(
        self,
        *,
        by: AbstractBaseUser,
        at: datetime,
        initial: dict[str, Any],
        values: dict[str, Any],
        within: Recording | None = None,
    ) -> Action | None:
        """Merge an edit: the fields in which `values` differ from `initial`, the values the person saw.

        Fields: title, notes, priority, assignee_id, labels (names), due and start (Moments), repeat (a
        `Repeat` or None). Raises Conflict, having changed nothing, where somebody else gave such a field
        a third value meanwhile.
        """
        changed = {name: value for name, value in values.items() if initial.get(name) != value}
        with recording(by, "edit", {self.todo_list_id}, at=at, within=within) as rec:
            todo = rec.reload(self)
            current = {name: todo._value(rec, name) for name in changed}
            theirs = {
                name: value
                for name, value in current.items()
                if value != initial.get(name) and value != changed[name]
            }
            if theirs:
                raise Conflict(theirs)
            for name, value in changed.items():
                todo._set_value(rec, name, value)
        return rec.action

    def reschedule(self, day: date | None, *, rec: Recording, zone: ZoneInfo) -> None:
        """Make a loaded todo due on `day` as it is in `zone`, at the time of day it has; None takes its date away."""
        due = self.due
        if day is None:
            due = Moment()
        else:
            shown = due.wall(zone).date
            due = Moment(day) if shown is None else due.shift(days=(day - shown).days)
        rec.update(self, **due_columns(due))

    def trash(
        self, *, by: AbstractBaseUser | None, at: datetime, within: Recording | None = None
    ) -> Action | None:
        """Move it, with everything below, to the trash."""
        with recording(by, "delete", {self.todo_list_id}, at=at, within=within) as rec:
            todo = rec.reload(self)
            if todo.deleted_at is not None:
                return None
            rec.flush()
            for one in rec.load(todo.descendants()):
                if one.deleted_at is None:
                    rec.update(one, deleted_at=at, deleted_top_id=todo.pk)
            rec.update(todo, deleted_at=at)
            rec.tell(signals.deleted, todo)
        return rec.action

    def restore(
        self, *, by: AbstractBaseUser, at: datetime, fallback: TodoList | None = None
    ) -> Action | None:
        """Bring it back from the trash to where it was, else to its list's top level, else to `fallback`.

        `fallback` is the person's inbox, given when the todo's own list can't take it.
        """
        lists = {self.todo_list_id} | ({fallback.pk} if fallback is not None else set())
        with recording(by, "restore", lists, at=at) as rec:
            todo = rec.reload(self)
            if todo.deleted_at is None or todo.deleted_top_id is not None:
                return None
            for one in rec.load(type(self).objects.filter(deleted_top=todo.pk)):
                rec.update(one, deleted_at=None, deleted_top_id=None)
            rec.update(todo, deleted_at=None)
            if fallback is not None:
                todo.move(by=by, at=at, todo_list=fallback, side="before", within=rec)
            elif todo.parent is not None and not todo.fits_under(todo.parent):  # type: ignore[arg-type]
                todo.move(by=by, at=at, within=rec)
        return rec.action

    @property
    def repeat(self) -> Repeat | None:
        """Its rule, or None. What is set by somebody else's import is checked before it is stored."""
        if not self.rrule:
            return None
        return Repeat(self.rrule, self.repeat_mode, self.repeat_anchor or self.due)  # type: ignore[arg-type]

    def _next_due(self, at: datetime, zone: ZoneInfo, *, skipped: bool = False) -> Moment | None:
        repeat = self.repeat
        if repeat is None:
            return None
        step = skip_occurrence if skipped else next_occurrence
        return step(repeat, self.due, at, zone, self.completions_of_rule())

    def completions_of_rule(self) -> int:
        """How often it was completed by its present rule: what COUNT measures when it counts from completion.

        Skips are no completions; what was due before the rule's anchor was completed by an earlier rule.
        """
        repeat = self.repeat
        if repeat is None or repeat.mode != "completion" or repeat.rule.count is None:
            return 0
        standing = self.completions.filter(kind=Completion.Kind.COMPLETED, undone_at=None)
        if self.repeat_anchor_date is not None:
            standing = standing.filter(due_date__gte=self.repeat_anchor_date)
        return standing.count()

    def _log(self, rec: Recording, kind: str) -> None:
        """Write the completion of this occurrence; its unique key is what makes completing idempotent."""
        rec.complete(
            Completion(
                todo=self,
                key=str(self.occurrence),
                kind=kind,
                user=rec.user,  # type: ignore[misc]
                at=rec.at,
                due_date=self.due_date,
                due_time=self.due_time,
                due_tz=self.due_tz,
            )
        )
        rec.update(self, occurrence=self.occurrence + 1)

    def _finish(self, rec: Recording, below: list[Todo]) -> None:
        for one in below:
            if not one.is_completed:
                one._log(rec, Completion.Kind.COMPLETED)
                rec.update(one, is_completed=True, completed_at=rec.at)
        rec.update(self, is_completed=True, completed_at=rec.at)

    def _go_on(self, rec: Recording, following: Moment, below: list[Todo]) -> None:
        old = self.due
        for one in below:
            if one.is_completed:  # its completion stands: it was done, and is to be done again
                rec.update(one, is_completed=False, completed_at=None)
                rec.tell(signals.reopened, one)
            rec.update(one, **due_columns(shift_with(old, following, one.due)))
            rec.update(one, **start_columns(shift_with(old, following, one.start)))
        rec.update(
            self,
            **start_columns(shift_with(old, following, self.start)),
            **due_columns(following),
        )

    def _reopen(self, rec: Recording) -> None:
        rec.update(self, is_completed=False, completed_at=None)
        last = self.completions.filter(key=str(self.occurrence - 1)).first()
        if last is not None:
            rec.set_completion_key(last, None)
            rec.update(self, occurrence=self.occurrence - 1)
        rec.tell(signals.reopened, self)

    def _value(self, rec: Recording, name: str) -> Any:
        return rec.labels(self) if name == "labels" else getattr(self, name)

    def _set_value(self, rec: Recording, name: str, value: Any) -> None:
        if name == "labels":
            rec.set_labels(self, value)
        elif name == "due":
            rec.update(self, **due_columns(value))
        elif name == "start":
            rec.update(self, **start_columns(value))
        elif name == "repeat":
            self._set_repeat(rec, value)
        else:
            rec.update(self, **{name: value})

    def _set_repeat(self, rec: Recording, repeat: Repeat | None) -> None:
        if repeat is None:
            rec.update(self, rrule="", repeat_mode="due", **anchor_columns(Moment()))
        else:
            rec.update(
                self, rrule=repeat.rrule, repeat_mode=repeat.mode, **anchor_columns(repeat.anchor)
            )


class Completion(models.Model):
    """A todo, or one occurrence of a repeating todo, was completed or skipped. Rows are added, never rewritten:
    taking one back empties its `key` and notes when."""

    class Kind(models.TextChoices):
        COMPLETED = "completed", _("completed")
        SKIPPED = "skipped", _("skipped")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    todo = models.ForeignKey(Todo, models.CASCADE, related_name="completions")
    key = models.CharField(
        max_length=20, null=True
    )  # noqa: DJ01  NULLs are distinct, which is the point
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMPLETED)
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    due_date = models.DateField(null=True)
    due_time = models.TimeField(null=True)
    due_tz = models.CharField(max_length=64, blank=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[CompletionQuerySet] = CompletionQuerySet.as_manager()  # type: ignore[assignment]

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
            models.Index(
                fields=["-at", "-id"], condition=Q(undone_at=None), name="todos_completion_recent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.todo} · {self.get_kind_display()}"

    @property
    def due(self) -> Moment:
        """When the occurrence was due."""
        return Moment.stored(self.due_date, self.due_time, self.due_tz)
