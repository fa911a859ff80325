"""The columns of a todo and what can be read from them without asking anybody else."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.conf import settings as project
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos._compat import check_constraint
from django_todos.dates import Moment
from django_todos.models.lists import Label, TodoList
from django_todos.querysets import TodoQuerySet

MAX_DEPTH = 4
"""The deepest level of a subtask; with the todo at the top these are five levels."""

MAX_TITLE = 500
MAX_NOTES = 100_000

Bucket = Literal["none", "low", "medium", "high"]

BUCKETS: dict[Bucket, int] = {"none": 0, "high": 1, "medium": 5, "low": 9}
"""What a priority is stored as when a person chooses it by its word (RFC 5545, 3.8.1.9)."""


PRIORITY_CHOICES = [
    ("none", _("None")),
    ("low", _("Low")),
    ("medium", _("Medium")),
    ("high", _("High")),
]
"""The words of the buckets, for people."""


class RepeatMode(models.TextChoices):
    """What the next occurrence is counted from."""

    DUE = "due", _("the due date")
    COMPLETION = "completion", _("completion")


def priority_bucket(priority: int) -> Bucket:
    """The word for an RFC 5545 priority: 1–4 high, 5 medium, 6–9 low, 0 none."""
    if priority == 0:
        return "none"
    return "high" if priority < 5 else "medium" if priority == 5 else "low"


class TodoFields(models.Model):
    """Columns, and the values made of several of them."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    todo_list = models.ForeignKey(
        TodoList, models.CASCADE, related_name="todos", verbose_name=_("list")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="subtasks"
    )
    tree = models.UUIDField(editable=False)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    position = models.BigIntegerField(default=0, editable=False)
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    notes = models.TextField(_("notes"), max_length=MAX_NOTES, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    due_time = models.TimeField(_("due time"), null=True, blank=True)
    due_tz = models.CharField(_("due time zone"), max_length=64, blank=True)
    due_at = models.DateTimeField(null=True, editable=False)
    start_date = models.DateField(_("start date"), null=True, blank=True)
    start_time = models.TimeField(_("start time"), null=True, blank=True)
    start_tz = models.CharField(_("start time zone"), max_length=64, blank=True)
    start_at = models.DateTimeField(null=True, editable=False)
    labels: models.ManyToManyField[Label, Any] = models.ManyToManyField(
        Label, related_name="todos", blank=True, verbose_name=_("labels")
    )
    assignee = models.ForeignKey(
        project.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assignee"),
    )
    is_completed = models.BooleanField(_("completed"), default=False)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    rrule = models.TextField(_("repeat"), blank=True)
    repeat_mode = models.CharField(
        max_length=10, choices=RepeatMode.choices, default=RepeatMode.DUE
    )
    repeat_anchor_date = models.DateField(null=True, blank=True)
    repeat_anchor_time = models.TimeField(null=True, blank=True)
    repeat_anchor_tz = models.CharField(max_length=64, blank=True)
    occurrence = models.PositiveIntegerField(default=0, editable=False)
    extra = models.JSONField(default=dict, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_top = models.ForeignKey(
        "self", models.CASCADE, null=True, editable=False, related_name="deleted_with"
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        project.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[TodoQuerySet] = TodoQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:
        todo_list_id: int
        parent_id: int | None
        assignee_id: int | None
        deleted_top_id: int | None
        subtask_total: int
        subtask_done: int

    class Meta:
        abstract = True
        verbose_name = _("todo")
        verbose_name_plural = _("todos")
        constraints = [
            check_constraint(~Q(title=""), name="todos_todo_has_title"),
            check_constraint(
                Q(parent=None) | ~Q(parent=F("id")), name="todos_todo_not_own_parent"
            ),
            check_constraint(
                Q(parent=None, depth=0, tree=F("uuid"))
                | Q(parent__isnull=False, depth__gte=1, depth__lte=MAX_DEPTH),
                name="todos_todo_depth",
            ),
            check_constraint(Q(priority__lte=9), name="todos_todo_priority"),
            check_constraint(
                Q(due_time=None) | Q(due_date__isnull=False), name="todos_due_time_has_date"
            ),
            check_constraint(
                Q(due_tz="", due_at=None)
                | Q(due_at__isnull=False, due_time__isnull=False) & ~Q(due_tz=""),
                name="todos_due_zone_has_time",
            ),
            check_constraint(
                Q(start_time=None) | Q(start_date__isnull=False), name="todos_start_time_has_date"
            ),
            check_constraint(
                Q(start_tz="", start_at=None)
                | Q(start_at__isnull=False, start_time__isnull=False) & ~Q(start_tz=""),
                name="todos_start_zone_has_time",
            ),
            check_constraint(
                Q(repeat_anchor_time=None) | Q(repeat_anchor_date__isnull=False),
                name="todos_anchor_time_has_date",
            ),
            check_constraint(
                Q(repeat_anchor_tz="") | Q(repeat_anchor_time__isnull=False),
                name="todos_anchor_zone_has_time",
            ),
            check_constraint(Q(repeat_mode__in=RepeatMode.values), name="todos_todo_repeat_mode"),
            check_constraint(
                Q(is_completed=True, completed_at__isnull=False)
                | Q(is_completed=False, completed_at=None),
                name="todos_completed_has_time",
            ),
            check_constraint(
                Q(deleted_top=None) | Q(deleted_at__isnull=False), name="todos_deleted_with_top"
            ),
        ]
        indexes = [
            models.Index(
                fields=["todo_list", "parent", "position", "id"], name="todos_todo_order"
            ),
            models.Index(
                fields=["todo_list", "position", "id"],
                condition=Q(depth=0, is_completed=False, deleted_at=None),
                name="todos_todo_open_roots",
            ),
            models.Index(fields=["tree", "depth", "position"], name="todos_todo_tree"),
            models.Index(
                fields=["todo_list", "due_date"],
                condition=Q(is_completed=False, deleted_at=None),
                name="todos_todo_open_due",
            ),
            models.Index(
                fields=["todo_list", "-completed_at", "-id"],
                condition=Q(is_completed=True, deleted_at=None),
                name="todos_todo_completed",
            ),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="todos_todo_trash",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the todo."""
        return reverse("django_todos:todo-detail", args=[self.uuid])

    @property
    def due(self) -> Moment:
        """When it is due: one of the four date cases."""
        return Moment.stored(self.due_date, self.due_time, self.due_tz)

    @property
    def start(self) -> Moment:
        """Until when it stays out of Today: one of the four date cases."""
        return Moment.stored(self.start_date, self.start_time, self.start_tz)

    @property
    def repeat_anchor(self) -> Moment:
        """The DTSTART of the repeat rule."""
        return Moment.stored(
            self.repeat_anchor_date, self.repeat_anchor_time, self.repeat_anchor_tz
        )

    @property
    def priority_bucket(self) -> Bucket:
        """The word for the priority."""
        return priority_bucket(self.priority)


def due_columns(moment: Moment) -> dict[str, Any]:
    """The four columns that hold a due moment."""
    return {
        "due_date": moment.date,
        "due_time": moment.time,
        "due_tz": moment.tz,
        "due_at": moment.at(),
    }


def start_columns(moment: Moment) -> dict[str, Any]:
    """The four columns that hold a start moment."""
    return {
        "start_date": moment.date,
        "start_time": moment.time,
        "start_tz": moment.tz,
        "start_at": moment.at(),
    }


def anchor_columns(moment: Moment) -> dict[str, Any]:
    """The three columns that hold a rule's anchor."""
    return {
        "repeat_anchor_date": moment.date,
        "repeat_anchor_time": moment.time,
        "repeat_anchor_tz": moment.tz,
    }
