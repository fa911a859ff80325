"""The vocabulary of questions: who sees what, what is due, what a search finds, and what a lock does."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import (
    NAMES,
    NOW,
    UTC,
    Cast,
    later,
    make_list,
    make_many,
    make_todo,
    make_tree,
)

from django_todos.dates import Moment
from django_todos.models import Action, Completion, Label, Preferences, Role, Todo, TodoList
from django_todos.models.querysets import object_types_remembered

postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own")
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def person(cast: Cast, name: str):
    return AnonymousUser() if name == "anonymous" else getattr(cast, name)


# -- who sees what ---------------------------------------------------------------------------------

WHO = [
    ("visible_to", "alice bob rita"),
    ("editable_by", "alice bob"),
    ("recoverable_by", "alice bob"),
    ("owned_by", "alice"),
]


@pytest.mark.parametrize("question, people", WHO)
def test_roles_on_lists(cast: Cast, question: str, people: str):
    for name in NAMES:
        found = list(getattr(TodoList.objects, question)(person(cast, name)))
        assert found == ([cast.flat] if name in people.split() else []), name


@pytest.mark.parametrize("question, people", WHO[:2])
def test_roles_on_todos_and_labels(cast: Cast, question: str, people: str):
    todo = make_todo(cast.flat, labels=["shop"])
    for name in NAMES:
        here = name in people.split()
        assert list(getattr(Todo.objects, question)(person(cast, name))) == [todo] * here
        assert getattr(Label.objects, question)(person(cast, name)).count() == here


def test_completions_are_seen_by_who_sees_the_list_and_rows_of_ones_own_by_oneself(cast: Cast):
    todo = make_todo(cast.flat)
    todo.complete(by=cast.alice, at=NOW, zone=UTC)
    Preferences.objects.create(user=cast.alice)
    for name in NAMES:
        user = person(cast, name)
        assert Completion.objects.visible_to(user).count() == (name in "alice bob rita")
        own = [Action.objects.filter(verb="complete"), Preferences.objects]
        assert [one.visible_to(user).count() for one in own] == [name == "alice"] * 2
    assert Completion.objects.standing().count() == 1
    Todo.objects.get().trash(by=cast.alice, at=NOW)
    assert not Completion.objects.standing().exists()


def test_nothing_is_found_twice_however_many_roads_lead_to_it(cast: Cast):
    about = TodoList.objects.create_about(cast.charlie, name="About charlie")
    for user in (cast.alice, cast.bob):
        about.add_member(user, Role.OWNER)
    may(cast.alice, "view_user", "change_user")
    make_todo(about)
    for question in ("visible_to", "editable_by"):
        assert getattr(TodoList.objects, question)(cast.alice).count() == 2
        assert getattr(Todo.objects, question)(cast.alice).count() == 1


def test_archived_is_only_read_and_in_the_trash_only_restored(cast: Cast):
    todo = make_todo(cast.flat)
    cast.flat.archive(by=cast.alice, at=NOW)
    assert Todo.objects.visible_to(cast.bob).alive().get() == todo
    assert not Todo.objects.visible_to(cast.bob).active().exists()
    assert not Todo.objects.editable_by(cast.bob).exists()
    assert not TodoList.objects.recoverable_by(cast.bob).exists()
    assert TodoList.objects.recoverable_by(cast.alice).exists()
    assert [TodoList.objects.alive().count(), TodoList.objects.active().count()] == [1, 0]
    cast.flat.trash(by=cast.alice, at=NOW)
    assert not Todo.objects.visible_to(cast.bob).alive().exists()
    assert list(TodoList.objects.trashed()) == [cast.flat]


@pytest.mark.parametrize(
    "name, rights",
    [("alice", (True, True, True)), ("bob", (True, True, False)), ("rita", (False, False, False))],
)
def test_a_list_knows_what_a_member_may_do_in_it(cast: Cast, name: str, rights: tuple[bool, ...]):
    user, todo, gone = getattr(cast, name), make_todo(cast.flat), make_todo(cast.flat, "Gone")
    gone.trash(by=cast.alice, at=NOW)

    def asked() -> tuple[bool, ...]:
        one = TodoList.objects.with_rights(user).get()
        todos = Todo.objects.with_rights(user).in_bulk()
        assert (todos[todo.pk].can_edit, todos[gone.pk].can_edit) == (
            one.can_edit,
            one.can_recover,
        )
        return one.can_recover, one.can_edit, one.can_own

    assert asked() == rights
    cast.flat.archive(by=cast.alice, at=NOW)
    assert asked() == (rights[2], False, rights[2])


def test_rights_are_asked_for(cast: Cast):
    with pytest.raises(AttributeError):
        cast.flat.can_edit
    assert not TodoList.objects.with_rights(cast.charlie).exists()
    assert not TodoList.objects.with_rights(AnonymousUser()).exists()
    inbox = TodoList.objects.inbox_of(cast.alice)
    assert not TodoList.objects.with_rights(cast.alice).get(pk=inbox.pk).can_own


# -- lists about objects of the host ---------------------------------------------------------------


def may(user, *codenames: str) -> None:
    for codename in codenames:
        user.user_permissions.add(Permission.objects.get(codename=codename))
    for name in ("_perm_cache", "_user_perm_cache"):
        vars(user).pop(name, None)


def only_oneself(user, model, permission):
    """A host's rule: everybody may see and change themselves."""
    return model.objects.filter(pk=user.pk)


