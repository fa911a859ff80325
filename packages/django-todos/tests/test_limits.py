"""A limit stands once: pages say it as limits.py has it."""

from __future__ import annotations

import re
from pathlib import Path

from django.template import Context, Template

import django_todos
from django_todos import limits

TEMPLATES = Path(django_todos.__file__).parent / "templates"


def test_templates_take_limits_by_name(monkeypatch):
    monkeypatch.setattr(limits, "MAX_TITLE", 7)
    template = Template("{% load django_todos %}{% todos_limit 'MAX_TITLE' %}")
    assert template.render(Context()) == "7"


def test_no_template_has_a_length_of_its_own():
    pages = list(TEMPLATES.rglob("*.html"))
    assert pages
    for page in pages:
        assert not re.search(r'maxlength="\d|depth [<>]=? \d', page.read_text()), page
