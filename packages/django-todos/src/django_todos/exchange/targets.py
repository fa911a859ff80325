"""Into which list each todo of a file goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from django_todos.exchange.records import ListRecord
from django_todos.models import Membership, TodoList

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(eq=False, slots=True)
class Target:
    """A list that is there, or (``todo_list`` is None) one that the import makes."""

    name: str
    todo_list: TodoList | None = None
    record: ListRecord | None = None
    is_inbox: bool = False

    @property
    def is_new(self) -> bool:
        return self.todo_list is None and not self.is_inbox

    def is_same(self, other: Target) -> bool:
        """Whether both are one list, which two lists of the file may have become."""
        one, two = self.todo_list, other.todo_list
        return self is other or (one is not None and two is not None and one.pk == two.pk)


class ListLost(Exception):
    """A list into which an import that is under way writes can't be written to any more."""


class Targets:
    """Lists are found by their names among those that the user may edit; what has none is made.

    Where rows of the file were imported before, the rest of their list follows them, even if the
    list was renamed since. What names no list goes to ``default``, else to the user's inbox. An import that is
    under way was ``given`` its lists.
    """

    def __init__(
        self,
        user: AbstractBaseUser,
        default: TodoList | None,
        lists: Iterable[ListRecord],
        homes: dict[str, Counter[int]],
        given: Mapping[str, int] | None = None,
    ) -> None:
        self.user = user
        self._records: dict[str, ListRecord] = {}
        for record in lists:
            self._records.setdefault(record.key, record)
        self.editable = {one.pk: one for one in TodoList.objects.editable_by(user).order_by("pk")}
        self._default = self._default_target(default)
        self._targets = self._resolve(homes) if given is None else self._given(given)
        self._members: dict[int, dict[str, Any]] | None = None

    def of(self, key: str) -> Target:
        return self._targets.get(key, self._default)

    def keys(self) -> dict[str, Target]:
        """The target of each of the file's lists; of what names none it is the empty one."""
        return {"": self._default} | {
            key: self._targets[key] for key in self._records if key in self._targets
        }

    def inbox(self) -> list[Target]:
        """The default, if the file has an inbox with labels to keep."""
        record = self._default.record
        return [self._default] if record is not None and record.labels else []

    def existing(self, pk: int) -> Target | None:
        """The target that is this list, if the user may edit it."""
        if pk not in self.editable:
            return None
        known = [self._default, *self._targets.values()]
        return next(
            (one for one in known if one.todo_list is not None and one.todo_list.pk == pk), None
        ) or self._add(self.editable[pk])

    def empty(self, used: set[str]) -> list[Target]:
        """Lists of the file without a todo, which the user doesn't have under that name."""
        rest = {key: target for key, target in self._targets.items() if key not in used}
        if not any(target.is_new for target in rest.values()):
            return []
        names = TodoList.objects.visible_to(self.user).values_list("name", flat=True)
        known = {name.casefold() for name in names}
        return [one for one in rest.values() if one.is_new and one.name.casefold() not in known]

    def member(self, target: Target, username: str) -> Any:
        """The key of the member of the list with that name; a new list has one member."""
        if username == self.user.get_username():
            return self.user.pk
        if target.todo_list is None:
            return None
        if self._members is None:
            self._members = defaultdict(dict)
            rows = Membership.objects.filter(todo_list__in=list(self.editable))
            for row in rows.select_related("user"):
                self._members[row.todo_list_id][row.user.get_username()] = row.user_id
        return self._members.get(target.todo_list.pk, {}).get(username)

    def _default_target(self, default: TodoList | None) -> Target:
        record = next((one for one in self._records.values() if one.is_inbox), None)
        if default is not None:
            if default.pk not in self.editable:
                raise PermissionDenied(_("You can read this list, but not change it."))
            return Target(default.name, default, record, is_inbox=default.is_inbox)
        inbox = next(
            (one for one in self.editable.values() if one.inbox_of_id == self.user.pk), None
        )
        return Target(_("Inbox"), inbox, record, is_inbox=True)

    def _add(self, todo_list: TodoList) -> Target:
        target = Target(todo_list.name, todo_list)
        self._targets[f"\0{todo_list.pk}"] = target
        return target

    def _resolve(self, homes: dict[str, Counter[int]]) -> dict[str, Target]:
        by_name: dict[str, list[TodoList]] = defaultdict(list)
        for one in self.editable.values():
            if not one.is_inbox:
                by_name[one.name.casefold()].append(one)
        targets: dict[str, Target] = {}
        taken: set[int] = set()
        for key, record in self._records.items():
            if record.is_inbox:
                continue
            found = self._home(homes.get(key))
            if found is None and not (record.archived_at or record.deleted_at):
                namesakes = by_name[record.name.casefold()]
                found = next((one for one in namesakes if one.pk not in taken), None)
            if found is not None:
                taken.add(found.pk)
            targets[key] = Target(found.name if found else record.name, found, record)
        return targets

    def _given(self, given: Mapping[str, int]) -> dict[str, Target]:
        """What an import that is under way decided when it began. Raises ListLost where that can't be any more."""
        if not set(given.values()) <= self.editable.keys():
            raise ListLost
        lists = {key: self.editable[pk] for key, pk in given.items()}
        targets = {one.pk: Target(one.name, one) for one in lists.values()}
        self._default = targets[given[""]] if "" in given else self._default
        return {key: targets[one.pk] for key, one in lists.items()}

    def _home(self, counts: Counter[int] | None) -> TodoList | None:
        likely = (pk for pk, _number in counts.most_common()) if counts else ()
        return next((self.editable[pk] for pk in likely if pk in self.editable), None)
