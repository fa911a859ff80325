"""Who may do what: every URL of the package, each method, each of the cast, against one table.

A URL without an expectation fails; so does an expectation without a URL.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.factories import NAMES, NOW, Cast, later, make_list, make_todo, make_user

from django_todos import urls
from django_todos.models import ImportDraft, Invitation, Label, Reminder, TodoList

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Expect:
    """Which thing the address names, and by method the answers to alice, bob, rita and charlie.

    Anonymous is sent to the login page wherever the method is allowed at all; other methods get 405. GET of an address
    that only takes POST leads everybody to the page that it belongs to.
    """

    thing: str = ""
    get: str = ""
    post: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    removed: int = 0
    """The answer to a member who was removed a moment ago, where it is not a stranger's."""

    def statuses(self, method: str) -> list[int]:
        """The answers to each of the cast, then to anonymous."""
        get = self.get or "303 303 303 303"
        text = {"GET": get, "HEAD": get, "POST": self.post}.get(method, "")
        return [*map(int, text.split()), 302] if text else [405] * len(NAMES)


EVERYBODY = "200 200 200 200"
MEMBERS = "200 200 200 404"
DONE = "303 303 303 303"
EDITORS = "303 303 403 404"
OWNERS = "303 403 403 404"
OWN = "303 404 404 404"

TABLE = {
    "today": Expect(get=EVERYBODY),
    "upcoming": Expect(get=EVERYBODY),
    "overdue-reschedule": Expect(post=DONE),
    "date-picker": Expect(get=DONE),
    "hints-hide": Expect(post=DONE),
    "version": Expect(get="204 204 204 204"),
    "completed": Expect(get=EVERYBODY),
    "inbox": Expect(get=EVERYBODY),
    "assigned": Expect(get=EVERYBODY),
    "search": Expect(get=EVERYBODY),
    "label-detail": Expect("label", get=MEMBERS),
    "list-index": Expect(get=EVERYBODY),
    "list-create": Expect(get=EVERYBODY, post=DONE, data={"name": "Trip", "color": "red"}),
    "list-detail": Expect("list", get=MEMBERS),
    "list-part": Expect("list", get="303 303 303 404"),
    "object-add": Expect(post="404 404 404 404"),
    "list-completed": Expect("list", get=MEMBERS),
    "list-edit": Expect(
        "list", get=MEMBERS, post="303 303 303 404", data={"name": "Trip", "color": "red"}
    ),
    "list-move": Expect("list", post="303 303 303 404", data={"to": "up"}),
    "list-pin": Expect("list", post="303 303 303 404", data={"pin": "1"}),
    "list-archive": Expect("list", post=OWNERS),
    "list-unarchive": Expect("archived_list", post=OWNERS),
    "list-delete": Expect("list", get="200 403 403 404", post=OWNERS),
    "list-restore": Expect("trashed_list", post=OWNERS),
    "list-purge": Expect("trashed_list", get="200 403 403 404", post=OWNERS),
    "list-activity": Expect("list", get=MEMBERS),
    "list-duplicate": Expect(
        "list", get=MEMBERS, post="303 303 303 404", data={"name": "Trip", "dates": "clear"}
    ),
    "list-members": Expect(
        "list", get=MEMBERS, post=OWNERS, data={"typed": "dora", "invite_role": "viewer"}
    ),
    "list-feed": Expect("list", get=MEMBERS, post="200 200 200 404"),
    "list-leave": Expect("list", get=MEMBERS, post="303 303 303 404"),
    "member-role": Expect("member", post=OWNERS, data={"role": "editor"}),
    "member-remove": Expect("member", post=OWNERS),
    "member-transfer": Expect("member", get="200 403 403 404", post=OWNERS),
    "invitation-index": Expect(get=EVERYBODY),
    "invitation-accept": Expect("invitation", post="404 404 404 303", removed=404),
    "invitation-decline": Expect("invitation", post="404 404 404 303", removed=404),
    "invitation-withdraw": Expect("invitation", post=OWNERS),
    "invitation-resend": Expect("invitation", post=OWNERS),
    "todo-create": Expect(
        "", get=EVERYBODY, post=EDITORS, data={"text": "Bread", "list": "{list}"}
    ),
    "todo-preview": Expect(
        "", post="200 200 403 404", data={"text": "Bread fri", "list": "{list}"}
    ),
    "todo-bulk": Expect("", post="303 303 403 303", data={"do": "complete", "todo": "{todo}"}),
    "todo-detail": Expect(
        "todo", get=MEMBERS, post=EDITORS, data={"title": "Oat milk", "priority": "none"}
    ),
    "todo-subtasks": Expect("todo", get=MEMBERS),
    "todo-repeat": Expect(
        "todo", post="200 200 403 404", data={"title": "Oat milk", "priority": "none"}
    ),
    "todo-activity": Expect("todo", get=MEMBERS),
    "todo-labels": Expect("todo", get="303 303 303 404"),
    "todo-complete": Expect("todo", post=EDITORS),
    "todo-reopen": Expect("todo", post=EDITORS),
    "todo-skip": Expect("todo", post=EDITORS),
    "todo-duplicate": Expect("todo", post=EDITORS),
    "todo-set": Expect("todo", post=EDITORS, data={"priority": "high"}),
    "todo-move": Expect("todo", get="200 200 403 404", post=EDITORS, data={"to": "up"}),
    "todo-delete": Expect("todo", post=EDITORS),
    "todo-restore": Expect("trashed_todo", post=EDITORS),
    "todo-purge": Expect("trashed_todo", get="200 200 403 404", post=EDITORS),
    "reminder-create": Expect("todo", post="303 303 303 404", data={"before": "15"}),
    "reminder-delete": Expect("reminder", post=OWN),
    "trash": Expect(get=EVERYBODY),
    "trash-empty": Expect(get=EVERYBODY, post=DONE),
    "action-undo": Expect("action", post=OWN),
    "action-plain": Expect("action", post=OWN),
    "preferences": Expect(get=EVERYBODY, post=DONE, data={"section": "keyboard"}),
    "time-zone": Expect(post="204 204 204 204", data={"zone": "Europe/Berlin"}),
    "import": Expect(get=EVERYBODY, post="422 422 422 422"),
    "import-draft": Expect("draft", get="200 404 404 404", post=OWN),
    "export": Expect(get=EVERYBODY),
    "keyboard": Expect(get=EVERYBODY, post=DONE),
}


