"""The sidebar: the viewer's lists in their order, and how much is open where."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.utils.translation import gettext as _

from django_todos import limits
from django_todos.conf import settings
from django_todos.models import Invitation, Membership, Todo, TodoList
from django_todos.models.compiled import AnyUser, Compiled, Slot
from django_todos.models.counting import AllRows, Counted, CountedRows, counted
from django_todos.models.orders import ORDERS
from django_todos.models.querysets import (
    EDITORS,
    TodoQuerySet,
    object_types,
    object_types_remembered,
)
from django_todos.viewer import ANY_INSTANTS, Viewer


class NavList(NamedTuple):
    """One of the viewer's lists, as the sidebar's query gives it: a page with a hundred of them makes no model of any."""

    pk: int
    uuid: UUID
    name: str
    inbox_of: Any
    open_count: int
    archived_at: datetime | None
    deleted_at: datetime | None
    version: int
    updated_at: datetime
    color: str
    role: str

    def __str__(self) -> str:
        return _("Inbox") if self.is_inbox else self.name

    @property
    def is_inbox(self) -> bool:
        """Whether it is the viewer's inbox."""
        return self.inbox_of is not None


class ShownList(NamedTuple):
    """A list as it is shown; in the sidebar the inbox is called ``inbox``."""

    uuid: str
    name: str
    color: str
    open: int


class NavData(NamedTuple):
    """All that the sidebar's ways show."""

    current: str
    inbox_count: int
    today_count: Counted
    is_shared: bool
    invitation_count: int
    lists: tuple[ShownList, ...]
    about_objects: tuple[ShownList, ...]
    """One more than are shown, where there are more."""


class Nav:
    """The sidebar. One query, made when shown."""

    def __init__(self, viewer: Viewer, current: str) -> None:
        self.viewer = viewer
        self.current = current

    @cached_property
    def _rows(self) -> list[Any]:
        viewer, user = self.viewer, self.viewer.user
        name = Invitation.key_of(user.get_username())
        values = {"user": user.pk, "name": name, **viewer.instants}
        found = list(_lists(values, settings.SHARING, limits.COUNTED_TO))
        if not any(row[_INBOX_OF] == user.pk for row in found):
            TodoList.objects.inbox_of(user)
            found = list(_lists(values, settings.SHARING, limits.COUNTED_TO))
        return found

    @cached_property
    def _all(self) -> list[NavList]:
        own = (NavList._make(row[:-_TOTALS]) for row in self._rows)
        return [one for one in own if one.archived_at is None and one.deleted_at is None]

    @property
    def seen(self) -> tuple[Any, ...]:
        """Changes with every write to the viewer's lists, to what they are there and how these are shown; with what is
        late or begins by the clock; and with invitations. Of lists about objects of the host it knows nothing.
        """
        return self.viewer.today, self.invitation_count, self._rows

    @cached_property
    def today_count(self) -> Counted:
        """Todos due today or before."""
        if not object_types():
            return cast(Counted, self._rows[0][-_TOTALS])
        lists = TodoList.objects.visible_to(self.viewer.user).active()
        due = _open().due_by(self.viewer.instants)
        return counted(ORDERS["due"].countable_in(lists, due))

    @cached_property
    def lists(self) -> list[NavList]:
        """The lists, the inbox left out."""
        return [one for one in self._all if not one.is_inbox]

    @cached_property
    def about_objects(self) -> list[TodoList]:
        """Lists about objects of the host that the viewer keeps; one more than are shown, where there are more."""
        with object_types_remembered():
            if not object_types():  # so on most sites: not even a query is built
                return []
            found = TodoList.objects.active().kept_by(self.viewer.user)
            return list(found[: limits.OBJECT_LISTS + 1])

    @property
    def homes(self) -> tuple[ShownList, ...]:
        """Where the viewer can put todos, the inbox first."""
        own = sorted(
            (one for one in self._all if one.role in EDITORS), key=lambda one: not one.is_inbox
        )
        colors = self.colors
        return tuple(
            ShownList(str(one.uuid), str(one), colors.get(one.pk, "grey"), 0) for one in own
        )

    @cached_property
    def colors(self) -> dict[int, str]:
        """The colour that the viewer gave to each list, by the list's primary key."""
        return {one.pk: one.color for one in self.lists}

    @property
    def inbox(self) -> NavList:
        """The viewer's inbox."""
        return next(one for one in self._all if one.is_inbox)

    @property
    def inbox_count(self) -> int:
        """Open todos in the inbox."""
        return self.inbox.open_count

    @cached_property
    def invitation_count(self) -> int:
        """Invitations that wait for an answer. Which addresses are the viewer's is the host's to say."""
        if not self._rows[0][-2]:
            return 0
        return Invitation.objects.to(self.viewer.user).open(self.viewer.now).count()

    @property
    def is_shared(self) -> bool:
        """Whether anybody else is in any of the viewer's lists."""
        return bool(self._rows[0][-1])

    @property
    def shown(self) -> NavData:
        """What it shows, as one value."""
        return NavData(
            self.current,
            self.inbox_count,
            self.today_count,
            self.is_shared,
            self.invitation_count,
            tuple(map(_shown, self.lists)),
            tuple(
                ShownList(str(one.uuid), one.name, "grey", one.open_count)
                for one in self.about_objects
            ),
        )

    def of_list(self, pk: int) -> list[ShownList]:
        """The list as it is shown, if it is."""
        return [_shown(one) for one in self._all if one.pk == pk]

    @cached_property
    def version(self) -> str:
        """Changes with whatever the viewer sees anywhere: their day, their lists and every todo in them."""
        seen = [*self.seen, self.today_count]
        if object_types():
            others = TodoList.objects.through_objects(self.viewer.user)
            seen.append(others.aggregate(n=Sum(F("version") + 1))["n"])
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def _shown(one: NavList) -> ShownList:
    uuid = "inbox" if one.is_inbox else str(one.uuid)
    return ShownList(uuid, str(one), one.color, one.open_count)


