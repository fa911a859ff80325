"""What can be read off the templates themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import django_todos

CODE = Path(django_todos.__file__).parent
TEMPLATES = CODE / "templates" / "django_todos"
VIEWS = "".join(path.read_text(encoding="utf-8") for path in (CODE / "views").glob("*.py"))
# What a view answers htmx with, less the one that only puts other parts together.
ANSWERED = set(re.findall(r'(?:part\(request, |more=)"(\w+)"', VIEWS)) - {"todo_row_update"}


def test_lines_can_be_read() -> None:
    long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert long == []


def test_no_block_of_a_page_can_be_one_of_a_host() -> None:
    """A host's base may have blocks of any name; a page of ours that fills one would replace what stands in it."""
    blocks = {
        (path.name, name)
        for path in TEMPLATES.glob("*.html")
        for name in re.findall(r"{%-?\s*block (\w+)", path.read_text(encoding="utf-8"))
        if name != "title" and not name.startswith("todos_")
    }
    assert blocks == set()


@pytest.mark.parametrize("part", sorted(ANSWERED))
def test_the_root_of_a_part_is_named_as_its_file(part: str) -> None:
    """Who reads an id in the browser knows the template."""
    text = (TEMPLATES / "parts" / f"{part}.html").read_text(encoding="utf-8")
    root = re.search(r"<(?!li>)\w+[^>]*>", text.split("{% endcomment %}")[-1])
    assert root and f'id="{part.replace("_", "-")}' in root[0]


def test_some_parts_are_answered() -> None:
    """The pattern above still finds them."""
    assert {"todo", "activity", "quick_add_chips", "repeat_dates"} <= ANSWERED


def test_the_stylesheets_know_nothing_that_is_nowhere() -> None:
    """Neither a class that nothing carries, nor a property that is nowhere said or nowhere used."""
    style = "".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.css"))
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    pages = "".join(
        path.read_text(encoding="utf-8")
        for path in CODE.rglob("*.*")
        if path.suffix in (".html", ".js", ".py")
    )
    carried = set(re.findall(r"[\w-]+", pages))
    begun = set(re.findall(r"([\w-]+-){", pages))  # as todos-due-{{ state }}
    of_a_site = {"todos-box-warn", "todos-sign"}  # where people sign in and are warned
    classes = set(re.findall(r"\.([a-z][\w-]*)", style)) - carried - of_a_site
    assert {one for one in classes if one[: one.rindex("-") + 1] not in begun} == set()
    said = set(re.findall(r"(--[\w-]+)\s*:", style))
    assert said == set(re.findall(r"var\(\s*(--[\w-]+)", style))
