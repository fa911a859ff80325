"""What happens around every request: scheme, client address, id, log line, headers."""

from __future__ import annotations

from django.test import Client, override_settings
from django.urls import reverse
from tests.base import SecureClient, SiteTestCase, make_user

LOGIN = "/accounts/login/"


class Scheme(SiteTestCase):
    def test_plain_http_is_sent_to_the_sites_address(self) -> None:
        response = Client().get(LOGIN)
        self.assertEqual(response.status_code, 301)
        self.assertEqual(response["Location"], f"https://testserver{LOGIN}")

    def test_https_sets_hsts(self) -> None:
        self.assertEqual(self.client.get(LOGIN)["Strict-Transport-Security"], "max-age=31536000")

    @override_settings(TRUSTED_PROXIES=0)
    def test_without_a_proxy_nobody_may_claim_https(self) -> None:
        self.assertEqual(self.client.get(LOGIN).status_code, 301)


class ClientAddress(SiteTestCase):
    def address(self, forwarded: str) -> str:
        with self.assertLogs("site.request", "INFO") as logs:
            self.client.get(LOGIN, HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.1")
        return logs.records[0].getMessage().split()[-2]

    def test_counted_from_the_end(self) -> None:
        for proxies, forwarded, expected in (
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
            (2, "1.2.3.4, 203.0.113.9, 10.0.0.5", "203.0.113.9"),
            (2, "203.0.113.9", "10.0.0.1"),
            (1, "", "10.0.0.1"),
        ):
            with self.subTest(forwarded=forwarded), override_settings(TRUSTED_PROXIES=proxies):
                self.assertEqual(self.address(forwarded), expected)


class Log(SiteTestCase):
    def line(self, path: str) -> str:
        with self.assertLogs("site.request", "INFO") as logs:
            self.client.get(path)
        self.assertEqual(len(logs.records), 1)
        return logs.records[0].getMessage()

    def test_one_line_a_request(self) -> None:
        self.client.force_login(make_user())
        line = self.line("/accounts/?q=secret")
        self.assertRegex(line, r"^GET /accounts/ 200 \d+ms 127\.0\.0\.1 user=\d+$")

    def test_the_key_of_a_link_is_not_written_down(self) -> None:
        line = self.line("/accounts/password/reset/key/2-abcdef-0123456789/")
        self.assertIn("/accounts/password/reset/key/2-***/", line)

    def test_a_path_can_not_write_a_line_of_its_own(self) -> None:
        self.assertNotIn("\n", self.line("/a%0A2026-01-01 INFO fine"))

    def test_an_id_comes_back_and_a_trusted_one_is_kept(self) -> None:
        self.assertRegex(self.client.get(LOGIN)["X-Request-ID"], r"^[0-9a-f]{32}$")
        kept = self.client.get(LOGIN, HTTP_X_REQUEST_ID="proxy-id-12345")
        self.assertEqual(kept["X-Request-ID"], "proxy-id-12345")
        for bad in ("short", "has space in it", "x" * 65):
            self.assertNotEqual(self.client.get(LOGIN, HTTP_X_REQUEST_ID=bad)["X-Request-ID"], bad)

    @override_settings(TRUSTED_PROXIES=0, SECURE_SSL_REDIRECT=False)
    def test_a_strangers_id_is_not(self) -> None:
        response = Client().get(LOGIN, HTTP_X_REQUEST_ID="strangers-id-1")
        self.assertNotEqual(response["X-Request-ID"], "strangers-id-1")


class Headers(SiteTestCase):
    def test_what_a_browser_may_do(self) -> None:
        self.client.force_login(make_user())
        for path in (reverse("home"), "/accounts/", "/accounts/email/", "/nowhere", "/admin/"):
            with self.subTest(path=path):
                policy = self.client.get(path)["Content-Security-Policy"]
                self.assertIn("default-src 'self'", policy)
                self.assertNotIn("unsafe", policy)
                self.assertIn("frame-ancestors 'none'", policy)

    def test_formats_follow_the_browser(self) -> None:
        for asked, given in (("en-GB,en;q=0.9", "en-gb"), ("xx", "en"), ("en-US", "en")):
            response = SecureClient().get(LOGIN, HTTP_ACCEPT_LANGUAGE=asked)
            self.assertEqual(response["Content-Language"], given)
