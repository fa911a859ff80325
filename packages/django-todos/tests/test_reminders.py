"""Reminders and digests: when they come, to whom, once, and how to be rid of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from smtplib import SMTPServerDisconnected
from threading import Barrier
from zoneinfo import ZoneInfo

import django
import pytest
from django.core import mail, signing
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse

from django_todos import limits, reminders, signals, unsubscribing
from django_todos.dates import Moment
from django_todos.forms.dates import ReminderForm, offered
from django_todos.models import Delivery, Preferences, Reminder, Todo
from django_todos.models.reminders import BACK_OFF, DAY, LEASE, before_text
from django_todos.repeats.occurrences import Repeat
from django_todos.viewer import Viewer

from .factories import NOW, make_list, make_todo, make_user

pytestmark = pytest.mark.django_db
M = Moment.parse
UTC = timezone.utc
EARLY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def base_url(settings):
    settings.TODOS_BASE_URL = "https://todo.example.org/"


@pytest.fixture
def alice(cast):
    cast.alice.email = "alice@example.org"
    cast.alice.save()
    return cast.alice


def prefer(user, **fields):
    return Preferences.objects.update_or_create(user=user, defaults=fields)[0]


def remind(todo, user, minutes_before=None, at=None, created_at=EARLY):
    return Reminder.objects.create(
        todo=todo, user=user, minutes_before=minutes_before, remind_at=at, created_at=created_at
    )


def when(*parts):
    return datetime(*parts).replace(tzinfo=UTC)


# -- the moment ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "due, minutes, preferences, expected",
    [
        ("2026-11-27T09:00[Europe/Berlin]", 15, {}, when(2026, 11, 27, 7, 45)),
        ("2026-11-27T09:00[Europe/Berlin]", 0, {}, when(2026, 11, 27, 8)),
        # A floating time is the person's.
        ("2026-11-27T09:00", 0, {"time_zone": "Pacific/Tongatapu"}, when(2026, 11, 26, 20)),
        # A date alone: the person's hour of that day; where they chose, else where they were seen.
        ("2026-11-27", 0, {}, when(2026, 11, 27, 9)),
        ("2026-11-27", 0, {"reminder_hour": 7}, when(2026, 11, 27, 7)),
        ("2026-11-27", DAY, {"reminder_hour": 0}, when(2026, 11, 26)),
        ("2026-11-27", 0, {"time_zone": "America/New_York"}, when(2026, 11, 27, 14)),
        ("2026-11-27", 0, {"seen_time_zone": "America/New_York"}, when(2026, 11, 27, 14)),
        (
            "2026-11-27",
            0,
            {"time_zone": "Asia/Tokyo", "seen_time_zone": "America/New_York"},
            when(2026, 11, 27),
        ),
        # Whole days are counted on the wall, over a clock change too.
        ("2026-10-26T09:00[Europe/Berlin]", 2 * DAY, {}, when(2026, 10, 24, 7)),
        ("", 0, {}, None),
        ("0001-01-01", DAY, {}, None),
    ],
)
def test_a_reminder_comes_before_what_is_due(cast, due, minutes, preferences, expected):
    todo = make_todo(cast.flat, due=M(due))
    reminder = Reminder(todo=todo, user=cast.alice, minutes_before=minutes)
    assert reminder.moment(Preferences(user=cast.alice, **preferences)) == expected


def test_an_absolute_reminder_has_its_own_time(cast):
    reminder = Reminder(todo=make_todo(cast.flat), user=cast.alice, remind_at=NOW)
    assert reminder.moment(Preferences(user=cast.alice)) == NOW
    assert str(NOW) in str(reminder)


@pytest.mark.parametrize(
    "minutes, words",
    [
        (0, "When due"),
        (1, "1 minute before"),
        (15, "15 minutes before"),
        (60, "1 hour before"),
        (120, "2 hours before"),
        (DAY, "1 day before"),
        (7 * DAY, "7 days before"),
    ],
)
def test_in_words(minutes, words):
    assert before_text(minutes) == words == str(Reminder(minutes_before=minutes))


@pytest.mark.parametrize(
    "fields",
    [{}, {"remind_at": NOW, "minutes_before": 5}, {"minutes_before": 61 * DAY}],
)
def test_the_database_refuses_what_is_no_reminder(cast, fields):
    todo = make_todo(cast.flat)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(todo=todo, user=cast.alice, **fields)


def test_the_same_reminder_twice_is_refused(cast):
    todo = make_todo(cast.flat)
    for fields in ({"remind_at": NOW}, {"minutes_before": 5}):
        Reminder.objects.create(todo=todo, user=cast.alice, **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.create(todo=todo, user=cast.alice, **fields)
    Reminder.objects.create(todo=todo, user=cast.bob, minutes_before=5)


# -- sending ---------------------------------------------------------------------------------------


@pytest.fixture
def told():
    """Whom the signal named, and of what."""
    received = []

    def receive(sender, todo, user, **kwargs):
        received.append((user.get_username(), todo.title))

    signals.reminded.connect(receive)
    yield received
    signals.reminded.disconnect(receive)


def test_one_mail_when_the_time_has_come(cast, alice, mailoutbox, told):
    todo = make_todo(cast.flat, "Call the landlord", due=M("2026-11-23T10:00"))
    remind(todo, alice, 15)
    assert reminders.send_reminders(NOW - timedelta(minutes=16)).sent == 0
    assert reminders.send_reminders(NOW - timedelta(minutes=15)).sent == 1
    assert reminders.send_reminders(NOW - timedelta(minutes=14)).sent == 0
    (message,) = mailoutbox
    assert message.to == ["alice@example.org"]
    assert message.subject == "Today, 10:00: Call the landlord"
    assert told == [("alice", "Call the landlord")]
    link = f"https://todo.example.org{todo.get_absolute_url()}"
    html = message.alternatives[0][0]
    for body in (message.body, html):
        assert "Call the landlord" in body and link in body and "Flat" in body
        assert (
            "Today, 10:00" in body
            and "Todos" in html
            and reverse("django_todos:preferences") in body
        )
        assert "You set this reminder for 09:45." in body
        assert "{{" not in body and "{%" not in body
    assert "\n\n\n" not in message.body


def test_what_is_typed_is_escaped_in_html_alone_and_a_subject_is_one_line(cast, alice, mailoutbox):
    todo = make_todo(cast.flat, "<b>Fish & chips</b>", due=M("2026-11-23T10:00"))
    Todo.objects.filter(pk=todo.pk).update(title="<b>Fish &\nchips</b>")
    remind(todo, alice, 0)
    reminders.send_reminders(NOW)
    (message,) = mailoutbox
    assert message.subject == "Today, 10:00: <b>Fish & chips</b>"
    assert "<b>Fish &\nchips</b>" in message.body
    assert "&lt;b&gt;Fish &amp;\nchips&lt;/b&gt;" in message.alternatives[0][0]


def test_several_reminders_of_one_todo_and_of_several_people(cast, alice, mailoutbox):
    cast.rita.email = "rita@example.org"
    cast.rita.save()
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    remind(todo, alice, 15)
    remind(todo, alice, 60)
    remind(todo, alice, at=NOW - timedelta(minutes=5))
    remind(todo, cast.rita, 15)
    assert reminders.send_reminders(NOW).sent == 4
    assert sorted(message.to[0][0] for message in mailoutbox) == ["a", "a", "a", "r"]


@pytest.mark.parametrize(
    "why",
    [
        "completed",
        "trashed",
        "list trashed",
        "archived",
        "stranger",
        "inactive",
        "no address",
        "off",
    ],
)
def test_nobody_is_reminded_of_what_is_over_or_not_theirs(cast, alice, why):
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    remind(todo, alice, 0)
    if why == "completed":
        todo.complete(by=alice, at=NOW, zone=ZoneInfo("UTC"))
    elif why == "trashed":
        todo.trash(by=alice, at=NOW)
    elif why == "list trashed":
        cast.flat.trash(by=alice, at=NOW)
    elif why == "archived":
        cast.flat.archive(by=alice, at=NOW)
    elif why == "stranger":
        Reminder.objects.update(user=cast.charlie)
        cast.charlie.email = "charlie@example.org"
        cast.charlie.save()
    elif why == "inactive":
        alice.is_active = False
        alice.save()
    elif why == "no address":
        alice.email = ""
        alice.save()
    else:
        prefer(alice, reminders=False)
    assert reminders.send_reminders(NOW).sent == 0
    assert mail.outbox == []


def test_one_that_had_passed_when_it_was_set_does_not_come(cast, alice):
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    remind(todo, alice, DAY, created_at=NOW - timedelta(hours=1))
    assert reminders.send_reminders(NOW).sent == 0


def test_a_worker_that_was_away_is_late_but_not_forever(cast, alice):
    remind(make_todo(cast.flat, due=M("2026-11-20")), alice, 0)
    remind(make_todo(cast.flat, due=M("2026-11-10")), alice, 0)
    assert reminders.send_reminders(NOW).sent == 1


def test_reminders_move_along(cast, alice):
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"), repeat=Repeat("FREQ=DAILY"))
    remind(todo, alice, 30)
    assert reminders.send_reminders(NOW).sent == 1
    todo.complete(by=alice, at=NOW, zone=ZoneInfo("UTC"))
    assert reminders.send_reminders(NOW + timedelta(hours=23)).sent == 0
    assert reminders.send_reminders(NOW + timedelta(hours=23, minutes=30)).sent == 1
    todo.refresh_from_db()
    todo.edit(by=alice, at=NOW, initial={"due": todo.due}, values={"due": M("2026-11-24T12:00")})
    assert reminders.send_reminders(NOW + timedelta(days=1, hours=2)).sent == 1


def test_moved_away_and_back_it_reminds_again_but_undone_it_does_not(cast, alice):
    todo = make_todo(cast.flat, due=M("2026-11-24T10:00"))
    remind(todo, alice, DAY)
    assert reminders.send_reminders(NOW).sent == 1

    def move(before, after):
        return todo.edit(by=alice, at=NOW, initial={"due": M(before)}, values={"due": M(after)})

    away = move("2026-11-24T10:00", "2026-11-30")
    away.undo(at=NOW)
    assert reminders.send_reminders(NOW).sent == 0
    move("2026-11-24T10:00", "2026-11-30")
    move("2026-11-30", "2026-11-24T10:00")
    assert reminders.send_reminders(NOW).sent == 1
    assert reminders.send_reminders(NOW).sent == 0


def test_days_differ_from_zone_to_zone(cast, alice):
    """A date in Kiritimati begins while it is two days before in Pago Pago; neither is missed."""
    todo = make_todo(cast.flat, due=M("2026-11-25"))
    remind(todo, alice, 0)
    prefer(alice, time_zone="Pacific/Kiritimati", reminder_hour=0)
    assert reminders.send_reminders(when(2026, 11, 24, 10)).sent == 1
    Delivery.objects.all().delete()
    prefer(alice, time_zone="Pacific/Pago_Pago", reminder_hour=23)
    assert reminders.send_reminders(when(2026, 11, 26, 9, 59)).sent == 0
    assert reminders.send_reminders(when(2026, 11, 26, 10)).sent == 1


@pytest.mark.parametrize("minutes", [5, DAY, 8 * DAY, 60 * DAY])
def test_every_distance_is_found(cast, alice, minutes):
    due = Moment.from_datetime(NOW.replace(tzinfo=None) + timedelta(minutes=minutes))
    remind(make_todo(cast.flat, due=due), alice, minutes)
    assert reminders.send_reminders(NOW).sent == 1


def test_many_are_read_in_chunks(cast, alice, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(reminders, "_CHUNK", 3)
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    for minutes in range(7):
        remind(todo, alice, minutes)
    assert len(list(reminders.due_reminders(NOW))) == 7
    with monkeypatch.context() as patch, django_assert_max_num_queries(3):
        patch.setattr(reminders, "_CHUNK", 500)
        assert len(list(reminders.due_reminders(NOW))) == 7
    assert reminders.send_reminders(NOW).sent == 7  # writing between reads


# -- once, and what happens when mail fails --------------------------------------------------------


def test_a_claim_is_one_workers():
    user = make_user("dora")
    key = "reminder:1:x"
    first = Delivery.claim({key: user.pk}, NOW)[key]
    assert first.attempts == 1
    assert Delivery.claim({key: user.pk}, NOW) == {}
    # Killed before recording: the claim runs out and another worker sends it.
    second = Delivery.claim({key: user.pk}, NOW + LEASE)[key]
    assert second.attempts == 2
    # The first, which was only slow, no longer has a say.
    first.failed(NOW + LEASE, ValueError("late"))
    Delivery.sent([first], NOW + LEASE)
    assert Delivery.objects.get().sent_at is None
    Delivery.sent([second], NOW + LEASE)
    assert Delivery.claim({key: user.pk}, NOW + 2 * LEASE) == {}
    delivery = Delivery.objects.get()
    assert (delivery.sent_at, delivery.error, str(delivery)) == (NOW + LEASE, "", "reminder:1:x")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_many_workers_at_once_send_each_mail_once(mailoutbox):
    alice = make_user("alice", email="alice@example.org")
    flat = make_list(alice)
    for number in range(5):
        todo = make_todo(flat, f"Todo {number}", due=M("2026-11-23T10:00"))
        remind(todo, alice, 0)
    ready = Barrier(10)

    def work(_number):
        try:
            ready.wait(timeout=30)
            return reminders.send_reminders(NOW).sent
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        sent = list(threads.map(work, range(10)))
    assert sum(sent) == len(mailoutbox) == 5
    assert len({message.subject for message in mailoutbox}) == 5


class Broken(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected("gone")

    def close(self):
        raise OSError("gone as well")


def mail_by(settings, backend: str) -> None:
    """Let mail go by this backend, under either name of the setting."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend}}
    else:
        settings.EMAIL_BACKEND = backend


