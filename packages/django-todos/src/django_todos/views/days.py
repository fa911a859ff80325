"""Views by day: Today, Upcoming and the logbook of what was completed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any, cast

from django.core import signing
from django.db.models import Case, Count, F, IntegerField, Prefetch, Q, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from django_todos import limits, quickadd
from django_todos.dates import Moment, day_bounds, today_in
from django_todos.forms.adding import QuickAddForm
from django_todos.forms.dates import RescheduleForm
from django_todos.models import Completion, Preferences, Todo, TodoList, Verb, recording
from django_todos.models.compiled import Compiled
from django_todos.models.counting import Counted, counted
from django_todos.models.orders import ORDERS
from django_todos.models.querysets import (
    CompletionQuerySet,
    TodoListQuerySet,
    TodoQuerySet,
    any_member,
    object_types,
)
from django_todos.viewer import ANY_INSTANTS, Viewer
from django_todos.views._kept import kept
from django_todos.views._nav import Nav
from django_todos.views._page import Request, back, back_after, page, signed_in
from django_todos.views._rows import (
    Row,
    Rows,
    add_labels,
    add_lists,
    details,
    flat_page,
    one_page,
    page_of,
)
from django_todos.wording.chips import Chip, chips

DAYS = 7
"""Days of Upcoming that stand open."""
ENOUGH = 5
"""Todos of one's own after which no example is needed."""


@dataclass
class UpcomingDay:
    """A day of Upcoming: its date, its rows, how many are due in all, and what continues them on the day's own page."""

    date: date
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    cursor: str = ""

    @property
    def more(self) -> int:
        """How many this page doesn't show."""
        return self.total - len(self.rows)


@signed_in("GET")
def version(request: Request) -> HttpResponse:
    """Whether anything that the viewer sees is other than it was: 304 where not. A page asks when it comes into sight."""
    etag = f'"{Nav(request.todos_viewer, "").version}"'
    response = HttpResponse(
        status=204, headers={"ETag": etag, "Cache-Control": "private, no-cache"}
    )
    return cast(HttpResponse, get_conditional_response(request, etag=etag, response=response))


def open_todos(viewer: Viewer) -> TodoQuerySet:
    """What is to do anywhere that the viewer can see."""
    return Todo.objects.visible_to(viewer.user).active().open()


@signed_in("GET")
@kept()
def today(request: Request) -> HttpResponse:
    """What is overdue, then what is due today; what starts later is left out."""
    viewer = request.todos_viewer
    rows = _due(viewer, request.GET.get("after", ""))
    late: list[Row] = []
    due_today: list[Row] = []
    for row in rows:
        is_today = row.todo.due.is_today(viewer.today, viewer.zone)
        (due_today if is_today else late).append(row)
    context = {
        "rows": rows,
        "overdue": Rows(late),
        "overdue_count": Counted(len(late)).or_more(bool(rows.cursor) and not due_today),
        "today": Rows(due_today),
        "today_count": Counted(len(due_today)).or_more(bool(rows.cursor)),
        "next_todo": _next_dated(viewer) if not rows.rows else None,
        "examples": _examples(request, rows),
        "quick_add": QuickAddForm(initial={"view": "today"}),
        "select": "select" in request.GET,
    }
    return page(request, "today", "today", context, more="todo_page")


def _due(viewer: Viewer, cursor: str) -> Rows:
    """What is overdue or due today. Its first page, which most people see first, is compiled once."""
    user, order = viewer.user, ORDERS["due"]
    if cursor or object_types():
        due = _first_due(TodoList.objects.visible_to(user), viewer.instants, cursor)
        return flat_page(due, order, cursor, user)
    found = _any_due({"user": user.pk, **viewer.instants}, limits.PAGE)
    return page_of(list(found), order, user)


@Compiled
def _any_due(_size: int) -> TodoQuerySet:
    with any_member() as anybody:
        mine = TodoList.objects.visible_to(anybody)
    return one_page(_first_due(mine, ANY_INSTANTS), ORDERS["due"])


def _first_due(lists: TodoListQuerySet, at: Mapping[str, Any], cursor: str = "") -> TodoQuerySet:
    todos = Todo.objects.filter(deleted_at=None).open().due_by(at)
    return ORDERS["due"].first_in(lists.active(), todos, cursor)


