"""What pages take of somebody with much beside somebody with little, among a million todos of others, on PostgreSQL.

`python benchmarks/bench_large.py [--keep] [--json] [part of a page's address]`. DATABASE_URL names a server whose
database ``todos_large`` it makes anew, or keeps with --keep. Each page is made, none is shown as it was kept. The list of the one has 50,000 open todos, 100,000 that are
completed and as many in the trash; the other's has more than a page of each, so that both pages show as many. Of each
page it says the milliseconds of both, of these the database's, their ratio (all the least of some rounds in turns, so
that what else the machine does counts little; `!` where it is above 1.1 by more than half a millisecond), queries, bytes,
and every sequential scan of a table of ours; of searches the database's execution time, the median of 20 words of a kind.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
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

from django_todos.models import TodoList  # noqa: E402
from django_todos.models.orders import ORDERS  # noqa: E402

USERS, LISTS, EACH = 1000, 20, 50
PAIR = {"little": (3, 1000, 300), "large": (2, 50_000, 100_000)}
"""Who they are, how many todos are open in their list, how many completed, and as many in the trash."""
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
  SELECT *, 'Word' || (id * 7919) % 5000 || ' thing' || (id * 104729) % 200 || ' everyday'
      || CASE WHEN id % 1009 = 0 THEN ' rare' || (id / 1009) % 20 ELSE '' END AS title,
    gen_random_uuid() AS uuid, (home - 1) / {lists} + 1 AS owner, now() - id % 40000 * interval '1 minute' AS at
  FROM (
    SELECT n::bigint AS id, (n - 1) / {each} + 1 AS home, n % 20 AS state, n % 10 = 0 AS labelled, n % 50 = 0 AS assigned,
      CASE WHEN n % 3 = 0 THEN current_date + (n / 3) % 400 - 200 END AS day
    FROM generate_series(1, {users} * {lists} * {each}) n
    UNION ALL
    SELECT owner * 1000000 + n, owner * {lists} - 1, CASE WHEN n <= opened THEN 5 WHEN n <= opened + gone THEN 0 ELSE 1 END,
      n % 2 = 0, n % 2 = 0,
      -- what the pages of both show, then what much there is before and after: 250 or thousands on one day
      CASE WHEN n <= 250 THEN current_date + 40 WHEN n <= 400 THEN current_date + n % 16 - 10
        WHEN n > 1000 AND n % 4 = 0 THEN current_date + 40 WHEN n > 1000 AND n % 4 = 1 THEN current_date - 30 - n % 1000
        WHEN n > 1000 AND n % 4 = 2 THEN current_date + 60 + n % 1000 END
    FROM (VALUES {pair}) AS one (owner, opened, gone), generate_series(1, opened + 2 * gone) n
  ) AS rows_wanted;
INSERT INTO django_todos_todo (id, uuid, todo_list_id, parent_id, tree, depth, position, title, notes, priority,
    due_date, due_time, due_tz, due_at, due_moves, start_date, start_time, start_tz, start_at, assignee_id,
    is_completed, completed_at, rrule, repeat_mode, repeat_anchor_date, repeat_anchor_time, repeat_anchor_tz,
    repeat_since, slot_date, slot_time, slot_tz, occurrence, extra, deleted_at, deleted_top_id, version,
    created_by_id, created_at, updated_at)
  SELECT id, uuid, home, NULL, uuid, 0, id * 1024, title, '', id % 5, day, NULL, '', NULL, 0, NULL, NULL, '', NULL,
    CASE WHEN assigned THEN owner END, state = 0, CASE WHEN state = 0 THEN at END, '', 'due',
    NULL, NULL, '', 0, NULL, NULL, '', CASE WHEN state = 0 THEN 1 ELSE 0 END, '{{}}',
    CASE WHEN state = 1 THEN at END, NULL, 0, owner, now(), now()
  FROM given;
INSERT INTO django_todos_completion (uuid, todo_id, todo_list_id, key, kind, user_id, at, due_date, due_time, due_tz, undone_at)
  SELECT gen_random_uuid(), id, home, '0', 'completed', owner, at, NULL, NULL, '', NULL
  FROM given WHERE state = 0;
INSERT INTO django_todos_label (id, uuid, todo_list_id, name, key, color)
  SELECT n, gen_random_uuid(), n, 'home', 'home', 'grey' FROM generate_series(1, {users} * {lists}) n;
INSERT INTO django_todos_todo_labels (todo_id, label_id) SELECT id, home FROM given WHERE labelled;
INSERT INTO django_todos_action (id, uuid, user_id, verb, changes, created_at, undone_at)
  SELECT id, gen_random_uuid(), owner, 'edit',
    jsonb_build_object('todos', jsonb_build_object(id::text, '{{"title": ["a", "b"]}}'::jsonb), 'lists', '{{}}'::jsonb,
      'completions', '{{}}'::jsonb), at, NULL
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
    pair = str(list(PAIR.values()))[1:-1]
    fill = FILL.format(users=USERS, lists=LISTS, each=EACH, pair=pair)
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


class Clock:
    """Around one request: what it takes, and of that the database."""

    def __init__(self, work: Callable[[], HttpResponse]) -> None:
        self.db_ms = 0.0
        began = perf_counter()
        with connection.execute_wrapper(self):
            self.answer = work()
        self.ms = (perf_counter() - began) * 1000

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        began = perf_counter()
        try:
            return execute(*args)
        finally:
            self.db_ms += (perf_counter() - began) * 1000


def asked(work: Callable[[], HttpResponse]) -> dict[str, Any]:
    """What one page asks, and which of it the database reads from end to end."""
    work()
    with CaptureQueriesContext(connection) as queries:
        answer = work()
    said = [one["sql"] for one in queries]  # the next request forgets them
    assert answer.status_code < 400, (answer.status_code, answer.request["PATH_INFO"])
    plans = [(*explained(sql), sql) for sql in said if sql.startswith("SELECT")]
    return {
        "queries": len(said),
        "bytes": len(answer.content),
        "execution_ms": round(sum(took for took, *_ in plans), 1),
        "slowest": max(plans, default=(0, [], ""))[0::2],
        "scanned": [(table, sql) for _, tables, sql in plans for table in tables],
    }


def compared(works: list[Callable[[], HttpResponse]], rounds: int = 15) -> dict[str, Any]:
    """One page of both, in turns."""
    found: dict[str, Any] = {name: asked(work) for name, work in zip(PAIR, works, strict=True)}
    took = [[Clock(work) for work in works] for _ in range(rounds)]
    for name, clocks in zip(PAIR, zip(*took, strict=True), strict=True):
        for what in ("ms", "db_ms"):
            found[name][what] = round(min(getattr(one, what) for one in clocks), 1)
    little, large = (found[name]["ms"] for name in PAIR)
    return found | {"ratio": round(large / little, 2), "grows": large > 1.1 * little + 0.5}


PAGES = """
/ upcoming/ upcoming/?from={day} upcoming/?on={day} inbox/ assigned/ completed/ lists/ trash/ trash/empty/ version/
labels/home/ labels/home/?priority=high labels/home/?sort=newest export/ import/ preferences/ invitations/
lists/{list}/ lists/{list}/?sort=due lists/{list}/?sort=priority lists/{list}/?sort=title lists/{list}/?sort=newest
lists/{list}/?after={manual} lists/{list}/?sort=due&after={due} lists/{list}/?sort=priority&after={priority}
lists/{list}/?sort=title&after={title} lists/{list}/?sort=newest&after={newest} lists/{list}/?select=1
lists/{list}/?priority=high lists/{list}/?label=home lists/{list}/?assignee=me lists/{list}/?assignee=nobody
lists/{list}/?due=overdue lists/{list}/?due=week lists/{list}/?due=none lists/{list}/?due=none&count=1
lists/{list}/completed/ lists/{list}/completed/?after={completed} trash/?after={deleted} labels/home/?after={due}
lists/{list}/activity/ lists/{list}/activity/?by={user} lists/{list}/members/ lists/{list}/edit/ lists/{list}/duplicate/
lists/{list}/delete/ todos/{todo}/ todos/{todo}/activity/ todos/{todo}/labels/ todos/{todo}/subtasks/
""".split()


NUMBERS = itertools.count()


def anew() -> dict[str, str]:
    """Headers with which nobody has asked yet: a page that is kept would not be made."""
    return {"Todos-Current": str(next(NUMBERS))}


def pages(client: Client, name: str) -> dict[str, Callable[[], HttpResponse]]:
    """Every page that a person has, and a tick with its way back."""
    user = get_user_model().objects.get(username=name)
    client.force_login(user)
    home = TodoList.objects.filter(memberships__user=user).order_by("-open_count")[0]
    alive = home.todos.filter(deleted_at=None)
    todo = alive.open().first()
    names = {"list": home.uuid, "todo": todo.uuid, "user": name}
    names["day"] = date.today() + timedelta(days=40)
    rows = dict.fromkeys(ORDERS, alive.open()) | {"completed": alive.completed()}
    rows["deleted"] = home.todos.trashed()
    for one, todos in rows.items():  # what continues a page halfway
        ordered = ORDERS[one].apply(todos).order_by(*ORDERS[one].columns)
        names[one] = ORDERS[one].cursor(ordered[todos.count() // 2])
    start, htmx = reverse("django_todos:today"), {"HX-Request": "true"}

    def show(path: str) -> HttpResponse:
        headers = anew() | (htmx if "count=" in path else {})
        return client.get(start + path.format(**names).lstrip("/"), headers=headers)

    def tick() -> HttpResponse:
        client.post(f"{todo.get_absolute_url()}complete/", headers=htmx)
        return client.post(f"{todo.get_absolute_url()}reopen/", headers=htmx)

    return {path: lambda path=path: show(path) for path in PAGES} | {"tick and back": tick}


KINDS: dict[str, Callable[[int], str]] = {
    "a rare word": lambda n: f"rare{n}",
    "a word in every row": lambda n: "everyday",
    "two words": lambda n: f"word{n * 31} everyday",
    "a prefix": lambda n: f"thing{n + 1}"[:7],
}


def searches(client: Client) -> Iterator[tuple[str, dict[str, Any]]]:
    """The median of 20 searches of each kind."""
    url = reverse("django_todos:search")
    for kind, word in KINDS.items():
        for more in ({}, {"completed": "1"}):
            texts = [{"q": word(n), **more} for n in range(20)]
            said = [
                asked(lambda text=text: client.get(url, text, headers=anew())) for text in texts
            ]
            median = statistics.median(one["execution_ms"] for one in said)
            name = f"{kind}, completed too" if more else kind
            yield name, max(said, key=lambda one: one["execution_ms"]) | {"execution_ms": median}


def main(*args: str) -> None:
    make_database("--keep" in args)
    wanted = next((one for one in args if not one.startswith("--")), "")
    clients = {name: Client() for name in PAIR}
    both = [pages(clients[name], f"user{PAIR[name][0]}") for name in PAIR]
    found, said = {}, {}
    for page in both[0]:
        if wanted in page:
            found[page] = compared([one[page] for one in both])
            print(f"{page[:44]:<44}", line(found[page]), flush=True)
    if "search".startswith(wanted):
        said = {name: dict(searches(client)) for name, client in clients.items()}
    for kind in said.get("large", ()):
        took = [said[name][kind]["execution_ms"] for name in PAIR]
        print(f"{kind:<44} little {took[0]:6.1f}, large {took[1]:6.1f} ms of execution")
    if "--json" in args:
        print(json.dumps({"pages": found, "searches": said}, indent=1))


def line(one: dict[str, Any]) -> str:
    little, large = (one[name] for name in PAIR)
    tables = ", ".join(sorted({table for table, _ in large["scanned"]}))
    figures = (f"{each['ms']:6.1f} ({each['db_ms']:5.1f})" for each in (little, large))
    more = f"{large['queries']:3} queries {little['bytes']:8,} {large['bytes']:8,} bytes {tables}"
    return f"{' ms '.join(figures)} ms {one['ratio']:6.2f} {'!' if one['grows'] else ' '} {more}"


if __name__ == "__main__":
    main(*sys.argv[1:])
