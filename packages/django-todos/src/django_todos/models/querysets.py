"""The vocabulary of questions that the rest of the app asks of its tables.

`visible_to` and `editable_by` are the only door to anybody's data: views, commands, feeds and exports start from them.
Both are built from ``EXISTS`` subqueries, so they never return a row twice and combine with any other filter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connections, models, transaction
from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Now, Replace

# Which imports this module first: its names are there when they are asked for.
from django_todos import models as tables
from django_todos._compat import batched
from django_todos.conf import settings
from django_todos.dates import day_bounds
from django_todos.models import searching
from django_todos.models.compiled import AnyUser, Compiled, Slot
from django_todos.models.counting import AllRows, CountedRows
from django_todos.models.orders import dated

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    User = AbstractBaseUser | AnonymousUser

EDITORS = ("editor", "owner")

COUNTED = {"open_count", "version", "updated_at"}
"""Columns of a list that the writer keeps."""

IN_A_ROW = ("parent_id", "position", "pk")
"""The order of siblings as an index has it. All have one parent, but of none at all PostgreSQL doesn't see that it is one."""

_Model = TypeVar("_Model", bound=models.Model)


_object_types: ContextVar[list[list[ContentType]] | None] = ContextVar(
    "object_types", default=None
)


@contextmanager
def object_types_remembered() -> Iterator[None]:
    """Within, the database is asked once at most which of the host's models lists are about: while a page is made."""
    outer = _object_types.get()
    token = _object_types.set([] if outer is None else outer)
    try:
        yield
    finally:
        _object_types.reset(token)


def known_object_types(*found: list[ContentType]) -> None:
    """Remember this answer, where it is remembered at all; without one, forget what there was."""
    memory = _object_types.get()
    if memory is not None:
        memory[:] = found


@contextmanager
def any_member() -> Iterator[Any]:
    """Whoever is signed in, while a query is built that is compiled once: where no list is about an object of the host.

    With any, who sees what is the host's to say, for each person anew.
    """
    token = _object_types.set([[]])
    try:
        yield AnyUser()
    finally:
        _object_types.reset(token)


def object_types() -> list[ContentType]:
    """The host's models that lists are about."""
    if memory := _object_types.get():
        return memory[0]
    ids = tables.TodoList.objects.exclude(object_type=None).values("object_type")
    found = list(ContentType.objects.filter(pk__in=ids))
    known_object_types(found)
    return found


def _about_accessible_object(user: User, permission: Literal["view", "change"]) -> Q:
    """Lists about an object of the host that the host lets this user view or change."""
    condition = Q(pk__in=[])
    for object_type in object_types():
        model = object_type.model_class()
        if model is None:  # the host removed the model; its lists stay with their members
            continue
        accessible = settings.OBJECT_ACCESS(user, model, permission)
        keys = accessible.annotate(todos_key=object_key_expression(model)).values("todos_key")
        condition |= Q(object_type=object_type, object_id__in=keys)
    return condition


def object_key_expression(model: type[models.Model]) -> Any:
    """A primary key as the text that `TodoList.object_id` holds, computed by the database.

    UUIDs are stored by some databases without their hyphens, so hyphens go on both sides.
    """
    text = Cast("pk", models.CharField(max_length=255))
    if isinstance(model._meta.pk, models.UUIDField):
        return Replace(text, Value("-"), Value(""))
    return text


def object_key(obj: models.Model) -> str:
    """The same text for one object: ``7``, ``a-slug`` or a UUID's 32 hexadecimal digits."""
    if isinstance(obj._meta.pk, models.UUIDField):
        return str(obj.pk.hex)
    return str(obj.pk)


