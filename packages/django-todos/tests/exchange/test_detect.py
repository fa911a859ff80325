"""What a file is: its letters, and the program that it comes from."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_todos.exchange.detect import Refusal, decode, detect, refuse_bytes


@pytest.mark.parametrize(
    ("data", "text", "guessed"),
    [
        (b"caf\xc3\xa9", "café", False),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café", False),
        ("café".encode("utf-16"), "café", False),
        (b"\xfe\xff\x00a", "a", False),
        (b"caf\xe9 \x80", "café €", True),
        (b"", "", False),
    ],
)
def test_encodings(data: bytes, text: str, guessed: bool) -> None:
    assert decode(data).text == text
    assert decode(data).is_sure is not guessed


@given(st.binary(max_size=200))
def test_any_bytes_are_text(data: bytes) -> None:
    assert isinstance(decode(data).text, str)


CYRILLIC = "Купить хлеб и молоко\nПозвонить маме +Дом"
JAPANESE = "牛乳を買う\nゴミを出す @家"
CHINESE = "买牛奶和面包\n给妈妈打电话 +家"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CYRILLIC, "cp1251"),
        (JAPANESE, "cp932"),
        (CHINESE, "gb18030"),
        ("Müll für Jörg rausbringen\nCafé à côté", "cp1252"),
        ("Ünïcode", "cp1252"),
    ],
)
def test_letters_are_guessed_and_can_be_chosen(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert (decode(data).text, decode(data).encoding) == (text, encoding)
    assert not decode(data).is_sure
    assert decode(data, encoding).is_sure
    wide = text.encode("utf-16-le")
    assert decode(wide, "utf-16").text == text or decode(wide).text == text


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "seems"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"SQLite format 3\0", "Taskwarrior 3"),
        (_zip("a.txt"), "ZIP"),
        (_zip("VERSION", "data.json"), "Vikunja"),
        (_zip("Takeout/Tasks/Tasks.json"), "Google Takeout"),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "spreadsheet"),
        (_zip("personal.ics"), "calendars"),
        (b"PK\x03\x04 not really", "ZIP"),
        (b"<!DOCTYPE html><html><ul><li>a", "web page"),
        (b"<?xml version='1.0'?><opml/>", "XML"),
        (b"BEGIN:VCARD\nEND:VCARD", "address book"),
        (b'{"name": "x", "version": 2}', "JSON of a program"),
        (b'[{"title": "P", "tasks": []}]', "Vikunja"),
        (b"[" * 100_000, "JSON that is broken"),
        (b'[description:"a" entry:"1"]\n[description:"b"]', "Taskwarrior 2"),
        (b"* TODO Call mum\n", "Org file"),
        (b"#!/bin/sh\necho\n", "program"),
        (b"\x00\x01\x02\x03" * 50, "no text"),
    ],
)
def test_what_we_do_not_read_is_named(data: bytes, seems: str) -> None:
    found = refuse_bytes(data) or detect(decode(data).text)
    assert isinstance(found, Refusal) and seems in str(found.seems)


@pytest.mark.parametrize("text", [",,\n,,", ";", '"', "\t,"])
def test_a_file_of_separators_alone_breaks_nothing(text: str) -> None:
    assert detect(text)
