"""The pages: upload, report, confirm; choose, be told what is lost, download."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from tests.factories import Cast, make_list
from tests.views.pages import Page, get, message, path, post

from django_todos import limits
from django_todos.models import Action, ImportDraft, Todo, TodoList, invariants

pytestmark = pytest.mark.django_db

TEXT = (
    "Milk +Shop @dairy due:2026-12-01 rec:1w\nx Tea\nRenew due:31/02/2026\nCups p:1\nKettle id:1"
)


def upload(cast: Cast, data: str | bytes = TEXT, name: str = "alice", **fields: Any) -> Any:
    content = data.encode() if isinstance(data, str) else data
    file = SimpleUploadedFile("todo.txt", content)
    return post(cast.client(name), "import", file=file, **fields)


def drafted(cast: Cast, data: str | bytes = TEXT, **fields: Any) -> ImportDraft:
    response = upload(cast, data, **fields)
    draft = ImportDraft.objects.get()
    assert path(response) == reverse("django_todos:import-draft", args=[draft.uuid])
    return draft


def test_the_form(cast: Cast) -> None:
    response = get(cast.client("alice"), "import", list=str(cast.flat.uuid))
    assert response.status_code == 200 and not Page(response).faults
    assert f'value="{cast.flat.uuid}" selected' in response.content.decode()
    assert "Flat" not in get(cast.client("rita"), "import").content.decode().split("<main")[1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('[\n{"description": "a"},\n{oops', "Line 3: The file is not JSON from here on."),
        ('{"format": "django-todos", "version": 9}', "The file has version 9"),
        ("\n\n", "There is nothing in the file."),
        (
            "<!doctype html><ul><li>a",
            "This seems to be a web page (HTML), which can’t be read here.",
        ),
    ],
)
def test_a_bad_file_is_refused_at_once(cast: Cast, data: str, said: str) -> None:
    response = upload(cast, data)
    assert response.status_code == 422 and not Page(response).faults
    assert said in response.content.decode()
    assert not ImportDraft.objects.exists()


def test_a_file_is_read_otherwise(cast: Cast) -> None:
    draft = drafted(cast, "Купить хлеб +Дом".encode("cp1251"))
    client = cast.client("alice")
    assert "Купить хлеб" in get(client, "import-draft", draft.uuid).content.decode()
    latin = get(client, "import-draft", draft.uuid, encoding="cp1252", format="todotxt")
    assert "Êóïèòü" in latin.content.decode() and not Page(latin).faults
    wrong = get(client, "import-draft", draft.uuid, format="json")
    assert wrong.status_code == 200 and "The file is not JSON" in wrong.content.decode()


def test_the_columns_of_a_table_are_chosen(cast: Cast) -> None:
    draft = drafted(cast, "Was;Wann\nBrot;2026-12-01\n")
    client = cast.client("alice")
    asked = get(client, "import-draft", draft.uuid)
    assert "No column is called" in asked.content.decode() and not Page(asked).faults
    chosen = {"format": "csv", "column-title": "Was", "column-due": "Wann"}
    where = f"{reverse('django_todos:import-draft', args=[draft.uuid])}?{urlencode(chosen)}"
    assert "Brot" in client.get(where).content.decode()
    client.post(where)
    assert str(Todo.objects.get(title="Brot").due.date) == "2026-12-01"


def test_a_file_that_is_too_large(cast: Cast) -> None:
    with override_settings(TODOS_IMPORT_MAX_BYTES=10):
        response = upload(cast)
    assert response.status_code == 422 and "at most 10" in response.content.decode()


def test_a_file_with_too_many_rows(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "MAX_IMPORT", 3)
    for data in ("a\nb\nc\nd\ne", "a\rb\rc\rd\re", "[{},{},{},{}]"):
        response = upload(cast, data)
        assert response.status_code == 422
        assert "more than 3 rows" in response.content.decode()


def test_the_report_says_what_would_happen(cast: Cast) -> None:
    draft = drafted(cast)
    client = cast.client("alice")
    get(client, "import-draft", draft.uuid)  # the first page of all makes the inbox
    with CaptureQueriesContext(connection) as queries:
        response = get(client, "import-draft", draft.uuid)
    text = response.content.decode()
    assert response.status_code == 200 and not Page(response).faults
    for said in (
        "new list Shop",
        "#dairy",
        "weekly after completion",
        "under “Kettle”",
        "The date 31/02/2026 does not exist.",
        "Import it without a date",
        "Import 4 todos",
        "todo.txt, 5 todos",
    ):
        assert said in text, said
    assert len(queries) <= 11, [query["sql"][:100] for query in queries]
    assert not Todo.objects.filter(title="Milk").exists()
    only = get(cast.client("alice"), "import-draft", draft.uuid, problems="1").content.decode()
    assert "Renew" in only and "Milk" not in only


def test_a_row_that_is_nothing_is_shown_as_it_stands(cast: Cast) -> None:
    draft = drafted(cast, '[{"description": "a"},\n{"tags": "odd"}]')
    text = get(cast.client("alice"), "import-draft", draft.uuid).content.decode()
    assert "{&quot;tags&quot;: &quot;odd&quot;}" in text and "“description” is missing." in text


def test_what_people_wrote_is_escaped(cast: Cast) -> None:
    draft = drafted(cast, "<script>alert(1)</script> +<b> due:31/02/2026\n<i>a</i> @<u>x")
    text = get(cast.client("alice"), "import-draft", draft.uuid).content.decode()
    assert "<script>alert" not in text and "<i>a" not in text and "<u>x" not in text


def test_confirming_imports_and_offers_undo(cast: Cast) -> None:
    draft = drafted(cast)
    response = post(cast.client("alice"), "import-draft", draft.uuid, **{"row-0": "", "x": "7"})
    action = Action.objects.get(uuid=message(response)["done"])
    assert path(response) == reverse("django_todos:list-index")
    assert len(action.todo_ids) == 4 and not Todo.objects.filter(title="Renew").exists()
    assert not ImportDraft.objects.exists()
    page = get(cast.client("alice"), "list-index", done=str(action.uuid)).content.decode()
    assert "Imported 4 todos." in page
    post(cast.client("alice"), "action-undo", action.uuid)
    assert not Todo.objects.filter(title="Milk", deleted_at=None).exists()
    for todo_list in TodoList.objects.all():
        assert invariants(todo_list) == []


def test_a_bad_row_can_be_chosen(cast: Cast) -> None:
    draft = drafted(cast, "Renew due:31/02/2026", list=str(cast.flat.uuid))
    page = get(cast.client("alice"), "import-draft", draft.uuid).content.decode()
    assert 'name="row-0" value="0"' in page and 'type="submit"' in page
    response = post(cast.client("alice"), "import-draft", draft.uuid, **{"row-0": "0"})
    assert path(response) == cast.flat.get_absolute_url()
    assert Todo.objects.get(title="Renew").todo_list == cast.flat


def test_importing_again_says_so(cast: Cast) -> None:
    client = cast.client("alice")
    post(client, "import-draft", drafted(cast).uuid)
    draft = drafted(cast)
    assert "already here" in get(client, "import-draft", draft.uuid).content.decode()
    assert message(post(client, "import-draft", draft.uuid)) == {"kept": "same"}


def test_a_long_file_is_shown_in_part(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "IMPORT_OTHERS", 2)
    monkeypatch.setattr(limits, "MAX_UNDO", 3)
    draft = drafted(cast, "a\nb\nc\nd\nx e")
    page = get(cast.client("alice"), "import-draft", draft.uuid).content.decode()
    assert page.count('id="import-line-') == 3 and "and 2 more" in page
    response = post(cast.client("alice"), "import-draft", draft.uuid)
    assert message(response) == {"kept": "imported"}
    assert Todo.objects.filter(created_by=cast.alice, title__in="abcde").count() == 5


def test_times_can_be_read_in_utc(cast: Cast) -> None:
    task = {"description": "a", "due": "20261215T000000Z", "recur": "x", "status": "recurring"}
    draft = drafted(cast, json.dumps([task]))
    with override_settings(TIME_ZONE="Europe/Berlin"):
        client = cast.client("alice")
        page = get(client, "import-draft", draft.uuid).content.decode()
        assert "?zone=UTC" in page and "was the file written in the time zone UTC?" in page
        address = reverse("django_todos:import-draft", args=[draft.uuid])
        client.post(f"{address}?zone=UTC")
    assert Todo.objects.get(title="a").due.case == "date"


def test_a_list_that_was_left_meanwhile(cast: Cast) -> None:
    draft = drafted(cast, "a", name="bob", list=str(cast.flat.uuid))
    cast.flat.memberships.filter(user=cast.bob).delete()
    post(cast.client("bob"), "import-draft", draft.uuid)
    assert Todo.objects.get(title="a").todo_list.inbox_of == cast.bob


def test_a_draft_that_can_be_read_no_more(cast: Cast) -> None:
    draft = ImportDraft.objects.create(user=cast.alice, format="json", content=b"{")
    client = cast.client("alice")
    assert get(client, "import-draft", draft.uuid).status_code == 200
    assert path(post(client, "import-draft", draft.uuid)) == reverse("django_todos:import")


def test_a_rule_that_cannot_be_followed_is_shown(cast: Cast) -> None:
    draft = drafted(cast, "a due:2026-02-31 rrule:FREQ=HOURLY\nb t:2026-12-24")
    page = get(cast.client("alice"), "import-draft", draft.uuid).content.decode()
    assert "FREQ=HOURLY" in page and "from " in page


# -- export


def test_export_downloads_everything(cast: Cast) -> None:
    client = cast.client("alice")
    response = get(client, "export", format="json", download="1")
    assert response["Content-Disposition"] == 'attachment; filename="todos.json"'
    data = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    assert cast.flat.name in {one["name"] for one in data["lists"]}
    assert not Page(get(client, "export")).faults


def test_export_of_one_list(cast: Cast) -> None:
    make_list(cast.alice, "Other")
    options = {"format": "json", "list": str(cast.flat.uuid), "download": "1"}
    response = get(cast.client("rita"), "export", **options)
    data = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    assert [one["name"] for one in data["lists"]] == [cast.flat.name]
    response = get(cast.client("charlie"), "export", **options)
    assert response.status_code == 200 and "Content-Disposition" not in response


def test_export_says_first_what_it_cannot_hold(cast: Cast) -> None:
    Todo.objects.filter(todo_list=cast.flat).update(notes="n")
    TodoList.objects.filter(pk=cast.flat.pk).update(description="d")
    client = cast.client("alice")
    response = get(client, "export", format="todotxt", download="1")
    page = response.content.decode()
    assert "The description of a list is not in the file." in page and not Page(response).faults
    response = get(client, "export", format="todotxt", download="anyway")
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_export_of_a_format_there_is_none(cast: Cast) -> None:
    response = get(cast.client("alice"), "export", format="docx", download="1")
    assert response.status_code == 200 and not Page(response).faults
