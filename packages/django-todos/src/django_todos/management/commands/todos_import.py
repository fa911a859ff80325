"""``todos_import FILE --user NAME``: import a file, or say what importing it would do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_todos.exchange.formats import FORMATS
from django_todos.exchange.planning import Plan, PlannedRow, plan
from django_todos.exchange.writing import apply
from django_todos.instants import now
from django_todos.management.commands._exchange import get_list, get_user, get_zone
from django_todos.models import TodoList


class Command(BaseCommand):
    help = (
        "Imports todos from a file of this or another program for one user. Importing a file "
        "again adds only what is new. Rows that can't be read are named and left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="The file, or - for standard input.")
        parser.add_argument("--user", required=True, help="User name of the account.")
        parser.add_argument("--format", choices=sorted(FORMATS), help="Default: find out.")
        parser.add_argument("--list", help="List (name or UUID) for todos that name none.")
        parser.add_argument("--time-zone", help="Zone the file was written in.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would happen.")
        parser.add_argument(
            "--strict", action="store_true", help="Import nothing if a row can't be read."
        )
        parser.add_argument(
            "--accept",
            action="store_true",
            help="Import rows with an unreadable date without it, where that is possible.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user(options["user"])
        todo_list = None
        if options["list"]:
            todo_list = get_list(TodoList.objects.editable_by(user), options["list"])
        found = plan(
            user,
            _read(options["file"]),
            tz=get_zone(options["time_zone"], user),
            format=options["format"] or "",
            todo_list=todo_list,
        )
        if found.error:
            where = f", line {found.error_line}" if found.error_line else ""
            raise CommandError(f"{options['file']}{where}: {found.error}")
        accept = {row.index for row in found.rows if row.choice} if options["accept"] else set()
        self._say(found, accept, everything=options["verbosity"] > 1)
        left_out = found.bad - len(accept)
        if options["strict"] and left_out:
            raise CommandError(f"Nothing was imported: {left_out} rows can’t be read.")
        if options["dry_run"]:
            self.stdout.write(
                f"Would add {found.adds + len(accept)} ({found.changed} with a change), change {found.edits}; "
                f"{found.same} already here; {left_out} can’t be read."
            )
            return
        report = apply(found, at=now(), accept=accept)
        self.stdout.write(
            f"Added {report.added} ({found.changed} with a change), changed {report.edited}; "
            f"{report.same} already here; {report.left_out} left out."
        )

    def _say(self, found: Plan, accept: set[int], *, everything: bool) -> None:
        for note in found.notes:
            self.stderr.write(note)
        for row in found.rows:
            if row.kind == "bad":
                self.stderr.write(_bad(row, row.index in accept))
            elif row.kind in ("changed", "edit"):
                self.stdout.write(f"line {row.number}: {row.title}: {' '.join(row.notes)}")
            elif everything:
                said = row.here or f"add to {row.list_name}"
                self.stdout.write(f"line {row.number}: {row.title}: {said}")


def _bad(row: PlannedRow, accepted: bool) -> str:
    text = f"line {row.number}: {row.reason} {row.text}"
    return f"{text} → {row.choice}" if accepted else text


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}.") from None