class TodoListQuerySet(QuerySet["tables.TodoList"]):
    """Questions about lists."""

    def update(self, **values: Any) -> int:
        """Raises each one's version with it, as every write does; but for what a writer counts under its lock."""
        if not values.keys() & COUNTED:
            values |= {"version": F("version") + 1, "updated_at": Now()}
        return super().update(**values)

    def _with_role(
        self, user: User, roles: tuple[str, ...] | None, permission: Literal["view", "change"]
    ) -> Self:
        if not user.is_authenticated:
            return self.none()
        memberships = tables.Membership.objects.filter(todo_list=OuterRef("pk"), user=user.pk)
        if roles is not None:
            memberships = memberships.filter(role__in=roles)
        return self.filter(Q(Exists(memberships)) | _about_accessible_object(user, permission))

    def visible_to(self, user: User) -> Self:
        """Lists that `user` may read: as a member, or through the object of the host that they are about."""
        return self._with_role(user, None, "view")

    def through_objects(self, user: User) -> Self:
        """Lists that `user` may read through the object of the host that they are about, member or not."""
        return self.filter(_about_accessible_object(user, "view"))

    def kept_by(self, user: User) -> Self:
        """Lists about objects of the host that `user` may read without being a member, and pinned or worked in lately.

        Those pinned come first (`is_pinned`). Where nobody keeps lists about objects, nothing is asked.
        """
        if not object_types():
            return self.none()
        done = tables.ListAction.objects.filter(action__user=user.pk)
        own = tables.Membership.objects.filter(todo_list=OuterRef("pk"), user=user.pk)
        pins = tables.Pin.objects.filter(todo_list=OuterRef("pk"), user=user.pk)
        lists = self.through_objects(user).annotate(is_pinned=Exists(pins))
        lists = lists.filter(~Exists(own), Q(is_pinned=True) | Q(pk__in=done.values("todo_list")))
        return lists.order_by("-is_pinned", "-updated_at", "-pk")

    def editable_by(self, user: User) -> Self:
        """Lists whose todos and labels `user` may change. What is archived or in the trash is only read."""
        here = self.filter(archived_at=None, deleted_at=None)
        return here._with_role(user, EDITORS, "change")

    def recoverable_by(self, user: User) -> Self:
        """Lists whose trash `user` decides about: of one that is archived, owners alone."""
        return self.editable_by(user) | self.owned_by(user)

    def owned_by(self, user: User) -> Self:
        """Lists whose name, members, archive and trash `user` decides about."""
        return self._with_role(user, ("owner",), "change")

    def with_rights(self, user: User) -> Self:
        """Those that `user` may read, each with the `role` from which it knows what else they may do in it."""
        own = tables.Membership.objects.filter(todo_list=OuterRef("pk"), user=user.pk)
        member = Coalesce(Subquery(own.values("role")), Value("viewer"))
        with object_types_remembered():
            by_object = When(_about_accessible_object(user, "change"), then=Value("owner"))
            return self.visible_to(user).annotate(role=Case(by_object, default=member))

    def alive(self) -> Self:
        """Lists that are not in the trash."""
        return self.filter(deleted_at=None)

    def active(self) -> Self:
        """Lists that are neither in the trash nor archived: those that views across lists look into."""
        return self.filter(deleted_at=None, archived_at=None)

    def trashed(self) -> Self:
        """Lists in the trash."""
        return self.exclude(deleted_at=None)

    def for_object(self, obj: models.Model) -> Self:
        """The lists about `obj`, an object of the host project."""
        return self.filter(
            object_type=ContentType.objects.get_for_model(obj, for_concrete_model=True),
            object_id=object_key(obj),
        )

    def about_nothing(self) -> Self:
        """Lists about an object of the host that is gone, or whose model is."""
        gone = Q(pk__in=[])
        for object_type in object_types():
            condition = Q(object_type=object_type)
            model = object_type.model_class()
            if model is not None:
                key = object_key_expression(model)
                keys = model._base_manager.annotate(todos_key=key).values("todos_key")
                condition &= ~Q(object_id__in=keys)
            gone |= condition
        return self.filter(gone)

    def with_details(self) -> Self:
        """Adds `completed_count`, `member_count`: what a list's page says beside its open todos."""
        todos = tables.Todo.objects.filter(todo_list=OuterRef("pk"))
        completed = todos.filter(is_completed=True, deleted_at=None, depth=0)
        members = tables.Membership.objects.filter(todo_list=OuterRef("pk"))
        return self.annotate(
            completed_count=CountedRows(completed.order_by("-completed_at", "-pk").values("pk")),
            member_count=AllRows(members.values("pk")),
        )

    def lock(
        self,
        ids: set[int],
        user: User | None = None,
        known: tables.TodoList | None = None,
        step: int = 0,
    ) -> dict[int, tables.TodoList]:
        """Take the write lock of each list and return them by primary key. The first statement of every write.

        Lists are read after that, with what `user` may do in them now; those that the user no longer sees are missing.
        An UPDATE serialises writers on SQLite and PostgreSQL alike; a fixed order keeps two of them from waiting for
        each other. One that is `known`, with what the user may do there, is not read again where its version is still
        the same: nobody wrote since. Then its count of open todos goes by `step` in the same statement.
        """
        written = {"version": F("version") + 1, "updated_at": Now()}
        if known is not None and ids == {known.pk}:
            same = self.filter(pk=known.pk, version=known.version)
            if same.update(**written, open_count=F("open_count") + step):
                known.version += 1
                return {known.pk: known}
        for pk in sorted(ids):
            self.filter(pk=pk).update(**written)
        with object_types_remembered():
            if user is None or len(ids) > 1 or not user.is_authenticated or object_types():
                lists: TodoListQuerySet = self if user is None else self.with_rights(user)
                return lists.in_bulk(ids)
            rows = _locked({"user": user.pk, "pk": next(iter(ids), 0)})
            return {todo_list.pk: todo_list for todo_list in rows}

    def purge(self) -> int:
        """Delete for ever, with everything in them, those that are still found under their locks. Returns how many."""
        with transaction.atomic():
            ids = set(self.values_list("pk", flat=True))
            tables.TodoList.objects.lock(ids)
            return self.filter(pk__in=ids).erase()

    def erase(self) -> int:
        """Delete locked lists for ever, their todos in batches: memory never holds all of 100,000. Returns how many."""
        ids = list(self.values_list("pk", flat=True))
        todos = tables.Todo.objects.filter(todo_list__in=ids)
        for rows in (tables.Completion, tables.Reminder, tables.Todo.labels.through):
            rows._base_manager.filter(todo__in=todos).delete()
        deepest_first = list(todos.order_by("-depth").values_list("pk", flat=True))
        for some in batched(deepest_first):
            todos.filter(pk__in=some).delete()
        gone = tables.TodoList.objects.filter(pk__in=ids).delete()[1]
        return gone.get("django_todos.TodoList", 0)


