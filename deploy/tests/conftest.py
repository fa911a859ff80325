"""A fake of the hosting service, of a webhook and of a mail server, on this machine."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

GOOD = "docker.io/todos/app@sha256:" + "a" * 64
BAD = "docker.io/todos/app@sha256:" + "b" * 64
WORSE = "docker.io/todos/app@sha256:" + "c" * 64


class Fake:
    """What the service knows, and what it was asked; one per test."""

    def __init__(self) -> None:
        self.live: dict[str, str | None] = {}
        self.deploys: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, Any]] = []
        self.variables: dict[tuple[str, str], str] = {}
        self.keys: set[str] = set()
        self.ends: dict[str, str] = {}  # image → how its deploy ends, when not live
        self.sick: dict[str, str] = {}  # image → a probe that answers 503 while it runs
        self.errors: list[int] = []  # answers to give before any other
        self.posted: list[Any] = []  # what the webhook got
        self.runs: list[str] = []  # conclusions of the workflow, newest first
        self.url = ""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """One request."""
        self.asked.append((method, path, body))
        if self.errors:
            return self.errors.pop(0), {}
        path, _, _ = path.partition("?")
        match [method, *path.strip("/").split("/")]:
            case ["GET", "services", service, "deploys"]:
                return 200, self.rows(service)
            case ["POST", "services", service, "deploys"]:
                return 201, self.start(service, body["imageUrl"])
            case ["GET", "services", service, "deploys", name]:
                return 200, self.progress(service, name)
            case ["PUT", "services", service, "env-vars", name]:
                self.variables[service, name] = body["value"]
                return 200, {}
            case ["GET", "healthz" | "readyz" as probe]:
                image = self.live.get("web")
                return (503 if self.sick.get(image or "") == probe else 200), {}
            case ["POST", "hook"]:
                self.posted.append(body)
                return 200, {}
            case ["GET", "repos", *_]:
                runs = [{"conclusion": conclusion} for conclusion in self.runs]
                return 200, {"workflow_runs": runs}
        return 404, {}

    def rows(self, service: str) -> list[Any]:
        image = self.live.get(service)
        if image is None:
            return []
        reference, _, digest = image.partition("@")
        return [{"deploy": {"image": {"ref": f"{reference}:main", "sha": digest}}, "cursor": "x"}]

    def start(self, service: str, image: str) -> Any:
        name = f"dep-{len(self.deploys)}"
        self.deploys[name] = {"id": name, "image": image, "status": "created"}
        return self.deploys[name]

    def progress(self, service: str, name: str) -> Any:
        deploy = self.deploys[name]
        if deploy["status"] == "created":
            deploy["status"] = "update_in_progress"
        else:
            deploy["status"] = self.ends.get(deploy["image"], "live")
            if deploy["status"] == "live":
                self.live[service] = deploy["image"].replace(":main@", "@")
        return deploy


@pytest.fixture
def fake() -> Iterator[Fake]:
    """The fake service, listening on a port of the loopback address."""
    state = Fake()

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            state.keys.add(self.headers.get("Authorization", ""))
            status, content = state.answer(self.command, self.path, body)
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = reply

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def mailbox() -> Iterator[tuple[str, list[str]]]:
    """A mail server that speaks as much SMTP as smtplib needs; its URL and the mails it got."""
    mails: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 fake")
            while line := self.rfile.readline().decode().strip():
                word = line.split()[0].upper()
                if word == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                        lines.append(text)
                    mails.append("\n".join(lines))
                self.say("221 bye" if word == "QUIT" else "250 ok")
                if word == "QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"smtp://127.0.0.1:{server.server_address[1]}", mails
    server.shutdown()
    server.server_close()
