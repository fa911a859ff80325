"""Lists and their labels."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings as project
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos import limits, signals
from django_todos._compat import batched, check_constraint
from django_todos.instants import InstantField
from django_todos.models import copying
from django_todos.models.given import Actor, Instant
from django_todos.models.history import Action, Verb
from django_todos.models.members import Color, Membership, Pin, Role
from django_todos.models.querysets import (
    COUNTED,
    LabelQuerySet,
    TodoListQuerySet,
    known_object_types,
    object_key,
)
from django_todos.models.sharing import Shared, last_position
from django_todos.models.writer import ChangedMeanwhile, Conflict, recording

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.base_user import AbstractBaseUser


_ListManager = models.Manager.from_queryset(TodoListQuerySet)


class TodoListManager(_ListManager["TodoList"]):
    """Makes lists."""

    def create_for(
        self, user: AbstractBaseUser, name: str, *, color: str = Color.GREY, **fields: Any
    ) -> TodoList:
        """A new list that `user` owns, last in their order."""
        with transaction.atomic():
            todo_list: TodoList = self.create(name=name, **fields)
            Membership.objects.create(
                todo_list=todo_list,
                user_id=user.pk,
                role=Role.OWNER,
                color=color,
                position=last_position(user.pk),
            )
            transaction.on_commit(lambda: _tell_created(todo_list, user))
        return todo_list

    def inbox_of(self, user: AbstractBaseUser) -> TodoList:
        """The user's inbox, made on first need. Two requests that need it at once get the same one."""
        found: TodoList | None = self.filter(inbox_of=user.pk).first()
        if found is not None:
            return found
        try:
            return self.create_for(user, name="Inbox", inbox_of=user)
        except IntegrityError:
            inbox: TodoList = self.get(inbox_of=user.pk)
            return inbox

    def create_about(self, obj: models.Model, *, name: str) -> TodoList:
        """The list about `obj`, an object of the host project; made if there is none."""
        object_type = ContentType.objects.get_for_model(obj, for_concrete_model=True)
        todo_list: TodoList
        todo_list, is_new = self.get_or_create(
            object_type=object_type,
            object_id=object_key(obj),
            deleted_at=None,
            defaults={"name": name[: limits.MAX_LIST_NAME]},
        )
        if is_new:
            known_object_types()  # it may be the first about such an object
            transaction.on_commit(lambda: _tell_created(todo_list, None))
        return todo_list


def _tell_created(todo_list: TodoList, user: AbstractBaseUser | None) -> None:
    signals.list_created.send_robust(sender=TodoList, todo_list=todo_list, user=user, action=None)


