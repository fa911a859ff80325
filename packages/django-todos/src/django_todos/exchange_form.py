"""The form of an export: which format, which lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_todos.exchange.formats import FORMATS

if TYPE_CHECKING:
    from django_todos.models import TodoList


class ExportForm(forms.Form):
    """`format` is a key of `FORMATS`, `list` a UUID, or empty for all that the person sees."""

    format = forms.ChoiceField(label=_("Format"))
    list = forms.ChoiceField(label=_("List"), required=False)

    def __init__(self, *args: Any, lists: Iterable[TodoList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        formats = [(one.name, one.label) for one in FORMATS.values()]
        named = [(str(one.uuid), one.name) for one in lists]
        self.fields["format"].choices = formats  # type: ignore[attr-defined]
        self.fields["list"].choices = [("", _("All lists")), *named]  # type: ignore[attr-defined]