def test_failures_are_retried_later_and_later_then_given_up(cast, alice, settings, mailoutbox):
    mail_by(settings, f"{__name__}.Broken")
    remind(make_todo(cast.flat, due=M("2026-11-23T10:00")), alice, 0)
    at = NOW
    for wait in BACK_OFF:
        report = reminders.send_reminders(at)
        assert (report.sent, report.failed) == (0, 1)
        assert reminders.send_reminders(at + wait - timedelta(seconds=1)).failed == 0
        at += wait
    assert reminders.send_reminders(at).failed == 1
    delivery = Delivery.objects.get()
    assert delivery.given_up_at == at and delivery.error == "SMTPServerDisconnected: gone"
    assert reminders.send_reminders(at + timedelta(days=1)).failed == 0


def test_a_mail_that_failed_goes_out_when_the_server_is_back(cast, alice, settings, mailoutbox):
    mail_by(settings, f"{__name__}.Broken")
    remind(make_todo(cast.flat, due=M("2026-11-23T10:00")), alice, 0)
    remind(make_todo(cast.flat, "Second", due=M("2026-11-23T10:00")), alice, 0)
    assert reminders.send_reminders(NOW).failed == 2
    mail_by(settings, "django.core.mail.backends.locmem.EmailBackend")
    assert reminders.send_reminders(NOW + BACK_OFF[0]).sent == 2
    assert len(mailoutbox) == 2


