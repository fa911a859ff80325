"""A todo: what it holds, where it stands, and what happens to it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, cast
from zoneinfo import ZoneInfo

from django.conf import settings as project
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos import limits, signals
from django_todos._compat import check_constraint
from django_todos.dates import Moment, on_day
from django_todos.instants import InstantField
from django_todos.models import adding, columns, completing, copying, given, orders, places
from django_todos.models.given import Actor, Instant
from django_todos.models.history import Action, Completion, Verb
from django_todos.models.lists import Label, TodoList
from django_todos.models.places import Side
from django_todos.models.querysets import IN_A_ROW, TodoQuerySet, WrittenPast
from django_todos.models.writer import ChangedMeanwhile, Conflict, Recording, recording
from django_todos.repeats.occurrences import Repeat
from django_todos.repeats.rule import Mode, RuleError

if TYPE_CHECKING:
    from django_todos.models.early import EarlyRead


class RepeatMode(models.TextChoices):
    """What the next occurrence is counted from."""

    DUE = "due", _("the due date")
    COMPLETION = "completion", _("completion")


class Todo(models.Model):
    """One thing to do."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    todo_list = models.ForeignKey(  # several indexes begin with it
        TodoList, models.CASCADE, related_name="todos", verbose_name=_("list"), db_index=False
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="subtasks"
    )
    tree = models.UUIDField(editable=False)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)
    position = models.BigIntegerField(default=0, editable=False)
    title = models.CharField(_("title"), max_length=limits.MAX_TITLE)
    notes = models.TextField(_("notes"), max_length=limits.MAX_NOTES, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    due_time = models.TimeField(_("due time"), null=True, blank=True)
    due_tz = models.CharField(_("due time zone"), max_length=limits.MAX_ZONE_NAME, blank=True)
    due_at = InstantField(null=True, editable=False)
    due_moves = models.PositiveIntegerField(default=0, editable=False)
    start_date = models.DateField(_("start date"), null=True, blank=True)
    start_time = models.TimeField(_("start time"), null=True, blank=True)
    start_tz = models.CharField(_("start time zone"), max_length=limits.MAX_ZONE_NAME, blank=True)
    start_at = InstantField(null=True, editable=False)
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
    completed_at = InstantField(_("completed at"), null=True, blank=True)
    rrule = models.TextField(_("repeat"), blank=True)
    repeat_mode = models.CharField(
        max_length=10, choices=RepeatMode.choices, default=RepeatMode.DUE
    )
    repeat_anchor_date = models.DateField(null=True, blank=True)
    repeat_anchor_time = models.TimeField(null=True, blank=True)
    repeat_anchor_tz = models.CharField(max_length=limits.MAX_ZONE_NAME, blank=True)
    repeat_since = models.PositiveIntegerField(default=0, editable=False)
    slot_date = models.DateField(null=True, editable=False)
    slot_time = models.TimeField(null=True, editable=False)
    slot_tz = models.CharField(max_length=limits.MAX_ZONE_NAME, blank=True, editable=False)
    occurrence = models.PositiveIntegerField(default=0, editable=False)
    extra = models.JSONField(default=dict, blank=True, editable=False)
    deleted_at = InstantField(null=True, editable=False)
    deleted_top = models.ForeignKey(
        "self", models.CASCADE, null=True, editable=False, related_name="deleted_with"
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        project.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = InstantField(default=timezone.now, editable=False)
    updated_at = InstantField(default=timezone.now, editable=False)

    objects = TodoQuerySet.as_manager()

    early: EarlyRead | None = None
    """What it was read with, by somebody who is about to write."""

    if TYPE_CHECKING:
        todo_list_id: int
        parent_id: int | None
        assignee_id: Any
        deleted_top_id: int | None
        subtask_total: int
        subtask_done: int

    class Meta:
        verbose_name = _("todo")
        verbose_name_plural = _("todos")
        constraints = [
            check_constraint(~Q(title=""), name="todos_todo_has_title"),
            check_constraint(
                Q(parent=None) | ~Q(parent=F("id")), name="todos_todo_not_own_parent"
            ),
            check_constraint(
                Q(parent=None, depth=0, tree=F("uuid"))
                | Q(parent__isnull=False, depth__gte=1, depth__lte=limits.MAX_DEPTH),
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
            check_constraint(
                Q(slot_date=None, slot_time=None) | Q(slot_date__isnull=False) & ~Q(rrule=""),
                name="todos_slot_has_rule",
            ),
            check_constraint(
                Q(slot_tz="") | Q(slot_time__isnull=False), name="todos_slot_zone_has_time"
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
            *orders.INDEXES,
            models.Index(
                fields=["todo_list", "parent", "position", "id"], name="todos_todo_order"
            ),
            models.Index(fields=["tree", "depth", "position"], name="todos_todo_tree"),
            models.Index(
                fields=["todo_list", "due_date"],
                condition=Q(due_time__isnull=False, is_completed=False, deleted_at=None),
                name="todos_todo_due_clock",
            ),
            models.Index(
                fields=["todo_list", "start_date"],
                condition=Q(start_time__isnull=False, is_completed=False, deleted_at=None),
                name="todos_todo_start_clock",
            ),
            models.Index(
                fields=["assignee", "todo_list"],
                condition=Q(assignee__isnull=False, is_completed=False, deleted_at=None),
                name="todos_todo_assigned",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the todo."""
        return reverse("django_todos:todo-detail", args=[self.uuid])

    @property
    def can_edit(self) -> bool:
        """Whether the person that `with_rights` asked for may change it.

        An owner also in the trash of an archived list: it may come back elsewhere.
        """
        is_trashed = self.deleted_at is not None
        return self.todo_list.can_recover if is_trashed else self.todo_list.can_edit

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
    def slot(self) -> Moment:
        """The date that the rule gave the present occurrence, wherever that was moved to since."""
        return Moment.stored(self.slot_date, self.slot_time, self.slot_tz) or self.repeats_by

    @property
    def repeats_by(self) -> Moment:
        """The date that a repeat moves on: the due date, the start of a todo that has only that."""
        return self.due or self.start

    @property
    def priority_bucket(self) -> str:
        """The word for the priority."""
        return columns.priority_bucket(self.priority)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused: counts, history and undo know of what the methods do alone. ``loaddata`` doesn't come by here."""
        raise WrittenPast

    def siblings(self) -> TodoQuerySet:
        """The todos at the same level, this one left out, those completed or in the trash included."""
        row = Todo.objects.filter(todo_list=self.todo_list_id, parent=self.parent_id)
        return row.exclude(pk=self.pk).order_by(*IN_A_ROW)

    def descendants(self) -> list[Todo]:
        """Everything below, parents before their subtasks; one query, which reads the whole tree."""
        return self.below(list(Todo.objects.filter(tree=self.tree).in_order()))

    def below(self, tree: list[Todo]) -> list[Todo]:
        """Those of `tree`, which holds all of it, that are below this todo: parents before their subtasks."""
        children: dict[int | None, list[Todo]] = defaultdict(list)
        for todo in tree:
            children[todo.parent_id].append(todo)
        below: list[Todo] = []
        level = children.get(self.pk, [])
        while level:
            below += level
            level = [child for todo in level for child in children.get(todo.pk, [])]
        return below

    def fits_under(self, parent: Todo) -> bool:
        """Whether it can be a subtask of `parent`, and alive or open only where that one is."""
        place = (parent.todo_list_id, parent.tree, parent.depth + 1)
        if (self.todo_list_id, self.tree, self.depth) != place:
            return False
        is_open = not self.is_completed
        may_live = parent.deleted_at is None and not (is_open and parent.is_completed)
        return self.deleted_at is not None or may_live

    @classmethod
    def add(
        cls,
        todo_list: TodoList,
        title: str,
        *,
        by: Actor = None,
        at: Instant = None,
        parent: Todo | None = None,
        labels: list[str] | None = None,
        due: given.MomentLike = None,
        start: given.MomentLike = None,
        repeat: given.RepeatLike = None,
        priority: int | str = 0,
        side: Side = "after",
        within: Recording | None = None,
        **fields: Any,
    ) -> Todo:
        """A new todo: last in the list or under `parent`, or first (`side`). Undoing it moves it to the trash.

        `due` and `start` may be moments, dates, datetimes or words, `repeat` an RRULE or words, `priority` a word or a
        number. Raises ValidationError for what none of them can mean.
        """
        with recording(by, Verb.CREATE, {todo_list.pk}, at=at, within=within) as rec:
            begins = {
                name: given.moment_of(value, by=by, at=rec.at, field=name)
                for name, value in (("due", due), ("start", start))
            }
            again = given.repeat_of(repeat, by=by, at=rec.at, **begins)
            if again is not None and not any(begins.values()):
                begins["due"] = again.anchor
            new = adding.NewTodo(
                todo_list.pk,
                given.title_of(title),
                due=begins["due"],
                start=begins["start"],
                repeat=again,
                labels=labels or (),
                columns={"priority": given.priority_of(priority), **fields},
            )
            return adding.add_many([new], rec=rec, above=parent, side=side)[0]

    def duplicate(
        self, *, by: Actor = None, at: Instant = None, within: Recording | None = None
    ) -> Todo:
        """A copy of it right behind it, with its subtasks and labels, all of it open, and the person's own reminders.

        Undoing it moves the copy to the trash.
        """
        with self._written(Verb.DUPLICATE, by, at, within=within) as rec:
            todo = rec.alive(self)
            if todo.parent is not None:
                todo.parent.reopen(within=rec)
            rec.flush()
            return copying.copy_family(todo, rec)

    def complete(
        self,
        *,
        by: Actor = None,
        at: Instant = None,
        zone: ZoneInfo | None = None,
        seen: int | None = None,
        within: Recording | None = None,
    ) -> Action | None:
        """Complete it with its open subtasks; a repeating todo moves on to its next date instead.

        `seen` is the occurrence that the person saw: when it is past (a double click, a retry, somebody else was
        quicker) nothing happens and the answer is None.
        """
        step = -completing.to_close(self)
        with self._written(Verb.COMPLETE, by, at, within=within, step=step) as rec:
            completing.pass_on(
                self, rec, Completion.Kind.COMPLETED, zone or given.zone_of(by), seen
            )
        return rec.action

    def skip(
        self,
        *,
        by: Actor = None,
        at: Instant = None,
        zone: ZoneInfo | None = None,
        seen: int | None = None,
    ) -> Action | None:
        """Move a repeating todo on without completing it. None when it does not repeat or was moved on meanwhile."""
        with self._written(Verb.SKIP, by, at) as rec:
            completing.pass_on(self, rec, Completion.Kind.SKIPPED, zone or given.zone_of(by), seen)
        return rec.action

    def reopen(
        self, *, by: Actor = None, at: Instant = None, within: Recording | None = None
    ) -> Action | None:
        """Open a completed todo again, and completed todos above it. Its last completion no longer stands."""
        step = completing.to_reopen(self)
        with self._written(Verb.REOPEN, by, at, within=within, step=step) as rec:
            todo: Todo | None = rec.reload(self)
            while todo is not None and todo.is_completed:
                completing.take_back(todo, rec)
                todo = rec.reload(todo.parent) if todo.parent is not None else None
        return rec.action

    def edit(
        self,
        *,
        by: Actor = None,
        at: Instant = None,
        initial: dict[str, Any] | None = None,
        values: dict[str, Any],
        within: Recording | None = None,
    ) -> Action | None:
        """Merge an edit: the fields in which `values` differ from `initial`, the values the person saw.

        Fields: title, notes, priority, assignee_id, labels (names); due, start and repeat as `add` takes them. Raises
        ValidationError for what can't be meant; Conflict, having changed nothing, where somebody else gave such a field
        a third value meanwhile (not without `initial`); ChangedMeanwhile for what is in the trash. Labels are put on
        and taken off one by one, so that two people's never conflict.
        """
        values = given.values_of(self, values, by=by, at=at)
        changed = {
            name: value
            for name, value in values.items()
            if initial is None or initial.get(name) != value
        }
        with self._written(Verb.EDIT, by, at, within=within) as rec:
            todo = rec.alive(self)
            current = {
                name: rec.labels(todo) if name == "labels" else getattr(todo, name)
                for name in changed
            }
            if initial is not None:
                if "labels" in changed.keys() & initial.keys():
                    sides = initial["labels"], changed["labels"], current.pop("labels")
                    changed["labels"] = Label.merge(*sides)
                Conflict.check(initial, changed, current)
            todo._set_values(rec, changed)
        return rec.action

    def reschedule(self, when: date | Moment, *, rec: Recording, zone: ZoneInfo) -> None:
        """Make a loaded todo due: on a day as it is in `zone`, at the time of day it has; or exactly at a moment."""
        due = when if isinstance(when, Moment) else on_day(self.due, when, zone)
        if due != self.due:
            self._set_values(rec, {"due": due})

    def trash(
        self, *, by: Actor = None, at: Instant = None, within: Recording | None = None
    ) -> Action | None:
        """Move it, with everything below, to the trash."""
        with self._written(Verb.DELETE, by, at, within=within) as rec:
            todo = rec.reload(self)
            if todo.deleted_at is not None:
                return None
            for one in rec.below(todo):
                if one.deleted_at is None:
                    rec.update(one, deleted_at=rec.at, deleted_top_id=todo.pk)
            rec.update(todo, deleted_at=rec.at)
            rec.tell(signals.deleted, todo)
        return rec.action

    def restore(
        self, *, by: Actor = None, at: Instant = None, fallback: TodoList | None = None
    ) -> Action | None:
        """Bring it back from the trash to where it was, else to its list's top level, else to `fallback`.

        `fallback` is the person's inbox, given when the todo's own list can't take it.
        """
        lists = {self.todo_list_id} | ({fallback.pk} if fallback is not None else set())
        with recording(by, Verb.RESTORE, lists, at=at, right="can_recover") as rec:
            home = rec.lists[self.todo_list_id if fallback is None else fallback.pk]
            if by is not None and not home.can_edit:
                raise ChangedMeanwhile
            todo = rec.reload(self)
            if todo.deleted_at is None or todo.deleted_top_id is not None:
                return None
            for one in rec.load(Todo.objects.filter(deleted_top=todo.pk)):
                rec.update(one, deleted_at=None, deleted_top_id=None)
            rec.update(todo, deleted_at=None)
            if fallback is not None:
                todo.move(todo_list=fallback, side="before", within=rec)
            elif todo.parent is not None and not todo.fits_under(todo.parent):
                todo.move(within=rec)
        return rec.action

    def move(
        self,
        *,
        by: Actor = None,
        at: Instant = None,
        todo_list: TodoList | None = None,
        parent: Todo | None = None,
        side: Side = "after",
        anchor: Todo | None = None,
        within: Recording | None = None,
    ) -> Action | None:
        """Move it with everything below: into `todo_list` (or its own), under `parent` (or to the top level).

        `side` and `anchor`: before or after that one; without an anchor ``"before"`` is the first place and
        ``"after"`` the last. Raises NotAllowedHere, having changed nothing, for a place that can't be.
        """
        target = self.todo_list_id if todo_list is None else todo_list.pk
        lists = {self.todo_list_id, target}
        with recording(by, Verb.MOVE, lists, at=at, within=within, early=self.early) as rec:
            places.move(rec, self, target, parent, side, anchor)
        return rec.action

    def move_by_one(
        self, *, by: Actor = None, at: Instant = None, direction: Literal["up", "down"]
    ) -> Action | None:
        """Change places with the open neighbour above or below. None at the end of the row."""
        if (beside := self.neighbour(direction)) is None:
            return None
        side: Side = "before" if direction == "up" else "after"
        return self.move(by=by, at=at, parent=self.parent, side=side, anchor=beside)

    def neighbour(self, direction: Literal["up", "down"]) -> Todo | None:
        """The todo above or below at the same level, as the list shows it."""
        if self.early is not None and direction in self.early.neighbours:
            # True for one move: it stands elsewhere then.
            return self.early.neighbours.pop(direction)
        shown = self.siblings().filter(deleted_at=None)
        if self.parent_id is None:
            shown = shown.filter(is_completed=self.is_completed)
        return shown.above(self).last() if direction == "up" else shown.below(self).first()

    def indent(self, *, by: Actor = None, at: Instant = None) -> Action | None:
        """Make it a subtask, the last one, of the todo above it. None when there is none."""
        above = self.neighbour("up")
        return None if above is None else self.move(by=by, at=at, parent=above)

    def outdent(self, *, by: Actor = None, at: Instant = None) -> Action | None:
        """Take it out one level, to right behind the todo it was under. None at the top level."""
        out = self.parent
        return None if out is None else self.move(by=by, at=at, parent=out.parent, anchor=out)

    @property
    def repeat(self) -> Repeat | None:
        """Its rule, or None, also where what is stored is no rule any more: such a todo ends here."""
        if not self.rrule:
            return None
        mode = cast("Mode", self.repeat_mode)
        with suppress(RuleError):
            return Repeat(self.rrule, mode, self.repeat_anchor or self.repeats_by)
        return None

    @property
    def _carries_repeat(self) -> str:
        return "due" if self.due_date else "start" if self.start_date else ""

    def completions_of_rule(self) -> int:
        """How often it was completed by its present rule: what COUNT measures when it counts from completion.

        Skips are no completions; what was completed before the rule was set was by an earlier one.
        """
        repeat = self.repeat
        if repeat is None or repeat.mode != "completion" or repeat.rule.count is None:
            return 0
        standing = self.completions.filter(kind=Completion.Kind.COMPLETED, undone_at=None)
        keys = standing.values_list("key", flat=True)
        return sum(int(key or 0) >= self.repeat_since for key in keys)

    def _written(
        self, verb: Verb, by: Actor, at: Instant, **more: Any
    ) -> AbstractContextManager[Recording]:
        return recording(by, verb, {self.todo_list_id}, at=at, early=self.early, **more)

    def _set_values(self, rec: Recording, values: dict[str, Any]) -> None:
        """What an edit changed. A moved date is this occurrence's alone, but a repeat that goes by another of the two
        now, or gets its first date, begins anew there."""
        carried = self._carries_repeat
        for name, value in values.items():
            if name == "labels":
                rec.set_labels(self, value)
            elif name == "due":
                moves = self.due_moves + (value != self.due)
                rec.update(self, **columns.due_columns(value), due_moves=moves)
            elif name == "start":
                rec.update(self, **columns.start_columns(value))
            elif name == "repeat":
                rec.update(self, **columns.repeat_columns(value, self.occurrence))
            else:
                rec.update(self, **{name: value})
        carries, repeat = self._carries_repeat, None if "repeat" in values else self.repeat
        if repeat and carries not in ("", carried) and (carried or self.slot_date is None):
            repeat = replace(repeat, anchor=self.repeats_by)
            rec.update(self, **columns.repeat_columns(repeat, self.occurrence))