def test_the_hosts_models_are_asked_for_once_a_page(cast: Cast, django_assert_num_queries):
    TodoList.objects.create_about(cast.alice, name="About alice")
    cast.charlie.has_perm("auth.view_user")  # Django remembers permissions on the user
    with django_assert_num_queries(3), object_types_remembered():
        with object_types_remembered():  # a part of the page
            assert TodoList.objects.visible_to(cast.charlie).count() == 0
        assert Todo.objects.editable_by(cast.charlie).count() == 0
    with django_assert_num_queries(2):  # nothing is kept beyond
        assert TodoList.objects.visible_to(cast.charlie).count() == 0


def test_by_default_the_models_permission_decides(cast: Cast):
    about = TodoList.objects.create_about(cast.alice, name="About alice")
    make_todo(about)
    assert not TodoList.objects.visible_to(cast.charlie).exists()
    may(cast.charlie, "view_user")
    assert TodoList.objects.visible_to(cast.charlie).get() == about
    assert not TodoList.objects.editable_by(cast.charlie).exists()
    assert TodoList.objects.with_rights(cast.charlie).get().role == "viewer"
    may(cast.charlie, "change_user")
    assert TodoList.objects.editable_by(cast.charlie).get() == about
    assert TodoList.objects.with_rights(cast.charlie).get().can_own
    assert Todo.objects.editable_by(cast.charlie).count() == 1
    cast.charlie.is_superuser = True
    assert not TodoList.objects.visible_to(cast.charlie).exists()


def test_the_hosts_own_rule_decides_instead(cast: Cast, settings):
    settings.TODOS_OBJECT_ACCESS = f"{__name__}.only_oneself"
    abouts = {
        user: TodoList.objects.create_about(user, name=str(user))
        for user in (cast.alice, cast.charlie)
    }
    assert TodoList.objects.visible_to(cast.charlie).get() == abouts[cast.charlie]
    assert set(TodoList.objects.owned_by(cast.alice)) == {cast.flat, abouts[cast.alice]}


def test_lists_about_a_model_that_the_host_removed_stay_with_their_members(cast: Cast):
    gone = ContentType.objects.create(app_label="gone", model="thing")
    about = TodoList.objects.create(name="About a thing", object_type=gone, object_id="1")
    about.add_member(cast.bob)
    assert about in TodoList.objects.visible_to(cast.bob)
    assert about not in TodoList.objects.visible_to(cast.charlie)


