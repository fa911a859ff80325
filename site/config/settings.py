"""The site's settings, from the environment, read from top to bottom.

Required (the image refuses to start without them; `manage.py run` makes up its own)
    SECRET_KEY          50 random characters
    DATABASE_URL        postgres://user:password@host:5432/name; without it, and never inside
                        the image, SQLite in DATA_DIR
    SITE_URL            the address people type, https://todos.example.org: decides hosts, CSRF
                        origins, secure cookies, the redirect to https and HSTS

Choices
    SIGNUP              open | closed: may strangers create an account? (closed)
    EMAIL_URL           smtp+tls://user:password@host:587, or consolemail://; without: no mail
    DEFAULT_FROM_EMAIL  sender of the site's mail (todos@ the host of SITE_URL)
    TRUSTED_PROXIES     how many proxies stand before the site (0), each of which adds its entry
                        to X-Forwarded-For
    ALLOW_HTTP          true: SITE_URL may say http; passwords then travel unencrypted (false)
    TIME_ZONE           of people who have chosen none (UTC)
    LANGUAGE_CODE       of people whose browser asks for none that we have (en)
    LOG_LEVEL           DEBUG | INFO | WARNING | ERROR (INFO)
    DEBUG               true only on a developer's machine (false)

The machinery
    PORT                that gunicorn listens on (8000)
    WEB_CONCURRENCY     worker processes (2)
    WEB_THREADS         threads in each (4); processes × threads = database connections
    DRAIN_FILE          while this file exists, /readyz answers 503 (/tmp/drain)
    DATA_DIR            the one folder of a run without DATABASE_URL: database and static files
    STATIC_ROOT         where collectstatic puts the files (site/staticfiles, or DATA_DIR/static)
    IN_IMAGE            true, set by the Dockerfile: neither SQLite nor LOCAL
    LOCAL               true, set by `manage.py run`: own secret and SQLite in DATA_DIR (data/
                        beside site/), http://localhost:PORT, sign-up open

Any NAME may be given as NAME_FILE, the path of a file that holds the value: meant for secrets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.environment import Environment
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# -- Where we run ---------------------------------------------------------------------------------

IN_IMAGE = env.flag("IN_IMAGE")
LOCAL = env.flag("LOCAL")
if IN_IMAGE and LOCAL:
    LOCAL = False
    env.problem(
        "E013",
        "LOCAL is set inside the image.",
        "Its secret would go with the container: set SECRET_KEY, DATABASE_URL and SITE_URL.",
    )
DEBUG = env.flag("DEBUG")
if DEBUG:
    env.problem("W002", "DEBUG is on.", "Error pages show settings and data to whoever asks.")
PORT = env.number("PORT", 8000, least=1)
_data_dir = env.text("DATA_DIR", str(BASE_DIR.parent / "data") if LOCAL else "")
DATA_DIR = Path(_data_dir).resolve() if _data_dir else None
DRAIN_FILE = env.text("DRAIN_FILE", "/tmp/drain")  # nosec B108

# -- Secrets, address, proxies --------------------------------------------------------------------

SECRET_KEY = env.secret(kept_in=DATA_DIR / "secret_key" if LOCAL and DATA_DIR else None)

SITE = env.site(
    local=f"http://localhost:{PORT}" if LOCAL else "", allow_http=env.flag("ALLOW_HTTP")
)
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
if SITE.is_https and SITE.host != "invalid" and not TRUSTED_PROXIES:
    env.problem(
        "E008",
        "SITE_URL says https, and TRUSTED_PROXIES is 0.",
        "The site itself speaks plain http: say how many proxies stand before it.",
    )
ALLOWED_HOSTS = [SITE.host, *(["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])]
CSRF_TRUSTED_ORIGINS = [SITE.origin]
SECURE_SSL_REDIRECT = SITE.is_https
SECURE_SSL_HOST = SITE.netloc
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE.is_https
# A year, for this host only: what else lives under the domain, and whether it belongs on the
# browsers' preload list, is not ours to decide.
SECURE_HSTS_SECONDS = 31_536_000 if SITE.is_https else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if not SITE.is_https:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

# -- The project ----------------------------------------------------------------------------------

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "tests.runner.Runner"

INSTALLED_APPS = [
    "config",
    "django_todos",
    "django_htmx",
    "allauth",
    "allauth.account",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
]

MIDDLEWARE = [
    # Probes come by any name, over plain http and without a cookie: answered before all else.
    "config.health.HealthMiddleware",
    "config.proxies.TrustedProxiesMiddleware",
    "config.logs.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.accounts.site",
            ]
        },
    }
]

# -- Database and cache ---------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {"default": env.database(DATA_DIR, in_image=IN_IMAGE)}

# In the database, because every worker on every machine must see the same count of failed logins,
# and the database is what they all share already. `migrate` makes the table (config/migrations).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
        # The default, 300, would let a flood of names push the counts of others out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# -- Accounts -------------------------------------------------------------------------------------

SIGNUP = env.choice("SIGNUP", ("open", "closed"), "open" if LOCAL else "closed")
MAIL = env.mail()
MAIL_CONFIGURED = not MAIL["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
globals().update(MAIL)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"todos@{SITE.host}")
# For links in mails that no request asked for. Without mail there is nothing to send, nor to record as sent.
TODOS_BASE_URL = SITE.origin if MAIL_CONFIGURED else ""

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

ACCOUNT_ADAPTER = "config.accounts.Adapter"
ACCOUNT_FORMS = {
    name: f"config.accounts.{name.title().replace('_', '')}Form"
    for name in (
        "login",
        "signup",
        "add_email",
        "change_password",
        "set_password",
        "reset_password",
        "reset_password_from_key",
        "reauthenticate",
    )
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email*" if MAIL_CONFIGURED else "email",
    "password1*",
    "password2*",
]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAIL_CONFIGURED else "none"
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL_CONFIGURED
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a form here must not mail people who never came here
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE.scheme
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True

# -- Language, formats, time ----------------------------------------------------------------------

USE_I18N = USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "UTC")
LANGUAGE_CODE = env.language("LANGUAGE_CODE", "en")
# English is what the pages are written in; its regions differ in how they write dates and numbers.
_languages = {
    "en": _("English"),
    "en-gb": _("British English"),
    "en-au": _("Australian English"),
    "en-ie": _("Irish English"),
}
LANGUAGES: list[tuple[str, Any]] = list(_languages.items())
if LANGUAGE_CODE not in _languages:
    LANGUAGES.append((LANGUAGE_CODE, LANGUAGE_CODE))

# -- Static files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(
    env.text("STATIC_ROOT", str((DATA_DIR / "static") if DATA_DIR else BASE_DIR / "staticfiles"))
)
STATICFILES_DIRS = [BASE_DIR / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# -- What a browser may do ------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# -- Logs: stdout, one line a request -------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "config.logs.RequestIdFilter"},
        "no_probes": {"()": "config.logs.NoProbesFilter"},
    },
    "formatters": {
        "line": {
            "()": "config.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "filters": ["request_id"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would mail the admins and write to stderr.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Our line says 404 and 403 already; what is left here are the tracebacks of a 500.
        "django.request": {"level": "ERROR", "filters": ["no_probes"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.db.backends": {"level": "INFO"},
        "django.template": {"level": "INFO"},
        "django.utils.autoreload": {"level": "INFO"},
    },
}

# -- What is wrong with all this: reported by config/checks.py ------------------------------------

SITE_PROBLEMS = env.problems