def test_a_todo_completed_between_looking_and_sending(cast, alice, monkeypatch):
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    remind(todo, alice, 0)
    pairs = list(reminders.due_reminders(NOW))
    todo.complete(by=alice, at=NOW, zone=ZoneInfo("UTC"))
    monkeypatch.setattr(reminders, "due_reminders", lambda now: iter(pairs))
    assert reminders.send_reminders(NOW).sent == 0
    assert Delivery.objects.get().sent_at == NOW


def test_records_are_kept_for_a_while(cast, alice):
    remind(make_todo(cast.flat, due=M("2026-11-23T10:00")), alice, 0)
    reminders.send_reminders(NOW)
    assert Delivery.objects.prune(NOW + timedelta(days=90)) == 0
    assert Delivery.objects.prune(NOW + timedelta(days=91)) == 1


# -- the digest ------------------------------------------------------------------------------------


def test_the_digest_of_the_day(cast, alice, mailoutbox):
    prefer(alice, digest=True, digest_hour=10)
    make_todo(cast.flat, "Pay rent", due=M("2026-11-20"))
    make_todo(cast.flat, "Water the fig tree", due=M("2026-11-23"))
    make_todo(cast.flat, "Call Bob", due=M("2026-11-23T18:00"))
    make_todo(cast.flat, "Later", due=M("2026-11-24"))
    make_todo(cast.flat, "Hidden", due=M("2026-11-23"), start=M("2026-11-24"))
    make_todo(cast.flat, "Some day")
    assert reminders.send_digests(NOW - timedelta(minutes=1)).sent == 0
    assert reminders.send_digests(NOW).sent == 1
    assert reminders.send_digests(NOW + timedelta(hours=5)).sent == 0
    (message,) = mailoutbox
    assert message.subject == "2 due today, 1 overdue"
    text = message.body
    assert text.index("Overdue\n") < text.index("* Pay rent\n  Overdue: Fri 20 Nov · Flat")
    assert text.index("Pay rent") < text.index("Today\n") < text.index("* 18:00  Call Bob")
    assert text.index("Call Bob") < text.index("Water the fig tree")
    assert "Later" not in text and "Hidden" not in text and "Some day" not in text
    assert "https://todo.example.org" + reverse("django_todos:today") in text
    assert ">Overdue</h2>" in message.alternatives[0][0]
    assert "You get this at 10:00 on days with something due." in text
    assert reminders.send_digests(NOW + timedelta(days=1)).sent == 1


