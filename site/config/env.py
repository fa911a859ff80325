"""Reading the environment without a traceback.

What is missing or makes no sense is noted as a system check with an id and a hint, and a harmless stand-in is used: an
operator sees at once all that is wrong, and `collectstatic` needs no secret. A reader takes a value and returns what it
means, or raises ValueError with the hint.
"""

import os
import re
import warnings
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.checks import CheckMessage, Error, Warning
from django.core.management.utils import get_random_secret_key


class Environment:
    """``NAME``, or the content of the file that ``NAME_FILE`` names, as what a reader makes of it.

    Not django-environ's own ``Env``, which looks up a value that starts with ``$``, as a password may.
    """

    def __init__(self) -> None:
        self.values = environ.environ.FileAwareMapping(cache=False)
        self.problems: list[CheckMessage] = []

    def problem(self, id: str, message: str, hint: str) -> None:
        kind = Error if id.startswith("E") else Warning
        self.problems.append(kind(message, hint=hint, id=f"site.{id}"))

    def __call__(
        self, name: str, default: Any = "", read: Any = str, wrong: str = "E009", missing: str = ""
    ) -> Any:
        """The setting; `wrong` and `missing` are ids. Empty is what compose leaves where nothing was set."""
        value = ""
        try:
            value = str(self.values.get(name, "")).strip()
            return read(value) if value or missing else default
        except (OSError, UnicodeDecodeError) as error:
            hint = f"Mount it where {name}_FILE says, readable for the user that runs the site."
            self.problem("E010", f"{name}_FILE can't be read ({type(error).__name__}).", hint)
        except ValueError as hint:
            # Only what is no secret is shown.
            what = (
                f"is {value!r}" if wrong == "E009" else "can't be used" if value else "is not set"
            )
            self.problem(wrong if value else missing, f"{name} {what}.", str(hint))
        return default

    def own_folder(self, folder: Path) -> str:
        """The folder of a local run and what it holds, for this person alone; returns the secret, made on the first."""
        os.umask(0o077)
        secret = folder / "secret_key"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not secret.exists():
                secret.write_text(get_random_secret_key(), encoding="utf-8")
            for path in (secret, *folder.glob("db.sqlite3*")):  # an older version left them open
                path.chmod(0o600)
            if os.access(folder, os.W_OK):
                return secret.read_text(encoding="utf-8").strip()
            reason = "it is read-only"
        except OSError as error:
            reason = str(error.strerror)
        self.problem("E014", f"{folder} can't be written: {reason}.", "Name another in DATA_DIR.")
        return ""


def matching(pattern: str, hint: str, meaning: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """A reader of what matches as a whole, in capitals or not."""

    def read(value: str) -> Any:
        if not re.fullmatch(pattern, value, re.IGNORECASE | re.ASCII):
            raise ValueError(hint)
        return meaning(value)

    return read


def choice(*options: str, hint: str = "") -> Callable[[str], str]:
    known = {option.lower(): option for option in options}
    pattern, hint = "|".join(map(re.escape, options)), hint or f"Say {' or '.join(options)}."
    return matching(pattern, hint, lambda value: known[value.lower()])


YES = ("1", "true", "yes", "on")
flag = matching(
    f"{'|'.join(YES)}|0|false|no|off", "Say true or false.", lambda v: v.lower() in YES
)
number = matching(r"\d+", "Say a whole number.", int)
number_from_1 = matching(r"0*[1-9]\d*", "Say a whole number from 1 up.", int)
zone = choice(*zoneinfo.available_timezones(), hint="Say an IANA name, such as Europe/Berlin.")
language = matching(
    "[a-z]{2,3}([-_][a-z0-9]{2,8})*",
    "Say a language tag, such as en-gb.",
    lambda value: value.lower().replace("_", "-"),
)
mail_addresses = matching(
    r"[^@\s,]+@[^@\s,]+(\s*,\s*[^@\s,]+@[^@\s,]+)*",
    "Say mail addresses, with commas between them.",
    lambda value: [address.strip() for address in value.split(",")],
)


def _parsed(address: str) -> SplitResult:
    url = urlsplit(address.lower().rstrip("/"))
    if url.port == 0:  # and asking for it raises ValueError above 65535
        raise ValueError("There is no port 0.")
    return url


origin = matching(
    r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?/?",
    "Write scheme, host and perhaps port: https://todos.example.org. It needs a host of its own, a sub-path won't do.",
    _parsed,
)


provider = matching(
    "https://[^/?#]+/?[^?#]*", "Write the provider's address, https://sso.example.org."
)


def secret_key(value: str) -> str:
    if len(value) < 32 or len(set(value)) < 8:
        raise ValueError("Set it to 50 random characters: they sign sessions and links in mails.")
    return value


def secret_keys(value: str) -> list[str]:
    return [secret_key(key) for key in value.split()]


def _from_url(read: Callable[[str], dict[str, Any]], value: str) -> dict[str, Any]:
    """What django-environ reads; nothing where it fails, in whichever way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read(value)
        except Exception:
            return {}


def database(value: str) -> dict[str, Any]:
    config = _from_url(environ.Env.db_url_config, value)
    # A bare `/`, `#` or `?` in a password ends the host too early: the rest lands in the name.
    if not re.match("(postgres|postgresql|sqlite):", value) or "@" in (config.get("NAME") or "@"):
        raise ValueError(
            "Write postgres://user:password@host:5432/name with the password URL-quoted, or without it beside "
            "DATABASE_PASSWORD; outside the image also sqlite:////path/to/file."
        )
    return config


def mail_server(value: str) -> dict[str, Any]:
    config = _from_url(environ.Env.email_url_config, value)
    if not config or ("smtp" in config["EMAIL_BACKEND"] and not config["EMAIL_HOST"]):
        raise ValueError("Write smtp+tls://user:password@host:587 (user and password URL-quoted).")
    found = {"EMAIL_TIMEOUT": 10, **config.pop("OPTIONS", {}), **config}
    return {name: value for name, value in found.items() if value is not None}
