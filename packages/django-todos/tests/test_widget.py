"""Lists on pages of the host: the page of the documentation, as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import include, path
from tests.factories import NOW, UTC, Cast, make_todo
from tests.test_frame import example

from django_todos.models import Todo, TodoList


def order(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the host about one of its objects."""
    return render(request, "shop/order.html", {"order": get_object_or_404(Group, pk=pk)})


def access(user: Any, model: Any, permission: str) -> QuerySet[Any]:
    """Charlie sees nothing, rita may read."""
    name = user.get_username()
    allowed = name != "charlie" and (permission == "view" or name != "rita")
    return model.objects.all() if allowed else model.objects.none()


@pytest.fixture
def shop(settings: Any, tmp_path: Path, cast: Cast) -> Group:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/order.html").write_text(example("embed.md", "templates/shop/order.html"))
    settings.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.ROOT_URLCONF = (
        path("orders/<int:pk>/", order, name="order"),
        path("todos/", include("django_todos.urls")),
    )
    settings.TODOS_OBJECT_ACCESS = "tests.test_widget.access"
    return Group.objects.create(name="Order 48213")


def fields(html: str, of: str) -> dict[str, str]:
    """The hidden fields of the form with this class or action."""
    form = next(one for one in re.findall(r"<form\b.*?</form>", html, re.DOTALL) if of in one)
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {**dict(hidden), "": re.findall(r'action="([^"]+)"', form)[0]}


def test_an_order_has_its_todos(shop: Group, cast: Cast):
    """Seen before anything is written; made with the first todo; ticked and undone on the same page."""
    alice, url = cast.client("alice"), f"/orders/{shop.pk}/"
    html = alice.get(url).content.decode()
    assert not TodoList.objects.for_object(shop).exists() and "css/widget.css" in html
    form = fields(html, "todos-widget-add")
    answer = alice.post(form.pop(""), {**form, "text": "Book the tail-lift van tomorrow"})
    assert answer.status_code == 303 and answer["Location"].startswith(url)
    html = alice.get(answer["Location"]).content.decode()
    assert "Book the tail-lift van" in html and "0 of 1 done" in html and "Undo" in html
    todo = Todo.objects.get()
    data = {**fields(html, "todos-widget-add"), "text": "Ring"}
    assert alice.post(data.pop(""), data)["Location"].startswith(url)
    tick = f"/todos/todos/{todo.uuid}/complete/"
    assert f'formaction="{tick}"' in html
    assert alice.post(tick, {"next": url})["Location"].startswith(url)
    assert "1 of 2 done" in alice.get(url).content.decode()
    about = TodoList.objects.get(object_id=str(shop.pk))
    assert about.name == "Order 48213" and about.get_absolute_url() in html


@pytest.mark.parametrize(
    "name, sees, adds",
    [("alice", True, True), ("rita", True, False), ("charlie", False, False), ("anonymous", False, False)],
)  # fmt: skip
@pytest.mark.parametrize("exists", [True, False])
def test_who_may_see_the_object_sees_its_list(
    shop: Group, cast: Cast, name: str, sees: bool, adds: bool, exists: bool
):
    if exists:
        make_todo(TodoList.objects.create_about(shop, name="Order"), "Ring")
    html = cast.client(name).get(f"/orders/{shop.pk}/").content.decode()
    assert ("todos-widget-head" in html) == sees
    assert ('class="todos-widget-add"' in html) == adds
    assert ("Ring" in html) == (sees and exists)


def test_the_script_gets_the_part_alone(shop: Group, cast: Cast):
    """The same forms, with the part's address as the way back."""
    todo_list = TodoList.objects.create_about(shop, name="Order")
    todo = make_todo(todo_list, "Ring")
    alice, part = cast.client("alice"), f"/todos/lists/{todo_list.uuid}/part/?title=Order"
    assert alice.get(part).status_code == 303
    answer = alice.post(
        f"/todos/todos/{todo.uuid}/complete/", {"next": part}, headers={"Todos-Part": "1"}
    )
    html = alice.get(answer["Location"], headers={"Todos-Part": "1"}).content.decode()
    assert (
        f'id="todo-list-{todo_list.uuid}"' in html
        and "<html" not in html
        and "1 of 1 done" in html
    )


@pytest.mark.parametrize("about", ["x", ["shop.order", "1"], ["auth.group", "A-17"]])
def test_what_is_about_nothing_is_not_found(shop: Group, cast: Cast, about: str | list[str]):
    """Nor what was about something when the page was made: its model is gone by now, or has keys of another kind."""
    signed = about if isinstance(about, str) else signing.dumps(about, salt="django_todos.about")
    assert cast.client("alice").post("/todos/objects/add/", {"about": signed}).status_code == 404


