"""Reading the environment without a traceback.

A value that is missing or makes no sense is noted as a problem with an id and a hint; reading
goes on with a harmless stand-in, and ``config.checks`` refuses to start with one line for each
problem. So an operator sees everything that is wrong at once, and ``collectstatic`` needs no
secret.
"""

from __future__ import annotations

import re
import warnings
import zoneinfo
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
HOST = re.compile(r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:.]+\]$")

SQLITE = {
    # One writer at a time is SQLite's rule: take the lock when the transaction starts (and wait
    # for it), instead of failing in its middle. WAL lets readers go on meanwhile.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the environment that an operator has to mend (E…) or should know about (W…)."""

    id: str
    message: str
    hint: str

    @property
    def is_error(self) -> bool:
        return self.id.startswith("E")


@dataclass(frozen=True, slots=True)
class Address:
    """The address people type, taken apart."""

    scheme: str
    host: str
    netloc: str

    @property
    def is_https(self) -> bool:
        return self.scheme == "https"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.netloc}"


class Environment:
    """``NAME``, or the content of the file that ``NAME_FILE`` names, as a type."""

    def __init__(self, values: MutableMapping[str, str] | None = None) -> None:
        self.values: Mapping[str, str] = environ.environ.FileAwareMapping(values)
        self.problems: list[Problem] = []

    def problem(self, id: str, message: str, hint: str) -> None:
        self.problems.append(Problem(id, message, hint))

    def text(self, name: str, default: str = "") -> str:
        try:
            value = self.values[name].strip()
        except KeyError:
            return default
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not text"
            self.problem(
                "E010",
                f"The file named by {name}_FILE can't be read ({reason}).",
                f"Mount it where {name}_FILE says, readable for the user that runs the site.",
            )
            return default
        # An empty value is what compose and Kubernetes leave where nothing was set.
        return value or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name).lower()
        if value in TRUE:
            return True
        if value not in FALSE:
            self.problem("E009", f"{name} is {value!r}.", "Say true or false.")
        return default if not value else False

    def number(self, name: str, default: int, least: int = 0) -> int:
        value = self.text(name)
        if value.isascii() and value.isdigit() and int(value) >= least:
            return int(value)
        if value:
            self.problem("E009", f"{name} is {value!r}.", f"Say a whole number from {least} up.")
        return default

    def choice(self, name: str, options: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        for option in options:
            if value.lower() == option.lower():
                return option
        self.problem("E009", f"{name} is {value!r}.", f"Say one of: {', '.join(options)}.")
        return default

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if value in zoneinfo.available_timezones():
            return value
        self.problem("E009", f"{name} is {value!r}.", "Say an IANA name, such as Europe/Berlin.")
        return default

    def language(self, name: str, default: str) -> str:
        value = self.text(name, default).lower().replace("_", "-")
        if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", value):
            return value
        self.problem("E009", f"{name} is {value!r}.", "Say a language tag, such as en-gb.")
        return default

    def secret(self, kept_in: Path | None) -> str:
        """The secret key; `kept_in` is where a local run keeps one that it made itself."""
        value = self.text("SECRET_KEY")
        if not value and kept_in:
            return _own_secret(kept_in)
        if not value:
            self.problem(
                "E001",
                "SECRET_KEY is not set.",
                "Set it to 50 random characters, which sign sessions and the links in mails.",
            )
        elif len(value) < 32 or len(set(value)) < 8:
            self.problem(
                "E002",
                "SECRET_KEY can be guessed.",
                "Use at least 32 random characters (50 is usual).",
            )
        return value

    def site(self, local: str, *, allow_http: bool) -> Address:
        """The address in SITE_URL; `local` is that of a run on this machine."""
        value = self.text("SITE_URL", local)
        nowhere = Address("https", "invalid", "invalid")
        if not value:
            self.problem(
                "E005",
                "SITE_URL is not set.",
                "Set it to the address people will type, such as https://todos.example.org.",
            )
            return nowhere
        try:
            parts = urlsplit(value)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            host, port = "", None
        host = f"[{host}]" if ":" in host else host
        extra = host and (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        if not HOST.match(host) or extra or parts.scheme not in ("http", "https"):
            self.problem(
                "E006",
                f"SITE_URL is {value!r}.",
                "Write a scheme, a host and perhaps a port: https://todos.example.org.",
            )
            return nowhere
        address = Address(parts.scheme, host, f"{host}:{port}" if port else host)
        if not address.is_https and value != local:
            self._plain_http(allow_http)
        return address

    def _plain_http(self, allowed: bool) -> None:
        if allowed:
            self.problem(
                "W001",
                "The site speaks plain http.",
                "Whoever sits between can read passwords: put TLS before it.",
            )
        else:
            self.problem(
                "E007",
                "SITE_URL says http.",
                "Say https, or set ALLOW_HTTP=true if passwords may travel unencrypted.",
            )

    def database(self, data_dir: Path | None, *, in_image: bool) -> dict[str, Any]:
        """Django's configuration of the one database, from DATABASE_URL or the data folder."""
        url = self.text("DATABASE_URL")
        nothing = {"ENGINE": "django.db.backends.dummy"}
        if not url and (in_image or data_dir is None):
            self.problem(
                "E003",
                "DATABASE_URL is not set.",
                "Set it to postgres://user:password@host:5432/name (a password is URL-quoted).",
            )
            return nothing
        if not url:
            name = str(data_dir and data_dir / "db.sqlite3")
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": dict(SQLITE)}
        scheme = url.partition(":")[0]
        if scheme not in ("postgres", "postgresql", "sqlite"):
            # The value is not shown: it holds a password.
            self.problem("E004", "DATABASE_URL names no database we know.", _POSTGRES_OR_SQLITE)
            return nothing
        if scheme == "sqlite" and in_image:
            self.problem(
                "E012",
                "DATABASE_URL names SQLite inside the image.",
                "A container's files go with it: use PostgreSQL.",
            )
            return nothing
        return self._from_url(url, scheme) or nothing

    def _from_url(self, url: str, scheme: str) -> dict[str, Any] | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                config: dict[str, Any] = environ.Env.db_url_config(url)
        except (ImproperlyConfigured, ValueError, TypeError, AttributeError):
            config = {}
        if not config.get("NAME"):
            self.problem("E004", "DATABASE_URL can't be read.", _POSTGRES_OR_SQLITE)
            return None
        if scheme == "sqlite":
            config["OPTIONS"] = {**SQLITE, **config.get("OPTIONS", {})}
            return config
        config["CONN_MAX_AGE"] = int(config.get("CONN_MAX_AGE") or 60)
        config["CONN_HEALTH_CHECKS"] = True
        # A database that does not answer is to be said, not waited for.
        config["OPTIONS"] = {"connect_timeout": 5, **config.get("OPTIONS", {})}
        return config

    def mail(self) -> dict[str, Any]:
        """Django's e-mail settings from EMAIL_URL; without it, mail goes nowhere."""
        url = self.text("EMAIL_URL")
        nowhere = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        if not url:
            return nowhere
        try:
            config: dict[str, Any] = environ.Env.email_url_config(url)
        except (ImproperlyConfigured, ValueError, TypeError, AttributeError):
            config = {}
        backend = str(config.get("EMAIL_BACKEND", ""))
        if not backend or (backend.endswith("smtp.EmailBackend") and not config["EMAIL_HOST"]):
            self.problem(
                "E011",
                "EMAIL_URL can't be read.",
                "Write smtp+tls://user:password@host:587 (user and password URL-quoted).",
            )
            return nowhere
        options = config.pop("OPTIONS", {})
        config.setdefault("EMAIL_TIMEOUT", 10)
        return {key: value for key, value in {**config, **options}.items() if value is not None}


_POSTGRES_OR_SQLITE = (
    "Write postgres://user:password@host:5432/name, or sqlite:////path/to/file outside the image."
)


def _own_secret(path: Path) -> str:
    """The secret of a local run, made on the first and kept beside its database."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key(), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