@Compiled
def _locked() -> TodoListQuerySet:
    """A list with what a member may do in it; no list is about an object of the host."""
    with any_member() as anybody:
        found = tables.TodoList.objects.with_rights(anybody)
    return found.filter(pk=Slot("pk", models.BigAutoField()))


class _InLists(QuerySet[_Model]):
    """Questions about what belongs to a list, which decides."""

    def visible_to(self, user: User) -> Self:
        """In lists that `user` may read; of todos, those in the trash included."""
        return self.in_lists(tables.TodoList.objects.visible_to(user))

    def editable_by(self, user: User) -> Self:
        """In lists whose todos and labels `user` may change."""
        return self.in_lists(tables.TodoList.objects.editable_by(user))

    def in_lists(self, lists: TodoListQuerySet) -> Self:
        """In these lists."""
        return self.filter(Exists(lists.filter(pk=OuterRef("todo_list"))))

    def first_of_each(self, lists: TodoListQuerySet, order: Sequence[str], count: int) -> Self:
        """In these lists, the first `count` of each and so the first `count` of all, in the order that an index has.

        PostgreSQL reads no more than these: not all that is in a large list. Elsewhere it is all of them.
        """
        if connections[self.db].vendor != "postgresql":
            return self.in_lists(lists)
        each = self.keys_of_first(lists, order, count)
        return self.model._default_manager.filter(pk__in=each)  # type: ignore[return-value]

    def keys_of_first(
        self, lists: TodoListQuerySet, order: Sequence[str], count: int
    ) -> QuerySet[Any]:
        """Primary keys of the same."""
        if connections[self.db].vendor != "postgresql":
            return self.in_lists(lists).order_by().values("pk")
        some = self.filter(todo_list=OuterRef("pk")).order_by(*order).values("pk")
        first = _Each(some, count=count)
        return lists.order_by().annotate(todos_first=first).values("todos_first")


