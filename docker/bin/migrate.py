"""Migrate: wait for the database, refuse what the running version could not live with, then migrate.

    migrate                       the command of compose's `migrate` and of Kubernetes' Job
    migrate --check               only say whether it would be refused

Migrations that take away or tighten what the old code relies on are refused (exit 3) unless somebody has looked:
`backward_compatible = "why"` on the migration's class, or its name in MIGRATIONS_ACCEPTED
("app.0002_name other.0003_name"), for a deployment that stops the old version first.

DATABASE_WEB_ROLE with DATABASE_WEB_PASSWORD: the role that web and worker use, made and let in here. It reads and
writes rows and owns no table.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from typing import Any, NoReturn

LOCK = 0x7D05  # any number that nothing else locks in this database


def fail(message: object, code: int = 1) -> NoReturn:
    """One line, no traceback."""
    print("migrate:", *str(message).split(), file=sys.stderr)
    sys.exit(code)


# Nothing that the old code does can fail because of these.
HARMLESS = re.compile(
    "CreateModel|AlterModel(Options|Managers|TableComment)|RemoveConstraint|"
    "(Add|Remove|Rename)Index(Concurrently)?"
)
RENAMED = "the old version knows its old name"
FORBIDS = "the old version may write what it forbids"
REASONS = {"RenameField": RENAMED, "RenameModel": RENAMED, "AlterModelTable": RENAMED} | {
    "RemoveField": "the old version still reads and writes the column",
    "DeleteModel": "the old version still reads and writes the table",
    **{"AddConstraint": FORBIDS, "AlterConstraint": FORBIDS, "AlterUniqueTogether": FORBIDS},
}


def judge_field(old: Any, new: Any, connection: Any) -> str:
    """Why the old version can't live with this column; `old` is None for one that is added."""
    if old is None:
        filled = new.many_to_many or new.null or new.has_db_default()
        return "" if filled else "the old version does not fill it: no default in the database"
    if old.null and not new.null:
        return "the old version may leave the column empty"
    if new.unique and not old.unique:
        return FORBIDS
    text = old.get_internal_type() == new.get_internal_type() == "CharField"
    longer = text and (new.max_length or 10**9) >= (old.max_length or 10**9)
    same = old.db_type(connection) == new.db_type(connection)
    return "" if longer or same else "the column changes its type"


def judge(migration: Any, state: Any, fresh: set[Any], connection: Any) -> Iterator[str]:
    """Each reason why this migration must not run under the old version. `fresh`: models made in this plan."""
    for operation in migration.operations:
        kind, before, state = type(operation).__name__, state, state.clone()
        operation.state_forwards(migration.app_label, state)
        name = getattr(operation, "model_name", getattr(operation, "name", ""))
        model = migration.app_label, name.lower()
        fresh.update({model} if kind == "CreateModel" else ())
        if HARMLESS.fullmatch(kind) or model in fresh:
            continue
        reason = REASONS.get(kind, "what it does can not be judged")
        if kind in ("AddField", "AlterField"):
            was, is_now = (at.apps.get_model(*model)._meta for at in (before, state))
            old = was.get_field(operation.name) if kind == "AlterField" else None
            reason = judge_field(old, is_now.get_field(operation.name), connection)
        if reason:
            yield f"{operation.describe()}: {reason}"


def refused(executor: Any, accepted: list[str], connection: Any) -> Iterator[str]:
    """A line for each reason; of an app that is new here, no old version knows the tables."""
    used_apps = {app for app, _name in executor.loader.applied_migrations}
    state = executor._create_project_state(with_applied_migrations=True)
    fresh: set[Any] = set()
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        label = f"{migration.app_label}.{migration.name}"
        looked_at = getattr(migration, "backward_compatible", "") or label in accepted
        if migration.app_label in used_apps and not looked_at:
            yield from (f"{label}: {why}" for why in judge(migration, state, fresh, connection))
        state = migration.mutate_state(state, preserve=True)


def wait_for_database(connection: Any, seconds: float) -> None:
    """Return when the database answers; a refused password is not waited for."""
    from django.db import DatabaseError

    deadline = time.monotonic() + seconds
    while True:
        try:
            return connection.ensure_connection()
        except DatabaseError as error:
            reason = str(error)
        if "password authentication failed" in reason or "does not exist" in reason:
            fail(f"the database refuses: {reason}")
        if time.monotonic() > deadline:
            fail(f"the database did not answer in time: {reason}")
        time.sleep(0.5)


def let_in(connection: Any, role: str, password: str) -> None:
    """The role of web and worker, with this password; granted anew, since there may be new tables."""
    from psycopg import sql

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        statement = (
            f"{'ALTER' if cursor.fetchone() else 'CREATE'} ROLE {{0}} LOGIN PASSWORD {{1}};"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0};"
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {0}"
        )
        cursor.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))


def main() -> None:
    """See the module's own words."""
    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    import environ
    from config.apps import stop_if_misconfigured
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.exceptions import MigrationSchemaMissing
    from django.db.migrations.executor import MigrationExecutor

    stop_if_misconfigured()
    env = environ.FileAwareEnv()
    wait_for_database(connection, env.float("DATABASE_WAIT", 60.0))
    try:
        # Two at once (a retried Job, two operators): the second waits, and then has nothing to do.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        accepted = env.str("MIGRATIONS_ACCEPTED", "").replace(",", " ").split()
        if lines := list(refused(MigrationExecutor(connection), accepted, connection)):
            print(*(f"migrate: refused {line}" for line in lines), sep="\n", file=sys.stderr)
            fail("the running version could not live with these; see deploy/README.md", 3)
        if "--check" in sys.argv[1:]:
            print("migrate: the running version can live with what is to be applied")
            return
        call_command("migrate", interactive=False)
        call_command("createcachetable", verbosity=0)
        if role := env.str("DATABASE_WEB_ROLE", ""):
            # The site strips what it reads from a file, too.
            let_in(connection, role, env.str("DATABASE_WEB_PASSWORD").strip())
    except (DatabaseError, MigrationSchemaMissing, CommandError) as error:
        fail(f"stopped, nothing of the failed migration was kept: {error}")


if __name__ == "__main__":
    main()
