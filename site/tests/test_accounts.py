"""Accounts: in, out, forgotten, taken along, deleted."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import override_settings
from tests.base import PASSWORD, SecureClient, SiteTestCase, make_user

WITH_MAIL: dict[str, Any] = {
    "MAIL_CONFIGURED": True,
    "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
    "ACCOUNT_SIGNUP_FIELDS": ["username*", "email*", "password1*", "password2*"],
}
NEW = {"username": "alice", "password1": PASSWORD, "password2": PASSWORD}


def link_in(message: Any) -> str:
    found = re.search(r"https://testserver(/\S+)", message.body)
    assert found, message.body
    return found[1]


class SignUp(SiteTestCase):
    def test_without_mail(self) -> None:
        response = self.client.post("/accounts/signup/", NEW)
        self.assertRedirects(response, "/")
        self.assertTrue(User.objects.get().check_password(PASSWORD))

    @override_settings(SIGNUP="closed")
    def test_closed(self) -> None:
        self.assertContains(self.client.get("/accounts/signup/"), "No new accounts")
        self.client.post("/accounts/signup/", NEW)
        self.assertFalse(User.objects.exists())
        self.assertNotContains(self.client.get("/accounts/login/"), "/accounts/signup/")
        self.assertNotContains(self.client.get("/"), "/accounts/signup/")

    def test_what_is_wrong_is_said_at_its_field(self) -> None:
        make_user("alice")
        wrong = {"username": "alice", "password1": "12345678", "password2": "x"}
        response = self.client.post("/accounts/signup/", wrong)
        self.assertContains(response, 'role="alert"')
        self.assertContains(response, 'aria-invalid="true"')
        self.assertContains(response, 'id="id_username_error"')

    @override_settings(**WITH_MAIL)
    def test_with_mail_the_address_is_confirmed_first(self) -> None:
        response = self.client.post("/accounts/signup/", {**NEW, "email": "alice@harbour.example"})
        self.assertRedirects(response, "/accounts/confirm-email/")
        login = {"login": "alice", "password": PASSWORD}
        self.assertRedirects(
            self.client.post("/accounts/login/", login), "/accounts/confirm-email/"
        )
        link = link_in(mail.outbox[0])
        self.assertContains(self.client.get(link), "alice@harbour.example")
        self.client.post(link)
        self.assertTrue(EmailAddress.objects.get().verified)
        self.client.post("/accounts/login/", login)
        self.assertEqual(self.client.get("/accounts/").status_code, 200)


class Login(SiteTestCase):
    def test_by_name_or_address(self) -> None:
        user = make_user()
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
        for login in ("alice", "alice@harbour.example", "Alice@Harbour.Example"):
            with self.subTest(login=login):
                client = SecureClient()
                answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
                self.assertRedirects(answer, "/")

    def test_wrong(self) -> None:
        make_user()
        answer = self.client.post("/accounts/login/", {"login": "alice", "password": "x"})
        self.assertContains(answer, "That didn’t match.")

    def test_too_often_is_counted_where_every_worker_sees_it(self) -> None:
        make_user()
        for attempt in range(5):
            answer = SecureClient().post("/accounts/login/", {"login": "alice", "password": "x"})
            self.assertContains(answer, "That didn’t match.", msg_prefix=str(attempt))
        # Another process knows what is in the database, and nothing else.
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM site_cache")
            self.assertGreater(cursor.fetchone()[0], 0)
        self.assertEqual(type(caches["default"]).__name__, "DatabaseCache")
        right = {"login": "alice", "password": PASSWORD}
        self.assertContains(SecureClient().post("/accounts/login/", right), "Too many attempts.")

    def test_the_admin_has_no_login_of_its_own(self) -> None:
        answer = self.client.get("/admin/", follow=True)
        self.assertRedirects(answer, "/accounts/login/?next=%2Fadmin%2F")

    def test_out_again(self) -> None:
        self.client.force_login(make_user())
        self.assertContains(self.client.get("/accounts/logout/"), "Sign out?")
        self.assertRedirects(self.client.post("/accounts/logout/"), "/")
        self.assertContains(self.client.get("/"), "One line in.")


class Forgotten(SiteTestCase):
    def test_without_mail_the_page_says_so(self) -> None:
        make_user()
        response = self.client.get("/accounts/password/reset/")
        self.assertContains(response, "This site can’t send mail.")
        self.assertNotContains(response, 'name="email"')

    @override_settings(**WITH_MAIL)
    def test_with_mail(self) -> None:
        user = make_user()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        answer = self.client.post("/accounts/password/reset/", {"email": user.email})
        self.assertRedirects(answer, "/accounts/password/reset/done/")
        page = self.client.get(link_in(mail.outbox[0]), follow=True)
        self.assertContains(page, "New password")
        where = page.redirect_chain[-1][0]
        new = {"password1": "another horse battery", "password2": "another horse battery"}
        self.client.post(where, new)
        user.refresh_from_db()
        self.assertTrue(user.check_password("another horse battery"))

    @override_settings(**WITH_MAIL)
    def test_an_unknown_address_gets_no_mail_and_the_same_answer(self) -> None:
        answer = self.client.post("/accounts/password/reset/", {"email": "who@harbour.example"})
        self.assertRedirects(answer, "/accounts/password/reset/done/")
        self.assertEqual(mail.outbox, [])

    def test_a_link_that_no_longer_works(self) -> None:
        page = self.client.get("/accounts/password/reset/key/1-nonsense/")
        self.assertContains(page, "This link no longer works")


class Pages(SiteTestCase):
    def test_each_of_them(self) -> None:
        signed_in = SecureClient()
        self.assertRedirects(signed_in.post("/accounts/signup/", NEW), "/")
        for path, title in (
            ("/accounts/", "Account"),
            ("/accounts/email/", "Email addresses"),
            ("/accounts/password/change/", "Password"),
            ("/accounts/delete/", "Delete my account"),
        ):
            with self.subTest(path=path):
                self.assertContains(signed_in.get(path), title)
                self.assertRedirects(
                    self.client.get(path),
                    f"/accounts/login/?next={path}",
                    fetch_redirect_response=False,
                )
        self.assertContains(self.client.get("/accounts/inactive/"), "switched off")
        self.assertContains(self.client.get("/accounts/deleted/"), "Account deleted")

    def test_addresses(self) -> None:
        self.client.post("/accounts/signup/", {**NEW, "email": "a@harbour.example"})
        asked = self.client.post(
            "/accounts/email/", {"action_add": "", "email": "x@harbour.example"}
        )
        self.assertRedirects(asked, "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F")
        self.client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        self.client.post("/accounts/email/", {"action_add": "", "email": "b@harbour.example"})
        page = self.client.get("/accounts/email/")
        self.assertContains(page, "b@harbour.example")
        self.client.post("/accounts/email/", {"action_primary": "", "email": "b@harbour.example"})
        self.assertEqual(User.objects.get().email, "b@harbour.example")
        self.client.post("/accounts/email/", {"action_remove": "", "email": "a@harbour.example"})
        self.assertEqual(EmailAddress.objects.count(), 1)

    def test_a_new_password_signs_other_devices_out(self) -> None:
        other = SecureClient()
        self.client.post("/accounts/signup/", NEW)
        other.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
        new = {"password1": "another horse battery", "password2": "another horse battery"}
        self.client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
        self.assertEqual(self.client.get("/accounts/").status_code, 200)
        self.assertEqual(other.get("/accounts/").status_code, 302)
