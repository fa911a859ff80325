"""What people do while the site is loaded: sign in once, read the inbox, add a todo, look at today; and /healthz.

The health endpoint runs in the same process without touching the database: its p95 in the same run is the
measure of the machine, so that the thresholds hold on a slow one too.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from locust import HttpUser, constant, task

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "docker" / "bin"))
from smoke import (  # type: ignore[attr-defined]  # noqa: E402  (the smoke test's reader of forms)
    Forms,
)


class Person(HttpUser):
    """One person in front of the site."""

    wait_time = constant(0.2)

    def on_start(self) -> None:
        page = self.client.get("/accounts/login/", name="sign in")
        form = dict(Forms(page.text).with_field("password").fields)
        form |= {"login": os.environ["LOAD_USERNAME"], "password": os.environ["LOAD_PASSWORD"]}
        self.client.post("/accounts/login/", form, headers=self.referer(), name="sign in")

    def referer(self) -> dict[str, str]:
        return {"Referer": f"{self.host}/"}

    @task(4)
    def read(self) -> None:
        self.client.get("/inbox/", name="inbox")

    @task(2)
    def today(self) -> None:
        self.client.get("/", name="today")

    @task(1)
    def add(self) -> None:
        page = self.client.get("/inbox/", name="inbox")
        form = Forms(page.text).with_field("text")
        fields = {**form.fields, "text": "Water the plants"}
        self.client.post(form.action or "/inbox/", fields, headers=self.referer(), name="add")

    @task(4)
    def health(self) -> None:
        self.client.get("/healthz", name="healthz")
