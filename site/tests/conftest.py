"""What the tests of the site share: https as a proxy brings it, and the cast."""

import subprocess  # nosec B404

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from .base import SecureClient, make_user, run_python


@pytest.fixture(scope="session", autouse=True)
def static_files(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """So that pages are tested with the hashed names of their files, collected as a deployment does, which takes
    five seconds: once."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    environ = {"STATIC_ROOT": str(settings.STATIC_ROOT)}
    return run_python("manage.py", "collectstatic", "--no-input", **environ)


@pytest.fixture
def client() -> Client:
    """A browser behind the proxy, of nobody."""
    return SecureClient()


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return make_user("charlie")
