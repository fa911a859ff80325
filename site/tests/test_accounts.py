"""Accounts: in, out, forgotten, taken along, deleted."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import django_todos

from .base import PASSWORD, SecureClient

pytestmark = pytest.mark.django_db

NEW = {"username": "alice", "password1": PASSWORD, "password2": PASSWORD}
LOGIN = {"login": "alice", "password": PASSWORD}
ANOTHER = {"password1": "another horse battery", "password2": "another horse battery"}


@pytest.fixture
def with_mail(settings: Any) -> None:
    settings.MAIL_CONFIGURED = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]


def link_in(message: Any) -> str:
    found = re.search(r"https://testserver(/\S+)", message.body)
    assert found, message.body
    return found[1]


def test_sign_up_without_mail(client):
    assertRedirects(client.post("/accounts/signup/", NEW), "/")
    assert User.objects.get().check_password(PASSWORD)


def test_sign_up_closed(client, settings):
    settings.SIGNUP = "closed"
    assertContains(client.get("/accounts/signup/"), "No new accounts")
    client.post("/accounts/signup/", NEW)
    assert not User.objects.exists()
    assertNotContains(client.get("/accounts/login/"), "/accounts/signup/")
    assertNotContains(client.get("/"), "/accounts/signup/")


def test_what_is_wrong_is_said_at_its_field(client, alice):
    wrong = {"username": "alice", "password1": PASSWORD, "password2": "x"}
    assertContains(client.post("/accounts/signup/", wrong), 'id="id_password2_error"')
    wrong = {"username": "alice", "password1": "12345678", "password2": ""}
    response = client.post("/accounts/signup/", wrong)
    assertContains(response, 'role="alert"')
    assertContains(response, 'aria-invalid="true"')
    for field in ("username", "password1", "password2"):
        assertContains(response, f'id="id_{field}_error"')
    [focused] = re.findall(r"<input[^>]* autofocus[^>]*>", response.content.decode())
    assert 'name="username"' in focused


def test_only_a_confirmed_address_gets_mail(client, with_mail):
    """Who signs up is in at once; a stranger's address they gave gets the one mail that asks."""
    answer = client.post("/accounts/signup/", {**NEW, "email": "alice@harbour.example"})
    assertRedirects(answer, "/")
    assert User.objects.get().email == ""
    link = link_in(mail.outbox[0])
    assertContains(client.get(link), "alice@harbour.example")
    client.post(link)
    assert EmailAddress.objects.get().verified
    assert User.objects.get().email == "alice@harbour.example"


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
)
def test_a_mail_server_that_is_away_stops_nobody(client, bob, settings, with_mail, caplog, path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    new = {"email": bob.email} if "reset" in path else {**NEW, "email": "a@harbour.example"}
    answer = client.post(path, {**new, "login": "bob", "password": PASSWORD})
    assert answer.status_code == 302
    assert ("was not sent" in caplog.text) == ("login" not in path)


def test_two_may_claim_an_address_and_nobody_hears_of_the_other(client, bob, with_mail):
    answer = client.post("/accounts/signup/", {**NEW, "email": bob.email})
    assertRedirects(answer, "/")
    login = SecureClient()
    login.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    assertContains(login.get("/preferences/"), "<bdi>bob</bdi>")


def test_an_address_is_nobodys_by_claiming_it_later(client, alice, bob):
    """Alice's account is the older one, and the site has no mail to confirm anything by."""
    User.objects.update(email="")
    for user in (bob, alice):
        EmailAddress.objects.create(user=user, email="bob@harbour.example", primary=True)
    client.post("/accounts/login/", {"login": "bob@harbour.example", "password": PASSWORD})
    assertContains(client.get("/preferences/"), "<bdi>bob</bdi>")


@pytest.mark.parametrize("login", ["alice", "alice@harbour.example", "Alice@Harbour.Example"])
def test_sign_in_by_name_or_address(client, alice, login):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True)
    answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assertRedirects(answer, "/")


def test_the_fields_say_what_they_are(client):
    """Each has a visible label instead of a placeholder, and none takes the focus."""
    html = client.get("/accounts/login/").content.decode()
    assert "Username or email" in html and 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assertContains(client.get("/accounts/signup/"), "Email (optional)")
    for path in ("/accounts/login/", "/accounts/signup/"):
        html = client.get(path).content.decode()
        assert "placeholder" not in html and "autofocus" not in html


