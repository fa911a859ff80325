"""Lists as people name them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos.limits import MAX_LIST_NAME
from django_todos.models import Color, TodoList
from django_todos.viewer import Viewer


class DuplicateForm(forms.Form):
    """What the copy of a list is called, and what it takes over."""

    name = forms.CharField(label=_("Name"), max_length=MAX_LIST_NAME)
    dates = forms.ChoiceField(
        label=_("Dates"),
        choices=[("keep", _("Keep dates and repeats")), ("clear", _("Without dates"))],
        widget=forms.RadioSelect,
        initial="keep",
    )
    completed = forms.BooleanField(label=_("Completed todos too, open again"), required=False)

    def made_from(self, todo_list: TodoList, viewer: Viewer) -> TodoList:
        """The copy."""
        chosen = self.cleaned_data
        return todo_list.duplicate(
            by=viewer.user,
            at=viewer.now,
            name=chosen["name"],
            completed=chosen["completed"],
            dates=chosen["dates"] == "keep",
        )


class ListForm(forms.ModelForm):
    """A list's name and description, and the colour that the person gives it."""

    color = forms.ChoiceField(
        label=_("Colour"), choices=Color.choices, widget=forms.RadioSelect, initial=Color.GREY
    )

    class Meta:
        model = TodoList
        fields = ["name", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].show_hidden_initial = True

    @property
    def seen(self) -> dict[str, str]:
        """What the person saw when they began; what stands now, for a field that came without it."""
        seen: dict[str, str] = {}
        for name in self.Meta.fields:
            raw = self.data.get(self.add_initial_prefix(name))
            unsaid = raw is None or self.fields[name].disabled
            seen[name] = str(self.initial[name] if unsaid else self.fields[name].to_python(raw))
        return seen

    @property
    def values(self) -> dict[str, str]:
        """Name and description as they were typed."""
        return {name: str(self.cleaned_data[name]) for name in self.Meta.fields}

    def ask_again(self, theirs: dict[str, str]) -> None:
        """Say at each field what somebody else wrote there meanwhile; saving once more keeps what was typed here."""
        self.data = {
            **dict(self.data.items()),
            **{self.add_initial_prefix(name): value for name, value in theirs.items()},
        }
        for name, value in theirs.items():
            self.add_error(
                name,
                gettext(
                    "Somebody changed this to “%(value)s” while the form was open. Save again to keep yours."
                )
                % {"value": value},
            )
