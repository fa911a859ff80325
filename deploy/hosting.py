"""What we ask of the hosting service (Render's API, version 1), and nothing more.

Standard library only: these programs run on a bare runner, before anything is installed.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

API = "https://api.render.com/v1"
FAILED = {"build_failed", "update_failed", "pre_deploy_failed", "canceled", "deactivated"}


class HostingError(Exception):
    """The hosting service said no, or nothing, or that a deploy failed. Holds no secret."""


def open_url(request: urllib.request.Request | str, timeout: float) -> bytes:
    """Open http and https, and nothing else that urllib knows."""
    url = request if isinstance(request, str) else request.full_url
    if not url.startswith(("https://", "http://")):
        raise HostingError(f"not an http address: {url}")
    with urllib.request.urlopen(request, timeout=timeout) as response:  # nosec B310: checked above
        return bytes(response.read())


@dataclass(frozen=True, slots=True)
class Hosting:
    """One account; `patience` is the time in seconds that a deploy may take."""

    key: str
    api: str = API
    patience: float = 900
    pause: float = 5
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One request, tried again when the service is busy or out of reach."""
        request = urllib.request.Request(  # noqa: S310
            self.api + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
        )
        for attempt in range(4):
            try:
                content = open_url(request, timeout=30)
                return json.loads(content) if content else None
            except urllib.error.HTTPError as error:
                reason, again = f"HTTP {error.code}", error.code == 429 or error.code >= 500
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                # A request that may have been carried out is repeated only where twice is as good as once.
                reason, again = type(error).__name__, method != "POST"
            if not again or attempt == 3:
                raise HostingError(f"{method} {path}: {reason}")
            self.sleep(self.pause * (attempt + 1))
        raise AssertionError("unreachable")

    def live_image(self, service: str) -> str | None:
        """The image, by digest, that the service runs now; None before the first deploy."""
        rows = self.call("GET", f"/services/{service}/deploys?status=live&limit=1")
        image = rows[0]["deploy"].get("image") if rows else None
        if not image:
            return None
        name = image["ref"].partition("@")[0]
        return f"{name}@{image['sha']}" if image.get("sha") else str(image["ref"])

    def set_variable(self, service: str, name: str, value: str) -> None:
        """Put a value into the service's secret store."""
        self.call("PUT", f"/services/{service}/env-vars/{name}", {"value": value})

    def deploy(self, service: str, image: str) -> None:
        """Start the image and wait until it is live."""
        started = self.call("POST", f"/services/{service}/deploys", {"imageUrl": image})
        path = f"/services/{service}/deploys/{started['id']}"
        deadline = self.clock() + self.patience
        while (status := self.call("GET", path)["status"]) != "live":
            if status in FAILED:
                raise HostingError(f"the deploy of {image} ended as {status}")
            if self.clock() > deadline:
                raise HostingError(f"the deploy of {image} is still {status}; gave up waiting")
            self.sleep(self.pause)
