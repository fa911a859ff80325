"""Filters and sorting of a page, as they stand in its URL."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_todos.limits import MAX_LABEL
from django_todos.models import PRIORITY_CHOICES, Label, priority_bucket
from django_todos.models.querysets import TodoQuerySet
from django_todos.wording.people import display_name

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from django_todos.viewer import Viewer


@dataclass(frozen=True)
class FilterChip:
    """One thing that a page is narrowed to, or sorted by: the field, its label and what was chosen, in words."""

    name: str
    label: str
    words: str


class PersonField(forms.ChoiceField):
    """Me, nobody, or ``@name``: of somebody who may be a member no more, or never was, and so finds nothing."""

    def valid_value(self, value: Any) -> bool:
        """Whoever is named, so that an answer never says who exists."""
        return super().valid_value(value) or str(value).startswith("@")


class FilterForm(forms.Form):
    """Filters and sorting, as they stand in the URL. What it does not know, it ignores."""

    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("", _("My order")),
            ("due", _("Due date")),
            ("priority", _("Priority")),
            ("title", _("Title")),
            ("newest", _("Newest first")),
        ],
    )
    due = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[
            ("", _("Any")),
            ("overdue", _("Overdue")),
            ("today", _("Today")),
            ("week", _("Next 7 days")),
            ("none", _("No date")),
        ],
        widget=forms.RadioSelect,
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        required=False,
        choices=[("", _("Any")), *PRIORITY_CHOICES],
        widget=forms.RadioSelect,
    )
    label = forms.CharField(
        label=_("Label"),
        required=False,
        max_length=MAX_LABEL,
        widget=forms.TextInput(attrs={"list": "filter-labels", "autocomplete": "off"}),
    )
    assignee = PersonField(
        label=_("Assignee"),
        required=False,
        choices=[("", _("Anybody")), ("me", _("Me")), ("nobody", _("Nobody"))],
    )

    def __init__(self, data: Any, people: Iterable[AbstractBaseUser] = ()) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.people = {f"@{one.get_username()}": one for one in people}
        self._named = tuple((name, display_name(one)) for name, one in self.people.items())
        offered: Any = self.fields["assignee"]
        offered.choices = [*offered.choices, *self._named]

    @property
    def remembered_by(self) -> tuple[Any, ...]:
        """All that its fields show: two forms where that is equal look the same."""
        return self._named, *(self.data.get(name) for name in self.fields)

    @property
    def chips(self) -> list[FilterChip]:
        """What was chosen, in words; the sorting last."""
        chosen = sorted(self.chosen.items(), key=lambda one: one[0] == "sort")
        return [self._chip(name, value) for name, value in chosen]

    def _chip(self, name: str, value: str) -> FilterChip:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return FilterChip(name, "", str(field.label))
        words = dict(getattr(field, "choices", ())).get(value) or (
            value if name == "assignee" else f"#{value.lstrip('#')}"
        )
        return FilterChip(name, "" if name == "sort" else str(field.label), str(words))

    @property
    def chosen(self) -> dict[str, str]:
        """What was understood: name and value of each field that is not empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def filters(self) -> dict[str, str]:
        """The same without the sorting."""
        return {name: value for name, value in self.chosen.items() if name != "sort"}

    def apply(
        self, todos: TodoQuerySet, viewer: Viewer, lists: Collection[int] = ()
    ) -> TodoQuerySet:
        """`todos` less those that were filtered out; of these lists, where they are said by primary key."""
        chosen = self.filters
        if "priority" in chosen:
            wanted = [n for n in range(10) if priority_bucket(n) == chosen["priority"]]
            todos = todos.filter(priority__in=wanted)
        if "label" in chosen:
            todos = todos.with_label(Label.key_of(chosen["label"].lstrip("#")), lists)
        todos = self._whose(chosen.get("assignee"), todos, viewer)
        match chosen.get("due"):
            case "overdue":
                todos = todos.overdue(viewer.now, viewer.zone)
            case "today":
                todos = todos.due_between(viewer.today, viewer.today, viewer.zone)
            case "week":
                week = viewer.today + timedelta(days=6)
                todos = todos.due_between(viewer.today, week, viewer.zone)
            case "none":
                todos = todos.filter(due_date=None)
        return todos

    def _whose(self, who: str | None, todos: TodoQuerySet, viewer: Viewer) -> TodoQuerySet:
        if not who:
            return todos
        if who == "nobody":
            return todos.filter(assignee=None)
        person = viewer.user if who == "me" else self.people.get(who)
        return todos.assigned_to(person) if person is not None else todos.none()


class SearchFilterForm(FilterForm):
    """The same beside a search, which leaves completed todos out unless they are asked for."""

    completed = forms.BooleanField(label=_("Completed too"), required=False)