def test_the_pages_cost_little(shop: Group, cast: Cast, django_assert_max_num_queries: Any):
    todo_list = TodoList.objects.create_about(shop, name="Order")
    for n in range(5):
        make_todo(todo_list, f"Todo {n}", assignee=None)
    make_todo(todo_list).complete(at=NOW, zone=UTC)
    alice = cast.client("alice")
    with django_assert_max_num_queries(15):
        alice.get(f"/orders/{shop.pk}/")


def test_a_badge_says_how_much_is_open(shop: Group, cast: Cast):
    make_todo(cast.flat, due="2020-01-01")
    html = cast.client("bob").get(f"/orders/{shop.pk}/").content.decode()
    assert 'aria-label="1 open todo, 1 overdue"' in html


def test_it_stands_in_the_sidebar_of_who_worked_in_it(shop: Group, cast: Cast, settings: Any):
    """As long as they see the object; of nobody who only may, and of nobody else. Of many the sidebar shows some."""
    about = TodoList.objects.create_about(shop, name="Order 48213")
    Todo.add(about, "Ring", by=cast.alice)
    for url in ("/todos/inbox/", "/todos/lists/"):
        pages = {name: cast.client(name).get(url).content.decode() for name in ("alice", "bob")}
        assert about.get_absolute_url() in pages["alice"], url
        assert about.get_absolute_url() not in pages["bob"], url
    for n in range(9):
        other = TodoList.objects.create_about(Group.objects.create(name=f"{n}"), name=f"No {n}")
        Todo.add(other, "Ring", by=cast.alice)
    alice = cast.client("alice")
    html = alice.get("/todos/inbox/").content.decode()
    assert html.count('<bdi class="todos-nav-name">No ') == 8 and "All lists" in html
    assert alice.get("/todos/lists/").content.decode().count("todos-card-name") >= 11
    about.add_member(cast.alice)
    assert (
        alice.get("/todos/inbox/").content.decode().count(f'href="{about.get_absolute_url()}"')
        == 1
    )
    settings.TODOS_OBJECT_ACCESS = "tests.test_widget.nothing"
    assert "No 3" not in alice.get("/todos/lists/").content.decode()


def test_it_is_pinned_by_whoever_reads_it(shop: Group, cast: Cast, settings: Any):
    """From its menu, with and without having worked in it; a member has it in the sidebar anyway."""
    about = TodoList.objects.create_about(shop, name="Order 48213")
    alice, page = cast.client("alice"), about.get_absolute_url()
    pin = f"{page}pin/"
    assert pin in alice.get(page).content.decode()
    for number, (data, shown) in enumerate([({"pin": "1"}, True)] * 2 + [({}, False)] * 2):
        assert alice.post(pin, data)["Location"] == page
        for url in ("/todos/inbox/", "/todos/lists/"):
            assert (page in alice.get(url).content.decode()) is shown, (number, url)
    later = TodoList.objects.create_about(Group.objects.create(name="later"), name="Later")
    for one in (about, later):
        one.pin(cast.alice)
    Todo.add(later, "Ring", by=cast.alice)
    later.unpin(cast.alice)
    assert list(TodoList.objects.kept_by(cast.alice)) == [about, later]
    settings.TODOS_OBJECT_ACCESS = "tests.test_widget.nothing"
    assert not TodoList.objects.kept_by(cast.alice).exists()
    assert alice.post(pin, {"pin": "1"}).status_code == 404
    about.add_member(cast.alice)
    assert pin not in alice.get(page).content.decode()


def test_a_superuser_is_told_why_there_is_nothing(shop: Group, cast: Cast, settings: Any):
    """Where it is tried out, and the host has not said who may."""
    type(cast.alice).objects.filter(pk=cast.alice.pk).update(is_superuser=True)
    alice, page = cast.client("alice"), f"/orders/{shop.pk}/"
    settings.DEBUG = True
    del settings.TODOS_OBJECT_ACCESS
    assert "set TODOS_OBJECT_ACCESS" in alice.get(page).content.decode()
    settings.DEBUG = False
    assert "TODOS_OBJECT_ACCESS" not in alice.get(page).content.decode()


def nothing(user: Any, model: Any, permission: str) -> QuerySet[Any]:
    """Nobody sees any of them any more."""
    return model.objects.none()
