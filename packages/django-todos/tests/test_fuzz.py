"""Whatever arrives anywhere: never a 500, never more than two seconds of the processor, no rule of a list broken.

`TODOS_FUZZ` says how many inputs (the nightly run: a hundred thousand), `TODOS_FUZZ_SEED` which. A failure names its
seed and number; `TODOS_FUZZ_ONLY=number` sends that one again.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.template.defaultfilters import escape
from django.test import Client
from django.urls import reverse
from tests import fuzzing
from tests.factories import NOW, UTC, Cast, faults, later, make_todo
from tests.test_urls_roles import TABLE, make_things
from tests.views.pages import HTMX

from django_todos import quickadd
from django_todos.dates import Moment
from django_todos.exchange import batches
from django_todos.exchange.formats import FORMATS
from django_todos.exchange.planning import plan
from django_todos.exchange.writing import apply
from django_todos.models import Feed, ImportDraft
from django_todos.repeats.occurrences import Repeat, parse_rrule, upcoming
from django_todos.repeats.rule import RuleError
from django_todos.templatetags._rows import todos_snippet
from django_todos.templatetags.django_todos import todos_markdown, todos_marked
from django_todos.wording.repeats import describe, short

INPUTS = int(os.environ.get("TODOS_FUZZ", "300"))
SEED = os.environ.get("TODOS_FUZZ_SEED", "1")
ONLY = os.environ.get("TODOS_FUZZ_ONLY")
SECONDS = 2
WRITES = sorted(name for name, row in TABLE.items() if row.post)
READS = sorted(name for name, row in TABLE.items() if row.get)


class TooMuchWork(BaseException):
    """An input that took more than its share of the processor."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """The kernel ends what is within after so many seconds of the processor, which is not the clock's time."""

    def stop(*_: Any) -> None:
        raise TooMuchWork

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass
class Scene:
    """Somebody signed in, and the addresses and names of what they have; much of it has hostile names itself."""

    cast: Cast
    client: Client
    things: dict[str, str]

    def url(self, name: str) -> str:
        thing = TABLE[name].thing
        return reverse(f"django_todos:{name}", args=[self.things[thing]] if thing else [])

    def ask(self, method: str, url: str, data: Any, **headers: str) -> None:
        """An answer, and never that somebody else was in the way: there is nobody else."""
        answer = getattr(self.client, method)(url, data, **headers)
        assert answer.status_code < 500, answer.status_code
        assert "Retry-After" not in answer, "an IntegrityError, twice"


@pytest.fixture
def scene(cast: Cast) -> Scene:
    things = make_things(cast)
    for number, name in enumerate([*fuzzing.GROWING, "<b>‮</b>", "%s {0} {{ x }}"]):
        make_todo(cast.flat, name, labels=[name], notes="![" * 2000 + name, due=Moment(NOW.date()))
        make_todo(
            cast.flat, f"every {number}", repeat=Repeat("FREQ=DAILY"), due=Moment(NOW.date())
        )
    return Scene(cast, cast.client("alice"), things | {"user": "bob", "label": fuzzing.GROWING[0]})


def form(rng: Random, scene: Scene) -> None:
    """Any form of any address, sound or not, with and without a script; and a page after it."""
    name = rng.choice(WRITES)
    row, real = TABLE[name], list(scene.things.values())
    names = [*fuzzing.FIELDS, *row.data, *row.data]
    data: dict[str, Any] = {}
    if rng.random() < 0.5:
        data |= {key: value.format(**scene.things) for key, value in row.data.items()}
    for _ in range(rng.randint(0, 6)):
        field = rng.choice(["", "", "", "initial-"]) + rng.choice(names)
        one = rng.choice(real) if rng.random() < 0.2 else fuzzing.text(rng)
        data[field] = [one, fuzzing.text(rng)] if rng.random() < 0.1 else one
    scene.ask("post", scene.url(name), data, **(HTMX if rng.random() < 0.5 else {}))
    if rng.random() < 0.1:
        scene.ask("get", scene.url(rng.choice(["today", "list-detail", "trash", "completed"])), {})


