#!/usr/bin/env python3
"""Migrations as an operator meets them, on the database that DATABASE_URL names and on SQLite.

    scripts/postgres.py scripts/upgrade.py [--from REF]

From empty; back to nothing and forward again; from the previous version with data, of which no row may be
lost; and backward compatible: the previous version's code reads and writes on the new tables, because it does so
while a new version rolls out. The previous version is the newest tag v*; before the first release there is none,
and that is said. `--from REF` takes any commit instead.

Runs in packages/django-todos, against the installed wheel.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "packages/django-todos"
COUNTS = """
import django, json
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    names = [n for n in connection.introspection.table_names(cursor) if n.startswith("django_todos_")]
    counts = {}
    for name in names:
        cursor.execute("SELECT count(*) FROM " + connection.ops.quote_name(name))
        counts[name] = cursor.fetchone()[0]
print(json.dumps(counts))
"""


def git(*arguments: str) -> bytes:
    """What git says."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


def previous_version() -> str:
    """The newest release before this commit; empty when there is none."""
    found = (
        git("tag", "--list", "v*", "--sort=-version:refname", "--merged", "HEAD").decode().split()
    )
    here = set(git("tag", "--points-at", "HEAD").decode().split())
    return next((tag for tag in found if tag not in here), "")


class Code:
    """One version of the package on one database."""

    def __init__(self, url: str, source: Path | None = None) -> None:
        path = [str(source)] if source else []
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": os.pathsep.join([*path, str(ROOT / PACKAGE)]),
            "PYTHONWARNINGS": "default",
        }

    def python(self, *arguments: str) -> str:
        """Run Python with this version; its output ends the program when it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT / PACKAGE,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"upgrade: {' '.join(arguments)[:80]}\n{done.stdout}{done.stderr}")
        return done.stdout

    def manage(self, *arguments: str) -> str:
        """One management command."""
        return self.python("-m", "django", *arguments)

    def counts(self) -> dict[str, int]:
        """The number of rows of each of our tables."""
        found: dict[str, int] = json.loads(self.python("-c", COUNTS))
        return found


def from_empty(url: str) -> None:
    """Forward, back to nothing, forward again."""
    code = Code(url)
    code.manage("migrate", "--verbosity", "0")
    code.manage("migrate", "django_todos", "zero", "--verbosity", "0")
    if left := code.counts():
        raise SystemExit(f"upgrade: migrating back leaves {sorted(left)}")
    code.manage("migrate", "--verbosity", "0")
    code.manage("migrate", "--check")
    print(
        f"from empty: forward, back, forward on {code.environment['DATABASE_URL'].partition(':')[0]}"
    )


def from_version(url: str, old: Code, name: str) -> None:
    """The old version's data under the new version, then the old version on the new tables."""
    new = Code(url)
    old.manage("migrate", "--verbosity", "0")
    old.manage("todos_demo", "--user", "before", "--today", "2026-11-02")
    before = old.counts()
    new.manage("migrate", "--verbosity", "0")
    after = new.counts()
    if lost := {table: n for table, n in before.items() if after.get(table, 0) < n}:
        raise SystemExit(f"upgrade: from {name} rows were lost in {sorted(lost)}")
    new.manage("todos_export", "--user", "before", "--output", os.devnull)
    print(f"from {name}: all of {sum(before.values())} rows are there, and are exported")
    old.manage("todos_demo", "--user", "meanwhile", "--today", "2026-11-02")
    old.manage("todos_export", "--user", "before", "--output", os.devnull)
    new.manage("todos_export", "--user", "meanwhile", "--output", os.devnull)
    print(
        f"backward compatible: {name} reads and writes on the new tables, and the new one its rows"
    )


def databases(folder: Path, purpose: str) -> list[str]:
    """An empty SQLite, and an empty database beside the one that DATABASE_URL names."""
    urls = [f"sqlite:///{folder / purpose}.sqlite3"]
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        base, _, _ = url.rpartition("/")
        name = f"upgrade_{purpose}"
        make(url, name)
        urls.append(f"{base}/{name}")
    return urls


def make(url: str, name: str) -> None:
    """Create an empty database."""
    sys.path.insert(0, str(ROOT / PACKAGE))
    import psycopg
    from tests.settings import database

    found = database(url)
    parts = {"host": found["HOST"], "port": found["PORT"], "user": found["USER"]}
    parts |= {"password": found["PASSWORD"], "dbname": found["NAME"]}
    known = {key: value for key, value in parts.items() if value}
    with psycopg.connect(autocommit=True, **known) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")


def main() -> int:
    """Every way, on every database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="ref", default="")
    ref = parser.parse_args().ref or previous_version()
    with tempfile.TemporaryDirectory(prefix="todos-upgrade-") as name:
        folder = Path(name)
        for url in databases(folder, "empty"):
            from_empty(url)
        if not ref:
            print("from the previous version: not run, none has been released yet")
            return 0
        with tarfile.open(fileobj=BytesIO(git("archive", ref, f"{PACKAGE}/src"))) as archive:
            archive.extractall(folder, filter="data")
        for url in databases(folder, "previous"):
            from_version(url, Code(url, folder / PACKAGE / "src"), ref)
    return 0


if __name__ == "__main__":
    sys.exit(main())