class WrittenPast(NotImplementedError):
    """Somebody writes a todo past the methods that keep lists, counts and history true."""

    def __init__(self) -> None:
        super().__init__(
            "Todos are written by methods: Todo.add(todo_list, title, due=…) makes one; todo.edit(), complete(), move()"
            " and trash() change it; recording() makes several changes one action."
        )


class TodoQuerySet(_InLists["tables.Todo"]):
    """Questions about todos."""

    def create(self, **kwargs: Any) -> tables.Todo:
        """Refused: `Todo.add` makes a todo."""
        raise WrittenPast

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[tables.Todo]:
        """Refused, too."""
        raise WrittenPast

    def with_rights(self, user: User) -> Self:
        """Each with its list, which knows what `user` may do in it; without one where that can't be read."""
        lists = tables.TodoList.objects.with_rights(user)
        return self.prefetch_related(Prefetch("todo_list", lists))

    def alive(self) -> Self:
        """Neither in the trash nor in a list that is."""
        return self.filter(deleted_at=None, todo_list__deleted_at=None)

    def active(self) -> Self:
        """Alive, and not in an archived list."""
        return self.alive().filter(todo_list__archived_at=None)

    def open(self) -> Self:
        """Not completed."""
        return self.filter(is_completed=False)

    def completed(self) -> Self:
        """Completed."""
        return self.filter(is_completed=True)

    def roots(self) -> Self:
        """Todos that are nobody's subtask."""
        return self.filter(depth=0)

    def trashed(self) -> Self:
        """What was moved to the trash by itself (not along with a todo above it or with its list)."""
        return self.filter(deleted_top=None, todo_list__deleted_at=None).exclude(deleted_at=None)

    def purge(self) -> int:
        """Delete for ever, with everything below, those that are still found under the locks of their lists.

        Returns how many todos went.
        """
        with transaction.atomic():
            ids = set(self.values_list("todo_list", flat=True))
            tables.TodoList.objects.lock(ids)
            gone = self.filter(todo_list__in=ids).exclude(deleted_at=None).delete()[1]
            return gone.get("django_todos.Todo", 0)

    def in_order(self) -> Self:
        """In the order that people gave them."""
        return self.order_by("position", "pk")

    def above(self, todo: tables.Todo) -> Self:
        """Those that stand above `todo` at its level, in order."""
        here = Q(position__lt=todo.position) | Q(pk__lt=todo.pk)
        return self.filter(here, position__lte=todo.position).order_by(*IN_A_ROW)

    def below(self, todo: tables.Todo) -> Self:
        """Those that stand below `todo` at its level, in order."""
        here = Q(position__gt=todo.position) | Q(pk__gt=todo.pk)
        return self.filter(here, position__gte=todo.position).order_by(*IN_A_ROW)

    def overdue(self, now: datetime, zone: ZoneInfo) -> Self:
        """Due before `now`; a todo with a date alone, or a time that floats, by the wall clock in `zone`."""
        local = now.astimezone(zone)
        wall = Q(due_date__lt=local.date()) | Q(due_date=local.date(), due_time__lt=local.time())
        near = dated(None, last_near(local.date()))
        return self.filter(near, Q(due_at__lt=now) | Q(due_at=None) & wall)

    def due_on(self, day: date, zone: ZoneInfo) -> Self:
        """Due on `day` as it is in `zone`."""
        return self.due_between(day, day, zone)

    def due_between(self, first: date, last: date, zone: ZoneInfo) -> Self:
        """Due from `first` to `last`, both included, as these days are in `zone`."""
        start, end = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
        return self.filter(
            dated(first_near(first), last_near(last)),
            Q(due_at__gte=start, due_at__lt=end)
            | Q(due_at=None, due_date__gte=first, due_date__lte=last),
        )

    def due_until(self, last: date, zone: ZoneInfo) -> Self:
        """Due on `last` or before, as that day is in `zone`."""
        return self.filter(due_until(day_bounds(last, zone)[1], last, last_near(last)))

    def started(self, now: datetime, zone: ZoneInfo) -> Self:
        """Without a start that lies ahead of `now`."""
        local = now.astimezone(zone)
        return self.filter(started(now, local.date(), local.time()))

    def due_by(self, at: Mapping[str, Any]) -> Self:
        """Due until the end of a viewer's day (`Viewer.instants`, or slots for them), and started."""
        due = self.filter(due_until(at["end"], at["today"], at["near"]))
        return due.filter(started(at["now"], at["day"], at["time"]))

    def passed(self, what: Literal["due", "start"], at: Mapping[str, Any]) -> Self:
        """Of those that are due, or start, at a time of a day near a viewer's, the ones for which it went by.

        While nobody writes and the day is the same, what is late, or begins, changes only as their number grows.
        """
        day, hour, instant = f"{what}_date", f"{what}_time", f"{what}_at"
        wall = Q(**{f"{day}__lt": at["day"]}) | Q(**{day: at["day"], f"{hour}__lt": at["time"]})
        near = Q(
            **{f"{day}__gte": at["since"], f"{day}__lte": at["near"], f"{hour}__isnull": False}
        )
        return self.filter(near, Q(**{f"{instant}__lt": at["now"]}) | Q(**{instant: None}) & wall)

    def assigned_to(self, user: User) -> Self:
        """Assigned to `user`."""
        return self.filter(assignee=user.pk)

    def with_label(self, key: str, lists: Collection[int] = ()) -> Self:
        """Carrying a label whose casefolded name is `key`; of these lists, where they are said by primary key.

        These labels are read first: of each of them the database knows how frequent it is.
        """
        carrying = self.model.labels.through.objects.filter(todo=OuterRef("pk"))
        if not lists:
            return self.filter(Exists(carrying.filter(label__key=key)))
        labels = tables.Label.objects.filter(key=key, todo_list__in=lists)
        return self.filter(
            Exists(carrying.filter(label__in=list(labels.values_list("pk", flat=True))))
        )

    def with_subtask_counts(self) -> Self:
        """Adds `subtask_total` and `subtask_done`, counted over direct subtasks that are not in the trash."""
        subtasks = self.model._default_manager.filter(parent=OuterRef("pk"), deleted_at=None)
        return self.annotate(
            subtask_total=AllRows(subtasks.values("pk")),
            subtask_done=AllRows(subtasks.filter(is_completed=True).values("pk")),
        )

    def search(
        self, text: str, lists: Collection[int] = (), indexed: Collection[str] | None = None
    ) -> Self:
        """Todos whose title or notes hold every word of `text`, each as the beginning of a word.

        PostgreSQL looks words up in an index; where `indexed` says which, only these, in `lists`' part of it alone where
        they are said by primary key. SQLite looks at each row the user can see.
        Words of scripts that put no space between words are found anywhere, among the rows the user can see.
        """
        return searching.holding(self, searching.words_of(text), lists, indexed)


