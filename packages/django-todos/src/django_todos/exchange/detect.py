"""Which program a file comes from: by its content, never by elimination.

What is nothing that we read is refused with what it seems to be and with the way in the other program
to something that we do read. Nothing is unpacked, and no more is read than names what it is.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_todos.exchange.formats import FORMATS, ical, markdown, table, todotxt
from django_todos.exchange.formats.values import Unreadable, rows_of

#: A byte order mark, and the encoding that it says.
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: What a person may say that a file's letters are, where it is doubtful.
ENCODINGS: dict[str, str | Promise] = {
    "utf-8": _("UTF-8"),
    "utf-16": _("UTF-16"),
    "cp1252": _("Western European (Windows-1252)"),
    "cp1250": _("Central European (Windows-1250)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "cp1253": _("Greek (Windows-1253)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "cp1255": _("Hebrew (Windows-1255)"),
    "cp1256": _("Arabic (Windows-1256)"),
    "cp932": _("Japanese (Shift-JIS)"),
    "gb18030": _("Chinese (GBK)"),
    "euc_kr": _("Korean (EUC-KR)"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, the encoding that it was read in, and whether that is certain."""

    text: str
    encoding: str = "utf-8"
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is nothing we read: what it seems to be, and what to do."""

    seems: str | Promise
    advice: str | Promise = ""


# -- letters


def decode(data: bytes, encoding: str = "") -> Text:
    """The text of a file, in the encoding that is asked for, else in the likeliest. Never raises."""
    if encoding in ENCODINGS:
        return Text(data.decode(encoding, "replace").removeprefix("\ufeff"), encoding)
    for mark, name in MARKS:
        if data.startswith(mark):
            return Text(data.decode(name, "replace").removeprefix("\ufeff"), name)
    try:
        return Text(data.decode())
    except UnicodeDecodeError:
        pass
    if (wide := _wide(data)) is not None:
        return wide
    name = max(_LIKELY, key=lambda one: _likelihood(data, one))
    return Text(data.decode(name, "replace"), name, is_sure=False)


def _wide(data: bytes) -> Text | None:
    """UTF-16 without a mark: every other byte of plain letters is zero."""
    for name, zeros in (("utf-16-le", data[1:2000:2]), ("utf-16-be", data[0:2000:2])):
        if len(zeros) > 1 and zeros.count(0) > len(zeros) * 0.6:
            return Text(data.decode(name, "replace"), "utf-16")
    return None


_LIKELY = ("cp1252", "cp1251", "cp932", "gb18030")
_LETTERS: dict[str, Callable[[str], float]] = {
    # Kana are most of what is Japanese; half-width ones are what other encodings look like in it.
    "cp932": lambda one: (
        2 if "\u3040" <= one <= "\u30ff" else 1 if "\u4e00" <= one <= "\u9fff" else -2
    ),
    # What is beyond the common characters of GB2312 is other languages' letters by two.
    "gb18030": lambda one: 1.2 if _is_common_chinese(one) else -2,
    "cp1251": lambda one: 1 if "\u0410" <= one <= "\u044f" or one in "ёЁіїєІЇЄ№" else -1,
    "cp1252": lambda one: 0.9 if one in "äöüßÄÖÜéèêëàâáãåçñíóôõúùûøæœÉÀÅØ–—’“”„€«»°" else -0.5,
}


def _is_common_chinese(one: str) -> bool:
    try:
        return len(one.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _likelihood(data: bytes, name: str) -> float:
    """How much the letters beyond ASCII look like words, by byte: common ones for it, rare ones against."""
    text = data[:20_000].decode(name, "replace")
    letters = [one for one in text if one > "\x7f"]
    if not letters:
        return 0
    score = sum(-5 if one == "\ufffd" else _LETTERS[name](one) for one in letters)
    # In the West an accented letter stands between plain ones; elsewhere whole words are beyond ASCII.
    runs = re.findall("[^\x00-\x7f]{3,}", text)
    if name == "cp1252" and sum(map(len, runs)) > len(letters) / 2:
        score -= len(letters) * 2
    if name == "cp1251" and not runs:
        score -= len(letters) * 2
    return score / len(letters)


# -- files that are no text


_OFFICE = Refusal(
    _("a document or spreadsheet of an office program"),
    _("Save the table as CSV, and import that."),
)
_VIKUNJA = _(
    "Vikunja offers its todos over CalDAV: save them as .ics with a calendar program, and import that."
)


def _zip(data: bytes) -> Refusal:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [one.filename.lower() for one in archive.infolist()[:5000]]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = []
    if "[content_types].xml" in names:
        return _OFFICE
    if any(name.endswith("tasks.json") and "takeout" in name for name in names):
        return Refusal(
            _("a Google Takeout archive"),
            _("Unpack it, and import the file Tasks/Tasks.json inside."),
        )
    if "version" in names and "data.json" in names:
        return Refusal(_("a backup of Vikunja"), _VIKUNJA)
    if any(name.endswith(".ics") for name in names):
        return Refusal(
            _("an archive of calendars"), _("Unpack it, and import the .ics files inside.")
        )
    if any(name.endswith(".csv") for name in names):
        return Refusal(
            _("an archive of tables"),
            _("Unpack it, and import the .csv files inside, one by one."),
        )
    return Refusal(_("a ZIP archive"), _("Unpack it, and import the file inside."))


_MAGIC: tuple[tuple[tuple[bytes, ...], Refusal], ...] = (
    (
        (b"SQLite format 3\0",),
        Refusal(
            _("a database (SQLite), such as Taskwarrior 3 keeps its tasks in"),
            _("Run “task export > tasks.json”, and import that."),
        ),
    ),
    ((b"%PDF",), Refusal(_("a PDF document"))),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), Refusal(_("a picture"))),
    (
        (b"\x1f\x8b", b"7z\xbc\xaf"),
        Refusal(_("a compressed file"), _("Unpack it, and import what is inside.")),
    ),
    ((b"\xd0\xcf\x11\xe0",), _OFFICE),
)


def refuse_bytes(data: bytes) -> Refusal | None:
    """What a file that is no text seems to be."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data)
    return next((refusal for magic, refusal in _MAGIC if data.startswith(magic)), None)


