"""allauth with our choices: who may sign up, forms with our field classes, what templates know."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP == "open")


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the account pages say depends on these two."""
    return {
        "signup_open": settings.SIGNUP == "open",
        "mail_configured": settings.MAIL_CONFIGURED,
    }


class Look(forms.Form):
    """Our field class; no placeholder, for each field has a visible label."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "todos-input"
            field.label = self.labels.get(name, field.label)


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
        # "Forgotten?" stands beside the label (templates/account/login.html).
        self.fields["password"].help_text = ""
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


class ResetPasswordKeyForm(Look, account.ResetPasswordKeyForm):
    labels = NEW_PASSWORDS


class ReauthenticateForm(Look, account.ReauthenticateForm):
    labels = {"password": _("Password")}


class DeleteAccountForm(ReauthenticateForm):
    """Asks for the password again (an unlocked screen is not enough), under the rate limit of a login."""

    labels = {"password": _("Your password")}