class LabelQuerySet(_InLists["tables.Label"]):
    """Questions about labels."""

    def update(self, **values: Any) -> int:
        """Their lists show them: a write to these."""
        with transaction.atomic():
            tables.TodoList.objects.lock(set(self.values_list("todo_list", flat=True)))
            return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """The same where they go."""
        with transaction.atomic():
            tables.TodoList.objects.lock(set(self.values_list("todo_list", flat=True)))
            return super().delete()

    # As Django's own: no manager has it, and no template calls it.
    vars(delete).update(queryset_only=True, alters_data=True)


class CompletionQuerySet(_InLists["tables.Completion"]):
    """Questions about what was completed."""

    def standing(self) -> Self:
        """Completions that nobody took back, of todos that are not in the trash."""
        return self.filter(undone_at=None, todo__deleted_at=None, todo_list__deleted_at=None)

    def told_of(self, todo: tables.Todo, now: datetime) -> Self:
        """Those of a todo that stand and whose actions were pruned: what its history has from before."""
        before = now - timedelta(days=settings.TRASH_DAYS)
        return self.filter(todo=todo.pk, undone_at=None, at__lt=before).select_related("user")


class OwnQuerySet(QuerySet[_Model]):
    """Questions about rows that belong to one user alone."""

    def visible_to(self, user: User) -> Self:
        """A user's own rows."""
        return self.filter(user=user.pk) if user.is_authenticated else self.none()

    editable_by = visible_to


