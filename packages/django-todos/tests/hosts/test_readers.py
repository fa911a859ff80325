"""What we export, as other programs read it: todo.txt by pytodotxt and topydo, Taskwarrior's JSON by `task` itself, and
iCalendar by recurring-ical-events."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from tests.factories import NOW, Cast, make_list, make_todo

from django_todos.exchange.export import export

pytestmark = pytest.mark.gate
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def exported(cast: Cast) -> Any:
    """One list of alice's: a repeating todo, a timed one with a subtask, a completed one."""
    home = make_list(cast.alice, "Home")
    make_todo(
        home, "Pay rent", due="2026-12-01", priority=1, labels=["bank"], repeat="every month"
    )
    dentist = make_todo(home, "Book dentist", due=datetime(2026, 12, 2, 9, tzinfo=BERLIN))
    make_todo(home, "Find the card", parent=dentist)
    make_todo(home, "Water plants").complete(by=cast.alice, at=NOW, zone=BERLIN)

    def text(format: str) -> str:
        return "".join(export(cast.alice, format, tz=BERLIN, lists=[home]).pieces)

    return text


def run(*command: str, **env: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | env, check=True
    )
    return done.stdout


def test_a_todo_txt(exported: Any, tmp_path: Path) -> None:
    import pytodotxt

    file = tmp_path / "todo.txt"
    file.write_text(exported("todotxt"))
    tasks = {one.bare_description(): one for one in pytodotxt.TodoTxt(file).parse()}
    assert list(tasks) == ["Pay rent", "Book dentist", "Find the card", "Water plants"]
    rent = tasks["Pay rent"]
    assert (rent.priority, rent.projects, rent.contexts) == ("A", ["Home"], ["bank"])
    assert rent.attributes["due"] == ["2026-12-01"] and rent.attributes["rec"] == ["+1m"]
    assert tasks["Water plants"].is_completed and tasks["Water plants"].completion_date

    topydo = str(Path(sys.executable).with_name("topydo"))
    listed = run(topydo, "-t", str(file), "ls", "-f", "json", HOME=str(tmp_path))
    rent = next(one for one in json.loads(listed) if one["text"].startswith("Pay rent"))
    assert rent["priority"] == "A" and ["due", "2026-12-01"] in rent["tags"]


def test_taskwarriors_json(exported: Any, tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    file.write_text(exported("taskwarrior"))
    (tmp_path / "rc").write_text(f"data.location={tmp_path}\nconfirmation=off\n")
    task = ("task", f"rc:{tmp_path}/rc", "rc.verbose=nothing", "rc.gc=off")
    run(*task, "import", str(file), TZ="Europe/Berlin")
    back = {one["description"]: one for one in json.loads(run(*task, "export"))}
    assert set(back) == {"Pay rent", "Book dentist", "Find the card", "Water plants"}
    assert back["Pay rent"]["recur"] == "monthly" and back["Pay rent"]["tags"] == ["bank"]
    assert back["Book dentist"]["due"] == "20261202T080000Z"
    assert back["Water plants"]["status"] == "completed"
    assert {one["project"] for one in back.values()} == {"Home"}


def test_icalendar(exported: Any) -> None:
    calendar: Any = icalendar.Calendar.from_ical(exported("ical"))
    of = recurring_ical_events.of(calendar, components=["VTODO"])
    seen = of.between(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 2, 2, tzinfo=UTC))
    rent = [one["DUE"].dt for one in seen if one["SUMMARY"] == "Pay rent"]
    assert [day.isoformat()[:10] for day in rent] == ["2026-12-01", "2027-01-01", "2027-02-01"]
    parts = {str(one["SUMMARY"]): one for one in calendar.walk("VTODO")}
    assert parts["Find the card"]["RELATED-TO"] == parts["Book dentist"]["UID"]
    assert parts["Water plants"]["STATUS"] == "COMPLETED"