def test_a_day_is_the_readers(cast, alice):
    prefer(alice, digest=True, digest_hour=8, time_zone="Pacific/Tongatapu")
    make_todo(cast.flat, due=M("2026-11-24"))
    # 19:00 UTC on the 23rd is 08:00 on the 24th in Tonga.
    assert reminders.send_digests(when(2026, 11, 23, 18, 59)).sent == 0
    assert reminders.send_digests(when(2026, 11, 23, 19)).sent == 1
    assert Delivery.objects.get().key == f"digest:{alice.pk}:2026-11-24"


def test_no_digest_without_todos_nor_later_that_day(cast, alice):
    prefer(alice, digest=True)
    assert reminders.send_digests(NOW).sent == 0
    make_todo(cast.flat, due=M("2026-11-23"))
    assert reminders.send_digests(NOW).sent == 0


def test_a_digest_that_another_worker_is_sending(cast, alice):
    prefer(alice, digest=True)
    make_todo(cast.flat, due=M("2026-11-23"))
    assert Delivery.claim({f"digest:{alice.pk}:2026-11-23": alice.pk}, NOW)
    assert reminders.send_digests(NOW).sent == 0
    assert reminders.send_digests(NOW + LEASE).sent == 1  # it never said that it had


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_no_digest_for_who_did_not_ask_or_has_no_address(cast, alice, who):
    if who == "charlie":
        prefer(cast.charlie, digest=True)
    make_todo(cast.flat, due=M("2026-11-23"))
    assert reminders.send_digests(NOW).sent == 0


