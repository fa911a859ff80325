#!/usr/bin/env python3
"""Strain the site as it is shipped, on PostgreSQL and on SQLite, and count what was lost: `make strain`.

    scripts/strain.py [--seconds 10] [--clients 20] [--database sqlite] [--scene restart ...]

For each database a site is served by `manage.py run` (gunicorn with its own settings) from a folder of its own. People
sign in once; then the scenes of `SCENES` are played, in each of them everybody writes while something happens. What the
site acknowledged is written down here and must be in the database at the end of the scene, no rule of `invariants()`
may be broken, and nothing but what the scene allows may be answered with 500 or more.

A scene that this machine can't play (no right to mount, no compiler) is named; under CI that is a failure.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import postgres
from strain_site import INSIDE, LOST, Client, Expected, Failed, NotHere, Site, Writer

CLOCK = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *now) {
    int done = syscall(SYS_clock_gettime, id, now), file;
    char text[16] = "";
    if (id == CLOCK_REALTIME && (file = open(getenv("CLOCK_FILE"), O_RDONLY)) >= 0) {
        if (read(file, text, 15) > 0) now->tv_sec += atoi(text);
        close(file);
    }
    return done;
}
"""
"""Loaded before the C library: the time of day is so many seconds off. (libfaketime breaks Python's sleep.)"""


# -- the scenes ------------------------------------------------------------------------------------


@dataclass
class Stage:
    """One database's site with people signed in, and everybody at work in it."""

    site: Site
    seconds: float
    cookies: list[dict[str, str]]
    lists: list[str]
    writers: list[Writer] = field(default_factory=list)

    def writer(self, number: int, name: str) -> Writer:
        client = Client(self.site, self.cookies[number % len(self.cookies)])
        self.writers.append(Writer(client, self.lists, f"{name}w{number}", number))
        return self.writers[-1]

    @contextmanager
    def writing(self, name: str) -> Iterator[None]:
        """Everybody writes meanwhile."""
        writers = [self.writer(number, name) for number in range(len(self.cookies))]
        for one in writers:
            one.start()
        try:
            yield
        finally:
            for one in writers:
                one.stopping.set()
            for one in writers:
                one.join(90)
        if wrong := [one.fault or "stuck" for one in writers if one.fault or one.is_alive()]:
            raise Failed(f"a writer: {wrong[:3]}")

    def reads(self) -> int:
        """What somebody signed in gets for the page Upcoming."""
        return Client(self.site, self.cookies[0]).send("GET", "/upcoming/")[0]


