"""The plans of every page's queries beside a million todos of others: `python benchmarks/bench_large.py`.

On PostgreSQL alone: DATABASE_URL names a server whose database ``todos_large`` it makes anew, or keeps with --keep. Of
each page it says queries, bytes and CPU, the time that the database took, and every sequential scan of a table of ours
by a query, which there should be none of; of searches the median of 20 words of a kind. As JSON with --json.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
NAME = "todos_large"

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.DATABASES["default"]["NAME"] = NAME
settings.ALLOWED_HOSTS = ["testserver"]
# As in most projects; the tests keep them in cookies.
settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from django_todos.models import Todo, TodoList  # noqa: E402

USERS, LISTS, EACH = 1000, 20, 50
BUSY = 50_000
"""Open todos of one person in one list, beside as many that are completed or in the trash."""
FILL = """
INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
    date_joined)
  SELECT n, '!', false, 'user' || n, '', '', 'user' || n || '@example.org', false, true, now()
  FROM generate_series(1, {users}) n;
INSERT INTO django_todos_todolist (id, uuid, name, description, inbox_of_id, object_type_id, object_id, open_count,
    version, archived_at, deleted_at, created_at, updated_at)
  SELECT n, gen_random_uuid(), 'List ' || n, '', CASE WHEN n % {lists} = 0 THEN n / {lists} END, NULL, '', 0, 1, NULL,
    NULL, now(), now()
  FROM generate_series(1, {users} * {lists}) n;
INSERT INTO django_todos_membership (uuid, todo_list_id, user_id, role, color, position, created_at)
  SELECT gen_random_uuid(), n, (n - 1) / {lists} + 1, 'owner', 'grey', n, now()
  FROM generate_series(1, {users} * {lists}) n;
INSERT INTO django_todos_membership (uuid, todo_list_id, user_id, role, color, position, created_at)
  SELECT gen_random_uuid(), n, ((n - 1) / {lists} + 1) % {users} + 1, 'editor', 'grey', n, now()
  FROM generate_series(1, {users} * {lists}, 10) n;
CREATE TEMPORARY TABLE given AS
  SELECT n AS id, gen_random_uuid() AS uuid, home, state, day,
    'Word' || (n::bigint * 7919) % 5000 || ' thing' || (n::bigint * 104729) % 200 || ' everyday'
      || CASE WHEN n % 1009 = 0 THEN ' rare' || (n / 1009) % 20 ELSE '' END AS title
  FROM (
    SELECT n, (n - 1) / {each} + 1 AS home, n % 20 AS state,
      CASE WHEN n % 3 = 0 THEN current_date + (n / 3) % 400 - 200 END AS day
    FROM generate_series(1, {users} * {lists} * {each}) n
    UNION ALL
    SELECT {users} * {lists} * {each} + n, {lists} * 2 - 1, CASE WHEN n > {busy} THEN n % 2 ELSE 5 END,
      CASE WHEN n % 3 = 0 THEN current_date + (n / 3) % 400 - 20 END
    FROM generate_series(1, 2 * {busy}) n
  ) AS rows_wanted;
INSERT INTO django_todos_todo (id, uuid, todo_list_id, parent_id, tree, depth, position, title, notes, priority,
    due_date, due_time, due_tz, due_at, due_moves, start_date, start_time, start_tz, start_at, assignee_id,
    is_completed, completed_at, rrule, repeat_mode, repeat_anchor_date, repeat_anchor_time, repeat_anchor_tz,
    repeat_since, slot_date, slot_time, slot_tz, occurrence, extra, deleted_at, deleted_top_id, version,
    created_by_id, created_at, updated_at)
  SELECT id, uuid, home, NULL, uuid, 0, id * 1024, title, '', id % 5, day, NULL, '', NULL, 0, NULL, NULL, '', NULL,
    CASE WHEN id % 50 = 0 THEN (home - 1) / {lists} + 1 END, state = 0, CASE WHEN state = 0 THEN now() END, '', 'due',
    NULL, NULL, '', 0, NULL, NULL, '', CASE WHEN state = 0 THEN 1 ELSE 0 END, '{{}}',
    CASE WHEN state = 1 THEN now() END, NULL, 0, (home - 1) / {lists} + 1, now(), now()
  FROM given;
INSERT INTO django_todos_completion (uuid, todo_id, todo_list_id, key, kind, user_id, at, due_date, due_time, due_tz, undone_at)
  SELECT gen_random_uuid(), id, home, '0', 'completed', (home - 1) / {lists} + 1, now() - id % 100000 * interval '1 minute',
    NULL, NULL, '', NULL
  FROM given WHERE state = 0;
INSERT INTO django_todos_label (id, uuid, todo_list_id, name, key, color)
  SELECT n, gen_random_uuid(), n, 'home', 'home', 'grey' FROM generate_series(1, {users} * {lists}) n;
INSERT INTO django_todos_todo_labels (todo_id, label_id) SELECT id, home FROM given WHERE id % 10 = 0;
INSERT INTO django_todos_action (id, uuid, user_id, verb, changes, created_at, undone_at)
  SELECT id, gen_random_uuid(), (home - 1) / {lists} + 1, 'edit',
    jsonb_build_object('todos', jsonb_build_object(id::text, '{{"title": ["a", "b"]}}'::jsonb), 'lists', '{{}}'::jsonb,
      'completions', '{{}}'::jsonb), now() - id % 40000 * interval '1 minute', NULL
  FROM given WHERE id % 2 = 0;
