"""Trello: the JSON that a board's menu exports. The board is a list here.

Its lists ("To do", "Doing") are what columns are elsewhere: a label each, so that nothing is lost.
Checklists become subtasks; a card in the archive that isn't done goes to the trash.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from django_todos.dates import Moment
from django_todos.exchange.formats.values import (
    Values,
    iso_moment,
    load_json,
    read_instant,
    reader,
)
from django_todos.exchange.records import ListRecord, Reading, TodoRecord, shorten
from django_todos.exchange.tree import Gathered

NAME = "trello"


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read one board."""
    board = Values(load_json(text))
    key = board.text("id") or "board"
    found.lists[key] = ListRecord(key, board.text("name"), board.text("desc"))
    columns = {one.loose("id"): one for one in map(Values, board.items("lists"))}
    checklists: dict[Any, list[Values]] = {}
    for one in map(Values, board.items("checklists")):
        checklists.setdefault(one.loose("idCard"), []).append(one)
    cards = sorted(enumerate(board.items("cards"), 1), key=lambda row: _place(row[1], columns))
    for line, entry in cards:
        with found.reading(line, entry):
            _card(found, Values(entry), line, key, columns, checklists, reading)


def _place(card: Any, columns: dict[Any, Values]) -> tuple[float, float]:
    """Cards by their column's place on the board, then by their own."""
    if not isinstance(card, dict):
        return (0, 0)
    column = columns.get(card.get("idList"))
    places = (column.loose("pos") if column is not None else 0, card.get("pos"))
    of_column, own = (float(one) if isinstance(one, (int, float)) else 0.0 for one in places)
    return of_column, own


def _card(
    found: Gathered,
    values: Values,
    line: int,
    list_key: str,
    columns: dict[Any, Values],
    checklists: dict[Any, list[Values]],
    reading: Reading,
) -> None:
    key = values.text("id") or str(line)
    column = columns.get(values.loose("idList"))
    labels = []
    if column is not None and column.text("name"):
        labels.append(column.text("name"))
        said = _("List “%(name)s” of the board becomes a label.")
        found.once(said % {"name": shorten(column.text("name"), 60)})
    for one in map(Values, values.items("labels")):
        labels.append(one.text("name") or one.text("color"))
    completed = values.flag("dueComplete")
    archived = values.flag("closed") or (column is not None and column.flag("closed"))
    deleted_at = (
        read_instant(values.loose("dateLastActivity")) if archived and not completed else None
    )
    notes = [_("It is archived in Trello; here it goes to the trash.")] if deleted_at else []
    if values.items("attachments"):
        notes.append(_("Its attachments were left out."))
    record = TodoRecord(
        key=key,
        title=values.text("name"),
        line=line,
        notes=values.text("desc"),
        due=iso_moment(values.text("due"), reading.tz),
        start=Moment(iso_moment(values.text("start"), reading.tz).date),
        labels=tuple(filter(None, labels)),
        list_key=list_key,
        is_completed=completed,
        deleted_at=deleted_at,
    )
    found.add(record, *notes)
    items = [
        item
        for checklist in checklists.get(values.loose("id"), [])
        for item in map(Values, checklist.items("checkItems"))
    ]
    for number, item in enumerate(items, 1):
        done = completed or item.text("state") == "complete"
        found.add(
            TodoRecord(
                key=item.text("id") or f"{key}/{number}",
                title=item.text("name"),
                line=line,
                due=iso_moment(item.text("due"), reading.tz),
                list_key=list_key,
                parent_key=key,
                is_completed=done,
                deleted_at=deleted_at,
                deleted_with=key if deleted_at else "",
            )
        )
