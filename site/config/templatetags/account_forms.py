"""How allauth's forms look: `{% account_form form %}`, before their fields are shown."""

from typing import Any

from django.forms import BaseForm
from django.template import Context, Library
from django.utils.translation import gettext_lazy as _

register = Library()
LABELS = {
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
HELPS = {
    "password1": _("At least 8 characters, not only digits, and none that everybody uses."),
    "passwordless": _("Without a password: the device then asks for a PIN or a finger."),
}


@register.simple_tag(takes_context=True)
def account_form(context: Context, form: BaseForm) -> str:
    """Our words, where the page has none of its own (`label_code`), and no placeholder: each field has a visible label.

    The first field that is wrong gets the focus, and no other.
    """
    wrong = next((field.name for field in form if field.errors), "")
    for field in form:
        optional = field.name == "email" and not field.field.required
        label = _("Email (optional)") if optional else LABELS.get(field.name, field.label)
        field.label = context.get(f"label_{field.name}") or label
        field.help_text = HELPS.get(field.name, "")
        attrs: dict[str, Any] = {"placeholder": False, "autofocus": field.name == wrong}
        if field.name == "login":
            attrs["autocomplete"] = "username"
        field.field.widget.attrs |= attrs
    return ""
