"""Quick add on the site: what is read is written, shown as chips, and can be turned back."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import Cast, make_list, make_todo, outline
from tests.views.pages import SAVEPOINT

from django_todos.dates import Moment
from django_todos.models import Action, Label, Preferences, Todo

LINE = "Pay rent tomorrow 9am every month #home !1 @bob // ask about the meter"


def send(client: Client, name: str, /, *args: object, **data: Any) -> Any:
    return client.post(reverse(f"django_todos:{name}", args=args), data)


def added(cast: Cast, text: str, who: str = "alice", **data: Any) -> Todo:
    answer = send(cast.client(who), "todo-create", text=text, list=cast.flat.uuid, **data)
    assert answer.status_code == 303
    return Todo.objects.order_by("-pk")[0]


def test_a_line_becomes_a_todo(cast: Cast) -> None:
    todo = added(cast, LINE)
    assert (todo.title, todo.notes, todo.priority) == ("Pay rent", "ask about the meter", 1)
    assert todo.due == Moment(date(2026, 11, 24), time(9))
    assert (todo.rrule, todo.repeat_mode) == ("FREQ=MONTHLY", "due")
    assert todo.repeat_anchor == todo.due
    assert [label.name for label in todo.labels.all()] == ["home"]
    assert todo.assignee == cast.bob


def test_a_paste_becomes_a_tree(cast: Cast) -> None:
    make_todo(cast.flat, "Old")
    text = "Trip #travel\n  - [ ] Tickets fri\n    - Print\n  Hotel\nHome"
    answer = send(cast.client("bob"), "todo-create", text=text, list=cast.flat.uuid)
    assert answer.status_code == 303
    assert outline(cast.flat) == ["Old", "Trip", "  Tickets", "    Print", "  Hotel", "Home"]
    assert Todo.objects.get(title="Tickets").due_date == date(2026, 11, 27)
    action = Action.objects.get(verb="bulk-create")
    assert len(action.todo_ids) == 5 and "typed" not in action.changes


def test_new_todos_go_to_the_top_for_who_prefers_that(cast: Cast) -> None:
    Preferences.objects.update_or_create(user=cast.alice, defaults={"new_todos": "top"})
    parent = make_todo(cast.flat, "Old")
    added(cast, "Trip\n  Tickets\nHome")
    added(cast, "Sub", parent=parent.uuid)
    added(cast, "Sub 2", parent=parent.uuid)
    assert outline(cast.flat) == ["Trip", "  Tickets", "Home", "Old", "  Sub", "  Sub 2"]


def test_subtasks_stay_with_their_parent(cast: Cast) -> None:
    make_list(cast.alice, "Garden")
    parent = make_todo(cast.flat, "Move")
    text = "Boxes +Garden fri\n  Small\n    a\n      b\n        c"
    answer = send(cast.client("alice"), "todo-create", text=text, parent=parent.uuid, view="todo")
    assert answer.status_code == 303
    lines = ["Move", "  Boxes +Garden", "    Small", "      a", "        b", "        c"]
    assert outline(cast.flat) == lines


def test_another_list_by_name(cast: Cast) -> None:
    garden = make_list(cast.alice, "Kitchen garden")
    todo = added(cast, "Prune +kitchen-garden fri @bob")
    assert (todo.todo_list, todo.title) == (garden, "Prune @bob")  # bob is no member there
    assert todo.assignee is None
    assert added(cast, "Prune +Kitchen garden @alice").assignee == cast.alice


def test_lists_and_people_one_can_t_name_are_words(cast: Cast) -> None:
    make_list(cast.charlie, "Secret")
    cast_list_of_rita = make_list(cast.alice, "Read only")
    cast_list_of_rita.add_member(cast.bob, "viewer")
    for text in ("Sweep +Secret", "Sweep +Nowhere", "Sweep @charlie", "Sweep @nobody"):
        assert added(cast, text).title == text
    assert added(cast, 'Sweep +"Read only"', "bob").title == 'Sweep +"Read only"'


def test_today_gives_a_date_unless_one_is_said(cast: Cast) -> None:
    assert added(cast, "Sweep", view="today").due == Moment(date(2026, 11, 23))
    assert added(cast, "Sweep fri", view="today").due == Moment(date(2026, 11, 27))
    assert added(cast, "Sweep no date", view="today").due == Moment()


def test_words_turned_back_stay_words(cast: Cast) -> None:
    todo = added(cast, "Call mum tomorrow #home", plain=["tomorrow", "#home"])
    assert (todo.title, todo.due) == ("Call mum tomorrow #home", Moment())


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 501, "Short\n" + "long " * 101])
def test_what_does_not_hold_comes_back(cast: Cast, text: str) -> None:
    answer = send(cast.client("alice"), "todo-create", text=text, list=cast.flat.uuid)
    assert answer.status_code == 422
    assert not Todo.objects.exists()


def test_a_refused_line_comes_back_whole_where_a_reload_answers(cast: Cast) -> None:
    client, url = cast.client("alice"), reverse("django_todos:todo-create")
    there = cast.flat.get_absolute_url()
    data = {"text": "x" * 501, "list": cast.flat.uuid, "next": f"{there}?sort=due"}
    html = client.post(url, data).content.decode()
    assert "x" * 501 + "</textarea>" in html and "1 character too many for a title." in html
    assert f'name="next" value="{there}?sort=due"' in html
    assert f'value="{cast.flat.uuid}" selected' in html
    assert client.get(url).status_code == 200


def test_the_rest_of_a_long_title_may_go_to_the_notes(cast: Cast) -> None:
    todo = added(cast, "word " * 110 + "tomorrow // the end", way="notes")
    assert todo.title == ("word " * 100).strip()
    assert todo.notes == ("word " * 10).strip() + "\n\nthe end"
    assert todo.due == Moment(date(2026, 11, 24))


def test_the_first_of_too_many_lines_are_added_and_the_others_stay_in_the_field(
    cast: Cast,
) -> None:
    client, url = cast.client("alice"), reverse("django_todos:todo-create")
    text = "\n".join([f"Line {n}" for n in range(498)] + ["Trip"] + ["  Ticket"] * 701)
    refused = client.post(url, {"text": text, "list": cast.flat.uuid})
    html = refused.content.decode()
    assert refused.status_code == 422 and not Todo.objects.exists()
    assert "1,200 lines: at most 500 at once." in html and "Add 498 of 1,200" in html
    answer = client.post(url, {"text": text, "list": cast.flat.uuid, "way": "first"})
    assert Todo.objects.count() == 498  # what is below the trip stays with it
    rest = answer.context["quick_add"]["text"].value()
    assert (rest.splitlines()[0], len(rest.splitlines())) == ("Trip", 702)
    assert f'value="{cast.flat.uuid}" selected' in answer.content.decode()


def test_the_page_of_quick_add_knows_where_one_came_from(cast: Cast) -> None:
    make_todo(cast.flat, labels=["home"])
    client, url = cast.client("alice"), reverse("django_todos:todo-create")
    label = reverse("django_todos:label-detail", args=["home"])
    html = client.get(url, {"next": label, "due": "2026-11-27"}).content.decode()
    assert 'name="label" value="home"' in html and 'value="2026-11-27"' in html
    assert f'name="next" value="{label}"' in html
    html = client.get(
        url, {"next": cast.flat.get_absolute_url(), "due": "31 Feb"}
    ).content.decode()
    assert f'value="{cast.flat.uuid}" selected' in html
    in_place = {"next": label, "due": "2026-11-27", "at": "-day"}
    html = client.get(url, in_place, HTTP_HX_REQUEST="true").content.decode()
    assert html.strip().startswith('<form class="todos-quick-form" id="quick-add-day"')
    assert 'placeholder="Add a todo for Friday 27 November"' in html and "<select" not in html


def test_words_win_over_the_day_and_the_label_of_the_page(cast: Cast) -> None:
    todo = added(cast, "Sweep 5pm #attic", due="2026-11-27", label="home")
    assert todo.due == Moment(date(2026, 11, 27), time(17))
    assert sorted(label.name for label in todo.labels.all()) == ["attic", "home"]
    assert added(cast, "Sweep tomorrow", due="2026-11-27").due == Moment(date(2026, 11, 24))
    assert added(cast, "Sweep no date", due="2026-11-27").due == Moment()


def test_long_words_after_the_title_are_notes(cast: Cast) -> None:
    assert added(cast, "Short // " + "long " * 200).notes == ("long " * 200).strip()


def test_a_line_of_parts_only_keeps_its_words(cast: Cast) -> None:
    assert added(cast, "tomorrow 9am").title == "tomorrow 9am"


# ---- the preview


def preview(cast: Cast, text: str, who: str = "alice", **data: Any) -> Any:
    data = {"list": cast.flat.uuid, **data}
    return send(cast.client(who), "todo-preview", text=text, **data)


def test_chips_show_what_is_read(cast: Cast) -> None:
    answer = preview(cast, LINE)
    html = answer.content.decode()
    assert answer.status_code == 200 and answer["Vary"].count("HX-Request") == 1
    said = [(chip.words, chip.plain) for chip in answer.context["chips"]]
    assert said == [
        ("Tomorrow, 09:00", "tomorrow 9am"),
        ("Every month", "every month"),
        ("home", "#home"),
        ("High", "!1"),
        ("bob", "@bob"),
        ("ask about the meter", "// ask about the meter"),
    ]
    assert html.strip().startswith('<div class="todos-chips" id="quick-add-chips"')
    assert 'aria-label="Due: Tomorrow, 09:00. Turn back into plain words."' in html
    assert not Todo.objects.exists() and not Label.objects.exists()


def test_the_preview_counts_the_characters_left(cast: Cast) -> None:
    assert "left" not in preview(cast, "x" * 399).content.decode().split("hx-swap-oob")[1]
    assert "22 characters left" in preview(cast, "x" * 478 + " tomorrow").content.decode()
    html = preview(cast, "x" * 512, at="-over").content.decode()
    assert "12 characters too many" in html and 'id="quick-add-limit-over"' in html
    assert "1,200 lines" in preview(cast, "x\n" * 1200).content.decode()


def test_other_chips(cast: Cast) -> None:
    make_list(cast.alice, "Garden")
    text = "Dig every mon call Ann 8pm starting 5 dec +Garden"
    words = [chip.words for chip in preview(cast, text).context["chips"]]
    assert words == ["Every Monday", "Mon 7 Dec, 20:00", "Sat 5 Dec", "Garden"]
    assert [c.words for c in preview(cast, "Sort no date").context["chips"]] == ["No date"]
    assert [c.words for c in preview(cast, "tomorrow ask Bo 9am").context["chips"]] == [
        "Tomorrow, 09:00",
        "09:00",
    ]
    assert [c.words for c in preview(cast, "Bins every tue").context["chips"]] == [
        "Every Tuesday, first Tomorrow"
    ]
    assert [c.about for c in preview(cast, "Fly 11am Europe/Lisbon").context["chips"]] == [
        "Due: Today, 11:00 Lisbon."
    ]


def test_a_chip_turned_back_stays_turned_back(cast: Cast) -> None:
    answer = preview(cast, "Call mum tomorrow #home", plain=["tomorrow"])
    assert [chip.plain for chip in answer.context["chips"]] == ["#home"]
    assert '<input type="hidden" name="plain" value="tomorrow">' in answer.content.decode()
    answer = preview(cast, "Call mum #home", plain=["tomorrow"])
    assert answer.context["kept"] == []


def test_chips_of_a_subtask(cast: Cast) -> None:
    make_list(cast.alice, "Garden")
    parent = make_todo(cast.flat)
    answer = preview(cast, "Dig fri @bob +Garden", list="", parent=parent.uuid, view="todo")
    assert [chip.words for chip in answer.context["chips"]] == ["Fri 27 Nov", "bob"]


def test_the_inbox_is_where_no_list_is_named(cast: Cast) -> None:
    answer = send(cast.client("rita"), "todo-create", text="Dig fri", view="upcoming")
    assert answer.status_code == 303
    assert Todo.objects.get().todo_list.inbox_of == cast.rita


def test_people_have_several_names(cast: Cast) -> None:
    cast.bob.first_name, cast.bob.last_name = "Robert", "Tailor"
    cast.bob.save()
    for name in ("bob", "robert", "Robert Tailor", '"Robert Tailor"'):
        assert added(cast, f"Dig @{name}").assignee == cast.bob


def test_text_is_escaped(cast: Cast) -> None:
    html = preview(cast, "x #<b>\"&'").content.decode()
    assert "<b>" not in html
    html = preview(cast, "x // <script>alert(1)</script>").content.decode()
    assert "<script>" not in html


@pytest.mark.parametrize("text", ["", "  ", "One\nTwo", "Nothing to read"])
def test_no_chips(cast: Cast, text: str) -> None:
    answer = preview(cast, text)
    assert answer.status_code == 200 and answer.context["chips"] == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("alice", 200), ("bob", 200), ("rita", 403), ("charlie", 404), ("anonymous", 302)],
)
def test_who_may_preview(cast: Cast, who: str, status: int) -> None:
    assert preview(cast, "Call mum fri", who).status_code == status


def test_preview_is_a_post(cast: Cast) -> None:
    assert cast.client("alice").get(reverse("django_todos:todo-preview")).status_code == 303


def test_queries_of_a_preview(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = cast.client("alice")
    url = reverse("django_todos:todo-preview")
    with django_assert_max_num_queries(
        6 + SAVEPOINT
    ):  # session, user, preferences, list, may it be edited
        client.post(url, {"text": "Call mum fri #home", "list": cast.flat.uuid})
    with django_assert_max_num_queries(
        8 + SAVEPOINT
    ):  # and the lists and the members that have names
        client.post(url, {"text": LINE + " +Flat", "list": cast.flat.uuid})


# ---- kept as text afterwards


def keep(cast: Cast, who: str = "alice") -> Any:
    action = Action.objects.get(verb="create")
    return send(cast.client(who), "action-plain", action.uuid)


def test_the_page_says_what_was_read(cast: Cast) -> None:
    client = cast.client("alice")
    data = {"text": "Pay rent tomorrow 9am #home !1", "list": cast.flat.uuid}
    answer = client.post(reverse("django_todos:todo-create"), data, follow=True)
    html = answer.content.decode()
    assert "Added “Pay rent” to Flat. Read: due " in html and "#home" in html
    assert reverse("django_todos:action-plain", args=[Action.objects.get().uuid]) in html
    answer = client.post(
        reverse("django_todos:todo-create"), {**data, "text": "Plain"}, follow=True
    )
    assert "Keep as text" not in answer.content.decode()


@pytest.mark.parametrize("view", ["list", "today"])
def test_keeping_as_text(cast: Cast, view: str) -> None:
    garden = make_list(cast.alice, "Garden")
    todo = added(cast, "Dig  fri every week !2 #bed @alice +Garden // deep", view=view)
    assert todo.todo_list == garden
    assert keep(cast).status_code == 303
    todo = Todo.objects.get(pk=todo.pk)
    assert todo.title == "Dig fri every week !2 #bed @alice +Garden // deep"
    assert todo.todo_list == cast.flat and not todo.labels.exists()
    assert (todo.notes, todo.priority, todo.assignee, todo.rrule) == ("", 0, None, "")
    assert todo.due == (Moment(date(2026, 11, 23)) if view == "today" else Moment())


def test_keeping_as_text_can_be_undone(cast: Cast) -> None:
    added(cast, "Dig fri #bed")
    keep(cast)
    send(cast.client("alice"), "action-undo", Action.objects.get(verb="edit").uuid)
    todo = Todo.objects.get()
    assert (todo.title, todo.due_date) == ("Dig", date(2026, 11, 27))
    assert [label.name for label in todo.labels.all()] == ["bed"]


def test_long_lines_keep_every_word(cast: Cast) -> None:
    text = "Dig // " + "deep " * 150
    added(cast, text)
    keep(cast)
    todo = Todo.objects.get()
    assert todo.notes == text.strip() and len(todo.title) == 500


def test_nothing_is_taken_back_from_a_todo_that_changed(cast: Cast) -> None:
    todo = added(cast, "Dig fri")
    data = {"title": "Dig deep", "priority": "none", "due_date": "2026-11-27"}
    send(cast.client("bob"), "todo-detail", todo.uuid, **data)
    answer = keep(cast)
    assert answer.status_code == 303 and "kept=changed" in answer["Location"]
    assert Todo.objects.get().title == "Dig deep"


def test_nothing_is_taken_back_from_what_is_gone(cast: Cast) -> None:
    todo = added(cast, "Dig fri")
    send(cast.client("alice"), "todo-delete", todo.uuid)
    assert "kept=changed" in keep(cast)["Location"]


def test_plain_words_have_nothing_to_take_back(cast: Cast) -> None:
    added(cast, "Dig")
    assert "kept=changed" in keep(cast)["Location"]


def test_adding_what_was_read_can_be_undone(cast: Cast) -> None:
    todo = added(cast, LINE)
    send(cast.client("alice"), "action-undo", Action.objects.get().uuid)
    assert Todo.objects.get(pk=todo.pk).deleted_at is not None


def test_once_is_enough(cast: Cast) -> None:
    added(cast, "Dig fri")
    assert "done=" in keep(cast)["Location"]
    assert "kept=changed" in keep(cast)["Location"]


@pytest.mark.parametrize(
    ("who", "status"), [("bob", 404), ("rita", 404), ("charlie", 404), ("anonymous", 302)]
)
def test_who_may_keep_as_text(cast: Cast, who: str, status: int) -> None:
    added(cast, "Dig fri")
    assert keep(cast, who).status_code == status
    assert Todo.objects.get().title == "Dig"


def test_a_date_field_takes_words(cast: Cast) -> None:
    todo = make_todo(cast.flat)
    for words, due in (
        ("fri", Moment(date(2026, 11, 27))),
        ("in 3 days", Moment(date(2026, 11, 26))),
        ("15 dec 9am", Moment(date(2026, 12, 15), time(9))),
    ):
        data = {"title": "Buy milk", "priority": "none", "due_date": words}
        answer = send(cast.client("alice"), "todo-detail", todo.uuid, **data)
        assert answer.status_code == 303
        assert Todo.objects.get().due == due


def test_a_repeat_field_takes_words(cast: Cast) -> None:
    todo = make_todo(cast.flat, due=Moment(date(2026, 11, 27)))
    data = {"title": "Milk", "priority": "none", "due_date": "fri", "repeat": "every! 3 days"}
    assert send(cast.client("alice"), "todo-detail", todo.uuid, **data).status_code == 303
    todo = Todo.objects.get()
    assert (todo.rrule, todo.repeat_mode) == ("FREQ=DAILY;INTERVAL=3", "completion")


def test_many_lines_cost_as_many_queries_as_few(cast: Cast) -> None:
    """Labels and repeats included: what is written grows, the number of statements does not."""
    client, counts = cast.client("alice"), []
    for number in (3, 60):
        text = "\n".join(
            f"Todo {n} every {n % 5 + 2} days #l{n % 3}\n  Below {n} tomorrow @bob #l{n % 7}"
            for n in range(number)
        )
        with CaptureQueriesContext(connection) as queries:
            client.post(
                reverse("django_todos:todo-create"), {"text": text, "list": cast.flat.uuid}
            )
        # SQLite takes so many values in one INSERT
        counts.append(sum(not one["sql"].startswith("INSERT") for one in queries))
    assert counts[0] == counts[1]
    assert cast.flat.todos.count() == 126
