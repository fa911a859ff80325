"""Migrate: wait for the database, refuse what the running version could not live with, then migrate.

    migrate                       the command of compose's `migrate` and of Kubernetes' Job
    migrate --check               only say whether it would be refused

While migrations run, and until the last old container is gone, the old code works on the new tables. So
migrations that take away or tighten what it relies on are refused (exit 3) unless somebody has looked:
`backward_compatible = "why"` on the migration's class, or its name in MIGRATIONS_ACCEPTED
("app.0002_name other.0003_name"), for a deployment that stops the old version first.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

LOCK = 0x7D05  # any number that nothing else locks in this database

# Nothing that the old code does can fail because of these.
HARMLESS = {
    "AddIndex",
    "AddIndexConcurrently",
    "AlterModelManagers",
    "AlterModelOptions",
    "AlterModelTableComment",
    "AlterOrderWithRespectTo",
    "CreateModel",
    "RemoveConstraint",
    "RemoveIndex",
    "RemoveIndexConcurrently",
    "RenameIndex",
}
REASONS = {
    "RemoveField": "the old version still reads and writes the column",
    "DeleteModel": "the old version still reads and writes the table",
    "RenameField": "the old version knows the column by its old name",
    "RenameModel": "the old version knows the table by its old name",
    "AlterModelTable": "the old version knows the table by its old name",
    "AddConstraint": "the old version may write what it forbids",
    "AlterConstraint": "the old version may write what it forbids",
    "AlterUniqueTogether": "the old version may write what it forbids",
    "AlterIndexTogether": "it can't be judged",
}


def fail(message: str, code: int = 1) -> None:
    """One line, no traceback."""
    first = " ".join(str(message).split())
    print(f"migrate: {first}", file=sys.stderr)
    sys.exit(code)


def wait_for_database(connection: Any, deadline: float) -> None:
    """Return when the database answers; a refused password is not waited for."""
    from django.db import DatabaseError

    said = ""
    while True:
        try:
            connection.ensure_connection()
            return
        except DatabaseError as error:
            reason = " ".join(str(error).split())
        if "password authentication failed" in reason or "does not exist" in reason:
            fail(f"the database refuses: {reason}")
        if time.monotonic() > deadline:
            fail(f"the database did not answer in time: {reason}")
        if not said:
            said = f"migrate: waiting for the database: {reason}"
            print(said, file=sys.stderr)
        time.sleep(0.5)


def judge_field(operation: Any, before: Any, after: Any, connection: Any) -> str:
    """Why the old code could not live with a field that is added or altered; empty if it can."""
    model = after.apps.get_model(operation.app, operation.model_name)
    new = model._meta.get_field(operation.name)
    if type(operation).__name__ == "AddField":
        has_default = getattr(new, "db_default", None)
        from django.db.models.fields import NOT_PROVIDED

        if new.many_to_many or new.null or has_default not in (None, NOT_PROVIDED):
            return ""
        return "the old version does not fill the new column, which has no default in the database"
    old = before.apps.get_model(operation.app, operation.model_name)._meta.get_field(
        operation.name
    )
    if old.null and not new.null:
        return "the old version may leave the column empty"
    if new.unique and not old.unique:
        return "the old version may write what it forbids"
    if old.db_type(connection) != new.db_type(connection):
        longer = old.get_internal_type() == new.get_internal_type() == "CharField"
        if not (longer and (new.max_length or 10**9) >= (old.max_length or 10**9)):
            return "the column changes its type"
    return ""


def judge(
    migration: Any, before: Any, fresh: set[tuple[str, str]], connection: Any
) -> Iterator[str]:
    """Each reason why this migration must not run under the old version. `fresh`: models made in this plan."""
    state = before.clone()
    for operation in migration.operations:
        kind = type(operation).__name__
        name = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
        operation.app = migration.app_label
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        if kind == "CreateModel":
            fresh.add((migration.app_label, operation.name.lower()))
        elif kind in HARMLESS or (migration.app_label, name) in fresh:
            pass
        elif kind in ("AddField", "AlterField"):
            if reason := judge_field(operation, state, after, connection):
                yield f"{operation.describe()}: {reason}"
        else:
            yield f"{operation.describe()}: {REASONS.get(kind, 'what it does can not be judged')}"
        state = after


def refused(executor: Any, accepted: set[str], connection: Any) -> Iterator[str]:
    """A line for each migration of the plan that the running version could not live with."""
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    applied = executor.loader.applied_migrations
    used_apps = {app for app, name in applied}
    state = executor._create_project_state(with_applied_migrations=True)
    fresh: set[tuple[str, str]] = set()
    for migration, _backwards in plan:
        label = f"{migration.app_label}.{migration.name}"
        looked_at = getattr(migration, "backward_compatible", "") or label in accepted
        # An app without an applied migration is new here: no old version knows its tables.
        if migration.app_label in used_apps and not looked_at:
            for reason in judge(migration, state, fresh, connection):
                yield f"{label}: {reason}"
        state = migration.mutate_state(state, preserve=True)


def main() -> None:
    """See the module's own words."""
    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from config.checks import stop_if_misconfigured
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.exceptions import MigrationSchemaMissing
    from django.db.migrations.executor import MigrationExecutor

    stop_if_misconfigured()
    wait_for_database(connection, time.monotonic() + float(os.environ.get("DATABASE_WAIT", "60")))
    try:
        if connection.vendor == "postgresql":
            # Two at once (a retried Job, two operators): the second waits, and then has nothing to do.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        accepted = set(os.environ.get("MIGRATIONS_ACCEPTED", "").replace(",", " ").split())
        lines = list(refused(MigrationExecutor(connection), accepted, connection))
        for line in lines:
            print(f"migrate: refused {line}", file=sys.stderr)
        if lines:
            fail(
                "the running version could not live with these; see MIGRATIONS_ACCEPTED in deploy/README.md",
                3,
            )
        if "--check" in sys.argv[1:]:
            print("migrate: the running version can live with what is to be applied")
            return
        call_command("migrate", interactive=False, verbosity=1)
    except (DatabaseError, MigrationSchemaMissing, CommandError) as error:
        fail(f"stopped, nothing of the failed migration was kept: {error}")


if __name__ == "__main__":
    main()