class TodoList(Shared):
    """Todos that belong together, and the people who share them."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=limits.MAX_LIST_NAME)
    description = models.TextField(
        _("description"), max_length=limits.MAX_LIST_DESCRIPTION, blank=True
    )
    inbox_of = models.OneToOneField(
        project.AUTH_USER_MODEL,
        models.DO_NOTHING,  # departures.py empties it in batches, under the lock, before its user goes
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inbox of"),
    )
    object_type = models.ForeignKey(
        ContentType, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    object_id = models.CharField(max_length=255, blank=True)
    open_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    archived_at = InstantField(_("archived"), null=True, blank=True)
    deleted_at = InstantField(_("deleted"), null=True, blank=True)
    created_at = InstantField(default=timezone.now, editable=False)
    updated_at = InstantField(default=timezone.now, editable=False)

    objects = TodoListManager()

    if TYPE_CHECKING:
        completed_count: int
        member_count: int
        color: str
        role: str
        inbox_of_id: int | None
        object_type_id: int | None

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        constraints = [
            check_constraint(~Q(name=""), name="todos_list_has_name"),
            check_constraint(
                Q(inbox_of=None) | Q(object_type=None, archived_at=None, deleted_at=None),
                name="todos_list_inbox_is_plain",
            ),
            models.UniqueConstraint(
                fields=["object_type", "object_id"],
                condition=Q(object_type__isnull=False, deleted_at=None),
                name="todos_list_one_per_object",
            ),
        ]
        indexes = [models.Index(fields=["object_type", "object_id"], name="todos_list_object")]

    def __str__(self) -> str:
        """Its name; an inbox's in the language of whoever looks, since nobody gave it one."""
        return gettext("Inbox") if self.is_inbox else self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Leaves to the writer what it counts, and tells it that something was written."""
        if self._state.adding:
            return super().save(*args, update_fields=update_fields, **kwargs)
        fields = {field.name for field in self._meta.concrete_fields if not field.primary_key}
        fields = (fields if update_fields is None else {*update_fields}) - COUNTED
        with transaction.atomic():
            super().save(*args, update_fields=fields, **kwargs)
            TodoList.objects.lock({self.pk})
        return None

    def get_absolute_url(self) -> str:
        """The page of the list; the inbox has one of its own."""
        if self.inbox_of_id is not None:
            return reverse("django_todos:inbox")
        return reverse("django_todos:list-detail", args=[self.uuid])

    @property
    def is_inbox(self) -> bool:
        """Whether this is somebody's inbox: it can't be shared, archived, renamed or deleted."""
        return self.inbox_of_id is not None

    # What the person may do that `with_rights` asked for. A list that nobody asked about has no `role`.

    @property
    def can_view(self) -> bool:
        """Whether they see it at all: so does everybody whom `with_rights` gave it to."""
        return bool(self.role)

    @property
    def can_edit(self) -> bool:
        """Whether they may change its todos and labels: not while it is archived or in the trash."""
        is_editor = self.role in (Role.EDITOR, Role.OWNER)
        return is_editor and self.archived_at is None and self.deleted_at is None

    @property
    def can_own(self) -> bool:
        """Whether they decide about its name, members, archive and trash. The inbox stays as it is."""
        return self.role == Role.OWNER and not self.is_inbox

    @property
    def can_recover(self) -> bool:
        """Whether they take todos out of its trash, back or for ever.

        Of an archived list owners alone: what comes back elsewhere, or goes, is out of the others' sight.
        """
        return self.can_edit or self.can_own

    def edit(
        self,
        *,
        by: Actor = None,
        at: Instant = None,
        initial: dict[str, str] | None = None,
        values: dict[str, str],
    ) -> Action | None:
        """Merge an edit of name or description: the fields in which `values` differ from `initial`, what was seen (as
        this object has it, unless it is given).

        Raises Conflict, having changed nothing, where somebody else gave such a field a third value meanwhile.
        """
        initial = {name: getattr(self, name) for name in values} if initial is None else initial
        changed = {name: value for name, value in values.items() if initial[name] != value}
        if not changed:
            return None
        with recording(by, Verb.LIST_EDIT, {self.pk}, at=at) as rec:
            todo_list = rec.reload_list(self)
            if todo_list.deleted_at is not None:
                raise ChangedMeanwhile
            current = {name: getattr(todo_list, name) for name in changed}
            Conflict.check(initial, changed, current)
            rec.update_list(self.pk, **changed)
        return rec.action

    def archive(self, *, by: Actor = None, at: Instant = None) -> Action | None:
        """Put the list aside: readable, but in none of the views across lists."""
        return self._set_time(Verb.LIST_ARCHIVE, "archived_at", True, by=by, at=at)

    def unarchive(self, *, by: Actor = None, at: Instant = None) -> Action | None:
        """Bring an archived list back."""
        return self._set_time(Verb.LIST_UNARCHIVE, "archived_at", False, by=by, at=at)

    def trash(self, *, by: Actor = None, at: Instant = None) -> Action | None:
        """Move the list, with everything in it, to the trash."""
        return self._set_time(Verb.LIST_DELETE, "deleted_at", True, by=by, at=at)

    def restore(self, *, by: Actor = None, at: Instant = None) -> Action | None:
        """Bring the list back from the trash."""
        return self._set_time(Verb.LIST_RESTORE, "deleted_at", False, by=by, at=at)

    def pin(self, user: AbstractBaseUser) -> None:
        """Keep it in the user's sidebar, for as long as they see the object that it is about."""
        Pin.objects.get_or_create(todo_list=self, user_id=user.pk)

    def unpin(self, user: AbstractBaseUser) -> None:
        """Take it out again; it stays there for a while where they work in it."""
        Pin.objects.filter(todo_list=self.pk, user=user.pk).delete()

    def is_pinned_by(self, user: AbstractBaseUser) -> bool:
        """Whether the user keeps it. Nothing is asked for a list about no object."""
        mine = Pin.objects.filter(todo_list=self.pk, user=user.pk)
        return self.object_type_id is not None and mine.exists()

    def duplicate(
        self,
        *,
        by: AbstractBaseUser,
        at: datetime,
        name: str,
        completed: bool = True,
        dates: bool = True,
    ) -> TodoList:
        """A list of one's own with the same todos, all open: with those `completed`, too, and with their `dates`.

        So a list serves as a template. Nobody else is in the new one, and nothing in it is anybody's to do.
        """
        color = self.memberships.filter(user=by.pk).values_list("color", flat=True).first()
        with recording(by, Verb.DUPLICATE, {self.pk}, at=at, right="can_view") as rec:
            made = TodoList.objects.create_for(
                by, name=name, color=color or Color.GREY, description=self.description
            )
            rec.add_lists([made])
            rec.is_remembered = False  # nor is the making of any other list
            copying.copy_list(rec.lists[self.pk], made, rec, completed=completed, dates=dates)
        return made

    def purge(self) -> None:
        """Delete the list and everything in it for ever."""
        TodoList.objects.filter(pk=self.pk).purge()

    def _set_time(
        self, verb: Verb, field: str, is_set: bool, *, by: Actor = None, at: Instant = None
    ) -> Action | None:
        if self.is_inbox:
            raise ValueError("An inbox can't be archived or deleted.")
        with recording(by, verb, {self.pk}, at=at) as rec:
            current = rec.reload_list(self)
            if field != "deleted_at" and current.deleted_at is not None:
                raise ChangedMeanwhile
            if (getattr(current, field) is None) == is_set:
                rec.update_list(self.pk, **{field: rec.at if is_set else None})
        return rec.action


