"""Calendar feeds: who has one, what is in it, what it costs to ask, and when it ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import NOW, Cast, make_todo
from tests.views.pages import Page, get, post

from django_todos import conf, limits
from django_todos.dates import Moment
from django_todos.models import Feed
from django_todos.repeats.occurrences import Repeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    from django.core.cache import cache

    cache.clear()


def address(cast: Cast, name: str) -> str:
    """What the page shows, once."""
    response = post(cast.client(name), "list-feed", cast.flat.uuid, make="1")
    assert response["Cache-Control"] == "no-store" and not Page(response).faults
    url = response.content.decode().split('id="feed-url"')[1].split('value="')[1].split('"')[0]
    again = get(cast.client(name), "list-feed", cast.flat.uuid)
    assert url not in again.content.decode() and not Page(again).faults
    return url.removeprefix("http://testserver")


def test_todos_with_a_due_date_are_events(cast: Cast) -> None:
    make_todo(
        cast.flat,
        "Rent; all",
        due=Moment(dt.date(2026, 12, 1)),
        notes="Flat 3\nPaid?",
        labels=["home"],
    )
    at = Moment(dt.date(2026, 12, 2), dt.time(9), "Europe/Berlin")
    bins = Repeat("FREQ=WEEKLY;BYDAY=WE", "due", at)
    make_todo(cast.flat, "Bins", due=at, repeat=bins)
    make_todo(cast.flat, "Thrice", due=at, repeat=Repeat("FREQ=DAILY;COUNT=3", "due", at))
    make_todo(cast.flat, "Some day")
    make_todo(cast.flat, "Done", due=at).complete(by=cast.alice, at=NOW)
    make_todo(cast.flat, "Gone", due=at).trash(by=cast.alice, at=NOW)
    client = Client()
    response = client.get(address(cast, "rita"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert not client.cookies and "Cookie" not in response.get("Vary", "")
    calendar: Any = icalendar.Calendar.from_ical(response.content)
    assert str(calendar["X-WR-CALNAME"]) == "Flat"
    events = {str(one["SUMMARY"]): one for one in calendar.walk("VEVENT")}
    assert sorted(events) == ["Bins", "Rent; all", "Thrice"]
    rent, weekly = events["Rent; all"], events["Bins"]
    assert rent.decoded("DTSTART") == dt.date(2026, 12, 1)
    assert str(rent["DESCRIPTION"]) == "Flat 3\nPaid?" and rent["URL"].startswith(
        "http://testserver/todos/"
    )
    assert weekly.decoded("DTSTART").isoformat() == "2026-12-02T09:00:00+01:00"
    assert "BYDAY=WE" in response.content.decode() and "RRULE" not in events["Thrice"]
    assert [one["TZID"] for one in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_nothing_changed_is_said_cheaply(cast: Cast) -> None:
    url, client = address(cast, "bob"), Client()
    etag = client.get(url)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        same = client.get(url, HTTP_IF_NONE_MATCH=etag)
    assert (same.status_code, same.content, len(asked) <= 4) == (304, b"", True)
    make_todo(cast.flat, "New", due=Moment(dt.date(2026, 12, 1)))
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 200
    assert client.head(url).status_code == 200 and client.post(url).status_code == 405


def test_it_is_not_written_out_too_often(cast: Cast) -> None:
    url, client = address(cast, "bob"), Client()
    answers = [client.get(url) for _number in range(limits.FEED_A_MINUTE + 1)]
    assert [one.status_code for one in answers[-2:]] == [200, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert client.get(url, HTTP_IF_NONE_MATCH=answers[0]["ETag"]).status_code == 304


def test_it_ends(cast: Cast) -> None:
    client, old = Client(), address(cast, "bob")
    url = address(cast, "bob")
    assert [client.get(one).status_code for one in (old, url)] == [404, 200]
    assert url.split("/")[-2] not in repr(list(Feed.objects.values()))
    cast.bob.is_active = False
    cast.bob.save()
    assert client.get(url).status_code == 404
    cast.bob.is_active = True
    cast.bob.save()
    cast.flat.trash(by=cast.alice, at=NOW)
    assert client.get(url).status_code == 404
    cast.flat.restore(by=cast.alice, at=NOW)
    assert client.get(url).status_code == 200
    cast.flat.remove_member(cast.bob, by=cast.alice, at=NOW)
    cast.flat.add_member(cast.bob)
    assert client.get(url).status_code == 404 and not Feed.objects.exists()
    url = address(cast, "rita")
    assert post(cast.client("rita"), "list-feed", cast.flat.uuid, stop="1").status_code == 303
    assert client.get(url).status_code == 404
    assert get(cast.client("charlie"), "list-feed", cast.flat.uuid).status_code == 404


def test_each_person_stops_their_own(cast: Cast) -> None:
    urls = [address(cast, name) for name in ("alice", "bob")]
    post(cast.client("alice"), "list-feed", cast.flat.uuid, stop="1")
    assert [Client().get(url).status_code for url in urls] == [404, 200]


@pytest.mark.parametrize("way", ["setting", "extra"])
def test_without_it_there_is_neither_control_nor_address(
    cast: Cast, settings: Any, monkeypatch: Any, way: str
) -> None:
    url, client = address(cast, "alice"), cast.client("alice")
    assert "Calendar feed" in client.get(cast.flat.get_absolute_url()).content.decode()
    if way == "setting":
        settings.TODOS_FEEDS = False
    else:
        monkeypatch.setattr(conf, "has_icalendar", lambda: False)
    # Asked with another address: nobody takes an extra away from a process that has shown the page.
    assert "Calendar feed" not in get(client, "list-detail", cast.flat.uuid, x=1).content.decode()
    assert Client().get(url).status_code == 404
    assert get(client, "list-feed", cast.flat.uuid).status_code == 404