_COLUMNS = [
    "id", "uuid", "name", "inbox_of_id", "open_count", "archived_at", "deleted_at", "version", "updated_at",
]  # fmt: skip
_INBOX_OF = NavList._fields.index("inbox_of")
_TOTALS = 5


def _open() -> TodoQuerySet:
    return Todo.objects.filter(deleted_at=None).open()


@Compiled
def _lists(sharing: bool, _counted_to: int) -> QuerySet[Any]:
    """A person's lists with what is shown of each, and five totals that depend on no row: the database counts once.

    Lists about objects of the host are left out of the totals: who sees them is the host's to say, for each person.
    """
    own = Membership.objects.filter(user=AnyUser().pk)
    lists = TodoList.objects.filter(Exists(own.filter(todo_list=OuterRef("pk"))))
    todos = _open().in_lists(lists.alive())  # what is archived has pages, too
    name = Slot("name", Invitation._meta.get_field("key"))
    asked = Invitation.objects.open(ANY_INSTANTS["now"]).filter(Q(key=name) | Q(key__contains="@"))
    others = Membership.objects.filter(todo_list__memberships__user=AnyUser().pk).exclude(
        user=AnyUser().pk
    )
    totals = {
        "today_count": CountedRows(
            ORDERS["due"].countable_in(lists.active(), _open().due_by(ANY_INSTANTS))
        ),
        "late_count": AllRows(todos.passed("due", ANY_INSTANTS).values("pk")),
        "begun_count": AllRows(todos.passed("start", ANY_INSTANTS).values("pk")),
        "may_be_invited": Exists(asked) if sharing else Value(False),
        "is_shared": Exists(others) if sharing else Value(False),
    }
    columns = [f"todo_list__{column}" for column in _COLUMNS]
    return (
        own.order_by("position", "pk")
        .annotate(**totals)
        .values_list(*columns, "color", "role", *totals)
    )
