"""Invitations: in the app for whom they are made out to, and by the link in a mail."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings as project
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from django_todos import instants
from django_todos._compat import login_not_required
from django_todos.access import get_list
from django_todos.conf import settings
from django_todos.models import ChangedMeanwhile, Invitation, TooManyInvitations
from django_todos.viewer import Viewer
from django_todos.views._page import (
    Request,
    ask_whether_may_use,
    back,
    back_after,
    members_url,
    page,
    signed_in,
)
from django_todos.views.refused import tried


@signed_in("GET", setting="SHARING")
def invitation_index(request: Request) -> HttpResponse:
    """The invitations that wait for the viewer's answer."""
    viewer = request.todos_viewer
    waiting = Invitation.objects.to(viewer.user).open(viewer.now).with_people().order_by("-pk")
    return page(request, "invitation_index", "invitation-index", {"invitations": waiting})


@signed_in("POST", setting="SHARING", home="invitation-index")
def invitation_accept(request: Request, uuid: UUID) -> HttpResponse:
    """Join the list."""
    viewer = request.todos_viewer
    invitation = _mine(viewer, uuid)
    action = invitation.accept(viewer.user, at=viewer.now)
    return back_after(action, request, invitation.todo_list.get_absolute_url())


@signed_in("POST", setting="SHARING", home="invitation-index")
def invitation_decline(request: Request, uuid: UUID) -> HttpResponse:
    """Turn it down."""
    viewer = request.todos_viewer
    _mine(viewer, uuid).decline(viewer.user, at=viewer.now)
    return back(request, reverse("django_todos:invitation-index"), kept="declined")


def _mine(viewer: Viewer, uuid: UUID) -> Invitation:
    return get_object_or_404(Invitation.objects.to(viewer.user).in_lists(), uuid=uuid)


@signed_in("POST", setting="SHARING", home="list-index")
def invitation_withdraw(request: Request, uuid: UUID) -> HttpResponse:
    """Take an invitation back."""
    viewer = request.todos_viewer
    invitation = _of_owner(viewer, uuid)
    action = invitation.withdraw(by=viewer.user, at=viewer.now)
    return back_after(action, request, members_url(invitation.todo_list), same="done")


@signed_in("POST", setting="SHARING", home="list-index")
def invitation_resend(request: Request, uuid: UUID) -> HttpResponse:
    """Send it once more, with a link of its own."""
    viewer = request.todos_viewer
    old = _of_owner(viewer, uuid)
    try:
        _new, action = Invitation.send(
            old.todo_list, old.typed, old.role, by=viewer.user, at=viewer.now
        )
    except TooManyInvitations:
        return back(request, members_url(old.todo_list), kept="many")
    return back_after(action, request, members_url(old.todo_list))


def _of_owner(viewer: Viewer, uuid: UUID) -> Invitation:
    invitation = get_object_or_404(Invitation.objects.in_lists(), uuid=uuid)
    invitation.todo_list = get_list(viewer.user, invitation.todo_list.uuid, "own")
    return invitation


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. GET shows who asks whom into what, signed in or not; POST answers, by whom it was meant for."""
    return tried(_answered, request, token)


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    invitation = Invitation.by_token(token)
    if not settings.SHARING or invitation is None:
        raise Http404
    now, user = instants.now(), request.user
    if not invitation.is_open(now):
        return _card(request, invitation, "over", status=410)
    if not user.is_authenticated:
        if request.method == "POST":
            return redirect_to_login(request.path)
        return _card(request, invitation, "stranger")
    ask_whether_may_use(user)
    if not invitation.is_for(user, with_link=True):
        return _card(request, invitation, "other", status=403 if request.method == "POST" else 200)
    if request.method != "POST":
        return _card(request, invitation, "asked")
    try:
        if "decline" in request.POST:
            invitation.decline(user, at=now, with_link=True)
            return redirect("django_todos:today")
        invitation.accept(user, at=now, with_link=True)
    except ChangedMeanwhile:  # the other tab was quicker
        return _card(request, invitation, "over", status=410)
    return redirect(invitation.todo_list.get_absolute_url())


def _card(
    request: HttpRequest, invitation: Invitation, state: str, *, status: int = 200
) -> HttpResponse:
    members = invitation.todo_list.memberships.select_related("user")
    context = {
        "invitation": invitation,
        "state": state,
        "members": members.order_by("created_at", "pk"),
        "login_url": resolve_url(project.LOGIN_URL),
        "here": request.path,
    }
    response = render(request, "django_todos/invitation.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"  # the address is half of the permission
    return response
