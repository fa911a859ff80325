from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test.runner import DiscoverRunner


class Runner(DiscoverRunner):
    """Collects the static files first, so that pages are tested with their hashed names."""

    def setup_test_environment(self, **kwargs: Any) -> None:
        super().setup_test_environment(**kwargs)
        self.static = tempfile.TemporaryDirectory(prefix="site-static-")
        settings.STATIC_ROOT = self.static.name
        # The real one is slow on purpose.
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        call_command("collectstatic", interactive=False, verbosity=0)

    def build_suite(self, test_labels: Any = None, **kwargs: Any) -> Any:
        # The browser tests beside them have a runner of their own.
        return super().build_suite(test_labels or ["tests"], **kwargs)

    def teardown_test_environment(self, **kwargs: Any) -> None:
        self.static.cleanup()
        super().teardown_test_environment(**kwargs)
