"""Reminders of a todo, and the way out of mails that needs no login."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from django_todos import reminders
from django_todos._compat import login_not_required
from django_todos.access import get_todo
from django_todos.forms.dates import ReminderForm
from django_todos.models import Reminder
from django_todos.views._page import Request, back, signed_in


@signed_in("POST")
def reminder_create(request: Request, uuid: UUID) -> HttpResponse:
    """Remind the viewer of a todo that they can see. The same reminder twice is one."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid)
    form = ReminderForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return back(request, todo.get_absolute_url(), kept="reminder")
    Reminder.objects.get_or_create(todo=todo, user_id=viewer.user.pk, **form.cleaned_data)
    return back(request, todo.get_absolute_url())


@signed_in("POST")
def reminder_delete(request: Request, uuid: UUID) -> HttpResponse:
    """Take back one of the viewer's own reminders."""
    viewer = request.todos_viewer
    mine = Reminder.objects.visible_to(viewer.user)
    reminder = get_object_or_404(mine.select_related("todo"), uuid=uuid)
    reminder.delete()
    return back(request, reminder.todo.get_absolute_url())


@login_not_required
@csrf_exempt  # the signed token is the permission, and mail programs post without our cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, because programs follow links in mails to look at them; POST does it, without a login."""
    found = reminders.read_unsubscribe_token(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        reminders.unsubscribe(user, kind)
    context = {"kind": kind, "done": request.method == "POST"}
    response = render(request, "django_todos/unsubscribe.html", context)
    response["Referrer-Policy"] = "no-referrer"  # the address is the permission
    response["Cache-Control"] = "no-store"
    return response
