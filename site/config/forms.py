"""The two of allauth's forms that do more here than there."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from config.accounts import invited
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from django_todos.models import Invitation


class ChangePasswordForm(forms.ChangePasswordForm):
    """Counts wrong passwords with those of the other forms."""

    def clean_oldpassword(self) -> str:
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["oldpassword"]):
            raise get_adapter().validation_error("incorrect_password")
        return str(self.cleaned_data["oldpassword"])


class SignupForm(forms.SignupForm):
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
            raise ValidationError(_("The invitation is for another address."))
        return email
