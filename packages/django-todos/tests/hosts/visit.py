"""What a person does in a host, once it is migrated: signs in, adds a todo, looks at every page. Run inside the host's folder.

python visit.py PREFIX
"""

from __future__ import annotations

import os
import re
import sys

import django

PAGES = (
    "",
    "inbox/",
    "lists/",
    "upcoming/",
    "completed/",
    "trash/",
    "search/?q=plants",
    "preferences/",
)
# What a page under `default-src 'self'` may not have: a script of its own, a style of its own, a handler.
INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style[^>]*>|\sstyle="[^"]*"|\son[a-z]+="[^"]*\""""
)


def add_form(html: str) -> tuple[str, dict[str, str]]:
    """Where the form that adds a todo goes, and its hidden fields."""
    for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
        if 'name="text"' in form:
            break
    else:
        raise AssertionError("no form adds a todo")
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if 'type="hidden"' in tag and name:
            fields[name[1]] = value[1] if value else ""
    found = re.search(r'action="([^"]+)"', form)
    assert found, form
    return found[1], fields


def main(prefix: str) -> None:
    """Every step answers as it should, or an AssertionError says which does not."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mine.settings"
    sys.path.insert(0, os.getcwd())
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    call_command("migrate", verbosity=0)
    setup_test_environment()
    user = get_user_model().objects.create_user("alice", "alice@example.org", "word")
    client = Client()
    assert client.get(prefix).status_code == 302, "who is not signed in is sent to the login page"
    client.force_login(user)
    action, fields = add_form(client.get(f"{prefix}inbox/").content.decode())
    answer = client.post(action, {**fields, "text": "Water the plants"})
    assert answer.status_code in (302, 303), (answer.status_code, answer.content[:2000])
    for name in PAGES:
        page = client.get(prefix + name)
        assert page.status_code == 200, (name, page.status_code)
        assert not (found := INLINE.search(page.content.decode())), (name, found)
    assert "Water the plants" in client.get(f"{prefix}inbox/").content.decode()
    print("visited")


if __name__ == "__main__":
    main(sys.argv[1])
