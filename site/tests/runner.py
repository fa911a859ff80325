"""`manage.py test`: pytest, as pytest-django's documentation has it."""

from collections.abc import Sequence
from typing import Any

import pytest


class Runner:
    def __init__(self, verbosity: int = 1, **kwargs: Any) -> None:
        self.options = {0: ["-q"], 1: []}.get(verbosity, ["-v"])

    def run_tests(self, test_labels: Sequence[str], **kwargs: Any) -> int:
        return int(pytest.main([*self.options, *(test_labels or ["tests"])]))
