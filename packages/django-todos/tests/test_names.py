"""One name, one thing: nobody has to ask which Row is meant, or whose json is imported."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import django_todos

MODULES = sorted(Path(django_todos.__file__).parent.rglob("*.py"))
# What Django finds by these names.
FIXED = {"Command", "Media", "Meta", "Migration"}


def test_no_two_classes_of_one_name() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    names = Counter(
        node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} <= FIXED


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    assert {path.stem for path in MODULES}.isdisjoint(sys.stdlib_module_names)


def test_every_string_is_found_by_makemessages() -> None:
    """It knows Django's functions by their names and by ``_``, and nothing else that they are imported as."""
    names = {
        alias.asname
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname
    }
    assert names == {"_"}
