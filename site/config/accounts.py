"""allauth with our choices: who may sign up, forms with our field classes, what templates know."""

from typing import Any, cast

from allauth.account import forms as account
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

import django_todos
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
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", args=key.split("-", 1))
        return settings.SITE_URL + path


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the site's own pages need, and the frame around them.

    The frame is looked up when a template shows it: the package's pages bring their own.
    """
    user = getattr(
        request, "user", None
    )  # a request that was refused early, for its host, has none
    viewer = SimpleLazyObject(lambda: Viewer.of(user) if user and user.is_authenticated else None)
    return {
        "signup_open": settings.SIGNUP == "open",
        "mail_configured": settings.MAIL_CONFIGURED,
        "version": lambda: django_todos.__version__,
        "revision": settings.REVISION,
        "viewer": viewer,
        "nav": SimpleLazyObject(lambda: Nav(cast(Viewer, viewer), "") if viewer else None),
    }


class Look(forms.Form):
    """No placeholder, for each field has a visible label; no focus that jumps; our words."""

    labels: dict[str, Any] = {
        "login": _("Username or email"),
        "username": _("Username"),
        "email": _("Email"),
        "password": _("Password"),
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("Repeat new password"),
    }
    helps = {
        "password1": _("At least 8 characters, not only digits, and none that everybody uses.")
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels[name] if field.required else _("Email (optional)")
            field.help_text = self.helps.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.pop("autofocus", None)
            if name == "login":
                field.widget.attrs["autocomplete"] = "username"

    def full_clean(self) -> None:
        """The first field that is wrong gets the focus."""
        super().full_clean()
        for name in [name for name in self.fields if name in self.errors][:1]:
            self.fields[name].widget.attrs["autofocus"] = True


def ours(form: Any, **labels: Any) -> Any:
    """allauth's form, looking like the others."""
    return type(form.__name__, (Look, form), {"labels": {**Look.labels, **labels}})


class _SignupForm(account.SignupForm):
    """Says everything that is wrong at once: allauth compares the passwords only when the first is good."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.data.get("password1") != self.data.get("password2") and not self.has_error(
            "password2"
        ):
            self.add_error("password2", _("The passwords are not the same."))
        return cleaned


LoginForm = ours(account.LoginForm)
SignupForm = ours(_SignupForm, password1=_("Password"), password2=_("Repeat password"))
AddEmailForm = ours(account.AddEmailForm, email=_("Another address"))
ChangePasswordForm = ours(account.ChangePasswordForm)
SetPasswordForm = ours(account.SetPasswordForm)
ResetPasswordForm = ours(account.ResetPasswordForm)
ResetPasswordFromKeyForm = ours(account.ResetPasswordKeyForm)
ReauthenticateForm = ours(account.ReauthenticateForm)
# Asks for the password again: an unlocked screen is not enough.
DeleteAccountForm = ours(account.ReauthenticateForm, password=_("Your password"))
