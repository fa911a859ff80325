"""Views ask the clock; in these tests it stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from tests.factories import NOW


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """It is NOW, all the time."""
    with time_machine.travel(NOW, tick=False):
        yield
