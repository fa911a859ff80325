"""Filters and sorting of a page, as they stand in its URL."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from django_todos.limits import MAX_LABEL
from django_todos.models import PRIORITY_CHOICES, Label
from django_todos.models.querysets import TodoQuerySet

if TYPE_CHECKING:
    from django_todos.viewer import Viewer


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
            ("", _("Any time")),
            ("overdue", _("Overdue")),
            ("today", _("Today")),
            ("week", _("Next 7 days")),
            ("none", _("No date")),
        ],
    )
    priority = forms.ChoiceField(
        label=_("Priority"), required=False, choices=[("", _("Any")), *PRIORITY_CHOICES]
    )
    label = forms.CharField(label=_("Label"), required=False, max_length=MAX_LABEL)
    assignee = forms.ChoiceField(
        label=_("Assignee"),
        required=False,
        choices=[("", _("Anybody")), ("me", _("Me")), ("nobody", _("Nobody"))],
    )

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
            bounds = {"none": (0, 0), "high": (1, 4), "medium": (5, 5), "low": (6, 9)}[
                chosen["priority"]
            ]
            todos = todos.filter(priority__range=bounds)
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
