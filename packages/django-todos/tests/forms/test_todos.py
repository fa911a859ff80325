"""Forms and fields by themselves: what is read, what is refused, what comes back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from tests.factories import NOW, Cast, make_todo
from tests.views.pages import untouched

from django_todos.dates import Moment
from django_todos.exchange.formats import todotxt
from django_todos.exchange.formats.values import read_words
from django_todos.exchange.records import Reading
from django_todos.forms.adding import QuickAddForm
from django_todos.forms.dates import WordsDateField, ZoneField
from django_todos.forms.exchange import ImportForm
from django_todos.forms.lists import ListForm
from django_todos.forms.todos import LabelsField, TodoForm
from django_todos.models import DayOrder, Preferences, TodoList
from django_todos.quickadd import parse
from django_todos.repeats.occurrences import Repeat
from django_todos.viewer import Viewer


@pytest.fixture
def viewer(cast: Cast) -> Viewer:
    return Viewer(cast.alice, Preferences(user=cast.alice), NOW)


def field_of(kind: type[Any], viewer: Viewer) -> Any:
    field = kind(required=False) if kind is WordsDateField else kind()
    field.viewer = viewer
    return field


READ = [
    (WordsDateField, "", Moment()),
    (WordsDateField, "2026-12-15", Moment.parse("2026-12-15")),
    (WordsDateField, " 12/15/2026 ", Moment.parse("2026-12-15")),
    (WordsDateField, "fri", Moment.parse("2026-11-27")),
    (WordsDateField, "tomorrow 9am", Moment.parse("2026-11-24T09:00")),
    (ZoneField, "", ""),
    (ZoneField, "America/New York", "America/New_York"),
    (LabelsField, "", []),
    (LabelsField, "shop, Home,, #x , SHOP", ["Home", "SHOP", "x"]),
    (LabelsField, "#shop #at work", ["at", "shop", "work"]),
    (LabelsField, "家、仕事，b،a", ["a", "b", "仕事", "家"]),
]


@pytest.mark.parametrize("kind, text, value", READ)
def test_what_fields_read(viewer: Viewer, kind, text: str, value):
    assert field_of(kind, viewer).clean(text) == value


REFUSED = [
    (WordsDateField, "31 feb", "not a date"),
    (WordsDateField, "x" * 101, "at most 100"),
    (WordsDateField, "a\x00", "(?i)null"),
    (ZoneField, "Mars/Base", "No time zone"),
    (ZoneField, "../etc", "No time zone"),
    (LabelsField, "x" * 101, "at most 100"),
    (LabelsField, "x," * 1001, "at most 2000"),
]


@pytest.mark.parametrize("kind, text, says", REFUSED)
def test_what_fields_refuse(viewer: Viewer, kind, text: str, says: str):
    with pytest.raises(ValidationError, match=says):
        field_of(kind, viewer).clean(text)


def test_labels_are_shown_as_people_write_them():
    assert LabelsField().prepare_value(["a", "b"]) == "a, b"


@pytest.mark.parametrize(
    "name", ["a, b", "木、火", "#1", "# 1, 2", '"quoted"', 'half "quoted', "'"]
)
def test_a_label_is_read_as_it_is_shown_whatever_its_name_came_with(name: str):
    """By an import or a host's code a name may hold what separates names."""
    field = LabelsField()
    for some in ([name], [name, "z"], ["!", name, "z"]):
        assert sorted(field.clean(field.prepare_value(some))) == sorted(some)


TEXTS = [
    ("title", "x", "x"),
    ("due", Moment(), "None"),
    ("due", Moment.parse("2026-12-15T09:00[Europe/Berlin]"), "Tue 15 Dec, 09:00 Europe/Berlin"),
    ("start", Moment.parse("2027-12-15"), "Wed 15 Dec 2027"),
    ("priority", 7, "Low"),
    ("repeat", None, "Never"),
    ("repeat", Repeat("FREQ=DAILY", "due", Moment()), "Every day"),
    ("labels", ["a", "b"], "a, b"),
    ("assignee_id", None, "Nobody"),
]


@pytest.mark.parametrize("name, value, text", TEXTS)
def test_values_in_words_for_who_has_to_choose(
    cast: Cast, viewer: Viewer, name: str, value: Any, text: str
):
    form = TodoForm(todo=make_todo(cast.flat), viewer=viewer)
    assert form.as_text(name, value) == text
    assert form.as_text("assignee_id", cast.bob.pk) == "bob"