WITHOUT_LOGIN = ["feed", "invitation-link", "unsubscribe"]
"""Their secret addresses are (half of) the permission: tests/views/test_feeds.py, test_sharing.py, tests/test_reminders.py."""


def test_every_url_has_an_expectation_and_every_expectation_a_url():
    names = sorted(str(pattern.name) for pattern in urls.urlpatterns)
    assert sorted([*TABLE, *WITHOUT_LOGIN]) == names


def make_things(cast: Cast) -> dict[str, str]:
    """Something of each kind, all of it alice's."""
    archived, trashed = (make_list(cast.alice, name) for name in ("Old", "Gone"))
    for one in (archived, trashed):
        one.add_member(cast.bob, "editor")
        one.add_member(cast.rita, "viewer")
    archived.archive(by=cast.alice, at=NOW)
    trashed.trash(by=cast.alice, at=NOW)
    todo = make_todo(cast.flat, labels=["shop"])
    gone = make_todo(cast.flat, "Gone")
    action = gone.trash(by=cast.alice, at=NOW)
    assert action is not None
    draft = ImportDraft.objects.create(
        user=cast.alice, format="todotxt", name="todo.txt", content=b"Buy bread\n"
    )
    ids = {"list": cast.flat, "archived_list": archived, "trashed_list": trashed, "draft": draft}
    reminder = Reminder.objects.create(todo=todo, user=cast.alice, minutes_before=15)
    invitation, _ = Invitation.send(cast.flat, "charlie", "editor", by=cast.alice, at=NOW)
    ids |= {"member": cast.flat.memberships.get(user=cast.rita), "invitation": invitation}
    ids |= {"todo": todo, "trashed_todo": gone, "action": action, "reminder": reminder}
    return {name: str(thing.uuid) for name, thing in ids.items()} | {"label": "shop"}


def request(
    client: Client, method: str, name: str, things: dict[str, str], **headers: str
) -> HttpResponse:
    """Ask for one URL of the table in one way."""
    expect = TABLE[name]
    url = reverse(f"django_todos:{name}", args=[things[expect.thing]] if expect.thing else [])
    data = {key: value.format(**things) for key, value in expect.data.items()}
    ask = getattr(client, method.lower())
    return ask(url, data if method == "POST" else None, **headers)


def each(
    client: Client, method: str, names: Iterable[str], things: dict[str, str], **headers: str
) -> Iterator[tuple[str, HttpResponse]]:
    """Ask for these URLs, each as if it were the first since signing in; what the asking did is taken back."""
    cookies = client.cookies.output(header="", sep=";")
    for name in names:
        client.cookies = SimpleCookie(cookies)
        with transaction.atomic():
            response = request(client, method, name, things, **headers)
            transaction.set_rollback(True)
        yield name, response


