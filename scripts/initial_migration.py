"""Write packages/django-todos' one migration anew from its models.

Run with the oldest supported Django: newer ones read what the oldest writes, not the
other way round. Until the first release there is one `0001_initial`; afterwards this file goes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.operations import AddConstraint, CreateModel
from django.db.migrations.operations.models import IndexOperation

PACKAGE = Path(__file__).parent.parent / "packages/django-todos/src"
MIGRATION = PACKAGE / "django_todos/migrations/0001_initial.py"

BRANCH = '''

def check_constraint(check, name):
    """`check` became `condition` in Django 5.1 and is gone in 6.0; migrations import nothing from the app."""
    return models.CheckConstraint(**{"condition" if django.VERSION >= (5, 1) else "check": check}, name=name)


def make_search_indexes(apps, schema_editor):
    """On PostgreSQL, without an extension: words of todos by list, and the todos in actions. Others look row by row."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX todos_todo_search ON django_todos_todo"
            " USING gin ((ARRAY[todo_list_id]), to_tsvector('simple', title || ' ' || notes))"
        )
        schema_editor.execute(
            "CREATE INDEX todos_action_todos ON django_todos_action USING gin ((changes -> 'todos'))"
        )


def drop_search_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX todos_todo_search")
        schema_editor.execute("DROP INDEX todos_action_todos")


class Migration('''
reduce = CreateModel.reduce


def fold(self: CreateModel, operation: Any, app_label: str) -> Any:
    """A table is made with its constraints, as Django 5.2 writes it too.

    One by one, SQLite would copy the table for each and Django render each state between: half of what `migrate` takes.
    """
    if not isinstance(operation, AddConstraint) or operation.model_name_lower != self.name_lower:
        return reduce(self, operation, app_label)
    constraints = [*self.options.get("constraints", []), operation.constraint]
    options = {**self.options, "constraints": constraints}
    return [CreateModel(self.name, self.fields, options, self.bases, self.managers)]


def names(self: Any, name: str, app_label: str) -> bool:
    """An index or a constraint touches one model; Django 4.2 takes it for one that might touch all."""
    return bool(name.lower() == self.model_name_lower)


def main() -> None:
    if django.VERSION[:2] != (4, 2):
        sys.exit(f"Run this with Django 4.2, not {django.__version__}.")
    sys.path.insert(0, str(PACKAGE))
    apps = ["django.contrib.auth", "django.contrib.contenttypes", "django_htmx", "django_todos"]
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    settings.configure(INSTALLED_APPS=apps, DATABASES={"default": database}, USE_TZ=True)
    django.setup()
    MIGRATION.unlink(missing_ok=True)
    options = {"name": "initial", "skip_checks": True, "include_header": False}
    with (
        patch.object(CreateModel, "reduce", fold),
        patch.object(IndexOperation, "references_model", names),
    ):
        call_command("makemigrations", "django_todos", **options)
    text = MIGRATION.read_text().replace("models.CheckConstraint(", "check_constraint(")
    text = text.replace("\n\nclass Migration(", BRANCH, 1)
    text = text.replace("import django.db", "import django\nimport django.db", 1)
    text, bracket, rest = text.rpartition("    ]")
    search = (
        "        migrations.RunPython(make_search_indexes, drop_search_indexes, elidable=False),\n"
    )
    MIGRATION.write_text(text + search + bracket + rest)


if __name__ == "__main__":
    main()
