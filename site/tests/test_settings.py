"""The environment decides; what is not said is safe."""

import re
from pathlib import Path

import pytest

from .base import PRODUCTION, SITE, ids, problems_of, settings_of


def test_nothing_set_is_three_errors_and_safe():
    found = settings_of()
    assert ids(found) == ["E001"] * 3
    assert not found["DEBUG"]
    assert found["SECRET_KEY"] == ""
    assert found["SIGNUP"] == "closed"
    assert found["SECURE_SSL_REDIRECT"]


def test_production():
    found = settings_of(**PRODUCTION)
    assert found["SITE_PROBLEMS"] == []
    assert found["ALLOWED_HOSTS"] == ["todos.example.org"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://todos.example.org"]
    assert found["SECURE_SSL_HOST"] == "todos.example.org"
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY"):
        assert found[name]
    assert found["SIGNUP"] == "closed"
    assert found["DEFAULT_FROM_EMAIL"] == "todos@todos.example.org"


def test_empty_values_count_as_unset():
    found = settings_of(**PRODUCTION, PORT="", TIME_ZONE="", SIGNUP="", EMAIL_URL="", DEBUG="")
    assert found["SITE_PROBLEMS"] == []
    assert (found["PORT"], found["TIME_ZONE"]) == (8000, "UTC")


def test_a_secret_from_a_file(tmp_path: Path):
    path = tmp_path / "key"
    path.write_text(PRODUCTION["SECRET_KEY"] + "\n")
    environ = {**PRODUCTION, "SECRET_KEY_FILE": str(path)}
    del environ["SECRET_KEY"]
    found = settings_of(**environ)
    assert found["SECRET_KEY"] == PRODUCTION["SECRET_KEY"]
    assert found["SITE_PROBLEMS"] == []


def test_a_file_that_can_not_be_read(tmp_path: Path):
    no_text = tmp_path / "no_text"
    no_text.write_bytes(b"\xff\xfe")
    for path in ("/nowhere/at/all", str(tmp_path), str(no_text)):
        (problem,) = settings_of(**PRODUCTION, DATABASE_URL_FILE=path)["SITE_PROBLEMS"]
        assert (problem.id, problem.msg) == ("site.E002", "DATABASE_URL can't be used.")


@pytest.mark.parametrize("key", ["changeme", "a" * 60, "ab" * 30])
def test_a_secret_that_can_be_guessed(key):
    (problem,) = settings_of(**{**PRODUCTION, "SECRET_KEY": key})["SITE_PROBLEMS"]
    assert problem.id == "site.E002"
    assert key not in problem.msg + problem.hint


def test_a_secret_that_starts_with_a_dollar():
    """Nothing is looked up in it: passwords are made by machines."""
    key = "$" + PRODUCTION["SECRET_KEY"]
    assert settings_of(**{**PRODUCTION, "SECRET_KEY": key})["SECRET_KEY"] == key


def test_a_new_secret_lets_the_old_ones_be_read():
    old = ["a-secret-of-last-year-" + "0123456789" * 3, "and-the-one-before-" + "9876543210" * 3]
    assert (
        settings_of(**PRODUCTION, SECRET_KEY_FALLBACKS=" ".join(old))["SECRET_KEY_FALLBACKS"]
        == old
    )
    assert problems_of(**PRODUCTION, SECRET_KEY_FALLBACKS="short") == ["E002"]


def test_cookies_are_bound_to_the_host_where_tls_is():
    secure = settings_of(**PRODUCTION)
    assert secure["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert secure["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert "SESSION_COOKIE_NAME" not in settings_of(LOCAL="true", DATA_DIR="")


def test_sign_in_by_a_provider():
    assert "SOCIALACCOUNT_PROVIDERS" not in settings_of(**PRODUCTION)
    found = settings_of(
        **PRODUCTION,
        OIDC_URL="https://sso.example.org/realms/all",
        OIDC_CLIENT_ID="todos",
        OIDC_CLIENT_SECRET="s",
    )
    assert found["SITE_PROBLEMS"] == []
    policy = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"]
    assert "https://sso.example.org" in policy
    assert problems_of(**PRODUCTION, OIDC_URL="http://sso.example.org") == ["E002"]


def test_plain_http_only_when_asked_for():
    environ = {**PRODUCTION, "SITE_URL": "http://todos.lan:8000", "TRUSTED_PROXIES": "0"}
    (problem,) = settings_of(**environ)["SITE_PROBLEMS"]
    assert problem.id == "site.E002" and "ALLOW_HTTP=true" in problem.hint
    found = settings_of(**environ, ALLOW_HTTP="true")
    assert ids(found) == ["W001"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["http://todos.lan:8000"]
    assert not (found["SECURE_SSL_REDIRECT"] or found["SESSION_COOKIE_SECURE"])
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SECURE_PROXY_SSL_HEADER"] is None


def test_https_without_a_proxy_would_redirect_for_ever():
    assert problems_of(**{**PRODUCTION, "TRUSTED_PROXIES": "0"}) == ["E004"]


@pytest.mark.parametrize(
    "url",
    [
        "todos.example.org",
        "ftp://todos.example.org",
        "https://",
        "https://todos.example.org/app",
        "https://user@todos.example.org",
        "https://todos.example.org:port",
        "https://to dos.example.org",
        "https://*.example.org",
        "https://todos.example.org?x",
        "https://todos.example.org:99999",
        "https://[::1",
    ],
)
def test_what_is_no_address(url):
    assert problems_of(**{**PRODUCTION, "SITE_URL": url}) == ["E002"]


def test_a_sub_path_is_refused_with_a_way_out():
    found = settings_of(**{**PRODUCTION, "SITE_URL": "https://example.org/todos"})
    assert "sub-path" in found["SITE_PROBLEMS"][0].hint


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://Todos.Example.org/", "todos.example.org", "https://todos.example.org"),
        ("https://todos.lan:8443", "todos.lan", "https://todos.lan:8443"),
        ("https://[::1]:8443", "[::1]", "https://[::1]:8443"),
    ],
)
def test_ports_case_and_ipv6(url, host, origin):
    found = settings_of(**{**PRODUCTION, "SITE_URL": url})
    assert found["ALLOWED_HOSTS"] == [host]
    assert found["CSRF_TRUSTED_ORIGINS"] == [origin]


def test_postgresql():
    found = settings_of(**PRODUCTION)["DATABASES"]["default"]
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"], found["PASSWORD"]) == ("db", "s@cret")
    assert found["CONN_HEALTH_CHECKS"]


@pytest.mark.parametrize("password", ["p@ss/w#rd?%40+:$x", "$ecret", "plain"])
def test_a_password_beside_the_url_is_taken_as_it_is(password, tmp_path: Path):
    url = "postgres://todos@db:5432/todos"
    environ = {**PRODUCTION, "DATABASE_URL": url}
    found = settings_of(**environ, DATABASE_PASSWORD=password)
    assert found["SITE_PROBLEMS"] == []
    assert found["DATABASES"]["default"]["PASSWORD"] == password
    (tmp_path / "password").write_text(password + "\n")
    found = settings_of(**environ, DATABASE_PASSWORD_FILE=str(tmp_path / "password"))
    assert found["DATABASES"]["default"]["PASSWORD"] == password
    assert found["DATABASES"]["default"]["HOST"] == "db"


def test_a_password_in_the_url_goes_before_one_beside_it():
    found = settings_of(**PRODUCTION, DATABASE_PASSWORD="other")
    assert found["DATABASES"]["default"]["PASSWORD"] == "s@cret"


def test_a_socket_folder():
    url = "postgres:////run/postgresql/todos"
    found = settings_of(**{**PRODUCTION, "DATABASE_URL": url})["DATABASES"]["default"]
    assert (found["HOST"], found["NAME"]) == ("/run/postgresql", "todos")


def test_sqlite_is_set_up_for_several_workers():
    environ = {**PRODUCTION, "DATABASE_URL": "", "DATA_DIR": "/var/lib/todos"}
    found = settings_of(**environ)["DATABASES"]["default"]
    assert found["NAME"] == "/var/lib/todos/db.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_the_data_folder_when_nothing_else_is_said():
    environ = {**PRODUCTION, "DATA_DIR": "/var/lib/todos"}
    del environ["DATABASE_URL"]
    found = settings_of(**environ)
    assert found["DATABASES"]["default"]["NAME"] == "/var/lib/todos/db.sqlite3"
    assert found["SITE_PROBLEMS"] == []


def test_never_sqlite_in_the_image():
    environ = {**PRODUCTION, "IN_IMAGE": "1", "DATA_DIR": "/data"}
    assert problems_of(**{**environ, "DATABASE_URL": ""}) == ["E001"]
    assert problems_of(**{**environ, "DATABASE_URL": "sqlite:////data/x"}) == ["E002"]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a:b@c/d",
        "postgresql://",
        "nonsense",
        "sqlite:////var/lib/todos/db.sqlite3",  # DATA_DIR says where SQLite is
        "sqlite://todos.db",
        "postgres://h:port/name",
        # A bare sign in the password: the rest of it must not become host or name.
        "postgres://todos:p/ss@db:5432/todos",
        "postgres://todos:12/3@db:5432/todos",
        "postgres://todos:p/s#s@db:5432/todos",
        "postgres://todos:12?3@db:5432/todos",
    ],
)
def test_what_is_no_database(url):
    (problem,) = settings_of(**{**PRODUCTION, "DATABASE_URL": url})["SITE_PROBLEMS"]
    assert problem.id == "site.E002"
    # It may hold a password.
    assert url not in problem.msg + problem.hint