@dataclass(frozen=True)
class Example:
    """A line of quick add to try: its words, each with whether it is read as something; what it becomes; if it was added."""

    text: str
    words: list[tuple[str, bool]]
    chips: list[Chip]
    is_added: bool


def _examples(request: Request, rows: Rows) -> list[Example]:
    """Lines to try, for who has hardly added anything yet, wherever that was, and has not hidden them."""
    viewer = request.todos_viewer
    if not viewer.preferences.hints or len(rows) >= ENOUGH:
        return []
    own = Todo.objects.filter(created_by=viewer.user.pk)
    if len(own.visible_to(viewer.user)[:ENOUGH]) == ENOUGH:
        return []
    request.todos_kept = False  # lists that they left tell nobody's page
    known = list(own.values_list("title", "deleted_at")[:ENOUGH])
    if len(known) == ENOUGH:
        return []
    titles = {title for title, deleted_at in known if deleted_at is None}
    texts = _("Buy stamps today"), _("Water the plants every monday #home")
    return [
        _example(viewer, text, titles) for text in (*texts, _("Ring the dentist tomorrow 9am !1"))
    ]


def _example(viewer: Viewer, text: str, titles: set[str]) -> Example:
    read, words, end = quickadd.parse(text, **viewer.reading), [], 0
    for part in read.spans:
        words += [(text[end : part.start], False), (text[part.start : part.end], True)]
        end = part.end
    words.append((text[end:], False))
    return Example(text, words, chips(viewer, read), read.title in titles)


@signed_in("POST")
def hints_hide(request: Request) -> HttpResponse:
    """No more lines to try."""
    user = request.todos_viewer.user
    Preferences.objects.update_or_create(user_id=user.pk, defaults={"hints": False})
    return back(request, reverse("django_todos:today"))


def _next_dated(viewer: Viewer) -> Todo | None:
    later = (
        open_todos(viewer)
        .exclude(due_date=None)
        .due_between(viewer.today, date.max - timedelta(days=2), viewer.zone)
    )
    return later.order_by("due_date", "due_time", "pk").first()


@signed_in("GET")
@kept()
def upcoming(request: Request) -> HttpResponse:
    """Seven days from today, or from ``?from=``, each with the first of what is due then; ``?on=`` is a day with all."""
    viewer = request.todos_viewer
    if "on" in request.GET:
        return _upcoming_day(request, _day(request.GET["on"], viewer))
    first = _day(request.GET.get("from"), viewer)
    last = first + timedelta(days=DAYS - 1)
    context = {
        "days": _days(viewer, first),
        "overdue_count": _overdue_count(viewer) if first == viewer.today else 0,
        "earlier": (
            max(viewer.today, first - timedelta(days=DAYS)) if first > viewer.today else None
        ),
        "later": last + timedelta(days=1),
        "quick_add": QuickAddForm(initial={"view": "upcoming"}),
    }
    return page(request, "upcoming", "upcoming", context)


def _overdue_count(viewer: Viewer) -> Counted:
    late = Todo.objects.filter(deleted_at=None).open().overdue(viewer.now, viewer.zone)
    lists = TodoList.objects.visible_to(viewer.user).active()
    return counted(ORDERS["due"].countable_in(lists, late))


def _days(viewer: Viewer, first: date) -> list[UpcomingDay]:
    """Each of the days with as many of its todos as one looks through, and how many there are."""
    dates = [first + timedelta(days=n) for n in range(DAYS)]
    todos = open_todos(viewer).due_between(first, dates[-1], viewer.zone)
    within = [When(due_at=None, due_date=day, then=n) for n, day in enumerate(dates)]
    ends = [day_bounds(day, viewer.zone)[1] for day in dates]
    within += [When(due_at__lt=end, then=n) for n, end in enumerate(ends)]
    order = ("due_date", F("due_time").asc(nulls_last=True), "position", "pk")
    todos = todos.annotate(day=Case(*within, output_field=IntegerField()))
    ranked = todos.annotate(
        rank=Window(RowNumber(), partition_by="day", order_by=order),
        total=Window(Count("*"), partition_by="day"),
    )
    first_ones = ranked.filter(rank__lte=limits.DAY).order_by()
    found = {pk: (day, total) for pk, day, total in first_ones.values_list("pk", "day", "total")}
    days = [UpcomingDay(day) for day in dates]
    shown = add_lists(list(details(Todo.objects.filter(pk__in=found))), viewer.user)
    add_labels(shown)
    for todo in sorted(
        shown, key=lambda one: (one.due.sort_key(viewer.zone), one.position, one.pk)
    ):
        n, total = found[todo.pk]
        days[n].rows.append(Row(todo))
        days[n].total = total
    return days


