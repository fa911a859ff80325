"""The site's settings, from the environment, read from top to bottom. README.md lists what may be set."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import env as read
from csp.constants import NONE, SELF
from django.utils.log import CallbackFilter

BASE_DIR = Path(__file__).resolve().parent.parent
env = read.Environment()
SITE_PROBLEMS = env.problems

# -- Where we run ---------------------------------------------------------------------------------
IN_IMAGE = env("IN_IMAGE", False, read.flag)
# Never inside the image: what it makes would go with the container.
LOCAL = env("LOCAL", False, read.flag) and not IN_IMAGE
DEBUG = env("DEBUG", False, read.flag)
if DEBUG:
    env.problem("W002", "DEBUG is on.", "Error pages show settings and data to whoever asks.")
REVISION = env("REVISION", "unknown")
PORT = env("PORT", 8000, read.number_from_1)
WEB_CONCURRENCY = env("WEB_CONCURRENCY", 2, read.number_from_1)
WEB_THREADS = env("WEB_THREADS", 4, read.number_from_1)
_data = BASE_DIR.parent / "data" if LOCAL else None
DATA_DIR = env("DATA_DIR", _data, lambda value: Path(value).resolve())
DRAIN_FILE = env("DRAIN_FILE", Path("/tmp/drain"), Path)  # nosec B108
HEARTBEAT_FILE = env("HEARTBEAT_FILE", Path("/tmp/heartbeat"), Path)  # nosec B108

# -- Secret, address, proxies ---------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY", "", read.secret_key, required=not LOCAL)
if LOCAL and DATA_DIR and not SECRET_KEY:
    try:
        SECRET_KEY = read.own_secret(DATA_DIR)
    except OSError as error:
        env.problem("E003", f"{DATA_DIR} can't be written: {error.strerror}.", "Set DATA_DIR.")
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS", [], read.secret_keys)

ALLOW_HTTP = env("ALLOW_HTTP", LOCAL, read.flag)
_site = urlsplit(f"http://localhost:{PORT}" if LOCAL else "https://invalid")
_site = env("SITE_URL", _site, read.origin if ALLOW_HTTP else read.secure_origin, not LOCAL)
SITE_URL = _site.geturl()
HTTPS = _site.scheme == "https"
TRUSTED_PROXIES = env("TRUSTED_PROXIES", 0, read.number)
if HTTPS and _site.netloc != "invalid" and not TRUSTED_PROXIES:
    _hint = "The site itself speaks plain http: say how many proxies stand before it."
    env.problem("E004", "SITE_URL says https, and TRUSTED_PROXIES is 0.", _hint)
if not HTTPS and not LOCAL:
    env.problem("W001", "The site speaks plain http.", "Put TLS before it: passwords can be read.")
_host = _site.netloc.removesuffix(f":{_site.port}")
ALLOWED_HOSTS = [_host, *(["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # forms and headers carry the token; no script reads the cookie
if HTTPS:  # the browser takes them from this host alone, for all of it, over https
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_HOST = _site.netloc
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# A year, for this host only: what else lives under the domain, and whether it belongs on the
# browsers' preload list, is not ours to decide.
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# The front door (E007) gives Today itself to whoever is signed in.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "django_todos.E007"]

# -- The project ----------------------------------------------------------------------------------
ROOT_URLCONF = "config.urls"

INSTALLED_APPS = [
    "config",
    "django_todos",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
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
    "config.middleware.HealthMiddleware",
    "config.middleware.RequestMiddleware",
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
_database = env("DATABASE_URL", {}, read.database, required=IN_IMAGE or not DATA_DIR)
if _database:
    _database = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, **_database}
    _database["PASSWORD"] = _database["PASSWORD"] or env("DATABASE_PASSWORD")
    # A database that does not answer is to be said, not waited for.
    _database["OPTIONS"] = {"connect_timeout": 5, **_database.get("OPTIONS", {})}
elif DATA_DIR and not IN_IMAGE:  # a container's files would go with it
    # One writer at a time is SQLite's rule: take the lock when the transaction starts (and wait
    # for it), instead of failing in its middle. WAL lets readers go on meanwhile. Connections are
    # kept, because the first one needs room on the disk: reading goes on when there is none.
    _init = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA_DIR / "db.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _init},
    }
DATABASES = {"default": _database}

# In the database, because every worker on every machine must see the same count of failed logins,
# and the database is what they all share already. `createcachetable` makes the table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
        # The default, 300, would let a flood of names push the counts of others out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# -- Mail -----------------------------------------------------------------------------------------
_mail = env("EMAIL_URL", {}, read.mail_server)
MAIL_CONFIGURED = bool(_mail)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
globals().update(_mail)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", f"todos@{_host}")
ADMINS = [("", address) for address in env("ADMINS", [], read.mail_addresses)]
if ADMINS and not MAIL_CONFIGURED:
    env.problem("W003", "ADMINS is set, and EMAIL_URL is not.", "Set it, or nobody hears of it.")
EMAIL_SUBJECT_PREFIX = f"[{_host}] "
# For links in mails that no request asked for. Without mail there is nothing to send, nor to record as sent.
TODOS_BASE_URL = SITE_URL if MAIL_CONFIGURED else ""

# -- Accounts -------------------------------------------------------------------------------------
# "invited": who follows the link of an invitation to an address may make an account with that address.
SIGNUP = env("SIGNUP", "open" if LOCAL else "closed", read.choice("open", "invited", "closed"))
AUTHENTICATION_BACKENDS = ["config.accounts.Backend"]
_validators = ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"} for name in _validators
]
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

TODOS_VERIFIED_EMAILS = "config.accounts.verified_emails"
ACCOUNT_ADAPTER = "config.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
_email = "email*" if MAIL_CONFIGURED else "email"
ACCOUNT_SIGNUP_FIELDS = ["username*", _email, "password1*", "password2*"]
# Never "mandatory": mail does not decide who may sign in. Only a confirmed address gets mail (config/events.py).
ACCOUNT_EMAIL_VERIFICATION = "optional" if MAIL_CONFIGURED else "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"  # two may claim an address; one of them can confirm it
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL_CONFIGURED
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a form here must not mail people who never came here
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# The form asks for the old one: no more tries than at sign-in.
ACCOUNT_RATE_LIMITS = {"change_password": "5/5m/user"}  # nosec B105
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody is kept from an address by who claims it
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL  # http://localhost

# Sign-in by an OpenID Connect provider: off unless OIDC_URL is set.
OIDC_URL = env("OIDC_URL", "", read.provider)
OIDC_NAME = env("OIDC_NAME", "OpenID") if OIDC_URL else ""
if OIDC_URL:
    _oidc = urlsplit(OIDC_URL)
    INSTALLED_APPS += ["allauth.socialaccount.providers.openid_connect"]
    _app = {
        "provider_id": "oidc",
        "name": OIDC_NAME,
        "client_id": env("OIDC_CLIENT_ID"),
        "secret": env("OIDC_CLIENT_SECRET"),
        "settings": {"server_url": OIDC_URL},
    }
    SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_app], "OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_ADAPTER = "config.accounts.Provider"

# -- Language, formats, time ----------------------------------------------------------------------
TIME_ZONE = env("TIME_ZONE", "UTC", read.zone)
LANGUAGE_CODE = env("LANGUAGE_CODE", "en", read.language)
LOCALE_PATHS = [BASE_DIR / "locale"]
# English is what the pages are written in; its regions differ in how they write dates and numbers. Settings call each
# by its own name.
_spoken = "en en-gb en-au ar de es fr it ja nl pl pt-br tr uk zh-hans"
LANGUAGES = [(code, code) for code in dict.fromkeys([LANGUAGE_CODE, *_spoken.split()])]

# -- Static files ---------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", DATA_DIR / "static" if DATA_DIR else BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "assets"]
# Nothing asks for a file by its bare name.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# The 503 page and its style, which the proxy takes from the same folder.
WHITENOISE_ROOT = BASE_DIR / "maintenance"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# -- What may be sent in one request: bytes, by who is signed in and by strangers. The proxies beside it say the same ------
MAX_BODY = 20 * 1024 * 1024
MAX_BODY_OF_STRANGERS = 1024 * 1024  # less than what Django writes to /tmp

# -- What a browser may do ------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        # A form that signs in by a provider is redirected there.
        "form-action": [SELF, *([f"{_oidc.scheme}://{_oidc.netloc}"] if OIDC_URL else [])],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# -- Logs: stdout, one line a request; what breaks also goes to ADMINS by mail --------------------
LOG_LEVEL = env("LOG_LEVEL", "INFO", read.choice("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env("LOG_FORMAT", "line", read.choice("line", "json"))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.Line"}, "json": {"()": "config.logs.Json"}},
    # Django calls each 503 an error; /readyz says 503 by design, and says why itself.
    "filters": {
        "no_503": {"()": CallbackFilter, "callback": lambda r: getattr(r, "status_code", 0) != 503}
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": LOG_FORMAT,
        },
        "mail": {"class": "django.utils.log.AdminEmailHandler", "level": "ERROR"},
    },
    "root": {"handlers": ["stdout", "mail"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would write to stderr, and mail a second time.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Our line says 404 and 403 already; what is left here are the tracebacks of a 500.
        "django.request": {"level": "ERROR", "filters": ["no_503"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        # Not to the root: its master must not wait for a mail server.
        "gunicorn.error": {"handlers": ["stdout"], "level": LOG_LEVEL, "propagate": False},
    },
}