def test_sign_in_wrong(client, alice):
    answer = client.post("/accounts/login/", {"login": "alice", "password": "x"})
    assertContains(answer, "not correct.")


def test_the_admin_has_no_login_of_its_own(client):
    answer = client.get("/admin/", follow=True)
    assertRedirects(answer, "/accounts/login/?next=%2Fadmin%2F")


def test_out_again(client, alice):
    client.force_login(alice)
    assertContains(client.get("/accounts/logout/"), "Sign out?")
    assertRedirects(client.post("/accounts/logout/"), "/")
    assertContains(client.get("/"), "One line in.")


def test_forgotten_without_mail_the_page_says_so(client, alice):
    response = client.get("/accounts/password/reset/")
    assertContains(response, "This site can’t send mail.")
    assertNotContains(response, 'name="email"')
    assertNotContains(response, "manage.py")  # no business of whoever comes by


def test_forgotten_with_mail(client, alice, with_mail):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    answer = client.post("/accounts/password/reset/", {"email": alice.email})
    assertRedirects(answer, "/accounts/password/reset/done/")
    page = client.get(link_in(mail.outbox[0]), follow=True)
    assertContains(page, "New password")
    client.post(page.redirect_chain[-1][0], ANOTHER)
    alice.refresh_from_db()
    assert alice.check_password("another horse battery")


def test_an_unknown_address_gets_no_mail_and_the_same_answer(client, with_mail):
    answer = client.post("/accounts/password/reset/", {"email": "who@harbour.example"})
    assertRedirects(answer, "/accounts/password/reset/done/")
    assert mail.outbox == []


def test_a_link_that_no_longer_works(client):
    page = client.get("/accounts/password/reset/key/1-nonsense/")
    assertContains(page, "This link no longer works")


def test_a_link_in_a_mail_has_the_sites_address(client, alice, with_mail):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    client.post("/accounts/password/reset/", {"email": alice.email}, HTTP_HOST="testserver:666")
    assert link_in(mail.outbox[0]).startswith("/accounts/password/reset/key/")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/preferences/", "Account"),
        ("/accounts/email/", "Email addresses"),
        ("/accounts/password/change/", "Password"),
        ("/accounts/delete/", "Delete my account"),
    ],
)
def test_pages_of_an_account(client, path, title):
    where = f"/accounts/login/?next={path}"
    assertRedirects(client.get(path), where, fetch_redirect_response=False)
    assertRedirects(client.post("/accounts/signup/", NEW), "/")
    assertContains(client.get(path), title)


def test_pages_without_an_account(client):
    assertContains(client.get("/accounts/inactive/"), "switched off")
    assertContains(client.get("/accounts/deleted/"), "Account deleted")


def test_what_runs_is_shown_to_staff_alone(client, alice, settings, monkeypatch):
    settings.REVISION = "0123abc"
    monkeypatch.setitem(vars(django_todos), "__version__", "9.9.1")
    client.force_login(alice)
    running = "Version 9.9.1, revision 0123abc"
    assertNotContains(client.get("/preferences/"), running)
    User.objects.update(is_staff=True)
    assertContains(client.get("/preferences/"), running)


def test_addresses(client):
    client.post("/accounts/signup/", {**NEW, "email": "a@harbour.example"})
    asked = client.post("/accounts/email/", {"action_add": "", "email": "x@harbour.example"})
    assertRedirects(asked, "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "", "email": "b@harbour.example"})
    assertContains(client.get("/accounts/email/"), "b@harbour.example")
    client.post("/accounts/email/", {"action_primary": "", "email": "b@harbour.example"})
    assert User.objects.get().email == "b@harbour.example"
    client.post("/accounts/email/", {"action_remove": "", "email": "a@harbour.example"})
    assert EmailAddress.objects.count() == 1


def test_a_new_password_signs_other_devices_out(client):
    other = SecureClient()
    client.post("/accounts/signup/", NEW)
    other.post("/accounts/login/", LOGIN)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **ANOTHER})
    assert client.get("/preferences/").status_code == 200
    assert other.get("/preferences/").status_code == 302
