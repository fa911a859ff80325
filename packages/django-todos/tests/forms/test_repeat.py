"""The repeat of a todo's form: selects, words, and the next dates before saving."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import NOW, make_todo
from tests.views.pages import given_at, untouched

from django_todos.dates import Moment
from django_todos.forms.repeat import (
    ANY_DAY,
    WEEKEND_DAY,
    WORKING_DAY,
    RepeatChoice,
    RepeatField,
    RepeatFields,
    build,
    fields_of,
)
from django_todos.forms.todos import TodoForm
from django_todos.limits import MAX_COUNT, MAX_INTERVAL
from django_todos.models import Preferences, Todo, repeat_columns
from django_todos.repeats.occurrences import Repeat
from django_todos.repeats.rule import RuleError, parse
from django_todos.viewer import Viewer

M = Moment.parse


FIELDS = [
    ("FREQ=DAILY;INTERVAL=3", RepeatFields("DAILY", 3)),
    ("FREQ=WEEKLY;BYDAY=MO,TH", RepeatFields("WEEKLY", weekdays=(0, 3))),
    ("FREQ=MONTHLY", RepeatFields("MONTHLY")),
    ("FREQ=MONTHLY;BYMONTHDAY=15", RepeatFields("MONTHLY", month_day=15)),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", RepeatFields("MONTHLY", month_day=-1)),
    (
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        RepeatFields("MONTHLY", month_day=31),
    ),
    ("FREQ=MONTHLY;BYDAY=-1FR", RepeatFields("MONTHLY", nth=-1, weekday=4)),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        RepeatFields("MONTHLY", nth=-1, weekday=WORKING_DAY),
    ),
    ("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1", RepeatFields("MONTHLY", nth=1, weekday=WEEKEND_DAY)),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-2",
        RepeatFields("MONTHLY", nth=-2, weekday=ANY_DAY),
    ),
    ("FREQ=YEARLY;BYMONTH=6", RepeatFields("YEARLY", month=6)),
    ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30", RepeatFields("YEARLY", month=4, month_day=30)),
    (
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1",
        RepeatFields("YEARLY", month=2, month_day=29),
    ),
    ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", RepeatFields("YEARLY", nth=4, weekday=3, month=11)),
    ("FREQ=DAILY;COUNT=10", RepeatFields("DAILY", ends="count", count=10)),
    ("FREQ=DAILY;UNTIL=20270601", RepeatFields("DAILY", ends="until", until=date(2027, 6, 1))),
]


@pytest.mark.parametrize("rrule, fields", FIELDS)
def test_the_forms_fields_in_both_directions(rrule, fields):
    assert build(fields) == rrule
    assert fields_of(rrule) == fields


def test_what_belongs_to_another_frequency_is_left_out():
    filled = RepeatFields("DAILY", weekdays=(0,), month_day=3, nth=1, weekday=2, month=4)
    assert build(filled) == "FREQ=DAILY"
    assert build(RepeatFields("DAILY", count=3, until=date(2027, 1, 1))) == "FREQ=DAILY"


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=MO;WKST=SU",
        "FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYMONTHDAY=31",  # skips the shorter months: not what the form's 31 means
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,2",
        "FREQ=YEARLY;BYMONTHDAY=15",
        "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=DAILY;UNTIL=20270601T220000Z",
    ],
)
def test_other_rules_are_custom(rrule):
    assert fields_of(rrule) is None


@pytest.mark.parametrize(
    "fields, says",
    [
        (RepeatFields("HOURLY"), "Choose days"),  # type: ignore[arg-type]
        (RepeatFields("DAILY", 0), "number from 1"),
        (RepeatFields("DAILY", MAX_INTERVAL + 1), "number from 1"),
        (RepeatFields("DAILY", ends="count"), "how many times"),
        (RepeatFields("DAILY", ends="count", count=MAX_COUNT + 1), "how many times"),
        (RepeatFields("DAILY", ends="until"), "last day"),
        (RepeatFields("MONTHLY", month_day=32), "days 1 to 31"),
        (RepeatFields("MONTHLY", month_day=0), "days 1 to 31"),
        (RepeatFields("MONTHLY", nth=6, weekday=0), "which weekday"),
        (RepeatFields("MONTHLY", nth=1), "which weekday"),
        (RepeatFields("MONTHLY", weekday=1), "which weekday"),
        (RepeatFields("MONTHLY", nth=1, weekday=10), "which weekday"),
        (RepeatFields("YEARLY", month_day=1), "Choose the month"),
        (RepeatFields("YEARLY", nth=1, weekday=1), "Choose the month"),
        (RepeatFields("YEARLY", month=2, month_day=30), "no such day"),
        (RepeatFields("YEARLY", month=4, month_day=31), "no such day"),
        (RepeatFields("YEARLY", month=13), "BYMONTH"),
        (RepeatFields("WEEKLY", weekdays=(7,)), "Choose weekdays"),
    ],
)
def test_fields_that_make_no_rule_say_why(fields, says):
    with pytest.raises(RuleError, match=says):
        build(fields)


def selects(**values):
    """What a browser sends for selects that nobody touched, with some of them touched."""
    untouched = {
        "freq": "",
        "interval": "1",
        "nth": "",
        "weekday": "0",
        "monthday": "",
        "month": "",
        "ends": "never",
        "until": "",
        "count": "",
        "mode": "due",
    }
    return {f"repeat_{name}": value for name, value in (untouched | values).items()}


def seen_selects():
    """What travels along with them: they were shown untouched."""
    return {f"initial-{name}": value for name, value in selects().items()}


@pytest.fixture
def field(cast):
    found = RepeatField()
    found.viewer = Viewer(cast.alice, Preferences(user=cast.alice), NOW)
    return found


def read(field, repeat=None, **values):
    """What the field makes of its words, and of selects where some are given."""
    data = QueryDict(mutable=True)
    for name, value in (selects(**values) if values else {}).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    if repeat is not None:
        data["repeat"] = repeat
    return field.clean(field.widget.value_from_datadict(data, {}, "repeat"))


@pytest.mark.parametrize(
    "values, rrule, mode",
    [
        ({"freq": "DAILY", "interval": "3"}, "FREQ=DAILY;INTERVAL=3", "due"),
        ({"freq": "DAILY", "mode": "completion"}, "FREQ=DAILY", "completion"),
        ({"freq": "WEEKLY", "weekdays": ["0", "3"], "nth": "1"}, "FREQ=WEEKLY;BYDAY=MO,TH", "due"),
        ({"freq": "MONTHLY"}, "FREQ=MONTHLY", "due"),
        ({"freq": "MONTHLY", "nth": "-1", "weekday": "4"}, "FREQ=MONTHLY;BYDAY=-1FR", "due"),
        ({"freq": "MONTHLY", "nth": "day", "monthday": "15"}, "FREQ=MONTHLY;BYMONTHDAY=15", "due"),
        ({"freq": "MONTHLY", "nth": "day", "monthday": "-1"}, "FREQ=MONTHLY;BYMONTHDAY=-1", "due"),
        (
            {"freq": "YEARLY", "nth": "4", "weekday": "3", "month": "11"},
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            "due",
        ),
        (
            {"freq": "DAILY", "ends": "until", "until": "2027-06-01", "count": "x"},
            "FREQ=DAILY;UNTIL=20270601",
            "due",
        ),
        ({"freq": "DAILY", "ends": "count", "count": "5"}, "FREQ=DAILY;COUNT=5", "due"),
    ],
)
def test_the_selects_say_a_rule(field, values, rrule, mode):
    found = read(field, "", **values)
    assert found == RepeatChoice(rrule, mode) and found.said
    assert field.clean(field.widget.decompress(found)) == found


@pytest.mark.parametrize(
    "values, says",
    [
        ({"freq": "HOURLY"}, "Choose days"),
        ({"freq": "DAILY", "interval": "often"}, "whole number"),
        ({"freq": "DAILY", "interval": "0"}, "number from 1"),
        ({"freq": "DAILY", "ends": "until"}, "Enter the last day"),
        ({"freq": "DAILY", "ends": "count"}, "whole number"),
        ({"freq": "MONTHLY", "nth": "day"}, "whole number"),
        ({"freq": "MONTHLY", "nth": "9"}, "which weekday"),
        ({"freq": "YEARLY", "nth": "1"}, "Choose the month"),
        ({"freq": "WEEKLY", "weekdays": ["9"]}, "Choose weekdays"),
    ],
)
def test_what_they_cannot_say_is_an_error(field, values, says):
    with pytest.raises(ValidationError, match=says):
        read(field, "", **values)


@pytest.mark.parametrize(
    "words, rrule, mode",
    [
        ("every day", "FREQ=DAILY", "due"),
        ("every! 3 days", "FREQ=DAILY;INTERVAL=3", "completion"),
    ],
)
def test_words_count_where_they_are_chosen_or_nothing_is(field, words, rrule, mode):
    for values in ({"freq": ""}, {"freq": "words"}, {}):
        found = read(field, words, **values)
        assert found == RepeatChoice(rrule, mode) and found.said
    assert read(field, "") is None


@pytest.mark.parametrize("mode", ["due", "completion"])
def test_a_rule_as_text_is_not_said(field, mode):
    found = read(field, "freq=daily", freq="words", mode=mode)
    assert found == RepeatChoice("FREQ=DAILY", mode) and not found.said


@pytest.mark.parametrize(
    "text, says",
    [("now and then", "no repeat"), ("FREQ=SOMETIMES", "DAILY"), ("x" * 501, "at most 500")],
)
def test_words_that_are_no_repeat_are_an_error(field, text, says):
    with pytest.raises(ValidationError, match=says):
        read(field, text)


def test_never_takes_the_rule_away(field):
    assert read(field, "FREQ=DAILY", freq="") is None


def test_a_choice_that_needs_a_number_finds_one(field):
    """Each change is sent as it is made: none of them may be an error before a number was typed."""
    [*_words, monthday, _month, _ends, _until, count, _mode] = field.widget.decompress(None)
    found = read(field, "", freq="DAILY", ends="count", count=count)
    assert found.rrule == "FREQ=DAILY;COUNT=10"
    found = read(field, "", freq="MONTHLY", nth="day", monthday=monthday)
    assert found.rrule == "FREQ=MONTHLY;BYMONTHDAY=1"


@pytest.mark.parametrize("rrule", ["FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=WHAT"])
def test_what_the_selects_cannot_say_is_left_to_words(field, rrule):
    words, freq, *_rest, mode = field.widget.decompress(RepeatChoice(rrule, "completion"))
    assert (words, freq, mode) == (rrule, "words", "completion")


@pytest.mark.parametrize(
    "rrule, mode, start, meant",
    [
        ("FREQ=MONTHLY", "due", "2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        (
            "FREQ=MONTHLY;INTERVAL=2;COUNT=3",
            "due",
            "2026-01-29",
            "FREQ=MONTHLY;INTERVAL=2;COUNT=3;BYMONTHDAY=28,29;BYSETPOS=-1",
        ),
        ("FREQ=MONTHLY", "due", "2026-01-28", "FREQ=MONTHLY"),
        ("FREQ=MONTHLY", "completion", "2026-01-31", "FREQ=MONTHLY"),
        ("FREQ=MONTHLY", "due", "", "FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "due", "2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=31"),
        ("FREQ=YEARLY", "due", "2028-02-29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
        ("FREQ=YEARLY", "due", "2028-02-28", "FREQ=YEARLY"),
    ],
)
def test_what_somebody_means_who_says_it_on_that_day(rrule, mode, start, meant):
    assert str(parse(rrule).said_on(M(start).date, mode)) == meant


ODD = ["", "-1", "0", "1", "7", "13", "31", "²", "٣", "9" * 5000, "1e999", "NaN", "\x00", "a\x00b"]
ODD += ["0001-01-01", "9999-12-31", "2026-13-45", "DAILY", "WEEKLY", "MONTHLY", "YEARLY", "words"]
ODD += ["until", "count", "day", "completion", "FREQ=DAILY", "|", "| said"]


@pytest.mark.django_db
@given(
    st.dictionaries(
        st.sampled_from([*selects(), "repeat_weekdays", "repeat"]),
        st.lists(st.sampled_from(ODD) | st.text(max_size=10), min_size=1, max_size=3),
    ),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
)
def test_whatever_is_posted_becomes_a_rule_or_an_error(values, freq):
    field = RepeatField()
    field.viewer = Viewer(User(), Preferences(), NOW)
    data = QueryDict(mutable=True)
    for name, value in ({"repeat_freq": [freq]} | values).items():
        data.setlist(name, value)
    try:
        found = field.clean(field.widget.value_from_datadict(data, {}, "repeat"))
    except ValidationError:
        return
    assert found is None or field.clean(field.widget.decompress(found)) == found


def test_every_choice_has_words(field):
    field.widget.begin_weeks_on(6)
    inputs = dict(zip(field.widget.widgets_names, field.widget.widgets, strict=True))
    offered = {name: list(one.choices) for name, one in inputs.items() if hasattr(one, "choices")}
    assert all(str(words) for choices in offered.values() for _value, words in choices)
    assert [value for value, _words in offered["_weekdays"]] == [6, 0, 1, 2, 3, 4, 5]
    assert len(offered["_weekday"]) == 10


# -- through the pages -------------------------------------------------------------------------------


@pytest.fixture
def todo(cast):
    return make_todo(cast.flat, "Pay rent", due=M("2026-12-31"))


def sent_by(client, todo):
    """What is posted for the todo's form by somebody who changed nothing."""
    return untouched(given_at(client, todo.get_absolute_url()).context["form"])


