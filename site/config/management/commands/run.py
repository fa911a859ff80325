"""`manage.py run`: the whole site on this machine, on SQLite, with nothing to set."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

import django_todos

STAMP = "made_by"


class Command(BaseCommand):
    help = "Migrates and serves the site from DATA_DIR, for one machine: http://localhost:PORT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="stop before serving: database and files are ready",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = settings.DATA_DIR
        if folder is None or settings.IN_IMAGE:
            raise CommandError("There is no data folder. Set DATA_DIR, or use gunicorn.conf.py.")
        if not options["prepare"]:
            refuse_taken_port(settings.PORT)
        folder.mkdir(parents=True, exist_ok=True)
        refuse_older_data(folder)
        (folder / STAMP).write_text(fingerprint(), encoding="utf-8")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["prepare"]:
            return
        self.stdout.write(f"Data: {folder}\nOpen: {settings.SITE.origin}\n")
        self.stdout.flush()
        base = str(settings.BASE_DIR / "gunicorn.conf.py")
        command = [sys.executable, "-m", "gunicorn", "-c", base]
        os.execv(sys.executable, command)  # nosec B606


def refuse_taken_port(port: int) -> None:
    """Say in one line what gunicorn would say in eleven, after everything else has been done."""
    with socket.socket() as wanted:
        wanted.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            wanted.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} can't be used ({error.strerror}). Choose another: PORT={port + 1}"
            ) from None


def refuse_older_data(folder: Path) -> None:
    """Stop before a database whose tables an older development version made.

    Until the first release the package has one migration, which is rewritten when a model
    changes: a database made by its older text counts as migrated, and fails later in ways that
    nobody understands.
    """
    stamp = folder / STAMP
    made_by = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
    if (folder / "db.sqlite3").exists() and made_by != fingerprint():
        raise CommandError(
            f"{folder} was made by an older development version, and can't be migrated.\n"
            f"Export what you need with that version, then: mv {folder} {folder}.old"
        )


def fingerprint() -> str:
    """What the text of the package's first migration is; later ones are ordinary migrations."""
    package = Path(str(django_todos.__file__)).parent
    text = (package / "migrations" / "0001_initial.py").read_bytes()
    return hashlib.sha256(text).hexdigest()
