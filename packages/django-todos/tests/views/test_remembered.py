"""What is remembered of a page: nobody ever sees what was true before, or what was made for somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core.files.storage import Storage
from django.template import engines
from django.utils.safestring import mark_safe
from tests.factories import Cast, make_list, make_todo

from django_todos.dates import Moment
from django_todos.models import (
    Label,
    Membership,
    Preferences,
    Todo,
    TodoList,
    recording,
)
from django_todos.repeats.occurrences import Repeat
from django_todos.templatetags._remembered import MARK, Memory, Remembered, memory

from .pages import get

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)  # a Monday


def rows(cast: Cast, name: str = "alice") -> str:
    """The rows of the list that they share, as somebody sees them."""
    page = get(cast.client(name), "list-detail", cast.flat.uuid).content.decode()
    return page.partition('id="todos-rows-form"')[2].partition("</form>")[0].partition("<ul")[2]


def rename_label(cast: Cast, todo: Todo) -> None:
    Label.objects.filter(todos=todo).update(name="Urgent", key="urgent")


def rename_member(cast: Cast, todo: Todo) -> None:
    cast.bob.first_name = "Robert"
    cast.bob.save()


def take_role(cast: Cast, todo: Todo) -> None:
    for user, role in ((cast.bob, "owner"), (cast.alice, "viewer")):
        Membership.objects.filter(todo_list=cast.flat, user=user).update(role=role)


def choose(**chosen: Any) -> Callable[[Cast, Todo], None]:
    def change(cast: Cast, todo: Todo) -> None:
        Preferences.objects.update_or_create(user=cast.alice, defaults=chosen)

    return change


def complete_subtask(cast: Cast, todo: Todo) -> None:
    below = make_todo(cast.flat, "Below", parent=todo)
    below.complete(by=cast.alice, at=NOON, zone=timezone.utc)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda cast, todo: todo.edit(values={"title": "New"}, by=cast.alice), ">Old<", ">New<"),
        (lambda cast, todo: todo.edit(values={"priority": 1}, by=cast.alice), "Old", "todos-p-high"),
        (lambda cast, todo: todo.edit(values={"notes": "x"}, by=cast.alice), "Old", "has notes"),
        (rename_label, ">Home<", ">Urgent<"),
        (rename_member, 'title="bob"', 'title="Robert"'),
        (take_role, "todos-grip", "disabled"),
        (choose(language="de"), "„Old“|Complete “Old”", "„Old“ erledigen"),
        (choose(hour_cycle="12", day_order="day"), "14:00", "2:00 PM"),
        (choose(time_zone="Asia/Tokyo"), "todos-due-today", "todos-due-late\""),
        (complete_subtask, "Old", "1/1"),
        (lambda cast, todo: todo.complete(by=cast.alice, at=NOON, zone=timezone.utc), "Old", "Nothing left"),
    ],
)  # fmt: skip
def test_a_row_shows_what_is_true(
    cast: Cast, change: Callable[[Cast, Todo], Any], before: str, after: str
) -> None:
    with time_machine.travel(NOON, tick=False):
        todo = make_todo(cast.flat, "Old", assignee=cast.bob, due=Moment(NOON.date(), time(14)))
        with recording(cast.alice, "edit", {cast.flat.pk}) as rec:
            rec.set_labels(rec.reload(todo), ["Home"])
        for _ in range(2):  # made, and remembered
            shown = rows(cast)
            assert any(one in shown for one in before.split("|")) and after not in shown
        change(cast, todo)
        assert after in rows(cast)


def main_of(cast: Cast, name: str, *args: Any) -> str:
    """What stands in the middle of a page, but for the tokens of its forms."""
    page = get(cast.client("alice"), name, *args).content.decode()
    return re.sub(r'value="\w{64}"', "", page.partition("<main")[2].partition("</main>")[0])


def edit(**values: Any) -> Callable[[Cast, Todo], Any]:
    return lambda cast, todo: todo.edit(values=values, by=cast.alice)


def write_label(cast: Cast, todo: Todo) -> None:
    with recording(cast.alice, "edit", {cast.flat.pk}) as rec:
        rec.set_labels(rec.reload(todo), ["Home", "New"])


@pytest.mark.parametrize(
    "change",
    [
        edit(due=Moment(NOON.date(), time(15))), edit(due=Moment()), edit(start=Moment(NOON.date() - timedelta(days=1))),
        edit(due=Moment(NOON.date(), time(14), "Asia/Tokyo")), edit(due=Moment(NOON.date() + timedelta(days=40_000))),
        edit(start=Moment(NOON.date() + timedelta(days=9))), edit(priority=1), edit(assignee_id=None),
        edit(repeat=Repeat("FREQ=DAILY")), edit(repeat=None, due=Moment()), edit(title="New"), edit(notes="New"),
        lambda cast, todo: todo.edit(values={"assignee_id": cast.alice.pk}, by=cast.alice),
        lambda cast, todo: todo.complete(by=cast.alice, at=NOON, zone=timezone.utc),
        lambda cast, todo: make_list(cast.alice, "Another place to move it to"),
        lambda cast, todo: Membership.objects.filter(user=cast.alice, todo_list=cast.flat).update(color="red"),
        rename_label, write_label, rename_member, take_role, choose(language="de"), choose(time_zone="Asia/Tokyo"),
        choose(hour_cycle="12", day_order="day"), choose(week_start=2),
    ],
)  # fmt: skip
def test_a_todos_page_shows_what_is_true(
    cast: Cast, settings: Any, change: Callable[[Cast, Todo], Any]
) -> None:
    """What it shows is what it would show if nothing were remembered, before each change and after it."""
    with time_machine.travel(NOON, tick=False):
        moment = Moment(NOON.date(), time(14))
        todo = make_todo(cast.flat, "Old", assignee=cast.bob, due=moment)
        edit(repeat=Repeat("FREQ=WEEKLY", "due", moment))(cast, todo)
        write_label(cast, make_todo(cast.flat))
        with recording(cast.alice, "edit", {cast.flat.pk}) as rec:
            rec.set_labels(rec.reload(todo), ["Home"])
        before = main_of(cast, "todo-detail", todo.uuid)
        todo.refresh_from_db()
        change(cast, todo)
        after = main_of(cast, "todo-detail", todo.uuid)
        settings.TODOS_REMEMBERED_PARTS = 0
        assert after == main_of(cast, "todo-detail", todo.uuid)
        assert after != before


@pytest.mark.parametrize(
    "change",
    [
        lambda cast, todo: make_todo(cast.flat),
        lambda cast, todo: TodoList.objects.filter(pk=cast.flat.pk).update(name="New"),
        lambda cast, todo: TodoList.objects.filter(pk=cast.flat.pk).update(description="New"),
        lambda cast, todo: Membership.objects.filter(user=cast.alice, todo_list=cast.flat).update(color="red"),
        lambda cast, todo: cast.flat.archive(by=cast.alice),
        take_role, choose(language="de"),
    ],
)  # fmt: skip
def test_the_cards_of_lists_show_what_is_true(
    cast: Cast, settings: Any, change: Callable[[Cast, Any], Any]
) -> None:
    before = main_of(cast, "list-index")
    change(cast, None)
    after = main_of(cast, "list-index")
    settings.TODOS_REMEMBERED_PARTS = 0
    assert after == main_of(cast, "list-index") != before


def test_midnight_and_the_hour(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        make_todo(cast.flat, "Milk", due=Moment(NOON.date(), time(14)))
        make_todo(cast.flat, "Bread", due=Moment(NOON.date() + timedelta(days=1)))
    said = []
    for hours in (0, 3, 24):
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            shown = rows(cast)
        words = ("Tomorrow", "Yesterday, 14:00", 'todos-due-late"')
        said.append([word for word in words if word in shown])
    assert said == [
        ["Tomorrow"],
        ["Tomorrow", 'todos-due-late"'],
        ["Yesterday, 14:00", 'todos-due-late"'],
    ]


def test_another_persons_page(cast: Cast) -> None:
    todo = make_todo(cast.flat, "Old")
    shown = {name: rows(cast, name) for name in ("alice", "rita")}
    button = f'formaction="/todos/todos/{todo.uuid}/complete/"'
    assert all(button in page for page in shown.values())
    assert "disabled" not in shown["alice"] and "disabled" in shown["rita"]


def test_a_hosts_own_part(cast: Cast, settings: Any, tmp_path: Path) -> None:
    make_todo(cast.flat, "Old")
    client = cast.client("alice")
    assert "mine:" not in get(client, "list-detail", cast.flat.uuid).content.decode()
    folder = tmp_path / "django_todos" / "parts"
    folder.mkdir(parents=True)
    (folder / "todo_row.html").write_text("<li>mine: {{ row.title }}{{ viewer }}{{ user }}</li>")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    assert "<li>mine: Old</li>" in get(client, "list-detail", cast.flat.uuid).content.decode()


def test_a_hosts_own_line_of_a_todo_sees_no_other_one(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    """Lines of two todos that show the same are made once, so that a line must not know which todo it is of."""
    folder = tmp_path / "django_todos" / "parts"
    folder.mkdir(parents=True)
    own = "{{ shown.label }}{{ todo.title }}{{ group.todo.title }}{{ form.title.value }}{{ group.form.title.value }}"
    for name in ("todo_when", "choose", "todo_labels"):
        (folder / f"{name}.html").write_text(own)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    for user, where in ((cast.alice, cast.flat), (cast.bob, make_list(cast.bob, "Own"))):
        todo = make_todo(where, f"Of {user}")
        page = get(cast.client(user.username), "todo-detail", todo.uuid).content.decode()
        assert "Start" in page and not re.search(r"(Due|Start|Labels)Of", page)


def test_what_stands_in_a_hole_is_another_one_each_time(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "django_todos" / "parts"
    folder.mkdir(parents=True)
    (folder / "account_links.html").write_text("at: {{ request.path }} {% csrf_token %}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    client, said = cast.client("alice"), []
    for name in ("today", "trash", "today"):
        page = get(client, name)
        html, path = page.content.decode(), page.wsgi_request.path
        links = re.findall(r"at: (\S+) <input [^>]*value=\"(\w{64})\">", html)
        assert [at for at, _ in links] == [path] * 2 and MARK not in html
        said += [token for _, token in links]
    assert len(set(said)) == 3


def test_the_name_of_whom_a_page_is_for(cast: Cast) -> None:
    client = cast.client("alice")
    for name in ("Alice", "Alicia"):
        cast.alice.first_name = name
        cast.alice.save()
        assert f'<bdi class="todos-nav-name">{name}</bdi>' in get(client, "today").content.decode()


def test_the_menu_and_the_line_of_each_list(cast: Cast) -> None:
    client = cast.client("alice")
    for todo_list in (cast.flat, make_list(cast.alice, "Own"), cast.flat):
        html = get(client, "list-detail", todo_list.uuid).content.decode()
        assert f'name="list" value="{todo_list.uuid}"' in html
        assert f"/lists/{todo_list.uuid}/archive/" in html
    take_role(cast, make_todo(cast.flat))
    assert "/archive/" not in get(client, "list-detail", cast.flat.uuid).content.decode()


def test_counts_of_the_sidebar(cast: Cast) -> None:
    client = cast.client("alice")
    count = f'id="count-{cast.flat.uuid}">'
    for n in ("", "1", "2"):
        assert f"{count}{n}<" in get(client, "today").content.decode()
        make_todo(cast.flat)


def test_what_is_equal_but_looks_different(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "django_todos" / "parts"
    folder.mkdir(parents=True)
    (folder / "own.html").write_text("{{ a }}-{{ b }}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    engine = engines["django"].engine
    given = [{"a": 1}, {"b": 1}, {"a": True}, {"a": mark_safe("<i>")}, {"a": "<i>"}]
    said = [Remembered(engine, "own").text(values) for _ in range(2) for values in given]
    assert said == ["1-", "-1", "True-", "<i>-", "&lt;i&gt;-"] * 2


def test_loaders_that_keep_no_templates_fill_no_memory(settings: Any) -> None:
    loader = "django.template.loaders.app_directories.Loader"
    own = dict(settings.TEMPLATES[0], OPTIONS={"loaders": [loader]})
    own.pop("APP_DIRS")
    settings.TEMPLATES = [own]
    assert "todos-i-search" in Remembered(engines["django"].engine, "icons").text({})
    assert not memory._new


def test_off(cast: Cast, settings: Any) -> None:
    settings.TODOS_REMEMBERED_PARTS = 0
    make_todo(cast.flat, "Old")
    assert ">Old<" in get(cast.client("alice"), "list-detail", cast.flat.uuid).content.decode()
    assert not memory._new and not memory._old


def test_no_more_than_so_many_are_remembered() -> None:
    few = Memory()
    for n in range(50):
        few.put(n, str(n), 10)
        few.get(0, 10)
    assert len(few._new) + len(few._old) <= 10
    assert few.get(49, 10) == "49" and few.get(0, 10) == "0" and few.get(5, 10) is None


def test_what_is_looked_at_again_and_again_is_no_more_than_that() -> None:
    """It is young again, and was counted nowhere."""
    few = Memory()
    for n in range(50):
        few.put(n, str(n), 10)
        for known in range(n):
            few.get(known, 10)
    assert len(few._new) + len(few._old) <= 10


def test_a_long_text_counts_as_several() -> None:
    few = Memory()
    for n in range(50):
        few.put(n, "x" * 4096, 100)
        few.get(0, 100)
    assert sum(map(len, [*few._new.values(), *few._old.values()])) <= 100 * 1024
    assert few.get(49, 100) and few.get(0, 100) and few.get(5, 100) is None


def test_a_settings_change_forgets(settings: Any) -> None:
    memory.put("x", "y", 10)
    settings.TODOS_SHARING = False
    assert memory.get("x", 10) is None


def test_a_hole_is_filled_where_a_host_includes_the_part_around_it(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    own = tmp_path / "django_todos"
    (own / "parts").mkdir(parents=True)
    (own / "base.html").write_text(
        '{% include "django_todos/parts/topbar.html" with initials="AL" %}'
        '{% include "django_todos/parts/styles.html" with names="base"|make_list has_nonce=True %}'
        "{% block todos_main %}{% endblock %}"
    )
    (own / "parts" / "account_links.html").write_text("at: {{ request.path }}")
    (own / "parts" / "todo_row.html").write_text(
        '{% load django_todos %}row: {% todos_hole "account_links" %}'
    )
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    settings.MIDDLEWARE = ["tests.test_hooks.with_nonce", *settings.MIDDLEWARE]
    make_todo(cast.flat)
    page = get(cast.client("alice"), "list-detail", cast.flat.uuid)
    html = page.content.decode()
    assert f"at: {page.wsgi_request.path}" in html and 'nonce="n0nce"' in html
    assert "row: at: " in html and MARK not in html


class Signed(Storage):
    """A storage whose addresses expire, as of a bucket that isn't public."""

    signature = "one"

    def url(self, name: str | None) -> str:
        return f"https://bucket.example/{name}?signature={self.signature}"


def test_addresses_of_static_files_that_expire(cast: Cast, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": f"{__name__}.{Signed.__name__}"}
    }
    client = cast.client("alice")
    for signature in ("one", "two"):
        with mock.patch.object(Signed, "signature", signature):
            html = get(client, "today").content.decode()
        assert set(re.findall(r"\?signature=(\w+)", html)) == {signature}
