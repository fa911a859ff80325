"""The date popover: one for every place where a date is chosen."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from django_todos.forms.dates import PickerForm
from django_todos.views._page import Request, back, is_htmx, part, signed_in


@signed_in("GET")
def date_picker(request: Request) -> HttpResponse:
    """The popover, for htmx, which takes out of it what it asked for. Without a script dates are fields of their pages."""
    if not is_htmx(request):
        return back(request, reverse("django_todos:today"))
    return part(
        request, "date_picker", {"form": PickerForm(request.GET, viewer=request.todos_viewer)}
    )
