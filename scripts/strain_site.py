"""For strain.py: the site's processes, and people who write in it and keep account of what it acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from strain_inside import PASSWORD, SITE

INSIDE = Path(__file__).with_name("strain_inside.py")
LOST = "no answer"
Answer = tuple[int, str, str]
"""Status, Location, body; status 0 where nothing came back."""


class Failed(Exception):
    """A scene did not go as it must, in words."""


class NotHere(Exception):
    """A scene that this machine can't play, and why."""


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
        """What strain_inside.py says, in a process of its own with the site's settings."""
        command = [sys.executable, str(INSIDE), mode]
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


class Client:
    """The least of a browser: one connection, cookies, and the token of its forms as a header."""

    def __init__(self, site: Site, cookies: dict[str, str] | None = None) -> None:
        self.site, self.cookies = site, dict(cookies or {})
        self.connection: http.client.HTTPConnection | None = None
        self.date = ""
        """The site's clock, as its last answer had it."""

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
        self.date = response.headers["Date"]
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
        self.ledger, self.stopping = Ledger(), threading.Event()
        self.random = random.Random(seed)  # nosec B311
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
