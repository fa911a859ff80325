#!/usr/bin/env python3
"""Bring an image to staging, and go back by itself when it is bad.

    deploy/staging.py deploy NAME@sha256:…      deploy, health, smoke test; on failure the previous image again
    deploy/staging.py configure                 put the environment's secrets into the host's secret store

Needs RENDER_API_KEY, RENDER_SERVICES (the ids of web and worker, web first, separated by spaces) and
STAGING_URL. `configure` takes every variable that begins with STAGING_ENV_ and stores it under the rest of
its name. Values are never printed.

Exit codes: 0 the image runs; 1 it was bad and the previous one runs again; 2 staging is broken; 3 nothing
was done, because a setting is missing or wrong. The same word is written to GITHUB_OUTPUT as `outcome`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hosting import API, Hosting, HostingError, open_url

HERE = Path(__file__).resolve().parent
IMAGE = re.compile(r"[a-z0-9][a-z0-9./:_-]*@sha256:[0-9a-f]{64}")
PREFIX = "STAGING_ENV_"
CODES = {"deployed": 0, "rolled-back": 1, "broken": 2, "refused": 3}


def smoke_test(url: str) -> None:
    """Sign in, add, tick: the same program that deploy/rollout uses."""
    command = [sys.executable, str(HERE / "smoke.py"), url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise HostingError(f"the smoke test failed: {last_line(done.stdout + done.stderr)}")


def last_line(text: str) -> str:
    """What a program said last: its reason."""
    return (text.strip().splitlines() or ["it said nothing"])[-1]


@dataclass(frozen=True, slots=True)
class Staging:
    """Where staging is, and how to look at it."""

    hosting: Hosting
    services: list[str]
    url: str
    smoke: Callable[[str], None] = smoke_test
    say: Callable[[str], None] = print
    wait_for_health: float = 120
    notes: list[str] = field(default_factory=list)

    def bring(self, image: str) -> None:
        """Deploy to every service, then look whether it lives and works."""
        for service in self.services:
            self.say(f"Deploying {image} to {service}")
            self.hosting.deploy(service, image)
        self.health()
        self.smoke(self.url)

    def health(self) -> None:
        """Wait until the site is alive and ready."""
        for probe in ("/healthz", "/readyz"):
            deadline = self.hosting.clock() + self.wait_for_health
            while (reason := self.probe(probe)) is not None:
                if self.hosting.clock() > deadline:
                    raise HostingError(f"{probe} does not answer: {reason}")
                self.hosting.sleep(self.hosting.pause)

    def probe(self, path: str) -> str | None:
        """None when the answer is 200, else the reason."""
        try:
            open_url(self.url + path, timeout=10)
        except urllib.error.HTTPError as error:
            return f"HTTP {error.code}"
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            return type(error).__name__
        return None

    def deploy(self, image: str) -> str:
        """The outcome: deployed, rolled-back or broken."""
        try:
            previous = self.hosting.live_image(self.services[0])
            self.say(f"Staging runs {previous or 'nothing yet'}")
        except HostingError as error:
            self.say(f"Nothing was deployed: {error}")
            return "refused"
        try:
            self.bring(image)
        except HostingError as error:
            self.say(f"Bad: {error}")
            return self.go_back(previous, image)
        self.say(f"Staging runs {image}")
        return "deployed"

    def go_back(self, previous: str | None, image: str) -> str:
        """Bring the previous image again, and look at it as sternly."""
        if not previous or previous == image:
            self.say("There is no previous image to go back to: staging is broken")
            return "broken"
        try:
            self.bring(previous)
        except HostingError as error:
            self.say(f"Going back failed too: {error}")
            return "broken"
        self.say(f"Went back: staging runs {previous} again")
        return "rolled-back"

    def configure(self, values: dict[str, str]) -> None:
        """Store each value at each service; say the names alone."""
        for service in self.services:
            for name, value in sorted(values.items()):
                self.hosting.set_variable(service, name, value)
                self.say(f"Set {name} at {service}")


def from_environment() -> Staging:
    """Staging as the environment describes it; one line for what is missing."""
    names = ("RENDER_API_KEY", "RENDER_SERVICES", "STAGING_URL")
    if missing := [name for name in names if not os.environ.get(name)]:
        raise HostingError(f"not set: {', '.join(missing)} (secrets of the environment `staging`)")
    hosting = Hosting(os.environ["RENDER_API_KEY"], os.environ.get("RENDER_API_URL") or API)
    services = os.environ["RENDER_SERVICES"].split()
    return Staging(hosting, services, os.environ["STAGING_URL"].rstrip("/"))


def finish(outcome: str) -> int:
    """Hand the outcome to the workflow's later steps; the exit code."""
    if path := os.environ.get("GITHUB_OUTPUT"):
        with Path(path).open("a", encoding="utf-8") as output:
            output.write(f"outcome={outcome}\n")
    return CODES[outcome]


def main(arguments: list[str]) -> int:
    """Do what the arguments say."""
    began = time.monotonic()
    try:
        match arguments:
            case ["deploy", image] if IMAGE.fullmatch(image):
                outcome = from_environment().deploy(image)
                print(f"{outcome} after {time.monotonic() - began:.0f} s")
                return finish(outcome)
            case ["deploy", image]:
                raise HostingError(f"an image is named by its digest, not as {image!r}")
            case ["configure"]:
                values = {
                    name.removeprefix(PREFIX): value
                    for name, value in os.environ.items()
                    if name.startswith(PREFIX) and value
                }
                from_environment().configure(values)
                return 0
            case _:
                raise SystemExit(__doc__)
    except HostingError as error:
        print(f"staging: {error}", file=sys.stderr)
        return finish("refused")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
