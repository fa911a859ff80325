"""Copy everything from a SQLite database that `make run` made into the empty, migrated one of DATABASE_URL.

    from-sqlite /data/db.sqlite3

Every row of every model with its own number, passwords and times to the microsecond (a JSON dump would cut them),
in one transaction: all of it, or nothing. Sessions are left behind, so people sign in again. Content types and
permissions are `migrate`'s, and are found by name. Both sides must have the same migrations.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

OURS = {"contenttypes.contenttype", "auth.permission", "sessions.session"}


class CopyError(Exception):
    """Why nothing was copied, in one line."""


def compare(wanted: list[Any]) -> None:
    """Both sides fit, and nothing is overwritten."""
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder

    source, target = (
        set(MigrationRecorder(connections[alias]).applied_migrations())
        for alias in ("source", "default")
    )
    if not source:
        raise CopyError("the file holds no site of ours")
    if source != target:
        label = sorted(f"{app}.{name}" for app, name in source ^ target)
        raise CopyError(f"the two sides are of different versions: {', '.join(label[:5])}")
    for model in wanted:
        if model._base_manager.using("default").exists():
            raise CopyError(
                f"the target holds {model._meta.verbose_name_plural} already; it must be empty"
            )


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
            raise CopyError(f"{model._meta.label}: {len(plain)} rows read, {there} are there")
        total += there
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), wanted):
            cursor.execute(statement)
    return total


def main() -> int:
    """See the module's own words."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        print("usage: from-sqlite FILE", file=sys.stderr)
        return 2
    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.apps import apps
    from django.core.serializers import sort_dependencies
    from django.db import DatabaseError, connections, transaction

    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1], "OPTIONS": {}}
    connections.settings["source"] = {
        **connections.settings["default"],
        **sqlite,
        "CONN_MAX_AGE": 0,
    }
    # What a row refers to comes before it.
    found = sort_dependencies([(config, None) for config in apps.get_app_configs()])
    wanted = [model for model in found if model._meta.label_lower not in OURS]
    try:
        with transaction.atomic():
            compare(wanted)
            print(f"from-sqlite: {copy(wanted)} rows copied")
    except (CopyError, DatabaseError) as error:
        print(f"from-sqlite: nothing was copied: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
