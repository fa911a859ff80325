"""allauth with our choices: who may sign up, forms with our field classes, what templates know."""

from __future__ import annotations

from functools import partial
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from django_todos.viewer import Viewer
from django_todos.views._page import Nav


class Adapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("That didn’t match. Check the name and the password."),
        "email_password_mismatch": _("That didn’t match. Check the address and the password."),
        "incorrect_password": _("That is not your password."),
        "too_many_login_attempts": _("Too many attempts. Wait some minutes, then try again."),
        "email_taken": _("Another account has this address."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP == "open")

    # Links in mails start with SITE_URL, whatever port a request's Host header made up.

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        return f"{settings.SITE.origin}{path}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, token = key.split("-", 1)
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return f"{settings.SITE.origin}{path}"


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the site's own pages need, and the frame around them.

    The frame is looked up when a template shows it: the package's pages bring their own.
    """
    viewer = SimpleLazyObject(partial(_viewer, request))
    return {
        "signup_open": settings.SIGNUP == "open",
        "mail_configured": settings.MAIL_CONFIGURED,
        "viewer": viewer,
        "nav": SimpleLazyObject(lambda: Nav(viewer, "") if viewer else None),
    }


def _viewer(request: HttpRequest) -> Viewer | None:
    # A request that was refused early (a foreign host) has no user at all.
    user = getattr(request, "user", None)
    return Viewer.of(user) if user is not None and user.is_authenticated else None


class Look(forms.Form):
    """No placeholder, for each field has a visible label; no focus that jumps; our words."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.pop("autofocus", None)
            field.label = self.labels.get(name, field.label)
            if "password" in name:
                field.help_text = PASSWORD_HELP if name == "password1" else ""


PASSWORD_HELP = _("At least 8 characters, not only digits, and none that everybody uses.")
PASSWORDS = {"password1": _("Password"), "password2": _("Password, once more")}
NEW_PASSWORDS = {
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}


class LoginForm(Look, account.LoginForm):
    labels = {"login": _("Username or email"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(Look, account.SignupForm):
    labels = {"username": _("Username"), "email": _("Email"), **PASSWORDS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.fields["email"].required:
            self.fields["email"].label = _("Email (optional)")


class AddEmailForm(Look, account.AddEmailForm):
    labels = {"email": _("Another address")}


class ChangePasswordForm(Look, account.ChangePasswordForm):
    labels = NEW_PASSWORDS


class SetPasswordForm(Look, account.SetPasswordForm):
    labels = NEW_PASSWORDS


class ResetPasswordForm(Look, account.ResetPasswordForm):
    labels = {"email": _("Email")}


class ResetPasswordFromKeyForm(Look, account.ResetPasswordKeyForm):
    labels = NEW_PASSWORDS


class ReauthenticateForm(Look, account.ReauthenticateForm):
    labels = {"password": _("Password")}


class DeleteAccountForm(ReauthenticateForm):
    """Asks for the password again: an unlocked screen is not enough."""

    labels = {"password": _("Your password")}