class ActionQuerySet(OwnQuerySet["tables.Action"]):
    """Questions about what people did."""

    def told_in(self, todo_list_id: int) -> Self:
        """The history of a list: what anybody did there and did not take back."""
        return self.filter(lists=todo_list_id, undone_at=None)

    def told_of(self, todo: tables.Todo) -> Self:
        """The history of a todo, as far as it happened in the list that it is in."""
        return self.told_in(todo.todo_list_id).filter(changes__todos__has_key=str(todo.pk))

    def prune(self, now: datetime) -> int:
        """Delete actions older than the trash keeps things. Returns how many. Their lists' pages say how many there are."""
        old = self.filter(created_at__lt=now - timedelta(days=settings.TRASH_DAYS))
        with transaction.atomic():
            lists = tables.ListAction.objects.filter(action__in=old)
            tables.TodoList.objects.lock(set(lists.values_list("todo_list", flat=True)))
            return old.delete()[1].get("django_todos.Action", 0)


_ZONES_APART = 2
"""Days by which an instant's date in one zone can differ from that in another: they are up to 26 hours apart."""


def last_near(day: date) -> date:
    """The last date that something due on `day` somewhere in the world can bear."""
    return _shifted(day, _ZONES_APART)


def first_near(day: date) -> date:
    """The first one."""
    return _shifted(day, -_ZONES_APART)


def _shifted(day: date, days: int) -> date:
    """As far as there are dates."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def due_until(end: Any, last: Any, near: Any) -> Q:
    """Due before the instant `end`; with a date alone, or a time that floats, on the day `last` or before.

    No more than these are due on a date until `near`, which is what the index knows.
    """
    return dated(None, near) & (Q(due_at__lt=end) | Q(due_at=None, due_date__lte=last))


def started(now: Any, day: Any, time: Any) -> Q:
    """Without a start that lies ahead of `now`, which is `day` and `time` by the viewer's clock."""
    wall = Q(start_date__lt=day) | Q(start_date=day) & (
        Q(start_time=None) | Q(start_time__lte=time)
    )
    return Q(start_date=None) | Q(start_at__lte=now) | Q(start_at=None) & wall


class _Each(Subquery):
    """What a subquery finds first for each row of the outer one, a row each.

    PostgreSQL is not told how many: it takes each list for one of average size, which it would rather sort than read
    in an index's order until there are so many.
    """

    template = "unnest(ARRAY(%(subquery)s LIMIT (SELECT %(count)s)))"
