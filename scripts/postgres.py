#!/usr/bin/env python3
"""Run a command with a PostgreSQL at hand, and remove the server afterwards.

    scripts/postgres.py python -m pytest ...

When DATABASE_URL names a PostgreSQL, that one is used. Else a server of Debian's postgresql-15 (or
whatever `initdb` is found) starts in a temporary folder, listening on a socket in it and on no port,
so that many can run beside each other; DATABASE_URL then names the socket. Started by root, the
server runs as `nobody`, because PostgreSQL refuses root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "todos"
SETTINGS = (
    "listen_addresses=''",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=120",
)


def binaries() -> Path:
    """The folder that holds initdb: on PATH, or where Debian puts its newest version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=version)
    if not folders:
        raise SystemExit("postgres.py: no initdb here; install postgresql-15 or set DATABASE_URL")
    preferred = [path for path in folders if version(path) == 15]
    return (preferred or folders)[-1].parent


def version(path: Path) -> int:
    """The major version in /usr/lib/postgresql/<version>/bin/initdb."""
    return int(path.parents[1].name)


def run(*command: str) -> None:
    """Run one of PostgreSQL's programs, as `nobody` when we are root; its output only on failure."""
    prefix: list[str] = []
    if os.geteuid() == 0:
        prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(
        [*prefix, *command],
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"postgres.py: {' '.join(command)}\n{done.stdout}")


@contextmanager
def server() -> Iterator[str]:
    """Start a server in a temporary folder; yields its URL."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="todos-pg-"))
    data = folder / "data"
    try:
        folder.chmod(0o755)
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (folder, data):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        control = str(programs / "pg_ctl")
        initdb = f"--username={USER} --auth=trust --encoding=UTF8 --no-sync --no-instructions"
        run(str(programs / "initdb"), f"--pgdata={data}", "--locale=C.UTF-8", *initdb.split())
        options = " ".join(f"-c {setting}" for setting in SETTINGS) + f" -k {folder}"
        log = ("-l", str(folder / "log"))
        run(control, "start", "--silent", "--wait", f"--pgdata={data}", *log, f"-o {options}")
        try:
            yield f"postgres://{USER}@/{folder}/postgres"
        finally:
            run(control, "stop", "--silent", f"--pgdata={data}", "--mode=immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run the command; its exit code is ours."""
    if not command:
        raise SystemExit(__doc__)
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.run(command, check=False).returncode
    with server() as url:
        environment = {**os.environ, "DATABASE_URL": url}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