def query(rng: Random, scene: Scene) -> None:
    """Any page with any query."""
    chosen = rng.sample(fuzzing.QUERY, rng.randint(0, 4))
    data = {name: fuzzing.text(rng, 220) for name in chosen}
    scene.ask("get", scene.url(rng.choice(READS)), data, **(HTMX if rng.random() < 0.3 else {}))


def upload(rng: Random, scene: Scene) -> None:
    """A file: what importing it would do, then that; twice, which adds nothing; and its pages."""
    data = fuzzing.file(rng)
    found = plan(scene.cast.alice, data, tz=UTC, format=rng.choice(["", "", *FORMATS]), most=500)
    if rng.random() < 0.1:
        draft = ImportDraft.objects.create(user=scene.cast.alice, name="x", content=data)
        scene.ask("get", reverse("django_todos:import-draft", args=[draft.uuid]), {})
    if not found.error and rng.random() < 0.3:
        everything = [row.index for row in found.rows]
        apply(found, at=later(), accept=everything)
        again = plan(scene.cast.alice, data, tz=UTC, format=found.format)
        assert not again.adds
        scene.ask("get", scene.url(rng.choice(["list-index", "today", "inbox", "export"])), {})


def reading(scene: Scene, rng: Random) -> dict[str, Any]:
    return {
        "now": NOW,
        "tz": UTC,
        "week_start": rng.choice([0, 6]),
        "day_first": rng.random() < 0.5,
    }


def parts(rng: Random, scene: Scene) -> None:
    """A file that is written part by part, asked for in any order, and perhaps taken back."""
    alice = scene.cast.alice
    found = plan(alice, fuzzing.file(rng), tz=UTC, format=rng.choice(["", *FORMATS]), most=500)
    if found.error:
        return
    draft = ImportDraft.objects.create(user=alice, name="x", content=b"x")
    batches.begin(found, draft, at=later(), accept=[row.index for row in found.rows])
    url = reverse("django_todos:import-draft", args=[draft.uuid])
    for _ in range(rng.randint(1, 5)):
        scene.ask("get", url, {}, **(HTMX if rng.random() < 0.5 else {}))
        if rng.random() < 0.3:
            scene.ask("post", url, {"do": rng.choice(["undo", fuzzing.text(rng)])})


def feed(rng: Random, scene: Scene) -> None:
    """The calendar of a list with hostile names, and addresses that nobody has."""
    token = quote(fuzzing.text(rng), safe="") or "x"
    if rng.random() < 0.5:
        token = Feed.renew(scene.cast.flat, scene.cast.alice, at=NOW)
    known = quote(fuzzing.text(rng))
    answer = Client().get(f"/todos/feeds/{token}/todos.ics", headers={"if-none-match": known})
    assert answer.status_code in (200, 404, 429), answer.status_code


def lines(rng: Random, scene: Scene) -> None:
    """Lines of quick add, with words that were turned back."""
    typed = "\n".join(fuzzing.text(rng, 1500) for _ in range(rng.choice([1, 1, 1, 4])))
    names = {"lists": ["Flat", "a"], "members": ["alice", "bob"], "plain": [fuzzing.text(rng, 20)]}
    list(quickadd.parse_lines(typed, **names, **reading(scene, rng)))


def words(rng: Random, scene: Scene) -> None:
    """Words for a date or a repeat."""
    typed = fuzzing.text(rng, 100)
    quickadd.parse_date(typed, **reading(scene, rng))
    if found := quickadd.parse_repeat(typed, **reading(scene, rng)):
        rule(rng, scene, found.rrule)


RULES = [
    "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,FR;WKST=SU", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=1000", "FREQ=DAILY;UNTIL=20261231T000000Z",
    "FREQ=DAILY;COUNT=5000;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=999",
]  # fmt: skip
"""Rules to spoil."""


def rule(rng: Random, scene: Scene, given: str = "") -> None:
    """A rule: its dates and its words, where it is one."""
    text = given or fuzzing.mutated(rng, rng.choice(RULES))
    with suppress(RuleError):
        mode = rng.choice(["due", "completion"])
        day = Moment.parse(
            rng.choice(["2026-11-23", "2024-02-29T09:00", "9990-12-31", "0010-01-01"])
        )
        rrule = parse_rrule(text)
        upcoming(Repeat(rrule, mode, day), day, NOW, UTC)  # type: ignore[arg-type]
        assert describe(rrule, mode) and short(rrule, mode)  # type: ignore[arg-type]