# -- text


def detect(text: str) -> str | Refusal:
    """The name of the format (a key of `FORMATS`) that the text is, else what it seems to be."""
    body = text.removeprefix("\ufeff").lstrip()
    if not body:
        return todotxt.NAME
    for found in (_markup, _calendar, _json, _taskwarrior_data, _table, _lines):
        answer = found(body)
        if answer is not None:
            return answer
    return Refusal(_("a text without todos"))


def _markup(body: str) -> Refusal | None:
    head = body[:500].lower()
    if head.startswith(("<!doctype html", "<html")) or re.match(
        r"<(head|body|div|table|ul)\b", head
    ):
        return Refusal(
            _("a web page (HTML)"), _("Look for “Export” in the program that it comes from.")
        )
    if head.startswith(("<?xml", "<opml")):
        return Refusal(_("an XML file"), _("Look for an export as CSV, JSON or iCalendar."))
    if head.startswith("{\\rtf"):
        return Refusal(_("a document (RTF)"), _("Save it as plain text, and import that."))
    return None


def _calendar(body: str) -> str | Refusal | None:
    head = body[:20].upper()
    if head.startswith(("BEGIN:VCALENDAR", "BEGIN:VTODO")):
        return ical.NAME
    if head.startswith("BEGIN:VCARD"):
        return Refusal(_("an address book (vCard)"))
    return None


