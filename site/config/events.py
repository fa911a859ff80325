"""What a person who looks after the site wants to know of accounts, a line each in the log "site.security"."""

import logging
from functools import partial
from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from config.accounts import account_of
from django.conf import settings
from django.contrib.admin.models import LogEntry, LogEntryManager
from django.contrib.auth import signals as auth
from django.contrib.auth.models import User
from django.db.models.signals import ModelSignal, post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from django_todos.models import Membership

logger = logging.getLogger("site.security")
TOLD = {
    auth.user_logged_in: "signed in",
    auth.user_login_failed: "sign-in failed",
    auth.user_logged_out: "signed out",
    account.password_changed: "password changed",
    account.password_set: "password set",
    account.password_reset: "password reset",
    account.email_added: "address added",
    account.email_changed: "main address changed",
    account.email_removed: "address removed",
    mfa.authenticator_added: "second step added",
    mfa.authenticator_removed: "second step removed",
    mfa.authenticator_reset: "second step replaced",
    mfa.authentication_failed: "second step failed",
}


def tell(what: str, *, request: HttpRequest | None = None, more: str = "-", **sent: Any) -> None:
    """Of who could not sign in not what was typed as a name: it may be a password."""
    user = sent["user"] if "user" in sent else account_of(**sent["credentials"])
    address = request.META.get("REMOTE_ADDR", "-") if request else "-"
    logger.info("%s user=%s %s %s", what, getattr(user, "pk", None) or "-", address, more)


for signal, what in TOLD.items():
    signal.connect(partial(tell, what), weak=False)


@receiver([post_save, post_delete], sender=Membership)
def role_changed(instance: Membership, signal: ModelSignal, **kwargs: Any) -> None:
    if "role" not in (kwargs.get("update_fields") or ("role",)):
        return
    role = "none" if signal is post_delete else instance.role
    # The account itself may be going at this moment.
    user = User(pk=instance.user_id)
    tell("role", user=user, more=f"list={instance.todo_list_id} {role}")


@receiver(post_save, sender=LogEntry)
def administered(instance: LogEntry, **kwargs: Any) -> None:
    more = f"{instance.content_type} {instance.object_id}: {instance.change_message}"
    tell("administered", user=instance.user, more=more)


def each_by_itself(self: LogEntryManager, entries: list[LogEntry]) -> list[LogEntry]:
    """Of what is created together, as when several accounts are deleted, Django would tell nobody."""
    for entry in entries:
        entry.save()
    return entries


LogEntryManager.bulk_create = each_by_itself  # type: ignore[assignment,method-assign]


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
