"""The site's own pages: the front door, and what is shown when something is wrong."""

from __future__ import annotations

import re
from unittest import mock

from config import urls
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from tests.base import SITE, SecureClient, SiteTestCase, make_user


class FrontDoor(SiteTestCase):
    def test_signed_out(self) -> None:
        response = self.client.get("/")
        self.assertContains(response, "One line in.")
        self.assertContains(response, "/accounts/signup/")
        with self.assertNumQueries(0):
            self.client.get("/")

    def test_signed_in_it_is_today(self) -> None:
        self.client.force_login(make_user())
        response = self.client.get("/")
        self.assertTemplateUsed(response, "django_todos/today.html")
        self.assertContains(response, "/accounts/logout/")

    def test_what_browsers_ask_for_unasked(self) -> None:
        icon = self.client.get("/favicon.ico", follow=True)
        self.assertEqual((icon.status_code, icon["Content-Type"]), (200, "image/svg+xml"))

    def test_only_reading(self) -> None:
        self.assertEqual(self.client.post("/").status_code, 405)


class Errors(SiteTestCase):
    def test_404(self) -> None:
        answer = self.client.get("/nowhere/")
        self.assertContains(answer, "nothing at this address", status_code=404)
        self.assertContains(answer, "Sign in", status_code=404)
        self.client.force_login(make_user())
        self.assertContains(self.client.get("/nowhere/"), "Open the trash", status_code=404)

    def test_400_of_a_foreign_host(self) -> None:
        answer = self.client.get("/", HTTP_HOST="evil.example")
        self.assertContains(answer, "makes no sense", status_code=400)
        self.assertNotContains(answer, "evil", status_code=400)

    def test_a_form_that_has_grown_too_old(self) -> None:
        client = SecureClient(enforce_csrf_checks=True)
        answer = client.post("/accounts/login/", {}, HTTP_REFERER="https://testserver/")
        self.assertContains(answer, "too old", status_code=403)

    def test_500_needs_no_database(self) -> None:
        client = SecureClient(raise_request_exception=False)

        def broken(request: HttpRequest) -> HttpResponse:
            raise RuntimeError("broken on purpose")

        with (
            mock.patch.object(urls.urlpatterns[0], "callback", broken),
            self.assertNumQueries(0),
            self.assertLogs("django.request", "ERROR"),
        ):
            answer = client.get("/")
        self.assertContains(answer, "Something broke on our side", status_code=500)
        self.assertNotContains(answer, "on purpose", status_code=500)
        self.assertIn("default-src 'self'", answer["Content-Security-Policy"])

    def test_403_and_429(self) -> None:
        for name, words in (("403.html", "not change it"), ("429.html", "too often")):
            self.assertIn(words, render_to_string(name))

    def test_503_is_a_file_of_its_own(self) -> None:
        text = (SITE / "maintenance" / "503.html").read_text()
        self.assertNotIn("{%", text)
        self.assertNotIn("<style", text)
        self.assertTrue((SITE / "maintenance" / "503.css").exists())


class Markup(SiteTestCase):
    """Under `default-src 'self'` nothing inline works, and every file has its hashed name."""

    paths = (
        "/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/nowhere/",
    )
    signed_in = ("/", "/accounts/", "/accounts/email/", "/accounts/delete/", "/accounts/logout/")

    def check(self, html: str) -> None:
        self.assertNotRegex(html, r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)")
        for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
            self.assertRegex(address, r"\.[0-9a-f]{12}\.\w+$")
            self.assertEqual(self.client.get(address).status_code, 200, address)
        self.assertEqual(len(re.findall("<h1", html)), 1)
        self.assertEqual(html.count("<main"), 1)

    def test_signed_out(self) -> None:
        for path in self.paths:
            with self.subTest(path=path):
                self.check(self.client.get(path).content.decode())

    def test_signed_in(self) -> None:
        self.client.force_login(make_user())
        for path in self.signed_in:
            with self.subTest(path=path):
                self.check(self.client.get(path, follow=True).content.decode())

    def test_files_are_kept_by_browsers_for_good(self) -> None:
        html = self.client.get("/").content.decode()
        address = re.findall(r'href="(/static/[^"]+\.css)"', html)[0]
        answer = self.client.get(address, HTTP_ACCEPT_ENCODING="gzip")
        self.assertIn("immutable", answer["Cache-Control"])
        self.assertEqual(answer["Content-Encoding"], "gzip")