INSERT INTO django_todos_listaction (todo_list_id, action_id) SELECT home, id FROM given WHERE id % 2 = 0;
UPDATE django_todos_todolist AS one SET open_count = counted.n
  FROM (SELECT home, count(*) n FROM given WHERE state > 1 GROUP BY home) counted WHERE counted.home = one.id;
"""
SMALL = 1000
"""Rows below which a table is read as a whole, and should be."""
TABLES = ("auth_user", "todolist", "todo", "label", "action")


def make_database(keep: bool) -> None:
    """The database, filled; with `keep` as it is, where it is."""
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = "postgres"
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        known = cursor.fetchone() is not None
        if known and not keep:
            cursor.execute(f"DROP DATABASE {NAME}")
        if not (known and keep):
            cursor.execute(f"CREATE DATABASE {NAME}")
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = NAME
    if known and keep:
        return
    call_command("migrate", verbosity=0)
    fill = FILL.format(users=USERS, lists=LISTS, each=EACH, busy=BUSY)
    with connection.cursor() as cursor:
        cursor.execute(fill)
        for table in TABLES:
            name = table if table.startswith("auth") else f"django_todos_{table}"
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
            )
        cursor.execute("VACUUM ANALYZE")


def scans(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan" and plan["Plan Rows"] >= SMALL:
        yield plan["Relation Name"]
    for one in plan.get("Plans", []):
        yield from scans(one)


def explained(sql: str) -> tuple[float, list[str]]:
    """What a query took, in milliseconds, and what it scanned."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]
    return plan["Execution Time"], list(scans(plan["Plan"]))


def measured(work: Callable[[], HttpResponse], rounds: int = 5) -> dict[str, Any]:
    """What one page asks and costs."""
    work()
    with CaptureQueriesContext(connection) as queries:
        answer = work()
    said = [one["sql"] for one in queries]  # the next request forgets them
    assert answer.status_code < 400, answer.status_code
    cpu = []
    for _ in range(rounds):
        began = process_time()
        work()
        cpu.append((process_time() - began) * 1000)
    plans = [(*explained(sql), sql) for sql in said if sql.startswith("SELECT")]
    return {
        "queries": len(said),
        "bytes": len(answer.content),
        "cpu_ms": round(statistics.median(cpu), 1),
        "db_ms": round(sum(took for took, *_ in plans), 1),
        "slowest": max(plans, default=(0, [], ""))[0::2],
        "scanned": [(table, sql) for _, tables, sql in plans for table in tables],
    }


def pages(client: Client, name: str) -> dict[str, Callable[[], HttpResponse]]:
    """Every page that a person has."""
    user = get_user_model().objects.get(username=name)
    client.force_login(user)
    lists = TodoList.objects.filter(memberships__user=user, inbox_of=None).order_by("-open_count")
    todo = Todo.objects.filter(todo_list=lists[0], deleted_at=None, is_completed=False).first()
    names = (
        "today",
        "upcoming",
        "inbox",
        "assigned",
        "completed",
        "list-index",
        "trash",
        "version",
    )
    addresses = {one: reverse(f"django_todos:{one}") for one in names}
    addresses |= {
        one: reverse(f"django_todos:{one}", args=[lists[0].uuid])
        for one in ("list-detail", "list-completed", "list-activity", "list-members")
    }
    addresses |= {
        one: reverse(f"django_todos:{one}", args=[todo.uuid])
        for one in ("todo-detail", "todo-activity")
    }
    addresses["label"] = reverse("django_todos:label-detail", args=["home"])
    return {one: lambda url=url: client.get(url) for one, url in addresses.items()}


KINDS: dict[str, Callable[[int], str]] = {
    "a rare word": lambda n: f"rare{n}",
    "a word in every row": lambda n: "everyday",
    "two words": lambda n: f"word{n * 31} everyday",
    "a prefix": lambda n: f"thing{n + 1}"[:7],
}


def searches(client: Client, name: str) -> dict[str, dict[str, Any]]:
    """The median of 20 searches of each kind."""
    client.force_login(get_user_model().objects.get(username=name))
    url, said = reverse("django_todos:search"), {}
    for kind, word in KINDS.items():
        took = [
            measured(lambda n=n, word=word: client.get(url, {"q": word(n)}), 1) for n in range(20)
        ]
        said[kind] = max(took, key=lambda one: one["db_ms"]) | {
            "db_ms": statistics.median(one["db_ms"] for one in took)
        }
    return said


def main(*args: str) -> None:
    make_database("--keep" in args)
    client, found = Client(), {}
    for name in ("user7", "user2"):
        found |= {f"{name} {page}": measured(work) for page, work in pages(client, name).items()}
        found |= {f"{name} {kind}": one for kind, one in searches(client, name).items()}
    if "--json" in args:
        print(json.dumps(found, indent=1))
        return
    for page, one in found.items():
        tables = ", ".join(sorted({table for table, _ in one["scanned"]}))
        print(
            f"{page:<28} {one['cpu_ms']:8} ms CPU {one['db_ms']:8.1f} ms db {one['queries']:4}"
            f" {one['bytes']:9,} {tables}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
