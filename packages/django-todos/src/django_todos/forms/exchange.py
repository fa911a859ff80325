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
from django_todos.exchange.detect import ENCODINGS
from django_todos.exchange.formats import FORMATS, WRITTEN, table
from django_todos.forms.dates import ZoneField

if TYPE_CHECKING:
    from django_todos.exchange.planning import Plan
    from django_todos.models import TodoList


class ImportForm(forms.Form):
    """A file to import, and where to."""

    file = forms.FileField(label=_("File"))
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[
            ("", _("Detect automatically")),
            *((one.name, one.label) for one in FORMATS.values()),
        ],
    )
    list = forms.ChoiceField(
        label=_("List"),
        required=False,
        help_text=_("For todos that name none; without it, the inbox."),
    )

    def __init__(self, *args: Any, lists: Iterable[TodoList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.uuid), one.name) for one in lists if not one.is_inbox]
        offered: Any = self.fields["list"]
        offered.choices = [("", _("Inbox")), *named]

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


class ReadingForm(forms.Form):
    """How a file is read, where that is doubtful: what the report's page offers to read it again with."""

    format = forms.ChoiceField(
        label=_("Format"), choices=[(one.name, one.label) for one in FORMATS.values()]
    )
    encoding = forms.ChoiceField(label=_("Letters"), choices=list(ENCODINGS.items()))
    zone = ZoneField(label=_("Time zone"))

    def __init__(self, *args: Any, names: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", _("none")), *((name, name) for name in names if name)]
        for field, (label, _known) in (table.FIELDS.items() if len(columns) > 1 else ()):
            self.fields[f"column-{field}"] = forms.ChoiceField(
                label=label, choices=columns, required=False
            )

    @classmethod
    def of(cls, plan: Plan) -> ReadingForm:
        """As the file was read, which is what a person changes."""
        names = plan.columns if plan.format == table.NAME else ()
        columns = dict(plan.reading.columns if plan.reading else ()) or table.columns_of(names)
        initial = {
            "format": plan.format,
            "encoding": _PLAIN.get(plan.decoded.encoding, plan.decoded.encoding),
            "zone": plan.tz.key,
            **{f"column-{field}": name for field, name in columns.items()},
        }
        return cls(names=names, initial=initial)


#: Encodings with a mark at the beginning are called the same.
_PLAIN = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}


class ExportForm(forms.Form):
    """`format` is a key of `WRITTEN`, `list` a UUID, or empty for all that the person sees."""

    format = forms.ChoiceField(label=_("Format"))
    list = forms.ChoiceField(label=_("List"), required=False)
    keys = forms.BooleanField(
        label=_("Give each line of a todo.txt a key (uid:)"),
        required=False,
        help_text=_(
            "Then a title may be changed elsewhere: imported again, the line finds its todo."
        ),
    )

    def __init__(self, *args: Any, lists: Iterable[TodoList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.uuid), str(one)) for one in lists]
        offered: Any = self.fields
        offered["format"].choices = [(name, FORMATS[name].label) for name in WRITTEN]
        offered["list"].choices = [("", _("All lists")), *named]
