"""Files to read and to write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos.conf import settings
from django_todos.exchange.formats import FORMATS

if TYPE_CHECKING:
    from django_todos.models import TodoList


class ImportForm(forms.Form):
    """A file to import, and where to."""

    file = forms.FileField(label=_("File"))
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[
            ("", _("Detect automatically")),
            ("json", "django-todos JSON"),
            ("todotxt", "todo.txt"),
            ("taskwarrior", "Taskwarrior"),
        ],
    )
    list = forms.ChoiceField(
        label=_("List"),
        required=False,
        help_text=_("For todos that name none; without it, the inbox."),
    )

    def __init__(self, *args: Any, lists: Iterable[TodoList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", _("Inbox")),
            *((str(one.uuid), one.name) for one in lists if not one.is_inbox),
        ]
        self.fields["list"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Not larger than the project allows."""
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                gettext("The file has %(size)s bytes; at most %(most)s are taken.")
                % {
                    "size": formats.number_format(file.size),
                    "most": formats.number_format(settings.IMPORT_MAX_BYTES),
                }
            )
        return file


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
