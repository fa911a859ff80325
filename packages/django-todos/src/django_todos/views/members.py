"""The people of a list: who is in it as what, who comes in, who goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from django_todos.access import get_list, read_uuid
from django_todos.conf import settings
from django_todos.forms.members import ROLES, InviteForm
from django_todos.models import Invitation, LastOwner, Membership, Role, TodoList
from django_todos.views._page import Request, back, back_after, members_url, page, signed_in


@signed_in("GET", "POST", setting="SHARING")
def list_members(request: Request, uuid: UUID) -> HttpResponse:
    """Who is in a list and who is invited. POST invites somebody, or gives out a new link of an invitation."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid, "view" if request.method != "POST" else "own")
    if todo_list.is_inbox:
        raise PermissionDenied(_("The inbox is yours alone: it can't be shared."))
    if "renew" in request.POST:
        return _new_link(request, todo_list)
    data = request.POST if request.method == "POST" else None
    form = InviteForm(data, viewer=viewer, todo_list=todo_list)
    if form.is_valid() and form.send():
        return back_after(form.action, request, members_url(todo_list))
    return _page(request, todo_list, form, status=422 if form.errors else 200)


def _new_link(request: Request, todo_list: TodoList) -> HttpResponse:
    """Shown once, in the answer itself: what could show it again could show it to others."""
    viewer = request.todos_viewer
    found = Invitation.objects.open(viewer.now).filter(todo_list=todo_list.pk)
    invitation = get_object_or_404(found, uuid=read_uuid(request.POST["renew"]))
    token = invitation.renew_token(viewer.now)
    if not token:
        raise Http404
    path = reverse("django_todos:invitation-link", args=[token])
    link = {"of": invitation.pk, "url": request.build_absolute_uri(path)}
    form = InviteForm(viewer=viewer, todo_list=todo_list)
    response = _page(request, todo_list, form, link=link)
    response["Cache-Control"] = "no-store"
    return response


def _page(
    request: Request, todo_list: TodoList, form: InviteForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    viewer = request.todos_viewer
    members = list(todo_list.memberships.select_related("user").order_by("created_at", "pk"))
    mine = next((one for one in members if one.user_id == viewer.user.pk), None)
    owners = sum(one.role == Role.OWNER for one in members)
    waiting = Invitation.objects.open(viewer.now).filter(todo_list=todo_list.pk).order_by("pk")
    context = {
        "todo_list": todo_list,
        "members": members,
        "mine": mine,
        "is_last_owner": mine is not None and mine.role == Role.OWNER and owners == 1,
        "invitations": waiting if todo_list.can_own else [],
        "form": form,
        "has_mail": bool(settings.BASE_URL),
        "roles": ROLES,
    }
    return page(request, "list_members", str(todo_list.uuid), context | more, status=status)


def _of_member(request: Request, uuid: UUID) -> tuple[TodoList, Membership]:
    """A membership and its list, of which the viewer decides."""
    user = request.todos_viewer.user
    member = get_object_or_404(Membership.objects.select_related("user", "todo_list"), uuid=uuid)
    return get_list(user, member.todo_list.uuid, "own"), member


@signed_in("POST", setting="SHARING", home="list-index")
def member_role(request: Request, uuid: UUID) -> HttpResponse:
    """Another role for a member. To make somebody an owner is asked about first."""
    viewer = request.todos_viewer
    todo_list, member = _of_member(request, uuid)
    role = request.POST.get("role", "")
    if role == Role.OWNER != member.role:
        return back(request, reverse("django_todos:member-transfer", args=[member.uuid]))
    if role not in Role.values or member.user_id == viewer.user.pk:
        return back(request, members_url(todo_list), kept="same")
    action = todo_list.set_role(member.user, role, by=viewer.user, at=viewer.now)
    return back_after(action, request, members_url(todo_list), same="same")


@signed_in("POST", setting="SHARING", home="list-index")
def member_remove(request: Request, uuid: UUID) -> HttpResponse:
    """Take a member out. Their todos stay, with nobody to do them; Undo brings all of it back."""
    viewer = request.todos_viewer
    todo_list, member = _of_member(request, uuid)
    if member.user_id == viewer.user.pk:
        return back(request, reverse("django_todos:list-leave", args=[todo_list.uuid]))
    action = todo_list.remove_member(member.user, by=viewer.user, at=viewer.now)
    return back_after(action, request, members_url(todo_list))


@signed_in("GET", "POST", setting="SHARING")
def member_transfer(request: Request, uuid: UUID) -> HttpResponse:
    """Make a member an owner, beside oneself or in one's own place. Asks first: the latter can't be taken back."""
    viewer = request.todos_viewer
    todo_list, member = _of_member(request, uuid)
    if request.method != "POST":
        context = {"todo_list": todo_list, "member": member}
        return page(request, "member_transfer", str(todo_list.uuid), context)
    if "hand-over" in request.POST:
        action = todo_list.transfer(member.user, by=viewer.user, at=viewer.now)
    else:
        action = todo_list.set_role(member.user, Role.OWNER, by=viewer.user, at=viewer.now)
    return back_after(action, request, members_url(todo_list), same="same")


@signed_in("GET", "POST", setting="SHARING")
def list_leave(request: Request, uuid: UUID) -> HttpResponse:
    """Go out of a list. Asks first: only an owner can let one in again."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    if not todo_list.memberships.filter(user=viewer.user.pk).exists() or todo_list.is_inbox:
        raise PermissionDenied(_("You are no member of this list."))
    if request.method != "POST":
        return page(request, "list_leave", str(todo_list.uuid), {"todo_list": todo_list})
    try:
        action = todo_list.leave(by=viewer.user, at=viewer.now)
    except LastOwner:
        return back(request, members_url(todo_list), kept="owner")
    return back_after(action, request, reverse("django_todos:list-index"))
