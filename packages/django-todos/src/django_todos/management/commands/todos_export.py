"""``todos_export --user NAME``: a user's todos as a file; ``--all``: every row, for comparing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_todos.exchange.export import export
from django_todos.exchange.formats import WRITTEN
from django_todos.management.commands._dump import dump_all
from django_todos.management.commands._exchange import get_list, get_user, get_zone
from django_todos.models import TodoList


class Command(BaseCommand):
    help = (
        "Exports what a user sees to our JSON, todo.txt or Taskwarrior JSON. With --all, every row "
        "of the whole database in a stable order: equal databases give equal bytes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", help="User name of the account.")
        who.add_argument("--all", action="store_true", help="Every row of everybody.")
        parser.add_argument("--format", choices=sorted(WRITTEN), default="json")
        parser.add_argument(
            "--list",
            action="append",
            default=[],
            help="Only this list (name or UUID); repeatable.",
        )
        parser.add_argument(
            "--time-zone", help="Zone for formats that write days; else the user's."
        )
        parser.add_argument("--output", help="File to write; default: standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            if options["list"] or options["format"] != "json":
                raise CommandError("--all takes neither --list nor --format.")
            self._write(dump_all(), options["output"])
            return
        user = get_user(options["user"])
        lists = None
        if options["list"]:
            visible = TodoList.objects.visible_to(user)
            lists = [get_list(visible, name) for name in options["list"]]
        zone = get_zone(options["time_zone"], user)
        found = export(user, options["format"], tz=zone, lists=lists)
        self._write(found.pieces, options["output"])
        for line in found.losses.lines():
            self.stderr.write(line)

    def _write(self, pieces: Iterable[str], name: str | None) -> None:
        if not name:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        try:
            _replace(Path(name), pieces)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}.") from None


def _replace(path: Path, pieces: Iterable[str]) -> None:
    """Write beside it and rename, so that a failure leaves what was there.

    What is there and no file (a device, a pipe) is written to, never replaced.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as device:
            device.writelines(pieces)
        return
    path = path.resolve()
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            for piece in pieces:
                file.write(piece)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
