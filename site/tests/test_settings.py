"""The environment decides; what is not said is safe."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from django.test import SimpleTestCase
from tests.base import PRODUCTION, SITE, problems_of, settings_of


class Defaults(SimpleTestCase):
    def test_nothing_set_is_three_errors_and_safe(self) -> None:
        found = settings_of()
        ids = [problem.id for problem in found["SITE_PROBLEMS"]]
        self.assertEqual(sorted(ids), ["E001", "E003", "E005"])
        self.assertFalse(found["DEBUG"])
        self.assertEqual(found["SECRET_KEY"], "")
        self.assertEqual(found["SIGNUP"], "closed")
        self.assertTrue(found["SECURE_SSL_REDIRECT"])

    def test_production(self) -> None:
        found = settings_of(**PRODUCTION)
        self.assertEqual(found["SITE_PROBLEMS"], [])
        self.assertEqual(found["ALLOWED_HOSTS"], ["todos.example.org"])
        self.assertEqual(found["CSRF_TRUSTED_ORIGINS"], ["https://todos.example.org"])
        self.assertEqual(found["SECURE_SSL_HOST"], "todos.example.org")
        self.assertEqual(found["SECURE_PROXY_SSL_HEADER"], ("HTTP_X_FORWARDED_PROTO", "https"))
        self.assertEqual(found["SECURE_HSTS_SECONDS"], 31_536_000)
        self.assertTrue(found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"])
        self.assertEqual(found["SIGNUP"], "closed")
        self.assertEqual(found["DEFAULT_FROM_EMAIL"], "todos@todos.example.org")

    def test_empty_values_count_as_unset(self) -> None:
        found = settings_of(**PRODUCTION, PORT="", TIME_ZONE="", SIGNUP="", EMAIL_URL="", DEBUG="")
        self.assertEqual(found["SITE_PROBLEMS"], [])
        self.assertEqual((found["PORT"], found["TIME_ZONE"]), (8000, "UTC"))


class Secrets(SimpleTestCase):
    def test_from_a_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "key"
            path.write_text(PRODUCTION["SECRET_KEY"] + "\n")
            environ = {**PRODUCTION, "SECRET_KEY_FILE": str(path)}
            del environ["SECRET_KEY"]
            found = settings_of(**environ)
        self.assertEqual(found["SECRET_KEY"], PRODUCTION["SECRET_KEY"])
        self.assertEqual(found["SITE_PROBLEMS"], [])

    def test_a_file_that_is_not_there(self) -> None:
        self.assertIn("E010", problems_of(**PRODUCTION, DATABASE_URL_FILE="/nowhere/at/all"))

    def test_one_that_can_be_guessed(self) -> None:
        for key in ("changeme", "a" * 60):
            self.assertEqual(problems_of(**{**PRODUCTION, "SECRET_KEY": key}), ["E002"])


class Address(SimpleTestCase):
    def test_plain_http_only_when_asked_for(self) -> None:
        environ = {**PRODUCTION, "SITE_URL": "http://todos.lan:8000", "TRUSTED_PROXIES": "0"}
        self.assertEqual(problems_of(**environ), ["E007"])
        found = settings_of(**environ, ALLOW_HTTP="true")
        self.assertEqual([problem.id for problem in found["SITE_PROBLEMS"]], ["W001"])
        self.assertEqual(found["CSRF_TRUSTED_ORIGINS"], ["http://todos.lan:8000"])
        self.assertFalse(found["SECURE_SSL_REDIRECT"] or found["SESSION_COOKIE_SECURE"])
        self.assertEqual(found["SECURE_HSTS_SECONDS"], 0)
        self.assertIsNone(found["SECURE_PROXY_SSL_HEADER"])

    def test_https_without_a_proxy_would_redirect_for_ever(self) -> None:
        self.assertEqual(problems_of(**{**PRODUCTION, "TRUSTED_PROXIES": "0"}), ["E008"])

    def test_what_is_no_address(self) -> None:
        for url in (
            "todos.example.org",
            "ftp://todos.example.org",
            "https://",
            "https://todos.example.org/app",
            "https://user@todos.example.org",
            "https://todos.example.org:port",
            "https://to dos.example.org",
            "https://*.example.org",
        ):
            with self.subTest(url=url):
                self.assertEqual(problems_of(**{**PRODUCTION, "SITE_URL": url}), ["E006"])

    def test_ports_case_and_ipv6(self) -> None:
        for url, host, origin in (
            ("https://Todos.Example.org/", "todos.example.org", "https://todos.example.org"),
            ("https://todos.lan:8443", "todos.lan", "https://todos.lan:8443"),
            ("https://[::1]:8443", "[::1]", "https://[::1]:8443"),
        ):
            with self.subTest(url=url):
                found = settings_of(**{**PRODUCTION, "SITE_URL": url})
                self.assertEqual(found["ALLOWED_HOSTS"], [host])
                self.assertEqual(found["CSRF_TRUSTED_ORIGINS"], [origin])


class Database(SimpleTestCase):
    def test_postgresql(self) -> None:
        found = settings_of(**PRODUCTION)["DATABASES"]["default"]
        self.assertEqual(found["ENGINE"], "django.db.backends.postgresql")
        self.assertEqual((found["HOST"], found["PASSWORD"]), ("db", "s@cret"))
        self.assertTrue(found["CONN_HEALTH_CHECKS"])

    def test_a_socket_folder(self) -> None:
        url = "postgres:////run/postgresql/todos"
        found = settings_of(**{**PRODUCTION, "DATABASE_URL": url})["DATABASES"]["default"]
        self.assertEqual((found["HOST"], found["NAME"]), ("/run/postgresql", "todos"))

    def test_sqlite_is_set_up_for_several_workers(self) -> None:
        url = "sqlite:////var/lib/todos/db.sqlite3"
        found = settings_of(**{**PRODUCTION, "DATABASE_URL": url})["DATABASES"]["default"]
        self.assertEqual(found["NAME"], "/var/lib/todos/db.sqlite3")
        self.assertEqual(found["OPTIONS"]["transaction_mode"], "IMMEDIATE")
        self.assertIn("journal_mode=WAL", found["OPTIONS"]["init_command"])

    def test_the_data_folder_when_nothing_else_is_said(self) -> None:
        environ = {**PRODUCTION, "DATA_DIR": "/var/lib/todos"}
        del environ["DATABASE_URL"]
        found = settings_of(**environ)
        self.assertEqual(found["DATABASES"]["default"]["NAME"], "/var/lib/todos/db.sqlite3")
        self.assertEqual(found["SITE_PROBLEMS"], [])

    def test_never_sqlite_in_the_image(self) -> None:
        environ = {**PRODUCTION, "IN_IMAGE": "1", "DATA_DIR": "/data"}
        self.assertEqual(problems_of(**{**environ, "DATABASE_URL": ""}), ["E003"])
        self.assertEqual(problems_of(**{**environ, "DATABASE_URL": "sqlite:////data/x"}), ["E012"])

    def test_what_is_no_database(self) -> None:
        for url in ("mysql://a:b@c/d", "postgresql://", "nonsense", "postgres://h:port/name"):
            with self.subTest(url=url):
                found = settings_of(**{**PRODUCTION, "DATABASE_URL": url})["SITE_PROBLEMS"]
                self.assertEqual([problem.id for problem in found], ["E004"])
                # It may hold a password.
                self.assertNotIn(url, found[0].message + found[0].hint)


class Mail(SimpleTestCase):
    def test_without(self) -> None:
        found = settings_of(**PRODUCTION)
        self.assertFalse(found["MAIL_CONFIGURED"])
        self.assertEqual(found["ACCOUNT_EMAIL_VERIFICATION"], "none")
        self.assertIn("email", found["ACCOUNT_SIGNUP_FIELDS"])

    def test_with(self) -> None:
        url = "smtp+tls://bot%40example.org:p%2Fw@mail.example.org:587"
        found = settings_of(**PRODUCTION, EMAIL_URL=url)
        self.assertEqual(found["SITE_PROBLEMS"], [])
        self.assertEqual(found["EMAIL_HOST"], "mail.example.org")
        self.assertEqual(found["EMAIL_HOST_USER"], "bot@example.org")
        self.assertEqual(found["EMAIL_HOST_PASSWORD"], "p/w")
        self.assertEqual((found["EMAIL_PORT"], found["EMAIL_USE_TLS"]), (587, True))
        self.assertEqual(found["ACCOUNT_EMAIL_VERIFICATION"], "mandatory")
        self.assertIn("email*", found["ACCOUNT_SIGNUP_FIELDS"])

    def test_what_is_no_mail_server(self) -> None:
        for url in ("mail.example.org", "smtp://", "pigeon://roof"):
            with self.subTest(url=url):
                self.assertEqual(problems_of(**PRODUCTION, EMAIL_URL=url), ["E011"])


class Choices(SimpleTestCase):
    def test_senseless_values_are_named_and_harmless(self) -> None:
        found = settings_of(
            **{**PRODUCTION, "TRUSTED_PROXIES": "-1"},
            SIGNUP="perhaps",
            DEBUG="maybe",
            PORT="http",
            TIME_ZONE="Moon/Crater",
            LANGUAGE_CODE="../etc",
            LOG_LEVEL="LOUD",
        )
        problems = [p for p in found["SITE_PROBLEMS"] if p.id == "E009"]
        self.assertEqual(len(problems), 7)
        self.assertEqual((found["SIGNUP"], found["DEBUG"]), ("closed", False))

    def test_debug_is_said(self) -> None:
        self.assertEqual(problems_of(**PRODUCTION, DEBUG="true"), ["W002"])

    def test_time_and_language(self) -> None:
        found = settings_of(**PRODUCTION, TIME_ZONE="Europe/Lisbon", LANGUAGE_CODE="en_GB")
        self.assertEqual((found["TIME_ZONE"], found["LANGUAGE_CODE"]), ("Europe/Lisbon", "en-gb"))
        self.assertIn("en-gb", dict(found["LANGUAGES"]))


class Local(SimpleTestCase):
    def test_needs_nothing_and_keeps_its_secret(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            first = settings_of(LOCAL="true", DATA_DIR=folder, PORT="8123")
            second = settings_of(LOCAL="true", DATA_DIR=folder)
            key = Path(folder) / "secret_key"
            self.assertEqual(key.stat().st_mode & 0o077, 0)
        self.assertEqual(first["SITE_PROBLEMS"], [])
        self.assertEqual(first["SITE"].origin, "http://localhost:8123")
        self.assertEqual((first["SIGNUP"], first["DEBUG"]), ("open", False))
        self.assertGreaterEqual(len(first["SECRET_KEY"]), 50)
        self.assertEqual(first["SECRET_KEY"], second["SECRET_KEY"])

    def test_not_in_the_image(self) -> None:
        found = problems_of(LOCAL="true", IN_IMAGE="1")
        self.assertEqual(sorted(found), ["E001", "E003", "E005", "E013"])


class Documentation(SimpleTestCase):
    def test_every_variable_is_explained_at_the_top_of_the_settings(self) -> None:
        read = set()
        for name in ("config/settings.py", "config/environment.py", "gunicorn.conf.py"):
            text = (SITE / name).read_text()
            read |= set(re.findall(r'(?:env|self)\.\w+\(\s*"([A-Z][A-Z_]+)"', text))
        documented = set(re.findall(r"^    ([A-Z][A-Z_]+) {2,}\S", settings_of()["__doc__"], re.M))
        self.assertEqual(read, documented)
