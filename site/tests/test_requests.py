"""What happens around every request: scheme, client address, id, log line, headers."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from config.events import role_changed
from config.logs import KEYS, Json, Line, request_id
from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.test import Client
from django.urls import get_resolver

from django_todos.models import Membership
from django_todos.testing import make_list

from .base import PASSWORD, SecureClient, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "site.request")


def line_of(caplog: pytest.LogCaptureFixture) -> str:
    """The one line of the one request."""
    (record,) = (record for record in caplog.records if record.name == "site.request")
    return record.getMessage()


def test_plain_http_is_sent_to_the_sites_address():
    response = Client().get(LOGIN)
    assert response.status_code == 301
    assert response["Location"] == f"https://testserver{LOGIN}"


def test_https_sets_hsts(client):
    assert client.get(LOGIN)["Strict-Transport-Security"] == "max-age=31536000"


def test_without_a_proxy_nobody_may_claim_https(client, settings):
    settings.TRUSTED_PROXIES, settings.SECURE_PROXY_SSL_HEADER = 0, None
    assert client.get(LOGIN).status_code == 301


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.5", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::9]:4711", "2001:db8::9"),
        (1, "2001:db8::9", "2001:db8::9"),
        (1, "unknown", "10.0.0.1"),
    ],
)
def test_the_clients_address_is_counted_from_the_end(
    client, settings, caplog, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies
    client.get(LOGIN, HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.1")
    assert line_of(caplog).split()[-2] == address


def test_one_line_a_request(client, alice, caplog):
    client.force_login(alice)
    client.get("/preferences/?q=secret")
    assert re.match(r"^GET /preferences/ 200 \d+ms 127\.0\.0\.1 user=\d+$", line_of(caplog))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/accounts/password/reset/key/2-abcdef-0123456789/", "/key/2-***/"),
        ("/accounts/password/reset/key/2-abcdef-0123456789", "/key/2-*** "),  # a redirect
        ("/accounts/confirm-email/Mg:1abc:abcdef-0123456789/", "/confirm-email/***/"),
        ("/unsubscribe/abcdef-0123456789:1", "/unsubscribe/*** "),
        ("/join/abcdef-0123456789/accept/", "/join/***/accept/"),
    ],
)
@pytest.mark.parametrize("host", ["testserver", "evil.example"])
def test_the_key_of_a_link_is_not_written_down(client, caplog, path, shown, host):
    client.get(path, HTTP_HOST=host)
    for formatter in (Line(), Json()):
        line = formatter.format(caplog.records[-1])
        assert shown in line and "abcdef" not in line


def addresses(patterns: list[Any], before: str = "/") -> Iterator[str]:
    for one in patterns:
        here = before + str(one.pattern).replace("^", "")
        yield from addresses(one.url_patterns, here) if hasattr(one, "url_patterns") else [here]


def test_no_address_with_a_key_is_forgotten():
    keys = re.compile(r"<(?:\w+:)?(?:key|token)>|\(\?P<key>[^)]+\)")
    found = [one for one in addresses(get_resolver().url_patterns) if keys.search(one)]
    assert len(found) >= 3
    for address in found:
        written = keys.sub("SECRET", address).replace("(?P<uidb36>[0-9A-Za-z]+)", "2")
        assert "SECRET" not in KEYS.sub("***", written), address


def test_a_path_can_not_write_a_line_of_its_own(client, caplog):
    client.get("/a%0A2026-01-01 INFO fine")
    assert "\n" not in line_of(caplog)


def record_of(message: str, *args: object, broken: bool = False) -> logging.LogRecord:
    try:
        raise RuntimeError("broken on purpose")
    except RuntimeError:
        found = sys.exc_info() if broken else None
    return logging.LogRecord("site", logging.INFO, "", 1, message, args, found)


def test_a_message_can_not_write_a_line_of_its_own():
    line = Line().format(record_of("two\n%s", "lines"))
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO site \[-\] two\\nlines", line
    )


def test_as_json_a_request_is_one_object():
    token = request_id.set("some-id-1")
    try:
        line = Json().format(record_of("%(path)s %(status)d", {"path": "/a", "status": 200}))
        broken = Json().format(record_of("two\nlines", broken=True))
    finally:
        request_id.reset(token)
    said = json.loads(line)
    assert (said["message"], said["path"], said["status"]) == ("/a 200", "/a", 200)
    assert (said["request_id"], said["level"], said["logger"]) == ("some-id-1", "INFO", "site")
    assert "\n" not in broken and "broken on purpose" in json.loads(broken)["traceback"]


def test_an_id_comes_back_and_a_trusted_one_is_kept(client):
    assert re.match(r"^[0-9a-f]{32}$", client.get(LOGIN)["X-Request-ID"])
    kept = client.get(LOGIN, HTTP_X_REQUEST_ID="proxy-id-12345")
    assert kept["X-Request-ID"] == "proxy-id-12345"
    for bad in ("short", "has space in it", "x" * 65):
        assert client.get(LOGIN, HTTP_X_REQUEST_ID=bad)["X-Request-ID"] != bad


def test_a_strangers_id_is_not(settings):
    settings.TRUSTED_PROXIES, settings.SECURE_SSL_REDIRECT = 0, False
    response = Client().get(LOGIN, HTTP_X_REQUEST_ID="strangers-id-1")
    assert response["X-Request-ID"] != "strangers-id-1"


@pytest.mark.parametrize(
    ("who", "size", "status"),
    [
        ("a stranger", 1024 * 1024 + 1, 413),
        ("alice", 1024 * 1024 + 1, 302),
        ("alice", 20 * 1024 * 1024 + 1, 413),
    ],
)
def test_what_is_too_large_is_not_read(client, alice, who, size, status):
    if who == "alice":
        client.force_login(alice)
    body = io.BytesIO(b"login=")
    answer = client.generic("POST", LOGIN, CONTENT_LENGTH=str(size), **{"wsgi.input": body})
    assert (answer.status_code, body.tell()) == (status, 0)


@pytest.mark.parametrize("path", ["/", "/preferences/", "/accounts/email/", "/nowhere", "/admin/"])
def test_what_a_browser_may_do(client, alice, path):
    client.force_login(alice)
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_browser_that_has_a_page_is_told_so(client, alice):
    """With the policy that goes with the page that it has: neither has a nonce."""
    client.force_login(alice)
    first = client.get("/lists/")
    again = client.get("/lists/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert "nonce" not in first["Content-Security-Policy"] + first.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        *(LOGIN, "/accounts/email/", "/accounts/data/", "/accounts/delete/", "/admin/"),
        *("/accounts/password/reset/key/1-nonsense/", "/accounts/2fa/webauthn/"),
    ],
)
def test_pages_of_an_account_are_kept_nowhere(client, alice, path):
    if path != LOGIN:
        alice.is_staff = True
        alice.save()
        client.force_login(alice)
    assert {"private", "no-store"} <= set(client.get(path)["Cache-Control"].split(", "))


@pytest.mark.parametrize("path", ["/accounts/logout/", "/accounts/delete/", "/admin/logout/"])
def test_signing_out_clears_what_the_browser_kept(client, alice, path):
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    assert "Clear-Site-Data" not in client.get("/preferences/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post(path)["Clear-Site-Data"] == '"cache"'


def events_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "site.security"]


def test_what_happens_to_an_account_is_told(client, alice, caplog):
    caplog.set_level(logging.INFO, "site.security")
    for name, password in (("alice", "x"), ("a password", "x"), ("alice", PASSWORD)):
        client.post(LOGIN, {"login": name, "password": password})
    another = {"password1": "another horse battery", "password2": "another horse battery"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **another})
    client.post("/accounts/logout/")
    who = f"user={alice.pk} 127.0.0.1 -"
    assert events_of(caplog) == [
        f"user_login_failed {who}",
        "user_login_failed user=- 127.0.0.1 -",
        f"user_logged_in {who}",
        f"password_changed {who}",
        f"user_logged_out {who}",
    ]


def test_a_role_that_changes_is_told(client, alice, bob, caplog):
    caplog.set_level(logging.INFO, "site.security")
    todo_list = make_list(alice, editors=[bob])
    member = todo_list.memberships.get(user=bob)
    member.role = "viewer"
    member.save()
    member.delete()
    role_changed(Membership(todo_list=todo_list, user_id=10**6), signal=post_save)  # it has gone
    assert events_of(caplog)[-1].startswith("role user=1000000 ")
    said = [line for line in events_of(caplog) if f"user={bob.pk} " in line]
    assert [line.split()[-1] for line in said] == ["editor", "viewer", "none"]


def test_what_an_administrator_does_is_told(client, alice, bob, caplog):
    caplog.set_level(logging.INFO, "site.security")
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client.force_login(alice)
    client.post(f"/admin/auth/user/{bob.pk}/delete/", {"post": "yes"})
    others = [make_user(name).pk for name in ("carla", "dora")]
    chosen = {"action": "delete_selected", "_selected_action": others, "post": "yes"}
    client.post("/admin/auth/user/", chosen)
    assert not User.objects.exclude(pk=alice.pk).exists()
    said = [
        line for line in events_of(caplog) if line.startswith(f"administered user={alice.pk} ")
    ]
    assert [line.split()[-1] for line in said] == [f"{pk}:" for pk in (bob.pk, *others)]


@pytest.mark.parametrize(
    ("asked", "given"), [("en-GB,en;q=0.9", "en-gb"), ("xx", "en"), ("en-US", "en")]
)
def test_formats_follow_the_browser(asked, given):
    assert SecureClient().get(LOGIN, HTTP_ACCEPT_LANGUAGE=asked)["Content-Language"] == given
