"""What the site does when something happens to an account. A person who looks after it wants to know of most of it: a line
each in the log "site.security"."""

import logging
from functools import partial
from types import ModuleType
from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.usersessions.models import UserSession
from config.accounts import account_of
from django.conf import settings
from django.contrib.admin.models import LogEntry, LogEntryManager
from django.contrib.auth import signals as auth
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models.signals import ModelSignal, post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from django_todos.models import Membership
from django_todos.signals import worker_ran

logger = logging.getLogger("site.security")
# Told by the names that Django and allauth give to what happens.
TOLD: dict[ModuleType, str] = {
    auth: "user_logged_in user_login_failed user_logged_out",
    account: "password_changed password_set password_reset email_added email_changed email_removed",
    mfa: "authenticator_added authenticator_removed authenticator_reset authentication_failed",
}


def tell(what: str, *, request: HttpRequest | None = None, more: str = "-", **sent: Any) -> None:
    """Of who could not sign in not what was typed as a name: it may be a password."""
    user = sent["user"] if "user" in sent else account_of(**sent["credentials"])
    address = request.META.get("REMOTE_ADDR", "-") if request else "-"
    logger.info("%s user=%s %s %s", what, getattr(user, "pk", None) or "-", address, more)


for module, names in TOLD.items():
    for name in names.split():
        getattr(module, name).connect(partial(tell, name), weak=False)


@receiver([post_save, post_delete], sender=Membership)
def role_changed(instance: Membership, signal: ModelSignal, **kwargs: Any) -> None:
    if "role" in (kwargs.get("update_fields") or ("role",)):
        role = "none" if signal is post_delete else instance.role
        user = User(pk=instance.user_id)  # the account itself may be going at this moment
        tell("role", user=user, more=f"list={instance.todo_list_id} {role}")


def each_by_itself(self: LogEntryManager, entries: list[LogEntry]) -> list[LogEntry]:
    """Of what is created together, as when several accounts are deleted, Django would tell nobody."""
    for entry in entries:
        entry.save()
    return entries


LogEntryManager.bulk_create = each_by_itself  # type: ignore[assignment,method-assign]


@receiver(post_save, sender=LogEntry)
def administered(instance: LogEntry, **kwargs: Any) -> None:
    more = f"{instance.content_type} {instance.object_id}: {instance.change_message}"
    tell("administered", user=instance.user, more=more)


@receiver(post_save, sender=User)
def administrators_are_believed(instance: User, created: bool, raw: bool, **kwargs: Any) -> None:
    """The address of one made by a command counts as confirmed."""
    if created and not raw and instance.is_superuser and instance.email:
        address = EmailAddress(user=instance, email=instance.email.lower(), primary=True)
        address.verified = address.can_set_verified()
        address.save()


@receiver(
    [account.user_signed_up, account.email_changed, account.email_confirmed, account.email_removed]
)
def only_confirmed_addresses_get_mail(**kwargs: Any) -> None:
    """The field that mails are sent to holds the main address once it is confirmed: nobody signs a stranger up."""
    user: User = kwargs["user"] if "user" in kwargs else kwargs["email_address"].user
    main = EmailAddress.objects.filter(user=user, primary=True).first()
    if main and settings.MAIL_CONFIGURED:
        user.email = main.email if main.verified else ""
        user.save(update_fields=["email"])


@receiver(worker_ran)
def forget_expired_sessions(**kwargs: Any) -> None:
    """Nor is it kept from where they were used. That the worker works is seen by the age of a file."""
    settings.HEARTBEAT_FILE.touch()
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
