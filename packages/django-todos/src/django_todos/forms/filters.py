"""Filters and sorting of a page, as they stand in its URL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_todos.limits import MAX_LABEL
from django_todos.models import PRIORITY_CHOICES, Label, priority_bucket
from django_todos.models.querysets import TodoQuerySet

if TYPE_CHECKING:
    from django_todos.viewer import Viewer


@dataclass(frozen=True)
class FilterChip:
    """One thing that a page is narrowed to, or sorted by: the field, its label and what was chosen, in words."""

    name: str
    label: str
    words: str


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
    assignee = forms.ChoiceField(
        label=_("Assignee"),
        required=False,
        choices=[("", _("Anybody")), ("me", _("Me")), ("nobody", _("Nobody"))],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FilterForm) and self._state == other._state

    def __hash__(self) -> int:
        return hash(self._state)

    @cached_property
    def _state(self) -> tuple[Any, ...]:
        """All that its fields show: two forms that are equal look the same."""
        choices = (tuple(getattr(field, "choices", ())) for field in self.fields.values())
        return type(self), *choices, *(self.data.get(name) for name in self.fields)

    @property
    def chips(self) -> list[FilterChip]:
        """What was chosen, in words; the sorting last."""
        chosen = sorted(self.chosen.items(), key=lambda one: one[0] == "sort")
        return [self._chip(name, value) for name, value in chosen]

    def _chip(self, name: str, value: str) -> FilterChip:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return FilterChip(name, "", str(field.label))
        words = dict(getattr(field, "choices", ())).get(value) or f"#{value.lstrip('#')}"
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

    def apply(self, todos: TodoQuerySet, viewer: Viewer) -> TodoQuerySet:
        """`todos` less those that were filtered out."""
        chosen = self.filters
        if "priority" in chosen:
            wanted = [n for n in range(10) if priority_bucket(n) == chosen["priority"]]
            todos = todos.filter(priority__in=wanted)
        if "label" in chosen:
            todos = todos.with_label(Label.key_of(chosen["label"].lstrip("#")))
        if chosen.get("assignee") == "me":
            todos = todos.assigned_to(viewer.user)
        elif chosen.get("assignee") == "nobody":
            todos = todos.filter(assignee=None)
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


class SearchFilterForm(FilterForm):
    """The same beside a search, which leaves completed todos out unless they are asked for."""

    completed = forms.BooleanField(label=_("Completed too"), required=False)
