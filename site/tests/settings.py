"""The site's settings as a real installation has them, behind one proxy that ends TLS."""

import os
from unittest import mock

from django.core.management.utils import get_random_secret_key

with mock.patch.dict(
    os.environ,
    {
        "SECRET_KEY": get_random_secret_key(),
        "SITE_URL": "https://testserver",
        "TRUSTED_PROXIES": "1",
        "SIGNUP": "open",
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "DATA_DIR": "/nowhere",
        "LOG_LEVEL": "ERROR",
    },
):
    from config.settings import *  # noqa: F401, F403

TEST_RUNNER = "tests.runner.Runner"
# The real one is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
