"""A load test with thresholds: people sign in once, read the inbox, add a todo, look at today; and /healthz.

    LOAD_URL=… LOAD_USERNAME=… LOAD_PASSWORD=… tox -e load       a site that runs on this machine, and no other

/healthz asks no database: its p95 in the same run is the measure of the machine. Each page's may be at most FACTOR times
that, or FLOOR milliseconds where that is more.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from locust import HttpUser, constant, events, task
from locust.env import Environment

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "docker" / "bin"))
from smoke import (  # type: ignore[attr-defined]  # noqa: E402  (the smoke test's reader of forms)
    Forms,
)

FACTOR = 12.0
FLOOR = 300.0


@events.init.add_listener
def only_this_machine(environment: Environment, **_: object) -> None:
    """Nobody else's site is loaded."""
    if urlsplit(environment.host or "").hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit("load: only a site on this machine is loaded; set LOAD_URL")


@events.quitting.add_listener
def judge(environment: Environment, **_: object) -> None:
    """Say what is over a threshold; locust's exit code is ours."""
    entries = list(environment.stats.entries.values())
    said = [
        f"{e.name}: {e.num_failures} of {e.num_requests} failed" for e in entries if e.num_failures
    ]
    health = [e.get_response_time_percentile(0.95) for e in entries if e.name == "healthz"]
    if not health or len({e.name for e in entries}) < 4:
        said.append(f"too little was asked: {sorted(e.name for e in entries)}")
    limit = max([FLOOR, *(FACTOR * p95 for p95 in health)])
    # Signing in hashes a password: slow by design, and once a person.
    for page in [e for e in entries if e.name != "sign in"]:
        if (p95 := page.get_response_time_percentile(0.95)) > limit:
            said.append(f"{page.name}: p95 {p95:.0f} ms, over {limit:.0f} ms")
    print(*(f"load: {line}" for line in said or ["within the thresholds"]), sep="\n")
    environment.process_exit_code = 1 if said else 0


class Person(HttpUser):
    """One person in front of the site."""

    wait_time = constant(0.2)

    def send(self, page: str, field: str, path: str, name: str, **values: str) -> None:
        """The form with this field, filled in."""
        form = Forms(page).with_field(field)
        referer = {"Referer": f"{self.host}/"}
        self.client.post(
            form.action or path, {**form.fields, **values}, headers=referer, name=name
        )

    def on_start(self) -> None:
        page = self.client.get("/accounts/login/", name="sign in").text
        who = {"login": os.environ["LOAD_USERNAME"], "password": os.environ["LOAD_PASSWORD"]}
        self.send(page, "password", "/accounts/login/", "sign in", **who)

    @task(4)
    def read(self) -> None:
        self.client.get("/inbox/", name="inbox")

    @task(2)
    def today(self) -> None:
        self.client.get("/", name="today")

    @task(1)
    def add(self) -> None:
        page = self.client.get("/inbox/", name="inbox").text
        self.send(page, "text", "/inbox/", "add", text="Water the plants")

    @task(4)
    def health(self) -> None:
        self.client.get("/healthz", name="healthz")