@pytest.mark.parametrize("key", [7, "7"])
def test_keys_of_all_kinds_are_one_text(cast: Cast, key):
    group = Group.objects.create(pk=7, name="Editors")
    assert TodoList.objects.create_about(group, name="Editors").object_id == str(key)


# -- counts, days ----------------------------------------------------------------------------------


def test_counts_of_lists_and_subtasks(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n      c\n        d\n      e\n    f\n")
    for title in "bf":
        tree[title].complete(by=cast.alice, at=NOW, zone=UTC)
    tree["e"].trash(by=cast.alice, at=NOW)
    flat = TodoList.objects.with_details().get()
    assert (flat.completed_count, flat.member_count, flat.open_count) == (1, 3, 3)
    counts = {
        todo.title: (todo.subtask_done, todo.subtask_total)
        for todo in Todo.objects.with_subtask_counts()
    }
    assert counts == {"a": (1, 2), "b": (0, 0), "c": (0, 1), "d": (0, 0), "e": (0, 0), "f": (0, 0)}


# NOW is 10:00 UTC: 11:00 in Berlin, 19:00 in Tokyo, of Monday 23 November.
DUE = [
    ("", "", ""),
    ("2026-11-22", "late", "late"),
    ("2026-11-23", "today", "today"),
    ("2026-11-23T10:30", "late today", "late today"),
    ("2026-11-23T12:00", "today", "late today"),
    ("2026-11-24", "", ""),
    ("2026-11-23T10:59[Europe/Berlin]", "late today", "late today"),
    ("2026-11-23T11:01[Europe/Berlin]", "today", "today"),
    ("2026-11-23T23:30[Europe/Berlin]", "today", ""),
    ("2026-11-24T00:30[Asia/Tokyo]", "today", ""),
]


@pytest.mark.parametrize("due, berlin, tokyo", DUE)
def test_overdue_and_today_are_the_viewers(cast: Cast, due: str, berlin: str, tokyo: str):
    make_todo(cast.flat, due=Moment.parse(due))
    for zone, expected in [(BERLIN, berlin), (TOKYO, tokyo)]:
        today = NOW.astimezone(zone).date()
        moment = Moment.parse(due)
        assert Todo.objects.overdue(NOW, zone).exists() == ("late" in expected)
        assert moment.is_overdue(NOW, zone) == ("late" in expected)
        assert Todo.objects.due_on(today, zone).exists() == ("today" in expected)
        assert moment.is_today(today, zone) == ("today" in expected)
        until = Todo.objects.due_until(today, zone).exists()
        assert until == bool(expected)


@pytest.mark.parametrize(
    "start, berlin, tokyo",
    [
        ("", True, True),
        ("2026-11-23", True, True),
        ("2026-11-24", False, False),
        ("2026-11-23T11:00", True, True),
        ("2026-11-23T12:00", False, True),
        ("2026-11-23T11:00[Europe/Berlin]", True, True),
        ("2026-11-23T11:01[Europe/Berlin]", False, False),
    ],
)
def test_what_starts_later_is_not_started(cast: Cast, start: str, berlin: bool, tokyo: bool):
    make_todo(cast.flat, start=Moment.parse(start))
    assert Todo.objects.started(NOW, BERLIN).exists() == berlin
    assert Todo.objects.started(NOW, TOKYO).exists() == tokyo


def test_actions_are_pruned_with_the_trash(cast: Cast, settings):
    settings.TODOS_TRASH_DAYS = 3
    make_todo(cast.flat, by=cast.alice)
    assert Action.objects.prune(NOW + timedelta(days=3)) == 0
    assert Action.objects.prune(NOW + timedelta(days=3, minutes=1)) == 1


# -- search ----------------------------------------------------------------------------------------

FOUND = [
    ("milk", ["Buy MILK", "Milkshake for Jörg"]),
    ("mil buy", ["Buy MILK"]),
    ("jörg", ["Milkshake for Jörg"]),
    ("JÖRG", ["Milkshake for Jörg"]),
    ("shake", []),
    ("whole", ["Buy MILK"]),
    ("milk whole", ["Buy MILK"]),
    ("c++", ["Learn C++ (again)"]),
    ("(again)", ["Learn C++ (again)"]),
    ("100%", ["Give 100% of it"]),
    ("of_it", []),
    ("", []),
    ("   ", []),
    ("\x00", []),
    ("milk\x00", ["Buy MILK", "Milkshake for Jörg"]),
    ("'; DROP TABLE", []),
    ("' | 'milk", []),
    ("milk:*", []),
    ("!milk", []),
    ("\\", []),
    ("🥛", ["🥛 once more"]),
    ("牛乳", ["明日は牛乳を買う (Aldi)"]),  # no space says where a word begins
    ("牛乳 ald", ["明日は牛乳を買う (Aldi)"]),
    ("牛乳 milk", []),
]


@pytest.fixture
def searched(cast: Cast) -> None:
    for title, notes in [
        ("Buy MILK", "the whole kind"),
        ("Milkshake for Jörg", ""),
        ("Learn C++ (again)", ""),
        ("Give 100% of it", ""),
        ("🥛 once more", ""),
        ("明日は牛乳を買う (Aldi)", ""),
    ]:
        make_todo(cast.flat, title, notes=notes)


@pytest.mark.parametrize("text, titles", FOUND)
def test_search_finds_the_beginnings_of_words(searched, text: str, titles: list[str]):
    found = {todo.title for todo in Todo.objects.search(text)}
    loose = (
        {"milk:*", "!milk", "' | 'milk", "of_it"} if connection.vendor == "postgresql" else set()
    )
    if text not in loose:  # PostgreSQL's words have no punctuation
        assert found == set(titles)


@pytest.mark.parametrize(
    "word",
    ["2026-11-23", "3.14", "-5", "_", "²", "x'y\\z:*", "and/or", "ada@example.org", "https://example.org/a/b?c=d"]
    + ["मुंबई", "हिन्दी", "مُحَمَّد", "e\u0301cole", "\u200fعربي", "ไทย", "買い物", "😀", "%", "İ", "x" * 200],
)  # fmt: skip
def test_a_word_is_found_as_it_is_written(cast: Cast, word: str):
    todo = make_todo(cast.flat, f"Before {word} after")
    make_todo(cast.flat, "Something else")
    for text in (word, f"before {word}"):
        assert list(Todo.objects.search(text)) == [todo]


@postgres
def test_search_uses_its_index(cast: Cast):
    make_many(cast.flat, 5)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    query = Todo.objects.search("todo 3").order_by()
    assert "todos_todo_search" in query.explain()
    assert query.count() == 1


# -- locks -----------------------------------------------------------------------------------------


def test_a_lock_is_an_update_of_each_list_in_a_fixed_order(cast: Cast):
    trip = make_list(cast.alice, "Trip")
    before = TodoList.objects.in_bulk()
    with CaptureQueriesContext(connection) as queries:
        locked = TodoList.objects.lock({trip.pk, cast.flat.pk})
    assert list(locked) == [cast.flat.pk, trip.pk]
    updates = [one["sql"] for one in queries if one["sql"].startswith("UPDATE")]
    assert [str(pk) in sql for pk, sql in zip((cast.flat.pk, trip.pk), updates, strict=True)]
    assert [one.version - before[pk].version for pk, one in locked.items()] == [1, 1]


def test_every_write_begins_with_the_lock(cast: Cast):
    todo = make_todo(cast.flat)
    with CaptureQueriesContext(connection) as queries:
        todo.complete(by=cast.alice, at=later(), zone=UTC)
    assert queries[0]["sql"].startswith("SAVEPOINT")
    assert queries[1]["sql"].startswith('UPDATE "django_todos_todolist"')