def occurrence(stage: Stage) -> None:
    """Fifty complete the same occurrence of a repeating todo."""
    first = stage.writer(0, "occurrence")
    uuid = first.add("Water the pelicans every day", stage.lists[0])
    crowd = [stage.writer(number, "crowd") for number in range(50)]
    gate = threading.Barrier(len(crowd))

    def tick(one: Writer) -> None:
        gate.wait()
        one.post(f"/todos/{uuid}/complete/", {"occurrence": 0})

    threads = [threading.Thread(target=tick, args=[one]) for one in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    first.ledger.todos[uuid] = Expected("Water the pelicans", stage.lists[0], occurrence=1)
    answers = sum((one.ledger.answers for one in crowd), Counter())
    if answers["303"] != len(crowd):
        raise Failed(f"fifty were answered {dict(answers)}")


def mixed(stage: Stage) -> None:
    """Everybody writes, and nothing happens."""
    with stage.writing("mixed"):
        time.sleep(stage.seconds)


def workers(stage: Stage) -> None:
    """kill -9 of one worker after the other."""
    with stage.writing("workers"):
        for _ in range(3):
            time.sleep(stage.seconds / 4)
            os.kill(stage.site.workers()[0], signal.SIGKILL)
        time.sleep(stage.seconds / 4)
    if not stage.site.is_ready(within=5):
        raise Failed("not ready after its workers were killed")


def server(stage: Stage) -> None:
    """kill -9 of every process of the site, and a new start."""
    with stage.writing("server"):
        for _ in range(2):
            time.sleep(stage.seconds / 3)
            stage.site.stop(signal.SIGKILL)
            stage.site.start()
        time.sleep(stage.seconds / 3)


def restart(stage: Stage) -> None:
    """PostgreSQL stops at once and starts again; the web stays."""
    if stage.site.pg is None:
        raise NotHere("SQLite has no server")
    begun = stage.site.workers()
    with stage.writing("restart"):
        time.sleep(stage.seconds / 3)
        stage.site.pg("pg_ctl", "stop -s -m immediate")
        try:
            said = [stage.reads(), Client(stage.site).send("GET", "/readyz")[0]]
        finally:
            stage.site.pg("pg_ctl", f"start -s -w -l {stage.site.log}-pg")
        healed = stage.site.is_ready(within=5)
        again = {stage.reads() for _ in range(20)}  # more than there are threads
        time.sleep(stage.seconds / 3)
    if said != [503, 503]:
        raise Failed(f"without its database it answered {said}")
    if not healed or again != {200} or stage.site.workers() != begun:
        raise Failed(f"not healed within 5 s: ready {healed}, pages {again}")


def disk(stage: Stage) -> None:
    """No room left where the data are, and room again."""
    if not os.path.ismount(stage.site.folder):
        raise NotHere("no right to mount a small disk")
    full = stage.site.folder / "filler"
    one = stage.writer(0, "disk")
    stage.reads()  # the first page that somebody sees makes their inbox
    for _ in range(3):
        one.add()
    try:
        with full.open("wb", buffering=0) as file:
            with suppress_full():
                while file.write(b"\0" * 65536):
                    pass
        long = "".join(one.random.choices("abcdefghij klmnopqrst", k=90_000))
        for _ in range(300):  # until what was set aside before is used up
            one.add()
            one.edit(notes=long[one.random.randrange(5000) :])
            if one.ledger.answers["507"]:
                break
        read = stage.reads()
    finally:
        full.unlink(missing_ok=True)
    if not one.ledger.answers["507"] or read != 200:
        said = f"writes {dict(one.ledger.answers)}, reading {read}"
        raise Failed(f"on a full disk: {said}")
    if not stage.site.is_ready(within=10) or not one.add():
        raise Failed(f"no write after room was made: {dict(one.ledger.answers)}")


def held(stage: Stage) -> None:
    """Somebody holds the lists' locks for longer than a person waits."""
    if stage.site.pg is None:
        raise NotHere("SQLite has one lock, which `mixed` is about")
    one = stage.writer(0, "held")
    command = [sys.executable, str(INSIDE), "hold"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=stage.site.environ, **pipes) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        typed = {"text": "Pelicans kept", "list": stage.lists[0]}
        status, _, page = one.client.send("POST", "/todos/new/", typed)
        holder.communicate()
    if status != 409 or "Pelicans kept" not in page:
        raise Failed(f"a lock that does not come was answered with {status}")
    if not one.add():
        raise Failed("no write after the lock was given back")


@contextmanager
def suppress_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def clock(stage: Stage) -> None:
    """The server's clock is set back by two hours while everybody writes."""
    if (compiler := shutil.which("cc")) is None:
        raise NotHere("no C compiler")
    file, source = stage.site.log.with_name("clock"), stage.site.log.with_name("clock.c")
    source.write_text(CLOCK)
    library = str(source.with_suffix(".so"))
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, str(source)], check=True)
    file.write_text("0")
    stage.site.stop()
    stage.site.extra = {"LD_PRELOAD": library, "CLOCK_FILE": str(file)}
    try:
        stage.site.start()
        with stage.writing("clock"):
            time.sleep(stage.seconds / 2)
            file.write_text("-7200")
            time.sleep(stage.seconds / 2)
            asked = Client(stage.site)
            asked.send("GET", "/healthz")
    finally:
        stage.site.stop(signal.SIGKILL)
        stage.site.extra = {}
        stage.site.start()
    behind = time.time() - parsedate_to_datetime(asked.date).timestamp()
    if not 7000 < behind < 7400:
        raise Failed(f"its clock was {behind:.0f} s behind, not 7200")


SCENES: dict[Callable[[Stage], None], set[str]] = {
    occurrence: set(),
    mixed: set(),
    workers: {LOST},
    server: {LOST},
    held: set(),
    restart: {"503"},
    disk: {"507"},
    clock: set(),
}
"""Each with what it allows beside an answer below 500."""