def test_a_long_digest_counts_the_rest(cast, alice, mailoutbox, monkeypatch):
    monkeypatch.setattr(limits, "DIGEST", 2)
    prefer(alice, digest=True)
    for number in range(5):
        make_todo(cast.flat, f"Todo {number}", due=M("2026-11-23"))
    reminders.send_digests(NOW)
    assert "and 3 more" in mailoutbox[0].body
    assert mailoutbox[0].body.count("* Todo") == 2
    assert mailoutbox[0].subject == "5 due today"


# -- unsubscribing ---------------------------------------------------------------------------------


def link_of(message):
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message.extra_headers["List-Unsubscribe"]
    assert link.startswith("<https://todo.example.org/") and link.endswith(">")
    assert link[1:-1] in message.body and link[1:-1] in message.alternatives[0][0]
    return link[1:-1].removeprefix("https://todo.example.org")


@pytest.mark.parametrize("kind", ["reminders", "digest"])
def test_one_click_without_login(cast, alice, mailoutbox, client, kind):
    prefer(alice, digest=True, reminders=True)
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    remind(todo, alice, 0)
    send = reminders.send_reminders if kind == "reminders" else reminders.send_digests
    send(NOW)
    path = link_of(mailoutbox[0])
    # As a mail program does it: RFC 8058, section 3.1.
    enforcing = type(client)(enforce_csrf_checks=True)
    body = {"List-Unsubscribe": "One-Click"}
    response = enforcing.post(path, body)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store" and response["Referrer-Policy"] == "no-referrer"
    wanted = Preferences.objects.values("reminders", "digest").get(user=alice)
    assert wanted == {"reminders": True, "digest": True} | {kind: False}
    assert enforcing.post(path, body).status_code == 200  # twice is fine
    Delivery.objects.all().delete()
    assert send(NOW).sent == 0