def test_without_mail():
    found = settings_of(**PRODUCTION)
    assert not found["MAIL_CONFIGURED"]
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.dummy.EmailBackend"
    assert found["ACCOUNT_EMAIL_VERIFICATION"] == "none"
    assert "email" in found["ACCOUNT_SIGNUP_FIELDS"]


def test_with_mail():
    url = "smtp+tls://bot%40example.org:p%2Fw@mail.example.org:587"
    found = settings_of(**PRODUCTION, EMAIL_URL=url)
    assert found["SITE_PROBLEMS"] == []
    assert found["EMAIL_HOST"] == "mail.example.org"
    assert found["EMAIL_HOST_USER"] == "bot@example.org"
    assert found["EMAIL_HOST_PASSWORD"] == "p/w"
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == (587, True)
    assert found["ACCOUNT_EMAIL_VERIFICATION"] == "optional"
    assert "email*" in found["ACCOUNT_SIGNUP_FIELDS"]


@pytest.mark.parametrize("url", ["mail.example.org", "smtp://", "pigeon://roof"])
def test_what_is_no_mail_server(url):
    assert problems_of(**PRODUCTION, EMAIL_URL=url) == ["E002"]


def test_admins():
    environ = {**PRODUCTION, "ADMINS": "root@example.org, ops@example.org"}
    assert problems_of(**environ) == ["W003"]
    found = settings_of(**environ, EMAIL_URL="smtp://mail.example.org")
    assert found["SITE_PROBLEMS"] == []
    assert found["ADMINS"] == [("", "root@example.org"), ("", "ops@example.org")]
    assert problems_of(**{**environ, "ADMINS": "root"}) == ["E002"]