# -- the play --------------------------------------------------------------------------------------


def play(
    stage: Stage, scene: Callable[[Stage], None], allowed: set[str]
) -> tuple[list[Any], bool]:
    """A row of the summary, and whether it is well."""
    stage.writers, result, is_well = [], "ok", True
    try:
        scene(stage)
    except NotHere as reason:
        may = not os.environ.get("CI") or stage.site.pg is None and scene in (held, restart)
        return ["-", "-", "-", "-", f"not run: {reason}"], may
    except Failed as error:
        result, is_well = str(error), False
    ledgers = [one.ledger for one in stage.writers]
    known = {uuid: asdict(todo) for one in ledgers for uuid, todo in one.todos.items()}
    titles = [title for one in ledgers for title in one.titles]
    looked = stage.site.child("look", json.dumps({"todos": known, "titles": titles}))
    answers = sum((one.answers for one in ledgers), Counter())
    short = {name: count for name, count in answers.items() if name.isdigit() or name == LOST}
    bad = {key for key in short if key not in allowed and (key == LOST or int(key) >= 500)}
    acknowledged = sum(one.acknowledged for one in ledgers)
    if looked["lost"] or looked["broken"] or bad:
        result, is_well = f"{looked} {dict(answers)} {result}"[:3000], False
    elif not acknowledged:
        result, is_well = f"nothing was acknowledged: {dict(answers)} {result}", False
    elif is_well:
        result += "".join(f", {count} × {key}" for key, count in short.items() if key != "303")
    others = sum(short[key] for key in bad)
    return [sum(short.values()), acknowledged, len(looked["lost"]), others, result], is_well


@contextmanager
def folder_for(name: str) -> Iterator[Path]:
    """A folder for one site: a small disk of its own, where that is allowed."""
    path = Path(tempfile.mkdtemp(prefix=f"strain-{name}-"))
    path.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(path)]
    mounted = os.geteuid() == 0 and not subprocess.run(mount, capture_output=True).returncode
    try:
        yield path
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(path)], check=False)
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def served(name: str) -> Iterator[Site]:
    with ExitStack() as stack:
        site = Site(stack.enter_context(folder_for(name)))
        cluster = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="strain-other-")))
        site.log = cluster / "log-of-site"
        if name == "postgresql":
            # Its log of changes on another disk: where that one is full, PostgreSQL itself stops.
            site.database, site.pg = stack.enter_context(
                postgres.cluster(cluster, data=site.folder / "pg")
            )
        try:
            site.start()
            yield site
        finally:
            site.stop(signal.SIGKILL)


def strain(name: str, chosen: argparse.Namespace) -> list[tuple[list[Any], bool]]:
    with served(name) as site:
        made = site.child("prepare", str(chosen.clients))
        clients = [Client(site) for _ in made["people"]]
        for client, person in zip(clients, made["people"], strict=True):
            client.sign_in(person)
        stage = Stage(site, chosen.seconds, [one.cookies for one in clients], made["lists"])
        rows = []
        for scene, allowed in SCENES.items():
            if not chosen.scene or scene.__name__ in chosen.scene:
                row, is_well = play(stage, scene, allowed)
                print(f"{name} {scene.__name__}: {row[-1]}", flush=True)
                rows.append(([name, scene.__name__, *row], is_well))
        if "Traceback" in site.said():
            print(f"{name}: the log has tracebacks:\n", *site.said().splitlines()[-60:], sep="\n")
        return rows


# -- the command -----------------------------------------------------------------------------------


def main() -> int:
    names = [scene.__name__ for scene in SCENES]
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=8, help="of writing in each scene")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--database", action="append", choices=["postgresql", "sqlite"])
    parser.add_argument("--scene", action="append", choices=names, help="these alone")
    chosen = parser.parse_args()
    rows = []
    for name in chosen.database or ["postgresql", "sqlite"]:
        rows += strain(name, chosen)
    head = ["database", "scene", "requests", "acknowledged", "lost", "other 5xx", "result"]
    for row in [head, *(row for row, _ in rows)]:
        print("{:<11} {:<11} {:>8} {:>12} {:>5} {:>9}  {:.160}".format(*map(str, row)))
    return 0 if rows and all(is_well for _, is_well in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
