"""The second step of signing in, the devices that are signed in, and sign-in by a provider."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from .base import PASSWORD, SecureClient

pytestmark = pytest.mark.django_db
LOGIN, STEP = "/accounts/login/", "/accounts/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXP"  # nosec B105
SECTIONS = "/preferences/"


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def signed_in(name: str = "alice", **headers: str) -> Client:
    client = SecureClient(**headers)
    client.post(LOGIN, {"login": name, "password": PASSWORD})
    return client


def reauthenticated(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_an_app_is_switched_on_used_and_off(alice):
    client = signed_in()
    assertRedirects(
        client.get("/accounts/2fa/totp/activate/"),
        "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/",
    )
    reauthenticated(client)
    html = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert re.search(r'<svg viewBox="0 0 (\d+) \1"[^>]*><path d="M\d', html)
    assert "data:" not in html and "style=" not in html
    found = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", html)
    assert found
    secret = found[1]
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "12"})
    assertContains(wrong, "id_code_error")
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li>(\d{8})</li>", done.content.decode())
    assert len(codes) == 10
    assertContains(client.get(SECTIONS), "10 left")

    other = signed_in()
    assert other.get(SECTIONS).status_code == 302  # the password alone is not enough
    assertContains(other.get(STEP), "Second step")
    assertContains(other.post(STEP, {"code": "1"}), "id_code_error")
    assertRedirects(other.post(STEP, {"code": codes[0]}), "/")
    again = signed_in()
    assertContains(again.post(STEP, {"code": codes[0]}), "id_code_error")  # used
    reauthenticated(other)
    assertContains(other.get("/accounts/2fa/totp/deactivate/"), "Switch off")
    other.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert signed_in().get(SECTIONS).status_code == 200


def test_the_administration_takes_the_second_step_too(alice):
    User.objects.update(is_staff=True, is_superuser=True)
    TOTP.activate(alice, SECRET)
    client = signed_in()
    assert client.get("/admin/").status_code == 302
    client.post(STEP, {"code": code_of(SECRET)})
    assertContains(client.get("/admin/"), "Site administration")


def test_who_has_a_second_step_may_be_asked_for_it_again(alice):
    TOTP.activate(alice, SECRET)
    client = signed_in()
    client.post(STEP, {"code": code_of(SECRET)})
    asked = client.get("/accounts/reauthenticate/?next=/accounts/email/")
    assertContains(asked, "/accounts/2fa/reauthenticate/?next=")
    assertContains(client.get("/accounts/2fa/reauthenticate/"), "Enter a code")


def test_pages_of_passkeys(alice):
    client = signed_in()
    reauthenticated(client)
    Authenticator.objects.create(
        user=alice, type="webauthn", data={"name": "My key", "credential": {}}
    )
    key = Authenticator.objects.get().pk
    for path, words in {
        "": "My key",
        f"keys/{key}/edit/": "Name of the passkey",
        f"keys/{key}/remove/": "Remove this passkey?",
    }.items():
        assertContains(client.get(f"/accounts/2fa/webauthn/{path}"), words)
    assertContains(client.get("/accounts/2fa/recovery-codes/generate/"), "New recovery codes?")
    client.post(f"/accounts/2fa/webauthn/keys/{key}/edit/", {"name": "Phone"})
    assertContains(client.get("/accounts/2fa/webauthn/"), "Phone")
    client.post(f"/accounts/2fa/webauthn/keys/{key}/remove/")
    assert not Authenticator.objects.exists()


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604"


def test_devices_are_listed_and_ended(alice, bob):
    client, phone, third = (
        signed_in(HTTP_USER_AGENT=FIREFOX),
        signed_in(HTTP_USER_AGENT=IPHONE),
        signed_in(),
    )
    others = signed_in("bob")
    page = client.get(SECTIONS)
    assertContains(page, "Firefox on Linux")
    assertContains(page, "Sign out Safari on iPhone")
    assertContains(page, "This device", count=1)
    assertNotContains(page, "style=")
    foreign = UserSession.objects.get(user=bob).pk
    end = "/accounts/devices/end/"
    client.post(end, {"session": foreign})
    assert others.get(SECTIONS).status_code == 200
    client.post(end, {"session": UserSession.objects.get(user_agent=IPHONE).pk})
    assert phone.get(SECTIONS).status_code == 302
    assert third.get(SECTIONS).status_code == 200
    assertRedirects(client.post(end), "/preferences/#devices")
    assert third.get(SECTIONS).status_code == 302
    assert client.get(SECTIONS).status_code == 200
    assert others.get(SECTIONS).status_code == 200


def test_signing_in_by_a_provider_is_off(client):
    assertNotContains(client.get(LOGIN), "oidc")
    assert client.post("/accounts/oidc/oidc/login/").status_code == 404


def test_the_button_of_a_provider() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.template.defaulttags.URLNode.render", lambda *args: "/somewhere/")
        html = render_to_string("account/login.html", {"oidc_name": "Harbour"}, _request())
    assert "Sign in with Harbour" in html


def _request() -> Any:
    from django.test import RequestFactory

    return RequestFactory().get(LOGIN)