class LabelShown(NamedTuple):
    """A label as pages show it."""

    name: str
    color: str


class Label(models.Model):
    """A word that todos of one list carry. The same word in another list is another label, shown together."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    todo_list = models.ForeignKey(TodoList, models.CASCADE, related_name="labels")
    name = models.CharField(_("name"), max_length=limits.MAX_LABEL)
    # Casefolding makes up to three characters of one, as of “ΐ”.
    key = models.CharField(max_length=3 * limits.MAX_LABEL, editable=False)
    color = models.CharField(_("colour"), max_length=10, choices=Color.choices, default=Color.GREY)

    objects = LabelQuerySet.as_manager()

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = [
            models.UniqueConstraint(fields=["todo_list", "key"], name="todos_label_once"),
            check_constraint(~Q(name=""), name="todos_label_has_name"),
            check_constraint(Q(color__in=Color.values), name="todos_label_color"),
        ]
        indexes = [models.Index(fields=["key"], name="todos_label_key")]
        ordering = [F("name").asc()]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def key_of(name: str) -> str:
        """What makes two spellings one label: the casefolded name."""
        return name.strip().casefold()

    @classmethod
    def merge(cls, seen: list[str], wanted: list[str], now: list[str]) -> list[str]:
        """What somebody made of the names they saw, done to those there are now: each one put on or taken off by itself."""
        before, after = ({cls.key_of(one): one for one in names} for names in (seen, wanted))
        kept = {
            cls.key_of(one): one for one in now if cls.key_of(one) not in before.keys() - after
        }
        merged = {key: one for key, one in after.items() if key not in before} | kept
        return [merged[key] for key in sorted(merged)]

    @classmethod
    def named_in(
        cls,
        names: Mapping[int, Iterable[str]],
        colors: Mapping[tuple[int, str], str] | None = None,
    ) -> dict[tuple[int, str], Label]:
        """The labels with the names given for each list, by list and key, made where missing. Two queries, under the lists'
        locks.
        """
        given = colors or {}
        wanted: dict[tuple[int, str], str] = {}
        for todo_list_id, some in names.items():
            for name in filter(None, map(str.strip, some)):
                wanted.setdefault((todo_list_id, cls.key_of(name)), name)
        found = {
            (label.todo_list_id, label.key): label
            for label in cls.objects.filter(todo_list__in=names)
            if (label.todo_list_id, label.key) in wanted
        }
        new = [
            cls(todo_list_id=at[0], key=at[1], name=name, color=given.get(at) or color_for(at[1]))
            for at, name in wanted.items()
            if at not in found
        ]
        made = cls.objects.bulk_create(new, batch_size=500)
        return found | {(label.todo_list_id, label.key): label for label in made}

    @classmethod
    def names_of(cls, todos: list[int]) -> dict[int, list[str]]:
        """The names on each of the todos, in order: one query for 500 of them."""
        names: dict[int, list[str]] = {pk: [] for pk in todos}
        for some in batched(todos):
            rows = cls.objects.filter(todos__in=some)
            for pk, name in rows.values_list("todos", "name"):
                if pk in names:
                    names[pk].append(name)
        return {pk: sorted(some, key=cls.key_of) for pk, some in names.items()}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps `key` true to `name`, also where only the name is to be written."""
        self.key = self.key_of(self.name)
        if "name" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "key"}
        with transaction.atomic():
            TodoList.objects.lock({self.todo_list_id})
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Its list shows it: a write to that."""
        with transaction.atomic():
            TodoList.objects.lock({self.todo_list_id})
            return super().delete(*args, **kwargs)


def color_for(key: str) -> str:
    """A colour that the same word gets in every list, so that it can be recognised across them."""
    palette = [color for color in Color.values if color not in ("grey", "red")]
    return palette[sum(key.encode()) % len(palette)]
