"""The site's settings as a real installation has them, behind one proxy that ends TLS."""

import os
import tempfile

from django.core.management.utils import get_random_secret_key

for name, value in {
    "SECRET_KEY": get_random_secret_key(),
    "SITE_URL": "https://testserver",
    "TRUSTED_PROXIES": "1",
    "SIGNUP": "open",
    "DATABASE_URL": "sqlite://:memory:",
    "LOG_LEVEL": "ERROR",
}.items():
    if name == "LOG_LEVEL" or not os.environ.get(name):
        os.environ[name] = value

from config.settings import *  # noqa: E402, F401, F403

TEST_RUNNER = "tests.runner.Runner"
# Pages are tested with the hashed names of their files (conftest.py collects them).
STATIC_ROOT = tempfile.mkdtemp(prefix="site-static-")
# The real one is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
