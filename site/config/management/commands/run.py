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


class Command(BaseCommand):
    help = "The whole site on this machine, on SQLite in DATA_DIR, with nothing to set: http://localhost:PORT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prepare", action="store_true", help="stop before serving")

    def handle(self, *args: Any, prepare: bool, **options: Any) -> None:
        folder: Path | None = settings.DATA_DIR
        if folder is None or settings.IN_IMAGE:
            raise CommandError("There is no data folder. Set DATA_DIR, or use gunicorn.conf.py.")
        if not prepare:
            refuse_taken_port(settings.PORT)
        refuse_older_data(folder)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if not prepare:
            print(f"Data: {folder}\nOpen: {settings.SITE_URL}", flush=True)
            gunicorn = ["-m", "gunicorn", "-c", str(settings.BASE_DIR / "gunicorn.conf.py")]
            os.execv(sys.executable, [sys.executable, *gunicorn])  # nosec B606


def refuse_taken_port(port: int) -> None:
    """Say in one line what gunicorn would say in eleven, after everything else has been done."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise CommandError(
            f"Port {port} can't be used ({os.strerror(error.errno or 0)}). Set another: PORT={port + 1}"
        ) from None


def refuse_older_data(folder: Path) -> None:
    """Until the first release the one migration is rewritten when a model changes, and a database made by its older
    text counts as migrated: it would fail later in ways that nobody understands."""
    text = Path(str(django_todos.__file__)).parent / "migrations" / "0001_initial.py"
    stamp, now = folder / "made_by", hashlib.sha256(text.read_bytes()).hexdigest()
    if (folder / "db.sqlite3").exists() and not (stamp.exists() and stamp.read_text() == now):
        raise CommandError(
            f"{folder} was made by an older development version, and can't be migrated.\n"
            f"Export what you need with that version, then: mv {folder} {folder}.old"
        )
    stamp.write_text(now)