def _json(body: str) -> str | Refusal | None:
    if not re.match(r'\{\s*["}]|\[\s*[\[{]|\[\s*\]\s*$', body):
        return None
    keys = _keys(body)
    if keys is None:
        return Refusal(_("JSON that is broken or too deep"))
    for one in FORMATS.values():
        if one.has_keys is not None and one.has_keys(keys):
            return one.name
    if keys >= {"title", "tasks"} or keys >= {"title", "buckets"}:
        return Refusal(_("data of Vikunja"), _VIKUNJA)
    return Refusal(
        _("JSON of a program that is not known here"),
        _("Look for an export as CSV or iCalendar in the program that it comes from."),
    )


def _keys(body: str) -> set[str] | None:
    """The names in the first object, and (where it only wraps others) in the first below it."""
    decoder = json.JSONDecoder()
    if re.fullmatch(r"\[\s*\]\s*", body):
        return set()
    start = body.find("{") if body[0] == "[" else 0
    if start < 0:
        return None
    try:
        first: Any = decoder.raw_decode(body, start)[0]
    except (ValueError, RecursionError):
        # Broken further on, or too deep: its first names say what it would be.
        names = re.findall(r'"([^"\\]{1,40})"\s*:', body[start : start + 2000])
        return set(names) or None
    keys = set(first)
    for name in ("value", "lists"):
        rows = first.get(name)
        if len(keys) <= 3 and isinstance(rows, list) and rows and isinstance(rows[0], dict):
            keys |= set(rows[0]) - {"cards", "items"}
    return keys


def _taskwarrior_data(body: str) -> Refusal | None:
    if re.match(r'\[(?:\w+:"[^"\n]*" ?)+\]\s*$', body.split("\n", 1)[0]):
        return Refusal(
            _("a data file of Taskwarrior 2"),
            _("Run “task export > tasks.json”, and import that."),
        )
    return None


def _table(body: str) -> str | None:
    for names in _headers(body):
        for one in FORMATS.values():
            if one.columns and set(one.columns) <= names:
                return one.name
    header = next(filter(any, _headers(body)), set())
    known = table.columns_of(header)
    if len(header) > 1 and "title" in known and len(known) > 1:
        return table.NAME
    # Unknown columns, but as many cells in each row: no lines of words are like that.
    lines = [line for line in body[:4000].split("\n")[:-1] if line.strip()]
    for delimiter, least in ((",", 2), (";", 1), ("\t", 1)):
        counts = {line.count(delimiter) for line in lines if '"' not in line}
        if len(lines) > 1 and len(counts) == 1 and min(counts) >= least:
            return table.NAME
    return None


def _headers(body: str) -> Iterator[set[str]]:
    """The cells of the first rows, of which one names the columns."""
    head = body[:4000]
    delimiter = max(",;\t", key=head.split("\n", 1)[0].count)
    with suppress(Unreadable):
        for _line, cells in islice(rows_of(head, delimiter), 9):
            yield {cell.strip().lower() for cell in cells}


def _lines(body: str) -> str | Refusal | None:
    """A checklist, or lines of words: todo.txt asks for no more than that."""
    lines = [line for line in body[:20_000].splitlines() if line.strip()]
    if any(map(markdown.ITEM.match, lines)):
        return markdown.NAME
    strange = sum(one < " " and one not in "\n\r\t" or one == "\ufffd" for one in body[:20_000])
    if strange > len(body[:20_000]) / 50:
        return Refusal(_("a file that is no text"))
    if lines[0].startswith(("From ", "Return-Path:", "Received:", "MIME-Version:")):
        return Refusal(_("an e-mail message"))
    if re.match(r"\*+ (TODO|DONE) ", lines[0]) or lines[0].startswith("#+TITLE"):
        return Refusal(
            _("an Org file (Emacs)"), _("Export it as iCalendar (C-c C-e c f), and import that.")
        )
    if lines[0].startswith(("#!", "import ", "from __future__", "<?php", "package ", "#include")):
        return Refusal(_("the source of a program"))
    code = sum(line.rstrip().endswith(("{", "}", ";", "/>", "</")) for line in lines)
    return Refusal(_("the source of a program")) if code > len(lines) / 2 else todotxt.NAME
