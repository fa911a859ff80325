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
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import postgres

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "site"
PASSWORD = "pelican-harbour-9"  # nosec B105
LISTS = 3
LOST = "no answer"
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
Answer = tuple[int, str, str]
"""Status, Location, body; status 0 where nothing came back."""


class Failed(Exception):
    """A scene did not go as it must, in words."""


class NotHere(Exception):
    """A scene that this machine can't play, and why."""


# -- the site, and what is done to it --------------------------------------------------------------


@dataclass
class Site:
    """The site's processes, over a folder; `database` is empty for SQLite in the folder."""

    folder: Path
    database: str = ""
    pg: Callable[[str, str], None] | None = None
    log: Path = Path(os.devnull)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        given = {"DATABASE_URL": self.database} if self.database else {}
        kept = {
            key: os.environ[key] for key in ("PATH", "PYTHONPATH", "HOME") if key in os.environ
        }
        own = {"LOCAL": "true", "DATA_DIR": str(self.folder / "site"), "PORT": str(self.port)}
        drain = {"DRAIN_FILE": str(self.folder / "drain"), "PYTHONUNBUFFERED": "1"}
        return {**kept, **own, **drain, **given, **self.extra}

    def child(self, mode: str, text: str = "") -> Any:
        """What `inside` says, in a process of its own with the site's settings."""
        command = [sys.executable, __file__, "--inside", mode]
        done = subprocess.run(
            command, env=self.environ, input=text, capture_output=True, text=True
        )
        if done.returncode:
            raise Failed(f"{mode}: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def start(self) -> None:
        self.port = self.port or free_port()
        with self.log.open("ab") as log:
            command = [sys.executable, str(SITE / "manage.py"), "run"]
            self.process = subprocess.Popen(
                command, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        if not self.is_ready(within=60):
            raise Failed(f"it did not start: {self.said()[-2000:]}")

    def is_ready(self, within: float) -> bool:
        """Whether /readyz says so within so many seconds."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if Client(self).send("GET", "/readyz")[0] == 200:
                return True
            time.sleep(0.05)
        return False

    def stop(self, how: int = signal.SIGTERM) -> None:
        """The whole of it: SIGTERM to its master, or a signal to every process."""
        if self.process is None:
            return
        if how == signal.SIGTERM:
            self.process.terminate()
        else:
            os.killpg(self.process.pid, how)
        self.process.wait(40)
        self.process = None

    def workers(self) -> list[int]:
        assert self.process is not None
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# -- who writes ------------------------------------------------------------------------------------


class Client:
    """The least of a browser: one connection, cookies, and the token of its forms as a header."""

    def __init__(self, site: Site, cookies: dict[str, str] | None = None) -> None:
        self.site, self.cookies = site, dict(cookies or {})
        self.connection: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, data: Any = None, file: str = "") -> Answer:
        origin = f"http://localhost:{self.site.port}"
        cookie = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        headers = {"Host": urlsplit(origin).netloc, "Origin": origin, "Cookie": cookie}
        headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")
        body = urlencode(data) if data is not None else None
        if file:
            headers["Content-Type"] = "multipart/form-data; boundary=strain"
            part = 'Content-Disposition: form-data; name="file"; filename="todo.txt"'
            body = f"--strain\r\n{part}\r\n\r\n{file}\r\n--strain--\r\n"
        elif body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self.connection is None:
                at = ("127.0.0.1", self.site.port)
                self.connection = http.client.HTTPConnection(*at, timeout=30)
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.connection = None
            return 0, "", ""
        for header in response.headers.get_all("Set-Cookie") or []:
            key, _, rest = header.partition("=")
            self.cookies[key] = rest.partition(";")[0]
        if response.status == 503 and path != "/readyz" and "Retry-After" not in response.headers:
            return 500, "", "a 503 without Retry-After"
        return response.status, response.headers.get("Location", ""), text

    def sign_in(self, name: str) -> None:
        login = "/accounts/login/"
        self.send("GET", login)
        status = self.send("POST", login, {"login": name, "password": PASSWORD})[0]
        if status != 302:
            raise Failed(f"{name} could not sign in: {status}")


@dataclass
class Expected:
    """A todo as the site acknowledged it. `unsure`: a write of it got no answer, it may be either."""

    title: str
    list: str
    done: bool = False
    trashed: bool = False
    occurrence: int | None = None
    unsure: bool = False


@dataclass
class Ledger:
    """What was asked, and what was acknowledged."""

    todos: dict[str, Expected] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    """Of todos whose address was not told, as those of an import."""
    answers: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0


class Writer(threading.Thread):
    """Somebody who writes until told to stop. Everybody keeps to the todos that they made, in lists of all."""

    def __init__(self, client: Client, lists: list[str], name: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.client, self.lists, self.label = client, lists, name
        self.ledger, self.stopping, self.random = (
            Ledger(),
            threading.Event(),
            random.Random(seed),  # nosec B311
        )
        self.number, self.fault = 0, ""

    def run(self) -> None:
        does: list[Callable[[], object]] = [
            self.add,
            self.tick,
            self.edit,
            self.move,
            self.delete,
            self.undo,
            self.lines,
        ]
        try:
            self.add()
            while not self.stopping.is_set():
                does[self.number % 7]() if self.number % 40 else self.bring()
                self.number += 1
        except Exception as error:  # a thread's own fault must not pass for silence
            self.fault = f"{type(error).__name__}: {error}"

    def post(self, path: str, data: Any = None, file: str = "") -> tuple[int, str]:
        status, location, text = self.client.send("POST", path, data, file)
        self.ledger.answers[str(status or LOST)] += 1
        if status >= 500 and status not in (503, 507):
            self.ledger.answers[f"{status} {path[:30]} {text[:80]}"] += 1
        if status in (0, 503):
            time.sleep(0.3)
        self.ledger.acknowledged += status == 303 and "kept=" not in location
        return status, location

    def title(self) -> str:
        return f"{self.label}n{self.number}r{self.random.randrange(10**9)}"

    def one(self) -> tuple[str, Expected] | None:
        """A todo of mine that is as the site said."""
        sure = [(uuid, todo) for uuid, todo in self.ledger.todos.items() if not todo.unsure]
        alive = [(uuid, todo) for uuid, todo in sure if not todo.trashed]
        return self.random.choice(alive[-20:]) if alive else None

    def change(self, verb: str, data: dict[str, Any], **to: Any) -> str:
        """One write of a todo of mine; where it stands acknowledged, it is `to` now. The action's UUID."""
        if (found := self.one()) is None:
            return ""
        uuid, todo = found
        data = {key: value(todo) if callable(value) else value for key, value in data.items()}
        status, location = self.post(f"/todos/{uuid}/{verb}", data)
        if status == 0:
            todo.unsure = True
        if status != 303 or "kept=" in location:
            return ""
        for name, value in to.items():
            setattr(todo, name, value)
        return parse_qs(urlsplit(location).query).get("done", [""])[0]

    def add(self, text: str = "", place: str = "") -> str:
        title, place = text or self.title(), place or self.random.choice(self.lists)
        status, location = self.post("/todos/new/", {"text": title, "list": place})
        if status != 303:
            return ""
        uuid = urlsplit(location).fragment.removeprefix("todo-row-")
        self.ledger.todos[uuid] = Expected(title, place)
        return uuid

    def lines(self) -> None:
        titles = [self.title() for _ in range(5)]
        data = {"text": "\n".join(titles), "list": self.random.choice(self.lists)}
        if self.post("/todos/new/", data)[0] == 303:
            self.ledger.titles += titles

    def tick(self) -> None:
        self.change("complete/", {"occurrence": 0}, done=True)

    def edit(self, notes: str = "") -> str:
        title = self.title()
        data = {"only": "title", "title": title, "initial-title": lambda todo: todo.title}
        if notes:
            data |= {"only": "notes", "notes": notes, "initial-notes": ""}
            return self.change("", data)
        return self.change("", data, title=title)

    def move(self) -> None:
        place = self.random.choice(self.lists)
        self.change("move/", {"to": "list", "list": place}, list=place)

    def delete(self) -> None:
        self.change("delete/", {}, trashed=True)

    def undo(self) -> None:
        """A deletion, taken back."""
        before = {uuid for uuid, todo in self.ledger.todos.items() if todo.trashed}
        done = self.change("delete/", {}, trashed=True)
        gone = {uuid for uuid, todo in self.ledger.todos.items() if todo.trashed} - before
        if done and gone:
            todo = self.ledger.todos[gone.pop()]
            status, location = self.post(f"/actions/{done}/undo/", {})
            todo.unsure = status == 0
            todo.trashed = not (status == 303 and "undone=" in location)

    def bring(self) -> None:
        titles = [self.title() for _ in range(20)]
        status, location = self.post("/import/", file="\n".join(titles) + "\n")
        if status == 303 and self.post(location, {})[0] == 303:
            self.ledger.titles += titles


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
    command = [sys.executable, __file__, "--inside", "hold"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=stage.site.environ, **pipes) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        holder.stdout.readline()
        typed = {"text": "Pelicans kept", "list": stage.lists[0]}
        status, _, page = one.client.send("POST", "/todos/new/", typed)
        holder.stdin.close()
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
    finally:
        stage.site.stop(signal.SIGKILL)
        stage.site.extra = {}
        stage.site.start()


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
    if looked["lost"] or looked["broken"] or bad:
        result, is_well = f"{looked} {dict(answers)} {result}"[:3000], False
    elif is_well:
        result += "".join(f", {count} × {key}" for key, count in short.items() if key != "303")
    acknowledged = sum(one.acknowledged for one in ledgers)
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


# -- inside: with the site's settings --------------------------------------------------------------


def inside(mode: str) -> Any:
    """What needs the database: make people and lists, or look at what is there."""
    sys.path.insert(0, str(SITE))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    return {"prepare": prepare, "look": look, "hold": hold}[mode]()


def prepare() -> Any:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from django_todos.models import Role, TodoList

    password = make_password(PASSWORD)
    people = [
        User(username=f"person{number}", password=password)
        for number in range(int(sys.stdin.read()))
    ]
    for one in people:
        one.save()
    lists = [TodoList.objects.create_for(people[0], f"List {number}") for number in range(LISTS)]
    for todo_list in lists:
        for one in people[1:]:
            todo_list.add_member(one, Role.EDITOR)
    return {"people": [one.username for one in people], "lists": [str(one.uuid) for one in lists]}


def look() -> Any:
    from django_todos.models import Todo, TodoList, invariants

    known = json.load(sys.stdin)
    there = {
        str(todo.uuid): todo
        for todo in Todo.objects.filter(uuid__in=known["todos"]).select_related("todo_list")
    }
    titles = Counter(
        Todo.objects.filter(title__in=known["titles"]).values_list("title", flat=True)
    )
    lost = [f"{title}: {titles[title]} times" for title in known["titles"] if titles[title] != 1]
    for uuid, expected in known["todos"].items():
        if (todo := there.get(uuid)) is None:
            lost.append(f"{expected['title']} is not there")
        elif not expected["unsure"]:
            is_so = {
                "title": todo.title,
                "list": str(todo.todo_list.uuid),
                "done": todo.is_completed,
                "trashed": todo.deleted_at is not None,
            }
            if expected["occurrence"] is not None:
                is_so["occurrence"] = todo.occurrence
            lost += [
                f"{todo.title}: {name} is {value!r}, acknowledged {expected[name]!r}"
                for name, value in is_so.items()
                if expected[name] != value
            ]
    broken = [fault for one in TodoList.objects.all() for fault in invariants(one)]
    return {"lost": lost, "broken": broken}


def hold() -> Any:
    from django.db import transaction

    from django_todos.models import TodoList

    with transaction.atomic():
        TodoList.objects.lock(set(TodoList.objects.values_list("pk", flat=True)))
        print("held", flush=True)
        sys.stdin.read()
    return {}


# -- the command -----------------------------------------------------------------------------------


def main() -> int:
    names = [scene.__name__ for scene in SCENES]
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=8, help="of writing in each scene")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--database", action="append", choices=["postgresql", "sqlite"])
    parser.add_argument("--scene", action="append", choices=names, help="these alone")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        print(json.dumps(inside(chosen.inside)))
        return 0
    rows = []
    for name in chosen.database or ["postgresql", "sqlite"]:
        rows += strain(name, chosen)
    head = ["database", "scene", "requests", "acknowledged", "lost", "other 5xx", "result"]
    for row in [head, *(row for row, _ in rows)]:
        print("{:<11} {:<11} {:>8} {:>12} {:>5} {:>9}  {:.160}".format(*map(str, row)))
    return 0 if rows and all(is_well for _, is_well in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
