"""The second step of signing in, the devices that are signed in, and sign-in by a provider."""

import re
import runpy
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.usersessions.models import UserSession
from config import urls
from django.contrib.auth.models import User
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
    assert re.search(r'<svg [^>]*viewBox="0 0 (\d+) \1"[^>]*><path d="M\d', html)
    assert "data:" not in html and "style=" not in html and "<?" not in html
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
    assert phone.get(SECTIONS)["Clear-Site-Data"] == '"cache"'
    assert third.get(SECTIONS).status_code == 200
    assertRedirects(client.post(end), "/preferences/#devices")
    assert third.get(SECTIONS).status_code == 302
    assert client.get(SECTIONS).status_code == 200
    assert others.get(SECTIONS).status_code == 200


def test_signing_in_by_a_provider_is_off(client):
    assertNotContains(client.get(LOGIN), "oidc")
    assert client.post("/accounts/oidc/oidc/login/").status_code == 404


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A provider that says where it is to be asked, and is asked nothing more."""
    app = {
        "provider_id": "oidc",
        "name": "Harbour",
        "client_id": "todos",
        "secret": "s",
        "settings": {"server_url": "https://sso.example.org"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    }
    settings.OIDC_NAME = "Harbour"
    settings.OIDC_URL = "https://sso.example.org"
    settings.ROOT_URLCONF = type("Urls", (), runpy.run_path(urls.__file__))
    known = {
        "authorization_endpoint": "https://sso.example.org/authorize",
        "token_endpoint": "https://sso.example.org/token",
    }
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", known)
    registry.register(OpenIDConnectProvider)
    yield
    registry.provider_map.pop("openid_connect")


def test_the_provider_is_asked_with_a_challenge(client, provider):
    assertContains(client.get(LOGIN), "Sign in with Harbour")
    answer = client.post("/accounts/oidc/oidc/login/")
    asked = urlsplit(answer["Location"])
    assert (asked.netloc, asked.path) == ("sso.example.org", "/authorize")
    query = parse_qs(asked.query)
    assert query["code_challenge_method"] == ["S256"] and query["state"]
    assert query["redirect_uri"] == ["https://testserver/accounts/oidc/oidc/login/callback/"]
    # What comes back without that state is refused.
    assert (
        "error"
        in client.get(query["redirect_uri"][0] + "?code=x&state=y").content.decode().lower()
    )


CALLBACK = "/accounts/oidc/oidc/login/callback/"


@pytest.mark.parametrize("address", ["dana@harbour.example", "alice@harbour.example"])
def test_whom_a_provider_lets_in_gets_an_account_of_their_own(
    client, alice, provider, settings, monkeypatch, address
):
    """Sign-up is closed for strangers; an account that is there is nobody's by its address."""
    settings.SIGNUP = "closed"
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    known = {"sub": "7", "email": address, "email_verified": True, "preferred_username": "dana"}
    monkeypatch.setattr(
        OAuth2Client, "get_access_token", lambda *args, **kwargs: {"access_token": "t"}
    )
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda *args: known)
    asked = parse_qs(urlsplit(client.post("/accounts/oidc/oidc/login/")["Location"]).query)
    client.get(CALLBACK, {"code": "x", "state": "made up"})
    assert client.get(SECTIONS).status_code == 302
    client.get(CALLBACK, {"code": "x", "state": asked["state"][0]})
    assertContains(client.get(SECTIONS), "<bdi>dana</bdi>")
    confirmed = EmailAddress.objects.filter(email=address, verified=True)
    assert confirmed.get().user.username == address.partition("@")[0]


def test_a_forgotten_password_does_not_pass_the_second_step(client, alice):
    TOTP.activate(alice, SECRET)
    key = (
        f"{user_pk_to_url_str(alice)}-{EmailAwarePasswordResetTokenGenerator().make_token(alice)}"
    )
    page = client.get(f"/accounts/password/reset/key/{key}/", follow=True)
    another = {"password1": "another horse battery", "password2": "another horse battery"}
    answer = client.post(page.redirect_chain[-1][0], another, follow=True)
    assertContains(answer, "Second step")
    assert client.get(SECTIONS).status_code == 302


def test_a_code_works_once(alice):
    TOTP.activate(alice, SECRET)
    code, first, second = code_of(SECRET), signed_in(), signed_in()
    assertRedirects(first.post(STEP, {"code": code}), "/")
    assertContains(second.post(STEP, {"code": code}), "id_code_error")
