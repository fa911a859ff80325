#!/usr/bin/env python3
"""Refuse to serve a data folder that an older development version made.

    DATA_DIR=data scripts/data_folder.py

Until the first release the package has one migration, made anew with each change of the models. A
database that has it applied but lacks what it makes now can't be migrated: one line, and exit 1.
Whatever was written after the first release has migrations, and passes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "site"
LABEL = "django_todos"


def differences() -> Iterator[str]:
    """What the models have, the migrations claim to have made, and the database lacks."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if (LABEL, "0001_initial") not in executor.loader.applied_migrations:
        return
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] == LABEL]
    if executor.migration_plan(leaves):
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_app_config(LABEL).get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in tables:
                yield table
                continue
            description = connection.introspection.get_table_description(cursor, table)
            wanted = {field.column for field in model._meta.local_concrete_fields}
            yield from (f"{table}.{name}" for name in wanted ^ {row.name for row in description})
            named = [*model._meta.constraints, *model._meta.indexes]
            found = connection.introspection.get_constraints(cursor, table)
            yield from (item.name for item in named if item.name not in found)


def main() -> int:
    """One line and 1, or nothing and 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOCAL", "true")
    sys.path.insert(0, str(SITE))
    import django
    from django.conf import settings

    django.setup()
    database = Path(settings.DATABASES["default"]["NAME"])
    if not database.exists():
        return 0
    if found := sorted(differences()):
        print(
            f"{database} was made by an older development version (it differs in {found[0]}"
            f"{f' and {len(found) - 1} more' if found[1:] else ''}); "
            "move it away, or choose another folder with DATA=.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
