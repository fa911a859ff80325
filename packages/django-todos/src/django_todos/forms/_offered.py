"""What is offered to choose from is known only when somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms


def choices_of(form: forms.BaseForm, name: str) -> Any:
    """What a field of the form offers."""
    return _field(form, name).choices


def offer(form: forms.BaseForm, name: str, choices: Iterable[Any]) -> None:
    """Lets a field of the form offer these: each a value and its label."""
    _field(form, name).choices = list(choices)


def _field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field
