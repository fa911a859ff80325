"""Copy everything from a SQLite database that `make run` made into the empty, migrated one of DATABASE_URL.

    from-sqlite /data/db.sqlite3

Every row of every model with its own number, passwords and times to the microsecond (`dumpdata` would cut them in JSON,
and XML takes no control characters), in one transaction. Sessions are left behind, so people sign in again. Content
types and permissions are `migrate`'s, and are found by name. Both sides must have the same migrations.
"""

from __future__ import annotations

import os
import sys
from typing import Any

OURS = {"contenttypes.contenttype", "auth.permission", "sessions.session"}


def compare(wanted: list[Any]) -> None:
    """Both sides fit, and nothing is overwritten."""
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder

    sides = [MigrationRecorder(connections[alias]) for alias in ("source", "default")]
    source, target = (set(side.applied_migrations()) for side in sides)
    if not source:
        raise ValueError("the file holds no site of ours")
    if label := sorted(f"{app}.{name}" for app, name in source ^ target):
        raise ValueError(f"the two sides are of different versions: {', '.join(label[:5])}")
    for model in wanted:
        if model._base_manager.using("default").exists():
            found = model._meta.verbose_name_plural
            raise ValueError(f"the target holds {found} already; it must be empty")


def copy(wanted: list[Any]) -> int:
    """Copy all rows; how many."""
    from django.core import serializers
    from django.core.management.color import no_style
    from django.db import connection

    total = 0
    for model in wanted:
        rows = model._base_manager.using("source").order_by("pk").iterator()
        # As Python values, not as text: nothing is rounded on the way.
        plain = serializers.serialize("python", rows, use_natural_foreign_keys=True)
        for row in serializers.deserialize("python", plain, using="default"):
            row.save(using="default")
        there = model._base_manager.using("default").count()
        if there != len(plain):
            raise ValueError(f"{model._meta.label}: {len(plain)} rows read, {there} are there")
        total += there
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), wanted):
            cursor.execute(statement)
    return total


def main(file: str) -> None:
    """All of it, or nothing."""
    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.apps import apps
    from django.core.serializers import sort_dependencies
    from django.db import DatabaseError, connections, transaction

    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": {}}
    connections.settings["source"] = connections.settings["default"] | sqlite | {"CONN_MAX_AGE": 0}
    # What a row refers to comes before it.
    found = sort_dependencies([(config, None) for config in apps.get_app_configs()])
    wanted = [model for model in found if model._meta.label_lower not in OURS]
    try:
        with transaction.atomic():
            compare(wanted)
            print(f"from-sqlite: {copy(wanted)} rows copied")
    except (ValueError, DatabaseError) as error:
        sys.exit(f"from-sqlite: nothing was copied: {' '.join(str(error).split())}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not os.path.isfile(sys.argv[1]):
        sys.exit("usage: from-sqlite FILE")
    main(sys.argv[1])