def test_senseless_values_are_named_and_harmless():
    found = settings_of(
        **{**PRODUCTION, "TRUSTED_PROXIES": "-1"},
        SIGNUP="perhaps",
        DEBUG="maybe",
        PORT="http",
        TIME_ZONE="Moon/Crater",
        LANGUAGE_CODE="../etc",
        LOG_LEVEL="LOUD",
        LOG_FORMAT="xml",
        WEB_THREADS="0",
    )
    assert ids(found).count("E002") == 9
    said = [f"{problem.msg} {problem.hint}" for problem in found["SITE_PROBLEMS"]]
    assert "PORT can't be used. Say a whole number from 1 up, not 'http'." in said
    assert (found["SIGNUP"], found["DEBUG"]) == ("closed", False)


def test_debug_is_said():
    assert problems_of(**PRODUCTION, DEBUG="true") == ["W002"]


def test_time_and_language():
    found = settings_of(**PRODUCTION, TIME_ZONE="Europe/Lisbon", LANGUAGE_CODE="en_GB")
    assert (found["TIME_ZONE"], found["LANGUAGE_CODE"]) == ("Europe/Lisbon", "en-gb")
    assert "en-gb" in dict(found["LANGUAGES"])


def test_local_needs_nothing_and_keeps_its_secret(tmp_path: Path):
    first = settings_of(LOCAL="true", DATA_DIR=str(tmp_path), PORT="8123")
    second = settings_of(LOCAL="true", DATA_DIR=str(tmp_path))
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert first["SITE_PROBLEMS"] == []
    assert first["SITE_URL"] == "http://localhost:8123"
    assert (first["SIGNUP"], first["DEBUG"]) == ("open", False)
    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] == second["SECRET_KEY"]


def test_local_not_in_the_image():
    found = settings_of(LOCAL="true", IN_IMAGE="1")
    assert (found["LOCAL"], found["SIGNUP"], ids(found)) == (False, "closed", ["E001"] * 3)


def test_every_variable_is_explained_in_the_readme():
    read = set(re.findall(r'env\(\s*"([A-Z][A-Z_]+)"', (SITE / "config/settings.py").read_text()))
    assert len(read) > 20
    explained = re.findall(r"^\| `([A-Z][A-Z_]+)` \| \S", (SITE / "README.md").read_text(), re.M)
    assert sorted(explained) == sorted(read)
