"""The way out that each mail carries: one click ends mails of its kind, without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

from django_todos.mail import absolute, compose
from django_todos.models import Invitation, Preferences, Tell
from django_todos.models.given import key_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.core.mail import EmailMultiAlternatives

    from django_todos.viewer import Viewer

Kind = Literal[
    "reminders", "digest", "assigned", "invited", "role", "removed", "answered", "address"
]
"""What can be ended. "address": invitations to an address that no account is known by."""

_SALT = "django_todos.unsubscribe"


def with_way_out(
    template: str, kind: Kind, viewer: Viewer, context: dict[str, Any], *, to: str = ""
) -> EmailMultiAlternatives:
    """A mail with its way out, to the viewer; or `to` an address, which alone may end invitations to it."""
    token = unsubscribe_token(to or viewer.user, kind)
    out = absolute(reverse("django_todos:unsubscribe", args=[token]))
    settings_url = absolute(reverse("django_todos:preferences"))
    # RFC 8058: a mail program posts to the address by itself; both headers are needed.
    headers = {
        "List-Unsubscribe": f"<{out}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    context = context | {"unsubscribe_url": out, "settings_url": settings_url}
    return compose(template, viewer, context, to=to, headers=headers)


def unsubscribe_token(whose: AbstractBaseUser | str, kind: Kind) -> str:
    """What an unsubscribe link carries: it can't be forged, and does nothing but this."""
    who = whose if isinstance(whose, str) else str(whose.pk)
    return signing.dumps([who, kind], salt=_SALT)


def read_unsubscribe_token(token: str) -> tuple[AbstractBaseUser | str, Kind] | None:
    """Whose mails of which kind, or None for a token that we did not make."""
    try:
        whose, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    if kind == "address":
        return whose, kind
    model = get_user_model()
    user = model._default_manager.filter(pk=key_of(model, whose)).first()
    return None if user is None or kind not in get_args(Kind) else (user, kind)


def unsubscribe(whose: AbstractBaseUser | str, kind: Kind) -> None:
    """No more mails of that kind."""
    if isinstance(whose, str):
        Invitation.block(whose)
        return
    chosen: dict[str, Any] = {f"tell_{kind}": Tell.NEVER}
    if kind in ("reminders", "digest"):
        chosen = {kind: False}
    Preferences.objects.update_or_create(user_id=whose.pk, defaults=chosen)