def markdown(rng: Random, scene: Scene) -> None:
    """Notes, and a search in them. Whatever they hold, only what is allowed comes out."""
    notes = "".join(fuzzing.text(rng, 3000) for _ in range(rng.choice([1, 2, 5])))
    if rng.random() < 0.01:
        notes = (notes or "![") * (100_000 // len(notes or "![") + 1)
    html = todos_markdown(notes[:100_000])
    assert (
        "<script" not in html
        and "<img" not in html
        and "javascript:" not in html.lower().split('href="')
    )
    wanted = fuzzing.text(rng, 200)
    todos_snippet(notes, wanted)
    marked = todos_marked(notes[:500], wanted)
    assert marked.replace("<mark>", "").replace("</mark>", "") == escape(notes[:500])


KINDS: dict[Callable[[Random, Scene], None], int] = {
    form: 14, query: 8, upload: 10, parts: 3, feed: 2, lines: 19, words: 15, rule: 12, markdown: 17,
}  # fmt: skip


def send(number: int, scene: Scene) -> str:
    """One input, the same each time for its seed and number; everything that was written is taken back."""
    rng = Random(f"{SEED} {number}")  # nosec B311
    kind = rng.choices([*KINDS], [*KINDS.values()])[0]
    with transaction.atomic(), at_most(SECONDS):
        kind(rng, scene)
        if kind in (form, upload, parts) and rng.random() < 0.2:
            assert faults() == []
        transaction.set_rollback(True)
    return kind.__name__


def test_no_input_breaks_anything(scene: Scene):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
    sent: Counter[str] = Counter()
    broken: list[str] = []
    for number in [int(ONLY)] if ONLY else range(INPUTS):
        try:
            sent[send(number, scene)] += 1
        except (Exception, TooMuchWork) as error:
            if ONLY:
                raise
            said = f"TODOS_FUZZ_SEED={SEED} TODOS_FUZZ_ONLY={number}: {error!r:.200}"
            print(said, flush=True)
            broken.append(said)
            if len(broken) == 20:
                break
    print(f"{sum(sent.values())} inputs on {connection.vendor}: {dict(sent)}")
    assert broken == []


# -- what broke something once ---------------------------------------------------------------------

NESTED = '{"a":' * 600 + "1" + "}" * 600
FILES = {
    "ids that clean to nothing": '{"format":"django-todos","version":1,"lists":[{"uuid":"l","name":"n","todos":['
    '{"uuid":"\\u0000","title":"a"}]}]}',
    "nested extra": '{"format":"django-todos","version":1,"lists":[{"uuid":"l","name":"n","todos":['
    f'{{"uuid":"a","title":"a","extra":{NESTED}}}]}}]}}',
    "a nested task": f'[{{"uuid":"a","description":"a","x":{NESTED}}}]',
    "nested lines": f'{{"uuid":"a","description":"a","x":{NESTED}}}',
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_can_not_be_read_says_so(cast: Cast, name: str):
    with at_most(SECONDS):
        found = plan(cast.alice, FILES[name], tz=UTC)
    assert found.error or found.bad and not found.adds


@pytest.mark.parametrize("name", fuzzing.GROWING)
def test_a_label_may_grow_in_another_case(cast: Cast, name: str):
    client, todo = cast.client("alice"), make_todo(cast.flat)
    form = {"title": "Milk", "priority": "none", "labels": name}
    assert client.post(todo.get_absolute_url(), form).status_code == 303
    assert client.get(reverse("django_todos:label-detail", args=[name])).status_code == 200


LONG = {
    "images": "![" * 50_000,
    "links": "[](" * 33_000,
    "a table": "a|b\n-|-\n" * 12_500,
    "brackets": "[" * 100_000,
}


@pytest.mark.parametrize("name", LONG)
def test_long_notes_are_shown_and_searched(name: str):
    with at_most(SECONDS):
        assert "<img" not in todos_markdown(LONG[name])
        assert todos_snippet(LONG[name] + " milk", "milk").endswith("milk")
