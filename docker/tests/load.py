"""A bounded load of people who add todos, on 127.0.0.1, and the count of what failed.

Each of a few threads signs in, then adds a todo and reads a page, again and again, until it is told to stop or
its time is over. A request counts as failed when there is no answer or one of 500 and more; a write that was
acknowledged must be in the database exactly once.
"""

from __future__ import annotations

import http.client
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bin"))
from smoke import Forms  # noqa: E402


class Person(threading.Thread):
    """One signed-in person. `keep` reuses the connection, as browsers do; else each request opens its own."""

    def __init__(self, load: Load, name: str, password: str, keep: bool) -> None:
        super().__init__(daemon=True)
        self.load, self.user, self.password, self.keep = load, name, password, keep
        self.connection: http.client.HTTPConnection | None = None
        self.cookies: dict[str, str] = {}
        self.acknowledged: list[str] = []
        self.requests = 0
        self.failures: list[str] = []

    def request(
        self, method: str, path: str, data: dict[str, str] | None = None
    ) -> tuple[int, str]:
        if self.connection is None or not self.keep:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.load.port, timeout=20)
        headers = {
            "Host": self.load.host,
            "Referer": f"http://{self.load.host}{path}",
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
        }
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.requests += 1
        try:
            self.connection.request(
                method, path, urlencode(data) if data is not None else None, headers
            )
            response = self.connection.getresponse()
            for header in response.headers.get_all("Set-Cookie") or []:
                key, _, rest = header.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            body = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            self.failures.append(f"{method} {path}: {type(error).__name__}: {error}")
            return 0, ""
        if response.status >= 500 or response.status in (400, 403, 404):
            self.failures.append(f"{method} {path}: {response.status}")
        return response.status, body

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:  # a thread's own fault must not pass for silence
            self.failures.append(f"{type(error).__name__}: {error}")

    def work(self) -> None:
        form = Forms(self.request("GET", self.load.login)[1]).with_field("password")
        self.request(
            "POST", self.load.login, {**form.fields, "login": self.user, "password": self.password}
        )
        form = Forms(self.request("GET", self.load.inbox)[1]).with_field("text")
        self.load.signed_in.release()
        number = 0
        while not self.load.stopping.is_set() and time.monotonic() < self.load.deadline:
            number += 1
            title = f"{self.user} did-{number}"
            status, _ = self.request("POST", form.action, {**form.fields, "text": title})
            if 200 <= status < 400:
                self.acknowledged.append(title)
            self.request("GET", self.load.page)
            self.load.stopping.wait(self.load.pause)


class Load:
    """`people` threads against a port of 127.0.0.1, for at most `seconds`."""

    def __init__(
        self, origin: str, port: int, *, seconds: float = 240, pause: float = 0.1
    ) -> None:
        self.host, self.port, self.pause = urlsplit(origin).netloc, port, pause
        self.login, self.inbox, self.page = "/accounts/login/", "/inbox/", "/"
        self.deadline = time.monotonic() + seconds
        self.stopping = threading.Event()
        self.signed_in = threading.Semaphore(0)
        self.people: list[Person] = []

    def start(self, accounts: dict[str, str]) -> None:
        """Return when everybody is at work."""
        for number, (name, password) in enumerate(accounts.items()):
            self.people.append(Person(self, name, password, keep=number % 2 == 0))
            self.people[-1].start()
        for _person in self.people:
            if not self.signed_in.acquire(timeout=30):
                raise AssertionError(f"nobody could sign in: {self.failures}")

    def stop(self) -> None:
        self.stopping.set()
        for person in self.people:
            person.join(timeout=30)

    @property
    def requests(self) -> int:
        return sum(person.requests for person in self.people)

    @property
    def failures(self) -> list[str]:
        return [failure for person in self.people for failure in person.failures]

    @property
    def acknowledged(self) -> list[str]:
        return [title for person in self.people for title in person.acknowledged]
