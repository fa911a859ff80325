#!/usr/bin/env python3
"""A load test with thresholds: no errors, and a p95 relative to the health endpoint of the same run.

    scripts/postgres.py scripts/load.py       the site on gunicorn, on a PostgreSQL of its own
    LOAD_URL=… LOAD_USERNAME=… LOAD_PASSWORD=… scripts/load.py      a site that runs on this machine

Bounded: LOAD_USERS (8) people for LOAD_SECONDS (15), to this machine only. Each row's p95 may be at most
FACTOR times that of /healthz, or FLOOR milliseconds where that is more: a page asks the database, and the health
endpoint under load is mostly waiting for a thread, as the page is.
"""

from __future__ import annotations

import csv
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SCRIPTS = Path(__file__).resolve().parent
SITE = SCRIPTS.parent / "site"
FACTOR = 12.0
FLOOR = 300.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of locust's statistics."""

    name: str
    requests: int
    failures: int
    p95: float


def rows(path: Path) -> list[Row]:
    """The statistics by name; the sum at the end is left out."""
    with path.open(newline="") as file:
        return [
            Row(
                line["Name"],
                int(line["Request Count"]),
                int(line["Failure Count"]),
                float(line["95%"] or 0),
            )
            for line in csv.DictReader(file)
            if line["Name"] != "Aggregated"
        ]


def complaints(found: list[Row]) -> list[str]:
    """What is over a threshold, in words; nothing when all is well."""
    health = [row for row in found if row.name == "healthz" and row.requests]
    if not health or len(found) < 4:
        return [f"too little was asked: {[row.name for row in found]}"]
    limit = max(FACTOR * health[0].p95, FLOOR)
    said = [
        f"{row.name}: {row.failures} of {row.requests} failed" for row in found if row.failures
    ]
    # Signing in hashes a password: slow by design, and once a person.
    slow = [row for row in found if row.name != "sign in" and row.p95 > limit]
    return said + [f"{row.name}: p95 {row.p95:.0f} ms, over {limit:.0f} ms" for row in slow]


def manage(environment: dict[str, str], *arguments: str, given: str | None = None) -> None:
    """One command of the site's, its output only when it fails."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command,
        cwd=SITE,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"load: {' '.join(arguments)}\n{done.stdout}{done.stderr}")


ACCOUNT = """
from django.contrib.auth import get_user_model
get_user_model().objects.create_user({name!r}, {mail!r}, {word!r})
"""


@contextmanager
def own_site(folder: Path) -> Iterator[dict[str, str]]:
    """The site as the image runs it, on a free port; yields the environment for locust."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    url, word = f"http://127.0.0.1:{port}", secrets.token_urlsafe(16)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(40),
        "SITE_URL": url,
        "ALLOW_HTTP": "true",
        "PORT": str(port),
        "LOG_LEVEL": "ERROR",
        "STATIC_ROOT": str(folder / "static"),
    }
    if not environment.get("DATABASE_URL"):
        raise SystemExit("load: no DATABASE_URL; run it under scripts/postgres.py")
    manage(environment, "migrate", "--no-input")
    manage(environment, "collectstatic", "--no-input")
    script = ACCOUNT.format(name="load", mail="load@example.org", word=word)
    manage(environment, "shell", given=script)
    command = [sys.executable, "-m", "gunicorn", "-c", str(SITE / "gunicorn.conf.py")]
    with subprocess.Popen(command, cwd=SITE, env=environment) as server:
        try:
            wait(url)
            yield {"LOAD_URL": url, "LOAD_USERNAME": "load", "LOAD_PASSWORD": word}
        finally:
            server.terminate()


def wait(url: str) -> None:
    """Until the site is ready, at most half a minute."""
    for _ in range(150):
        try:
            urllib.request.urlopen(
                f"{url}/readyz", timeout=5
            ).close()  # nosec B310: our own address
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise SystemExit("load: the site did not become ready")


def attack(environment: dict[str, str], folder: Path) -> list[Row]:
    """Run locust; it must end by itself."""
    url = environment["LOAD_URL"]
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit("load: only a site on this machine is loaded")
    users, seconds = os.environ.get("LOAD_USERS", "8"), os.environ.get("LOAD_SECONDS", "15")
    command = [sys.executable, "-m", "locust", "-f", str(SCRIPTS / "locustfile.py"), "--headless"]
    command += ["--users", users, "--spawn-rate", users, "--run-time", f"{seconds}s"]
    command += [
        "--host",
        url,
        "--csv",
        str(folder / "load"),
        "--only-summary",
        "--loglevel",
        "ERROR",
    ]
    command += ["--exit-code-on-error", "0"]
    subprocess.run(command, env={**os.environ, **environment}, check=True, timeout=300)
    return rows(folder / "load_stats.csv")


def main() -> int:
    """Load, look, say."""
    with tempfile.TemporaryDirectory(prefix="todos-load-") as name:
        folder = Path(name)
        if os.environ.get("LOAD_URL"):
            found = attack({"LOAD_URL": os.environ["LOAD_URL"]}, folder)
        else:
            with own_site(folder) as environment:
                found = attack(environment, folder)
    for line in (said := complaints(found)):
        print(f"load: {line}")
    requests = sum(row.requests for row in found)
    print(f"load: {requests} requests; {'within' if not said else 'not within'} the thresholds")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