def _upcoming_day(request: Request, day: date) -> HttpResponse:
    """One day, page by page."""
    viewer = request.todos_viewer
    todos = open_todos(viewer).due_on(day, viewer.zone)
    rows = flat_page(todos, ORDERS["due"], request.GET.get("after", ""), viewer.user)
    one = UpcomingDay(day, rows.rows, todos.count(), rows.cursor)
    context = {
        "days": [one],
        "rows": rows,
        "quick_add": QuickAddForm(initial={"view": "upcoming"}),
    }
    return page(request, "upcoming", "upcoming", context, more="todo_page")


def _day(text: str | None, viewer: Viewer) -> date:
    """A day from the address, from today to a hundred years ahead; today for anything else."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return viewer.today
    return day if viewer.today <= day <= viewer.today + timedelta(days=36500) else viewer.today


@signed_in("POST")
def overdue_reschedule(request: Request) -> HttpResponse:
    """Move everything overdue to one day, today unless the form names another. Times of day stay."""
    viewer = request.todos_viewer
    form = RescheduleForm(
        {"date": request.POST.get("date") or viewer.today.isoformat()}, viewer=viewer
    )
    if not form.is_valid():
        return back(request, reverse("django_todos:today"), kept="date")
    when: Moment = form.cleaned_data["date"]
    late = open_todos(viewer).overdue(viewer.now, viewer.zone)
    ids = set(
        TodoList.objects.editable_by(viewer.user)
        .filter(todos__in=late)
        .values_list("pk", flat=True)
    )
    with recording(viewer.user, Verb.BULK_DATE, ids, at=viewer.now) as rec:
        for todo in rec.load(late.filter(todo_list__in=ids)):
            todo.reschedule(when.date or when, rec=rec, zone=viewer.zone)
    return back_after(rec.action, request, reverse("django_todos:today"), same="same")


@dataclass(frozen=True)
class LogDay:
    """A day of the logbook: its date and what was completed then."""

    date: date
    completions: list[Completion]


@signed_in("GET")
@kept()
def completed(request: Request) -> HttpResponse:
    """What was completed, by the viewer's days, latest first."""
    viewer = request.todos_viewer
    order = "-at", "-pk"
    done = Completion.objects.standing().filter(kind=Completion.Kind.COMPLETED)
    done = _entries_after(done, request.GET.get("after", ""))
    readable = TodoList.objects.visible_to(viewer.user).alive()
    entries = (
        done.first_of_each(readable, order, limits.PAGE + 1)
        .select_related("todo", "user")
        .prefetch_related(Prefetch("todo__todo_list", TodoList.objects.with_rights(viewer.user)))
        .order_by(*order)
    )
    some = list(entries[: limits.PAGE + 1])
    cursor = ""
    if len(some) > limits.PAGE:
        last = some[limits.PAGE - 1]
        cursor = signing.dumps([last.at.isoformat(), last.pk], salt=__name__)
    context = {
        "days": list(_by_day(some[: limits.PAGE], viewer)),
        "cursor": cursor,
    }
    return page(request, "completed", "completed", context, more="completed_days")


def _by_day(completions: Iterable[Completion], viewer: Viewer) -> Iterator[LogDay]:
    for day, entries in groupby(completions, key=lambda one: today_in(one.at, viewer.zone)):
        yield LogDay(day, list(entries))


def _entries_after(entries: CompletionQuerySet, cursor: str) -> CompletionQuerySet:
    try:
        at, pk = signing.loads(cursor, salt=__name__)
    except signing.BadSignature:
        return entries
    return entries.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
