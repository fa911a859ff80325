"""Reading the environment without a traceback.

What is missing or makes no sense is noted as a system check with a hint, and a harmless stand-in is used: an operator
sees at once all that is wrong, and `collectstatic` needs no secret. A reader takes a value and returns what it means, or
raises ValueError with the hint.
"""

import os
import re
import zoneinfo
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.http.request import split_domain_port


class Environment:
    """``NAME``, or the content of the file that ``NAME_FILE`` names, as what a reader makes of it.

    Not django-environ's own ``Env``, which looks up a value that starts with ``$``, as a password may.
    """

    def __init__(self) -> None:
        self.values = environ.environ.FileAwareMapping(cache=False)
        self.problems: list[CheckMessage] = []

    def problem(self, id: str, message: str, hint: object) -> None:
        kind = Error if id.startswith("E") else Warning
        self.problems.append(kind(message, hint=str(hint), id=f"site.{id}"))

    def __call__(
        self, name: str, default: Any = "", read: Any = str, required: bool = False
    ) -> Any:
        """The setting. Empty is what compose leaves where nothing was set."""
        value = None
        try:
            value = str(self.values.get(name, "")).strip()
            return read(value) if value or required else default
        except (OSError, ValueError) as hint:  # of reading its file, or what it says
            id, what = ("E001", "is not set") if value == "" else ("E002", "can't be used")
            self.problem(id, f"{name} {what}.", hint)
        return default


def own_secret(folder: Path) -> str:
    """The secret of a local run, made by its first. Its folder, and all that comes into it, is for this person alone."""
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret_key"
    path.touch()  # or the database could not be written, either
    if not path.stat().st_size:
        path.write_text(get_random_secret_key())
    return path.read_text()


def matching(pattern: str, hint: str, meaning: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """A reader of what matches as a whole, in capitals or not; of nothing secret, for its hint shows the value."""

    def read(value: str) -> Any:
        if not re.fullmatch(pattern, value, re.IGNORECASE | re.ASCII):
            raise ValueError(f"Say {hint}, not {value!r}." if value else f"Say {hint}.")
        return meaning(value)

    return read


def choice(*options: str, hint: str = "") -> Callable[[str], str]:
    known = {option.lower(): option for option in options}
    pattern = "|".join(map(re.escape, options))
    return matching(pattern, hint or " or ".join(options), lambda value: known[value.lower()])


YES = ("1", "true", "yes", "on")
flag = matching(f"{'|'.join(YES)}|0|false|no|off", "true or false", lambda v: v.lower() in YES)
number = matching(r"\d+", "a whole number", int)
number_from_1 = matching(r"0*[1-9]\d*", "a whole number from 1 up", int)
zone = choice(*zoneinfo.available_timezones(), hint="an IANA name, such as Europe/Berlin")
language = matching(
    "[a-z]{2,3}([-_][a-z0-9]{2,8})*",
    "a language tag, such as en-gb",
    lambda value: value.lower().replace("_", "-"),
)
mail_addresses = matching(
    r"[^@\s,]+@[^@\s,]+(\s*,\s*[^@\s,]+@[^@\s,]+)*",
    "mail addresses, with commas between them",
    lambda value: [address.strip() for address in value.split(",")],
)
provider = matching(
    "https://[^/?#]+/?[^?#]*", "the provider's address, such as https://sso.example.org"
)


def origin(value: str, schemes: tuple[str, ...] = ("https", "http")) -> SplitResult:
    with suppress(ValueError):
        url = urlsplit(value.lower().rstrip("/"))
        host, _port = split_domain_port(url.netloc)
        if host and url.port != 0 and url.scheme in schemes and not any(url[2:]):
            return url
    raise ValueError(
        "Say scheme, host and perhaps port, as in https://todos.example.org (a host of its own: a sub-path won't do; "
        "http only with ALLOW_HTTP=true, if passwords may travel unencrypted)."
    )


secure_origin = partial(origin, schemes=("https",))


def secret_key(value: str) -> str:
    if len(value) < 32 or len(set(value)) < 8:
        raise ValueError("Set it to 50 random characters: they sign sessions and links in mails.")
    return value


def secret_keys(value: str) -> list[str]:
    return [secret_key(key) for key in value.split()]


# What django-environ says of a URL that it can't read may hold the password: it is not shown.


def database(value: str) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if value.startswith(("postgres:", "postgresql:")):
        with suppress(ValueError):
            config = environ.Env.db_url_config(value)
    # A bare `/`, `#` or `?` in a password ends the host too early: the rest lands in the name.
    if "@" in (config.get("NAME") or "@"):
        raise ValueError(
            "Write postgres://user:password@host:5432/name with the password URL-quoted, or without it beside "
            "DATABASE_PASSWORD."
        )
    return config


def mail_server(value: str) -> dict[str, Any]:
    config: dict[str, Any] = {}
    with suppress(ValueError, ImproperlyConfigured):
        config = environ.Env.email_url_config(value)
    if not config or ("smtp" in config["EMAIL_BACKEND"] and not config["EMAIL_HOST"]):
        raise ValueError("Write smtp+tls://user:password@host:587 (user and password URL-quoted).")
    return {"EMAIL_TIMEOUT": 10, **config.pop("OPTIONS", {}), **config}