def test_looking_at_the_link_changes_nothing(cast, alice, client):
    prefer(alice, digest=True)
    path = reverse(
        "django_todos:unsubscribe", args=[unsubscribing.unsubscribe_token(alice, "digest")]
    )
    response = client.get(path)
    assert response.status_code == 200 and b"No more daily mails?" in response.content
    assert Preferences.objects.get().digest
    assert b"You get no more daily mails." in client.post(path).content


@pytest.mark.skipif(django.VERSION < (5, 1), reason="the middleware came with Django 5.1")
def test_in_a_project_where_everything_wants_a_login(cast, alice, client, settings):
    middleware = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]
    path = reverse(
        "django_todos:unsubscribe", args=[unsubscribing.unsubscribe_token(alice, "reminders")]
    )
    assert client.post(path).status_code == 200
    assert not Preferences.objects.get(user=alice).reminders


def test_who_never_saved_preferences_can_unsubscribe(cast, alice, client):
    path = reverse(
        "django_todos:unsubscribe", args=[unsubscribing.unsubscribe_token(alice, "reminders")]
    )
    assert b"No more reminders by mail?" in client.get(path).content
    assert b"You get no more reminders by mail." in client.post(path).content
    assert not Preferences.objects.get(user=alice).reminders


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        signing.dumps(["1", "digest"]),  # another salt
        signing.dumps(["1", "everything"], salt="django_todos.unsubscribe"),
        signing.dumps(["99999", "digest"], salt="django_todos.unsubscribe"),
        signing.dumps(["alice", "digest"], salt="django_todos.unsubscribe"),  # keys were texts
    ],
    ids=[
        "nonsense",
        "salt",
        "kind",
        "nobody",
        "keys",
    ],  # tokens hold the time: each process has others
)
def test_a_token_cannot_be_forged(cast, client, token):
    path = reverse("django_todos:unsubscribe", args=[token])
    assert client.get(path).status_code == client.post(path).status_code == 404
    assert not Preferences.objects.exists()


