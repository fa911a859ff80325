"""How long quick add takes for a line: `python benchmarks/bench_quickadd.py`.

Prints figures; asserts nothing. The target is under 1 ms a line.
"""

from __future__ import annotations

import platform
import statistics
import sys
from datetime import datetime, timezone
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from django.conf import settings  # noqa: E402

if not settings.configured:
    settings.configure(USE_I18N=False)

from tests.test_quickadd_dates import EXAMPLES as DATES  # noqa: E402
from tests.test_quickadd_marks import EXAMPLES as MARKS  # noqa: E402
from tests.test_quickadd_plain import PLAIN  # noqa: E402
from tests.test_quickadd_repeats import EXAMPLES as REPEATS  # noqa: E402

from django_todos import quickadd  # noqa: E402

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
BERLIN = ZoneInfo("Europe/Berlin")
LONG = "Pay rent tomorrow 9am every month #home !1 @sam +Flat // ask about the meter"
HOSTILE = {
    "500 × 'every mon and '": "every mon and " * 500,
    "500 × '1st and '": "every " + "1st and " * 500,
    "500 × 'in 3 '": "in 3 " * 500,
    "5,000 × 'fri - '": "fri - " * 5_000,
    "100 kB of one word": "a" * 100_000,
    "100 kB of commas": "," * 100_000,
}


def milliseconds(text: str, rounds: int) -> float:
    """The best of five runs of so many rounds, for one parse."""
    best = float("inf")
    for _ in range(5):
        begin = perf_counter()
        for _ in range(rounds):
            quickadd.parse(text, now=NOW, tz=BERLIN)
        best = min(best, perf_counter() - begin)
    return best / rounds * 1000


def main() -> None:
    lines = [row[0] for rows in (DATES, REPEATS, MARKS) for row in rows] + PLAIN
    figures = sorted((milliseconds(line, 20), line) for line in lines)
    times = [figure for figure, _ in figures]
    print(f"Python {platform.python_version()}, {len(lines)} example lines, ms a line:")
    print(f"  median {statistics.median(times):.3f}   mean {statistics.mean(times):.3f}")
    print(
        f"  95 %   {times[int(len(times) * 0.95)]:.3f}   most {times[-1]:.3f}  {figures[-1][1]!r}"
    )
    print(f"  the line of the manual: {milliseconds(LONG, 200):.3f}")
    print("Hostile texts, ms each:")
    for name, text in HOSTILE.items():
        print(f"  {milliseconds(text, 1):9.3f}  {name}")


if __name__ == "__main__":
    main()
