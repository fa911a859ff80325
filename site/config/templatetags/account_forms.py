"""How allauth's forms look: `{% account_form form %}`, before their fields are shown."""

from django.forms import BaseForm
from django.template import Context, Library

register = Library()


@register.simple_tag(takes_context=True)
def account_form(context: Context, form: BaseForm) -> str:
    """The page's words (`label_NAME`, `help_NAME`), and no placeholder: each field has a visible label.

    The first field that is wrong gets the focus, and no other.
    """
    wrong = next((field.name for field in form if field.errors), "")
    for field in form:
        field.label = context.get(f"label_{field.name}") or field.label
        field.help_text = context.get(f"help_{field.name}") or ""
        field.field.widget.attrs |= {"placeholder": False, "autofocus": field.name == wrong}
        if field.name == "login":
            field.field.widget.attrs["autocomplete"] = "username"
    return ""