def test_other_methods_are_refused(cast, client):
    path = reverse(
        "django_todos:unsubscribe", args=[unsubscribing.unsubscribe_token(cast.alice, "digest")]
    )
    assert client.put(path).status_code == 405


# -- setting them ----------------------------------------------------------------------------------


def form_of(cast, **data):
    return ReminderForm(
        data, viewer=Viewer(cast.alice, Preferences(time_zone="Europe/Berlin"), NOW)
    )


@pytest.mark.parametrize(
    "data, columns",
    [
        ({"before": "15"}, {"minutes_before": 15, "remind_at": None}),
        ({"before": "0"}, {"minutes_before": 0, "remind_at": None}),
        (
            {"at": "2026-11-24T09:00"},
            {"minutes_before": None, "remind_at": when(2026, 11, 24, 8)},
        ),
    ],
)
def test_the_form_gives_columns(cast, data, columns):
    form = form_of(cast, **data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == columns


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"before": "15", "at": "2026-11-24T09:00"},
        {"before": "-1"},
        {"before": str(61 * DAY)},
        {"before": "soon"},
        {"at": "2026-11-23T10:59"},
        {"at": "soon"},
    ],
)
def test_what_the_form_refuses(cast, data):
    assert not form_of(cast, **data).is_valid()


def test_hours_are_offered_where_there_is_a_time(cast):
    timed, whole = make_todo(cast.flat, due=M("2026-11-23T10:00")), make_todo(cast.flat)
    assert (15, "15 minutes before") in offered(timed)
    assert [minutes for minutes, _words in offered(whole)] == [0, DAY, 2 * DAY, 7 * DAY]


@pytest.mark.parametrize(
    "name, status",
    [("alice", 303), ("bob", 303), ("rita", 303), ("charlie", 404), ("anonymous", 302)],
)
def test_who_sees_a_todo_may_be_reminded_of_it(cast, name, status):
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    path = reverse("django_todos:reminder-create", args=[todo.uuid])
    client = cast.client(name)
    assert client.get(path).status_code == (302 if name == "anonymous" else 303)
    assert client.post(path, {"before": "15"}).status_code == status
    assert client.post(path, {"before": "15"}).status_code == status
    assert Reminder.objects.count() == (1 if status == 303 else 0)


def test_a_wrong_time_sets_nothing_and_says_so(cast):
    todo = make_todo(cast.flat)
    path = reverse("django_todos:reminder-create", args=[todo.uuid])
    response = cast.client("alice").post(path, {"before": "soon"}, follow=True)
    assert not Reminder.objects.exists()
    assert "choose a time that lies ahead" in response.content.decode()


def test_a_reminder_is_its_owners(cast):
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    reminder = remind(todo, cast.alice, 15)
    path = reverse("django_todos:reminder-delete", args=[reminder.uuid])
    assert cast.client("bob").post(path).status_code == 404
    assert cast.client("anonymous").post(path).status_code == 302
    assert cast.client("alice").get(path).status_code == 303
    assert (
        "15 minutes before" in cast.client("alice").get(todo.get_absolute_url()).content.decode()
    )
    assert (
        "15 minutes before</span>"
        not in cast.client("bob").get(todo.get_absolute_url()).content.decode()
    )
    assert cast.client("alice").post(path).status_code == 303
    assert not Reminder.objects.exists()


def test_with_htmx_the_panel_comes_back(cast):
    todo = make_todo(cast.flat, due=M("2026-11-23T10:00"))
    path = reverse("django_todos:reminder-create", args=[todo.uuid])
    client = cast.client("alice")
    response = client.post(path, {"before": "15"}, headers={"HX-Request": "true"}, follow=True)
    assert response.content.decode().lstrip().startswith("<article")
