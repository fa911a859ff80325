"""What pages cost beside Django itself: `python benchmarks/bench_pages.py [rounds] [--json]`.

CPU in process through Django's test client, warm: ten of each page in a row, the pages in turns, so that what else the
machine does meets all alike. `unit` is a signed-in request that answers 204; `loop` one query and a plain template over
as many of our rows. A page is made anew each time; `again` is one that is kept, `304` one that the browser has. Ratios of one run count; milliseconds are for this machine. In a test database of the server that
DATABASE_URL names, else on SQLite in memory. Where django-todo 2.7 is installed, too, its pages over the same rows are
measured as well: ``peer``.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import random
import statistics
import sys
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
BATCH = 10

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.ROOT_URLCONF = "__main__"
settings.ALLOWED_HOSTS = ["testserver"]
# As in most projects; the tests keep them in cookies.
settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
PEER = find_spec("todo") is not None
BASE = {
    "base.html": "<!doctype html>{% block extrahead %}{% endblock %}{% block content %}{% endblock %}"
}
if PEER:
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "django.contrib.sites", "todo"]
    settings.SITE_ID = 1
    loaders = [("django.template.loaders.locmem.Loader", BASE)]  # before its own, which is empty
    loaders += ["django.template.loaders.app_directories.Loader"]
    options = {
        **settings.TEMPLATES[0]["OPTIONS"],
        "loaders": [("django.template.loaders.cached.Loader", loaders)],
    }
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": False, "OPTIONS": options}]
django.setup()

from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import include, path, reverse  # noqa: E402
from tests.factories import make_list, make_many, make_todo, make_user  # noqa: E402
from tests.urls import urlpatterns as host  # noqa: E402

from django_todos.models import Completion, Label, Preferences, Todo, TodoList  # noqa: E402
from django_todos.views._page import Request, page, signed_in  # noqa: E402

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

LOOP = engines["django"].from_string(
    "<ul>{% for todo in todos %}<li><a href=\"{% url 'django_todos:todo-detail' todo.uuid %}\">{{ todo.title }}</a>"
    '{{ todo.due_date|date:"j M Y" }} {{ todo.created_at|date:"j M Y" }}</li>{% endfor %}</ul>'
)
GIVEN = {3: {"due_date": date(2030, 5, 4)}, 4: {"priority": 1}}  # every third todo, every fourth
NUMBERS = itertools.count()
AGAIN = ("list of 50", "list of 1,000", "today, 100", "21 lists", "a todo", "search, 20")
OPEN_AND_CLOSE = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")


def unit(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


def loop(request: HttpRequest, count: int) -> HttpResponse:
    shown = Todo.objects.filter(todo_list__name="Large") if request.user.is_authenticated else []
    return HttpResponse(LOOP.render({"todos": shown[:count]}, request))


@signed_in("GET")
def bare(request: Request) -> HttpResponse:
    return page(request, "base", "", {})


urlpatterns = [*host, path("unit/", unit), path("loop/<int:count>/", loop), path("bare/", bare)]
urlpatterns += [path("peer/", include("todo.urls"))] if PEER else []


def peers(lists: list[TodoList], user: AbstractBaseUser) -> dict[str, str]:
    """The same lists and todos in django-todo, and its addresses of three of our pages."""
    from django.contrib.auth.models import Group
    from todo.models import Task, TaskList

    group = Group.objects.create(name="home")
    group.user_set.add(user)
    type(user).objects.filter(pk=user.pk).update(is_staff=True)
    for one in lists:
        made = TaskList.objects.create(name=one.name, slug=f"list-{one.pk}", group=group)
        Task.objects.bulk_create(
            Task(
                title=todo.title,
                note=todo.notes,
                task_list=made,
                created_by=user,
                due_date=todo.due_date,
                priority=n,
            )
            for n, todo in enumerate(one.todos.all())
        )
    first = Task.objects.filter(task_list__name="Fifty").first()
    return {
        "21 lists": "/peer/",
        "a todo": f"/peer/task/{first.pk}/",
        "search, 20": "/peer/search/?q=needle",
    }


def anew() -> dict[str, str]:
    """Headers with which nobody has asked yet: a page that is kept would not be made."""
    return {"Todos-Current": str(next(NUMBERS))}


def known(client: Client, url: str) -> Callable[[], HttpResponse]:
    """Asks for a page that the browser has."""
    etag = client.get(url).headers["ETag"]
    return lambda: client.get(url, headers={"If-None-Match": etag})


def move_before(client: Client, todo: Todo, anchor: Todo) -> HttpResponse:
    where = {"to": "before", "anchor": anchor.uuid}
    return client.post(f"{todo.get_absolute_url()}move/", where, headers={"HX-Request": "true"})


def make_data(client: Client) -> dict[str, Callable[[], HttpResponse]]:
    """A person with 21 lists, and each thing that is asked for."""
    alice, sam = make_user("alice"), make_user("sam")
    Preferences.objects.create(user_id=alice.pk, hints=False)
    client.force_login(alice)
    lists = [make_list(alice, f"List {n}", editors=[sam]) for n in range(18)]
    fifty, large, due = (make_list(alice, one, editors=[sam]) for one in ("Fifty", "Large", "Due"))
    for todo_list, count in ((fifty, 50), (large, 1000), *((one, 5) for one in lists)):
        todos = make_many(todo_list, count)
        home = Label.objects.create(todo_list=todo_list, name="Home")
        home.todos.set(todos[::5])
        for step, values in GIVEN.items():
            Todo.objects.filter(pk__in=[one.pk for one in todos[::step]]).update(**values)
    make_many(due, 100, due_date=date.today())
    dense = make_list(sam, "Dense", editors=[alice])  # without room between any two
    for place, todo in enumerate(make_many(dense, 1000)):
        Todo.objects.filter(pk=todo.pk).update(position=place)
    fifty.todos.filter(title__regex="^Todo (1?[0-9]|20)$").update(notes="A needle is here")
    home, tick = TodoList.objects.inbox_of(alice), make_todo(lists[0], "Tick")
    url, htmx = tick.get_absolute_url(), {"HX-Request": "true"}
    turns = itertools.cycle([f"{url}complete/", f"{url}reopen/"])
    lines = {"text": "\n".join(f"Line {n}" for n in range(100)), "list": home.uuid, "at": ""}
    pages = {"list of 50": fifty.get_absolute_url(), "list of 1,000": large.get_absolute_url(),
             "today, 100": reverse("django_todos:today"), "21 lists": reverse("django_todos:list-index"),
             "a todo": fifty.todos.first().get_absolute_url(), "search, 20": reverse("django_todos:search") + "?q=needle",
             "bare page": "/bare/", "version": reverse("django_todos:version"),
             "unit": "/unit/", "loop of 50": "/loop/50/", "loop of 100": "/loop/100/"}  # fmt: skip
    if PEER:
        theirs = peers([*lists, fifty, large, due], alice)
        pages |= {f"peer {name}": url for name, url in theirs.items()}
    works = {name: lambda url=url: client.get(url, headers=anew()) for name, url in pages.items()}
    works |= {f"{name}, again": lambda url=pages[name]: client.get(url) for name in AGAIN}
    works |= {f"{name}, 304": known(client, pages[name]) for name in AGAIN}
    works["tick, htmx"] = lambda: client.post(next(turns), {"view": "list"}, headers=htmx)
    for name, within in (("move in 1,000", large), ("re-spacing", dense)):
        rows = list(within.todos.in_order())
        places = itertools.cycle(zip(rows[:400:-3], rows[100:400:2], strict=False))
        works[name] = lambda places=places: move_before(client, *next(places))
    works["add 100 lines"] = lambda: client.post(reverse("django_todos:todo-create"), lines)
    return works


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Of each page milliseconds (the median of the rounds), queries and bytes."""
    works = make_data(Client())
    said: dict[str, dict[str, float]] = {}
    for name, work in works.items():
        with CaptureQueriesContext(connection) as queries:
            answer = work()
        assert answer.status_code < 400, (name, answer.status_code)
        asked = sum(not one["sql"].startswith(OPEN_AND_CLOSE) for one in queries)
        said[name] = {"queries": asked, "bytes": len(answer.content)}
        work()
    assert Todo.objects.exclude(todo_list__inbox_of=None).count() == 200, "lines were not added"
    assert Completion.objects.filter(todo__title="Tick").count() == 1, "Tick was not ticked"
    gc.freeze()
    times: dict[str, list[float]] = {name: [] for name in works}
    turn, order = list(works), random.Random(1)
    for _ in range(rounds):
        order.shuffle(
            turn
        )  # else one page always pays for what the hundred lines before it changed
        for name in turn:
            batch = 1 if name.startswith("add") else BATCH
            began = process_time()
            for _ in range(batch):
                works[name]()
            times[name].append((process_time() - began) * 1000 / batch)
    return {name: {"ms": statistics.median(times[name]), **said[name]} for name in works}


def main(rounds: int = 9, as_json: str = "") -> None:
    test_database = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        cost = measure(int(rounds))
    finally:
        connection.creation.destroy_test_db(test_database, verbosity=0)
    if as_json:
        return print(json.dumps(cost, indent=1))
    print(
        f"Python {sys.version.split()[0]}, Django {django.__version__}, {connection.vendor}, {rounds} rounds"
    )
    print("work                      ms   units x loop 50 x loop 100 queries    bytes")
    unit, fifty, hundred = (cost[name]["ms"] for name in ("unit", "loop of 50", "loop of 100"))
    for name, one in cost.items():
        page = name.removesuffix(", again").removesuffix(", 304")
        ms, peer = one["ms"], cost.get(f"peer {page}")
        ratios = f"{ms / unit:7.1f} {fifty / ms:9.2f} {hundred / ms:10.2f}"
        beside = f" {peer['ms'] / ms:6.2f} x the peer" if peer else ""
        print(f"{name:<20} {ms:7.2f} {ratios} {one['queries']:7} {one['bytes']:8,}{beside}")
    return None


if __name__ == "__main__":
    main(*sys.argv[1:3])
