"""allauth's forms with our labels, words and manners. Those in lower case have the name that allauth asks by."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from config.accounts import invited
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from django_todos.models import Invitation


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
        "name": _("Name"),
        "passwordless": _("Sign in with it alone"),
    }
    helps = {
        "password1": _("At least 8 characters, not only digits, and none that everybody uses."),
        "passwordless": _("Without a password: the device then asks for a PIN or a finger."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            optional = name == "email" and not field.required
            field.label = _("Email (optional)") if optional else self.labels.get(name, field.label)
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


class _ChangePassword(account.ChangePasswordForm):
    """Counts wrong passwords with those of the other forms."""

    def clean_oldpassword(self) -> str:
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["oldpassword"]):
            raise get_adapter().validation_error("incorrect_password")
        return str(self.cleaned_data["oldpassword"])


class _Signup(account.SignupForm):
    """Whom an invitation lets in signs up by exactly the address that was invited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invited(context.request)
        if self.invitation:
            self.fields["email"].initial = self.invitation.typed
            self.fields["email"].required = True

    def clean_email(self) -> str:
        email = str(super().clean_email())
        invited_key = self.invitation and self.invitation.key  # none if it has ended meanwhile
        if settings.SIGNUP == "invited" and Invitation.key_of(email) != invited_key:
            raise forms.ValidationError(_("The invitation is for another address."))
        return email


login = ours(account.LoginForm)
signup = ours(_Signup, password1=_("Password"), password2=_("Repeat password"))
add_email = ours(account.AddEmailForm, email=_("Another address"))
change_password = ours(_ChangePassword)
set_password = ours(account.SetPasswordForm)
reset_password = ours(account.ResetPasswordForm)
reset_password_from_key = ours(account.ResetPasswordKeyForm)
reauthenticate = ours(account.ReauthenticateForm)

_CODE = _("Code of the app, or a recovery code")
mfa_authenticate = ours(mfa.AuthenticateForm, code=_CODE)
mfa_reauthenticate = ours(mfa.ReauthenticateForm, code=_CODE)
mfa_activate_totp = ours(ActivateTOTPForm, code=_("Code that the app shows"))
mfa_add_webauthn = ours(webauthn.AddWebAuthnForm)
mfa_edit_webauthn = ours(webauthn.EditWebAuthnForm)