@pytest.mark.parametrize("place, person", list(enumerate(NAMES)))
@time_machine.travel(later(), tick=False)
def test_who_may(cast: Cast, place: int, person: str):
    things, client = make_things(cast), cast.client(person)
    for method in METHODS:
        expected = {}
        for name, expect in TABLE.items():
            answer = expect.statuses(method)
            # What is refused to everybody, or is GET's view without its body, is asked once for each answer.
            if method in ("GET", "POST") or answer[place] not in answer[:place]:
                expected[name] = answer[place]
        answers = {}
        for name, response in each(client, method, expected, things):
            answers[name] = response.status_code
            if response.status_code == 302:
                assert response["Location"].startswith("/accounts/login/?next=/todos/")
        assert (method, answers) == (method, expected)


@time_machine.travel(later(), tick=False)
def test_a_member_removed_a_moment_ago_is_a_stranger(cast: Cast):
    dora = make_user("dora")
    things = make_things(cast)
    cast.flat.add_member(dora)
    client = Client()
    client.force_login(dora)
    assert client.get(cast.flat.get_absolute_url()).status_code == 200
    for one in TodoList.objects.filter(memberships__user=dora, inbox_of=None):
        one.remove_member(dora, by=cast.alice, at=NOW)
    for method in ("GET", "POST"):
        expected = {}
        for name, expect in TABLE.items():
            stranger = expect.statuses(method)[NAMES.index("charlie")]
            expected[name] = expect.removed or stranger if method == "POST" else stranger
        answers = {
            name: answer.status_code for name, answer in each(client, method, TABLE, things)
        }
        assert (method, answers) == (method, expected)


def test_a_script_of_somebody_signed_out_gets_401(cast: Cast):
    things, client = make_things(cast), Client()
    for name, expect in TABLE.items():
        for method in ("GET", "POST"):
            if expect.statuses(method)[0] != 405:
                response = request(client, method, name, things, HTTP_HX_REQUEST="true")
                assert (name, response.status_code, response.content) == (name, 401, b"")
                assert response["Vary"].count("HX-Request") == 1


def test_the_address_of_an_action_leads_to_a_page(cast: Cast):
    things, client, signed_out = make_things(cast), cast.client("alice"), Client()
    actions = [name for name, row in TABLE.items() if not row.get]
    places = {name: answer["Location"] for name, answer in each(client, "GET", actions, things)}
    answers = each(signed_out, "POST", actions, things)
    wrong = {name for name, answer in answers if not answer["Location"].endswith(places[name])}
    assert (wrong, len(places)) == (set(), len(actions))
    assert {place: client.get(place).status_code for place in places.values()} == {
        place: 200 for place in places.values()
    }


def test_an_action_s_address_leads_to_what_it_is_about(cast: Cast):
    things, client = make_things(cast), cast.client("alice")
    todo = reverse("django_todos:todo-detail", args=[things["todo"]])
    places = {
        "todo-complete": todo,
        "reminder-create": todo,
        "list-archive": cast.flat.get_absolute_url(),
        "todo-restore": reverse("django_todos:trash"),
        "time-zone": reverse("django_todos:preferences"),
        "action-undo": reverse("django_todos:today"),
    }
    for name, place in places.items():
        assert (name, request(client, "GET", name, things)["Location"]) == (name, place)


def test_what_does_not_exist_is_not_found(cast: Cast):
    client = cast.client("alice")
    nothing = dict.fromkeys((row.thing for row in TABLE.values()), str(uuid.uuid4())) | {
        "label": "nothing"
    }
    for method in ("GET", "POST"):
        names = [
            n
            for n, row in TABLE.items()
            if row.thing and (row.get if method == "GET" else row.post)
        ]
        answers = {
            name: answer.status_code for name, answer in each(client, method, names, nothing)
        }
        assert (method, answers) == (method, dict.fromkeys(names, 404))


def test_a_superuser_sees_nobodys_lists_on_the_pages(cast: Cast):
    things = make_things(cast)
    get_user_model().objects.filter(pk=cast.charlie.pk).update(is_superuser=True, is_staff=True)
    client = cast.client("charlie")
    for name in ("list-detail", "todo-detail", "label-detail", "list-delete"):
        assert request(client, "GET", name, things).status_code == 404
    assert Label.objects.count() == 1


def test_every_post_wants_its_token(cast: Cast):
    things, client = make_things(cast), Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    names = [name for name, row in TABLE.items() if row.post]
    answers = {name: answer.status_code for name, answer in each(client, "POST", names, things)}
    assert answers == dict.fromkeys(names, 403)
