"""The page about security names tests: each of them is there."""

import re

from .base import SITE

ROOT = SITE.parent
PAGE = ROOT / "packages" / "django-todos" / "docs" / "security.md"


def test_what_the_page_says_holds_has_a_test() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    assert len(named) > 60
    folders = ("packages/django-todos/tests", "site/tests", "docker/tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("test_*.py")]
    there = {name for path in files for name in re.findall(r"def (test_\w+)", path.read_text())}
    assert named - there == set()