def save(client, todo, **changes):
    response = client.post(todo.get_absolute_url(), sent_by(client, todo) | changes)
    todo.refresh_from_db()
    return response


@pytest.mark.django_db
class TestPages:
    def test_every_month_chosen_on_the_31st_means_the_last_day(self, cast, todo):
        response = save(cast.client("alice"), todo, **selects(freq="MONTHLY"))
        assert response.status_code == 303
        assert todo.rrule == "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
        assert (todo.repeat_mode, todo.repeat_anchor) == ("due", M("2026-12-31"))

    def test_so_do_words(self, cast, todo):
        save(cast.client("bob"), todo, repeat="every month")
        assert todo.rrule == "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"

    def test_a_rule_as_text_keeps_the_meaning_of_the_standard(self, cast, todo):
        save(cast.client("bob"), todo, repeat="FREQ=MONTHLY", **selects(freq="words"))
        assert todo.rrule == "FREQ=MONTHLY"

    def test_saving_something_else_keeps_rule_and_anchor(self, cast, todo):
        client = cast.client("alice")
        Todo.objects.update(**repeat_columns(Repeat("FREQ=MONTHLY", "due", M("2026-01-31"))))
        save(client, todo, title="Pay the rent", **selects(freq="MONTHLY"))
        assert (todo.title, todo.rrule) == ("Pay the rent", "FREQ=MONTHLY")
        assert todo.repeat_anchor == M("2026-01-31")

    def test_never_ends_it(self, cast, todo):
        Todo.objects.update(**repeat_columns(Repeat("FREQ=DAILY", "due", M("2026-12-31"))))
        save(cast.client("alice"), todo, **selects())
        assert todo.rrule == "" and not todo.repeat_anchor

    def test_a_repeat_without_a_date_begins_on_its_first_day(self, cast):
        todo = make_todo(cast.flat)
        save(cast.client("alice"), todo, repeat="every day", **selects(freq="words"))
        assert todo.due and todo.due == todo.repeat_anchor

    def test_a_repeat_without_a_date_asks_for_the_first_one_and_offers_today(self, cast):
        todo, client = make_todo(cast.flat), cast.client("alice")
        today = client.get(todo.get_absolute_url()).context["viewer"].today
        assert sent_by(client, todo)["repeat_first"] == str(today)
        response = save(client, todo, repeat="every week", repeat_first="")
        assert response.status_code == 422 and not todo.rrule
        assert "needs a first date" in response.content.decode()
        save(client, todo, repeat="every fri", repeat_first="2027-01-04")
        assert (todo.due, todo.repeat_anchor) == (M("2027-01-08"), M("2027-01-08"))
        assert (
            "repeat_first" not in given_at(client, todo.get_absolute_url()).context["form"].fields
        )

    def test_who_was_asked_for_the_first_date_may_answer_also_where_somebody_gave_one_meanwhile(
        self, cast
    ):
        todo, client = make_todo(cast.flat), cast.client("alice")
        begun = sent_by(client, todo) | {"repeat": "every week"}
        todo.edit(by=cast.bob, values={"due": M("2026-12-06")})
        url = todo.get_absolute_url()
        assert client.post(url, begun | {"repeat_first": ""}).status_code == 422
        response = client.post(url, begun)
        [conflict] = response.context["conflicts"]
        assert (response.status_code, conflict["field"]) == (409, "due")
        settled = untouched(response.context["form"]) | {"keep_due": "theirs"}
        assert client.post(url, settled).status_code == 303
        todo.refresh_from_db()
        assert (todo.due, todo.rrule) == (M("2026-12-06"), "FREQ=WEEKLY")

    def test_a_repeat_that_is_over_cannot_begin(self, cast):
        todo = make_todo(cast.flat)
        response = save(cast.client("alice"), todo, repeat="FREQ=DAILY;UNTIL=20200101")
        assert response.status_code == 422 and "No day fits" in response.content.decode()

    def test_a_wrong_date_is_the_error_not_the_repeat(self, cast):
        todo = make_todo(cast.flat)
        changes = {"repeat": "every day", "due_date": "the day after never"}
        response = save(cast.client("alice"), todo, **changes)
        assert response.status_code == 422
        assert set(response.context["form"].errors) == {"due_date"}

    def test_what_cannot_be_said_comes_back_with_what_was_chosen(self, cast, todo):
        client = cast.client("alice")
        response = save(client, todo, **selects(freq="DAILY", interval="0"))
        html = response.content.decode()
        assert response.status_code == 422 and todo.rrule == ""
        assert "Enter a number from 1" in html
        assert '<option value="DAILY" selected>' in html

    def test_the_next_five_dates_before_saving(self, cast, todo):
        client = cast.client("alice")
        path = reverse("django_todos:todo-repeat", args=[todo.uuid])
        data = sent_by(client, todo) | selects(freq="MONTHLY", nth="-1", weekday="4")
        html = client.post(path, data, headers={"HX-Request": "true"}).content.decode()
        assert html.lstrip().startswith('<div id="repeat-dates"')
        assert "Last Friday of every month · Next dates" in html
        assert html.count('todos-leaf"') == 5
        # Without a script the page comes back with what was chosen, unsaved.
        response = client.post(path, data)
        assert response.status_code == 200
        assert "Last Friday of every month ·" in response.content.decode()
        assert '<option value="MONTHLY" selected>' in response.content.decode()
        todo.refresh_from_db()
        assert todo.rrule == ""

    @pytest.mark.parametrize(
        "values, says",
        [
            ({"freq": "DAILY", "interval": "0"}, "number from 1"),
            ({"freq": "DAILY", "ends": "until", "until": "31.02.2027"}, "Enter the last day"),
        ],
    )
    def test_the_preview_says_what_is_wrong(self, cast, todo, values, says):
        client = cast.client("alice")
        path = reverse("django_todos:todo-repeat", args=[todo.uuid])
        data = sent_by(client, todo) | selects(**values)
        html = client.post(path, data, headers={"HX-Request": "true"}).content.decode()
        assert says in html and "todos-leaf" not in html

    def test_the_last_day_is_missed_only_when_saving(self, cast, todo):
        client = cast.client("alice")
        path = reverse("django_todos:todo-repeat", args=[todo.uuid])
        data = sent_by(client, todo) | selects(freq="DAILY", ends="until", until="")
        for headers in ({"HX-Request": "true"}, {}):
            response = client.post(path, data, headers=headers)
            assert response.status_code == 200
            assert "Enter the last day" not in response.content.decode()
        assert '<option value="until" selected>' in response.content.decode()
        html = client.post(path, data | {"repeat_until": "2027-01-31"}).content.decode()
        assert "todos-leaf" in html
        response = client.post(todo.get_absolute_url(), data)
        assert response.status_code == 422
        assert "Enter the last day" in response.content.decode()

    def test_a_form_that_was_previewed_is_whole(self, cast, todo):
        """Its error was taken off, and the value that it stood for was missing: nobody could ask for `values`."""
        data = QueryDict(mutable=True)
        for name, value in (
            sent_by(cast.client("alice"), todo) | selects(freq="DAILY", ends="until")
        ).items():
            data.setlist(name, value if isinstance(value, list) else [value])
        form = TodoForm(data, todo=todo, viewer=Viewer(cast.alice, Preferences(), NOW))
        form.preview()
        assert form.is_valid() and form.values["repeat"] is None

    def test_no_repeat_has_no_dates(self, cast, todo):
        client = cast.client("alice")
        path = reverse("django_todos:todo-repeat", args=[todo.uuid])
        data = sent_by(client, todo) | selects()
        html = client.post(path, data, headers={"HX-Request": "true"}).content.decode()
        assert "todos-leaf" not in html

    def test_a_saved_repeat_shows_its_dates(self, cast, todo):
        Todo.objects.update(**repeat_columns(Repeat("FREQ=DAILY", "due", M("2026-12-31"))))
        html = cast.client("alice").get(todo.get_absolute_url()).content.decode()
        assert html.count('todos-leaf"') == 5

    def test_a_rule_that_cannot_be_read_breaks_no_page(self, cast, todo):
        Todo.objects.update(rrule="FREQ=NEVER", slot_date=F("due_date"))
        assert cast.client("alice").get(todo.get_absolute_url()).status_code == 200

    @pytest.mark.parametrize(
        "name, status",
        [("alice", 200), ("bob", 200), ("rita", 403), ("charlie", 404), ("anonymous", 302)],
    )
    def test_who_may(self, cast, todo, name, status):
        path = reverse("django_todos:todo-repeat", args=[todo.uuid])
        client = cast.client(name)
        data = sent_by(cast.client("alice"), todo) | selects(freq="DAILY")
        assert client.post(path, data).status_code == status
        assert client.get(path).status_code in (302, 303)

    def test_a_conflict_does_not_bring_an_old_rule_back(self, cast, todo):
        """Somebody changed the rule meanwhile; who only changed the title sees the new one."""
        alice = cast.client("alice")
        data = sent_by(alice, todo) | selects() | seen_selects()
        save(cast.client("bob"), todo, title="Bob's title", **selects(freq="DAILY"))
        response = alice.post(todo.get_absolute_url(), data | {"title": "Alice's title"})
        assert response.status_code == 409
        form = response.context["form"]
        assert form["repeat"].value()[:2] == ["FREQ=DAILY", "DAILY"]

    @pytest.mark.parametrize("keep, rrule", [("yours", "FREQ=WEEKLY"), ("theirs", "FREQ=DAILY")])
    def test_a_repeat_that_both_chose_is_settled_by_choosing(self, cast, todo, keep, rrule):
        alice, url = cast.client("alice"), todo.get_absolute_url()
        data = sent_by(alice, todo) | seen_selects()
        save(cast.client("bob"), todo, **selects(freq="DAILY"))
        response = alice.post(url, data | selects(freq="WEEKLY"))
        assert response.status_code == 409
        form = response.context["form"]
        assert form["repeat"].value()[1] == "WEEKLY"
        again = {name: form.data.getlist(name) for name in form.data} | {"keep_repeat": keep}
        assert alice.post(url, again).status_code == 303
        todo.refresh_from_db()
        assert todo.rrule == rrule