@pytest.mark.parametrize(
    "columns",
    [
        {"rrule": "NOT A RULE"},
        {"due_date": NOW.date(), "due_time": NOW.time(), "due_tz": "Gone/Zone", "due_at": NOW},
        {"notes": "\x0b odd \r\n"},
    ],
)
def test_what_is_stored_but_cant_be_read_survives_an_edit_of_the_title(
    cast: Cast, viewer: Viewer, columns: dict[str, Any]
):
    todo = make_todo(cast.flat)
    type(todo).objects.update(**columns)
    todo.refresh_from_db()
    shown = TodoForm(todo=todo, viewer=viewer)
    data = QueryDict(urlencode(untouched(shown) | {"title": "new"}, doseq=True))
    form = TodoForm(data, todo=todo, viewer=viewer)
    if form.is_valid():
        changed = {name for name, value in form.values.items() if value != form.seen[name]}
        assert changed == {"title"}
    else:
        assert set(form.errors) <= {"repeat", "due_tz"}
    type(todo).objects.update(due_date=None, due_time=None, due_tz="", due_at=None, rrule="")


@pytest.mark.parametrize(
    "text, valid",
    [("a", True), ("a\n\n b\n", True), ("", False), (" \n ", False), ("a\n" * 501, False)],
)
def test_lines_of_quick_add(viewer: Viewer, text: str, valid: bool):
    form = QuickAddForm(QueryDict(urlencode({"text": text, "view": ""})), viewer=viewer)
    assert form.is_valid() == valid
    elsewhere = QueryDict(urlencode({"text": "a", "view": "elsewhere"}))
    assert not QuickAddForm(elsewhere, viewer=viewer).is_valid()


def test_lists(db: None):
    assert not ListForm({"name": "x", "color": "mauve"}).is_valid()
    assert ListForm({"name": "x", "color": "teal"}).is_valid()


def test_a_file_that_is_too_large_is_refused(cast: Cast, settings):
    settings.TODOS_IMPORT_MAX_BYTES = 10
    lists = TodoList.objects.visible_to(cast.alice)
    for content, valid in [(b"x" * 10, True), (b"x" * 11, False)]:
        files = {"file": SimpleUploadedFile("todo.txt", content)}
        form = ImportForm({"list": str(cast.flat.uuid)}, files, lists=lists)
        assert form.is_valid() == valid
        assert ("at most 10" in str(form.errors)) != valid


ORDERS = [("5/6", "2027-06-05", "2027-05-06"), ("9/10", "2027-10-09", "2027-09-10"), ("1/8", "2027-08-01", "2027-01-08")]  # fmt: skip


@pytest.mark.parametrize("text, day_first, month_first", ORDERS)
def test_one_order_of_day_and_month(cast: Cast, text: str, day_first: str, month_first: str):
    for order, day in ((DayOrder.DAY, day_first), (DayOrder.MONTH, month_first)):
        viewer = Viewer(cast.alice, Preferences(user=cast.alice, day_order=order), NOW)
        moment = Moment.parse(day)
        assert field_of(WordsDateField, viewer).clean(text) == moment
        assert parse(f"Vet {text}", **viewer.reading).due == moment
        how = Reading(viewer.zone, viewer.now, viewer.day_first)
        assert read_words(text, how) == (moment, None)
        assert todotxt.parse(f"Vet due:{text}/2027", how).records[0].due == moment


@pytest.mark.parametrize(
    "due, start, name, says",
    [
        ("2026-12-01", "2026-12-05", "due", "before it starts, Sat 5 Dec"),
        ("2926-12-01", "", "due", "900 years away"),
        ("", "1926-12-01", "start", "100 years away"),
        ("2026-12-05", "2026-12-01", "due", ""),
    ],
)
def test_what_is_odd_about_a_date_is_said(cast: Cast, due: str, start: str, name: str, says: str):
    todo = make_todo(cast.flat, due=Moment.parse(due), start=Moment.parse(start))
    form = TodoForm(todo=todo, viewer=Viewer(cast.alice, Preferences(user=cast.alice), NOW))
    [said] = [one.shown.caution for one in form.groups() if one.shown.name == name]
    assert says in said and bool(says) == bool(said)
