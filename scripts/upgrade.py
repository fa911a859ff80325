#!/usr/bin/env python3
"""Migrations as an operator meets them, on SQLite and on the PostgreSQL that DATABASE_URL names.

    scripts/postgres.py scripts/upgrade.py [REF]

From empty, back to nothing and forward again; then from the previous version with data, of which no row may be lost,
and which the previous code must go on reading and writing, because it does so while a new version rolls out. The
previous version is the newest tag v* before this commit, or REF; before the first release there is none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "packages" / "django-todos"
COUNTS = """
import django, json
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    counts = {n: 0 for n in connection.introspection.table_names(cursor) if n.startswith("django_todos_")}
    for name in counts:
        cursor.execute(f"SELECT count(*) FROM {name}")
        counts[name] = cursor.fetchone()[0]
print(json.dumps(counts))
"""
CREATE = "import django; django.setup(); from django.db import connection as c; c.cursor().execute('CREATE DATABASE {}')"
TODAY = ("--today", "2026-11-02")


class Code:
    """One version of the package, the installed one or that of a folder, on one database."""

    def __init__(self, url: str, source: str = "") -> None:
        path = f"{source}{os.pathsep}{PACKAGE}" if source else str(PACKAGE)
        self.given = {"DATABASE_URL": url, "PYTHONPATH": path, "PYTHONWARNINGS": "default"}

    def python(self, *arguments: str) -> str:
        """What Python prints with this version; a failure ends the program."""
        given = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **self.given}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=PACKAGE, env=given, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"upgrade: {arguments}\n{done.stdout}{done.stderr}")
        return done.stdout

    def manage(self, *arguments: str) -> None:
        """One management command."""
        self.python("-m", "django", *arguments)

    def counts(self) -> dict[str, int]:
        """The number of rows of each of our tables."""
        found: dict[str, int] = json.loads(self.python("-c", COUNTS))
        return found


def from_empty(code: Code) -> None:
    """Forward, back to nothing, forward again."""
    code.manage("migrate", "--verbosity", "0")
    code.manage("migrate", "django_todos", "zero", "--verbosity", "0")
    if left := code.counts():
        raise SystemExit(f"upgrade: migrating back leaves {sorted(left)}")
    code.manage("migrate", "--verbosity", "0")
    code.manage("migrate", "--check")


def from_version(old: Code, new: Code) -> None:
    """The old version's data under the new version, then the old version on the new tables."""
    old.manage("migrate", "--verbosity", "0")
    old.manage("todos_demo", "--user", "before", *TODAY)
    before = old.counts()
    new.manage("migrate", "--verbosity", "0")
    after = new.counts()
    if lost := [table for table, rows in before.items() if after.get(table, 0) < rows]:
        raise SystemExit(f"upgrade: rows were lost in {lost}")
    old.manage("todos_demo", "--user", "meanwhile", *TODAY)
    for code, user in [(new, "before"), (old, "before"), (new, "meanwhile")]:
        code.manage("todos_export", "--user", user, "--output", os.devnull)


def databases(folder: str, purpose: str) -> list[str]:
    """An empty SQLite, and an empty database beside the one that DATABASE_URL names."""
    urls, url = [f"sqlite:///{folder}/{purpose}.sqlite3"], os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        name = f"upgrade_{purpose}_{os.getpid()}"
        Code(url).python("-c", CREATE.format(name))
        urls.append(f"{url.rpartition('/')[0]}/{name}")
    return urls


def git(*arguments: str) -> bytes:
    """What git says; nothing where it fails."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True).stdout


def main() -> None:
    """Every way, on every database."""
    describe = ("describe", "--tags", "--match=v*", "--abbrev=0", "HEAD^")
    ref = "".join(sys.argv[1:]) or git(*describe).decode().strip()
    with tempfile.TemporaryDirectory(prefix="todos-upgrade-") as folder:
        for url in databases(folder, "empty"):
            from_empty(Code(url))
            print(f"from empty: forward, back, forward on {url.partition(':')[0]}")
        if not ref:
            print("from the previous version: not run, none has been released yet")
            return
        with tarfile.open(
            fileobj=BytesIO(git("archive", ref, "packages/django-todos/src"))
        ) as archive:
            archive.extractall(folder, filter="data")
        for url in databases(folder, "previous"):
            from_version(Code(url, f"{folder}/packages/django-todos/src"), Code(url))
            print(f"from {ref}: all rows are there, and {ref} reads and writes on the new tables")


if __name__ == "__main__":
    main()
