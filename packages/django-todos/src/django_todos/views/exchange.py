"""Import and export, on pages: upload → what would happen, row by row → confirm; choose → download."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_todos import limits
from django_todos.access import get_draft
from django_todos.dates import resolve_zone
from django_todos.exchange import batches
from django_todos.exchange.export import export as export_file
from django_todos.exchange.export import losses
from django_todos.exchange.formats import FORMATS, table
from django_todos.exchange.planning import Kind, Plan, PlannedRow, plan
from django_todos.exchange.records import TodoRecord, clean_line
from django_todos.exchange.writing import Report, apply
from django_todos.forms.dates import zone_of
from django_todos.forms.exchange import ExportForm, ImportForm, ReadingForm
from django_todos.instants import now
from django_todos.models import ImportDraft, TodoList
from django_todos.viewer import Viewer
from django_todos.views._page import Request, back, is_htmx, page, part, signed_in
from django_todos.wording import repeats
from django_todos.wording.dates import when_words


@signed_in("GET", "POST", setting="IMPORT")
def import_upload(request: Request) -> HttpResponse:
    """Choose a file. One that can't be read at all is refused here, with the line to blame."""
    viewer = request.todos_viewer
    lists = TodoList.objects.editable_by(viewer.user).order_by("name", "pk")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = {"list": request.GET.get("list", "")}
    form = ImportForm(data, files, lists=lists, initial=initial)
    if request.method == "POST" and form.is_valid():
        draft = _draft(viewer, form.cleaned_data)
        found = _plan(viewer, draft)
        if found.error and found.format != table.NAME:  # whose columns its page asks for
            form.add_error("file", _error(found))
        elif found.is_empty:
            form.add_error("file", _("There is nothing in the file."))
        else:
            draft.save()
            return HttpResponseRedirect(_draft_url(draft), status=303)
    begun = ImportDraft.objects.visible_to(viewer.user).exclude(begun_at=None).defer("content")
    context = {"form": form, "imports": begun.order_by("-begun_at")[: limits.IMPORTS]}
    return page(request, "import_form", "import", context, status=422 if form.errors else 200)


@signed_in("GET", "POST", setting="IMPORT")
def import_draft(request: Request, uuid: UUID) -> HttpResponse:
    """What importing the file would do; a POST does it. The file is read again, so nothing is out of date."""
    viewer = request.todos_viewer
    draft = get_draft(viewer.user, uuid)
    if draft.begun_at is not None:
        return _progress(request, viewer, draft)
    found = _plan(viewer, draft, request.GET)
    if request.method == "POST":
        return _import(request, viewer, draft, found)
    only_problems = "problems" in request.GET
    context = {
        "draft": draft,
        "found": found,
        "report": _report(viewer, found, only_problems),
        "target": draft.todo_list,
        "format_name": _format_name(found),
        "importable": found.adds,
        "can_import": found.adds
        or found.edits
        or found.new_lists
        or any(row.choice for row in found.rows),
        "only_problems": only_problems,
        "as_utc": found.format == "taskwarrior" and found.tz.key != "UTC",
        "error": _error(found),
        "reading": ReadingForm.of(found),
        "is_doubtful": not found.decoded.is_sure or bool(found.error),
    }
    return page(request, "import_report", "import", context)


@signed_in("GET")
def export(request: Request) -> HttpResponseBase:
    """Choose a format and download. What the format can't hold is said before, and asks for a second click."""
    viewer = request.todos_viewer
    visible = TodoList.objects.visible_to(viewer.user)
    lists = visible.alive().order_by("name", "pk")
    chosen = request.GET.get("download", "")
    initial = {"list": request.GET.get("list", ""), "format": "json"}
    form = ExportForm(request.GET if chosen else None, lists=lists, initial=initial)
    if not chosen or not form.is_valid():
        return page(request, "export", "export", {"form": form})
    name, uuid = form.cleaned_data["format"], form.cleaned_data["list"]
    some = visible.filter(uuid=uuid) if uuid else None
    lost = [] if chosen == "anyway" else losses(viewer.user, name, tz=viewer.zone, lists=some)
    if lost:
        return page(request, "export", "export", {"form": form, "losses": lost})
    with_keys = form.cleaned_data["keys"]
    file = export_file(viewer.user, name, tz=viewer.zone, lists=some, with_keys=with_keys)
    return StreamingHttpResponse(
        streamed(request, file.pieces),
        headers={
            "Content-Type": f"{file.content_type}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{file.file_name}"',
            "Cache-Control": "private, no-store",
        },
    )


async def _one_by_one(pieces: Iterator[str]) -> AsyncIterator[str]:
    """The pieces, each made in the thread where the database may be asked."""
    while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
        yield piece


def streamed(request: HttpRequest, pieces: Iterator[str]) -> Iterator[str] | AsyncIterator[str]:
    """What is sent while it is made. ASGI would gather the whole of an ordinary iterator first, and warn of it."""
    return _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces


# -- the upload


def _draft(viewer: Viewer, cleaned: dict[str, Any]) -> ImportDraft:
    lists = TodoList.objects.editable_by(viewer.user)
    file = cleaned["file"]
    return ImportDraft(
        user_id=viewer.user.pk,
        todo_list=lists.filter(uuid=cleaned["list"]).first() if cleaned["list"] else None,
        format=cleaned["format"],
        name=clean_line(file.name or "")[:255],
        content=file.read(),
    )


def _plan(viewer: Viewer, draft: ImportDraft, chosen: Mapping[str, str] | None = None) -> Plan:
    """The draft as it would be imported now, read as ``chosen`` on its page.

    A list that can't be written to any more is not used.
    """
    chosen = chosen or {}
    todo_list = draft.todo_list
    if todo_list is not None:
        lists = TodoList.objects.editable_by(viewer.user)
        todo_list = lists.filter(pk=todo_list.pk).first()
    format = chosen.get("format", draft.format)
    columns = {
        name.removeprefix("column-"): value
        for name, value in chosen.items()
        if name.startswith("column-") and value
    }
    return plan(
        viewer.user,
        bytes(draft.content),
        tz=resolve_zone(zone_of(chosen.get("zone", ""))) or viewer.zone,
        format=format if format in FORMATS else draft.format,
        todo_list=todo_list,
        most=limits.MAX_IMPORT,
        encoding=chosen.get("encoding", ""),
        columns=columns if format == table.NAME else None,
        day_first=viewer.day_first,
    )


def _error(found: Plan) -> str:
    if not found.error_line:
        return found.error
    return _("Line %(line)d: %(error)s") % {"line": found.error_line, "error": found.error}


def _draft_url(draft: ImportDraft) -> str:
    return reverse("django_todos:import-draft", args=[draft.uuid])


def _import(request: Request, viewer: Viewer, draft: ImportDraft, found: Plan) -> HttpResponse:
    if found.error:  # it could be read when it was uploaded
        return HttpResponseRedirect(reverse("django_todos:import"), status=303)
    chosen = [request.POST.get(f"row-{row.index}") for row in found.rows if row.choice]
    accept = {int(value) for value in chosen if value and value.isdecimal() and len(value) < 9}
    if batches.is_large(found, accept):
        batches.begin(found, draft, at=now(), accept=accept)
        return HttpResponseRedirect(_draft_url(draft), status=303)
    report = apply(found, at=now(), accept=accept)
    draft.delete()
    return back(request, _where_to(viewer, draft, report), **_message(report))


def _progress(request: Request, viewer: Viewer, draft: ImportDraft) -> HttpResponse:
    """How far a large import is. Each look at it writes the next part, or takes one back, until nothing is left."""
    if request.method == "POST":
        if request.POST.get("do") == "undo":
            batches.begin_undo(draft, viewer.user, at=now())
        return HttpResponseRedirect(_draft_url(draft), status=303)
    if request.method == "GET" and draft.is_under_way:
        batches.step(draft, viewer.user, at=now())
    context = {"draft": draft}
    if not is_htmx(request):
        return page(request, "import_progress", "import", context)
    response = part(request, "import_progress", context)
    if not draft.is_under_way:
        response["HX-Refresh"] = "true"  # the page around it has other buttons now
    return response


def _where_to(viewer: Viewer, draft: ImportDraft, report: Report) -> str:
    """The list that took it all, else all lists."""
    if draft.todo_list is not None and not report.lists:
        return draft.todo_list.get_absolute_url()
    return reverse("django_todos:list-index")


def _message(report: Report) -> dict[str, Any]:
    if report.action is not None:
        return {"done": report.action.uuid}
    return {"kept": "imported" if report.added or report.edited else "same"}


# -- the report


_KINDS: dict[Kind, tuple[str, str, bool, Any]] = {
    "add": ("todos-ok", "check", False, gettext_lazy("Add")),
    "changed": ("todos-warn", "alert", False, gettext_lazy("Add, changed")),
    "edit": ("todos-ok", "edit", False, gettext_lazy("Change")),
    "bad": ("todos-bad", "close", False, gettext_lazy("Can’t be read")),
    "same": ("", "skip", True, gettext_lazy("Already here")),
}


class ReportLine(NamedTuple):
    """One row in words, and how its kind looks: its colour, its symbol, whether that turns in text from right to left."""

    row: PlannedRow
    details: list[str]
    css: str
    icon: str
    turns: bool
    kind: Any


def _report(viewer: Viewer, found: Plan, only_problems: bool) -> dict[str, Any]:
    problems = [row for row in found.rows if row.kind in ("bad", "changed", "edit")]
    others = [] if only_problems else [row for row in found.rows if row.kind in ("add", "same")]
    shown = sorted(
        problems[: limits.IMPORT_PROBLEMS] + others[: limits.IMPORT_OTHERS],
        key=lambda row: row.index,
    )
    return {
        "counts": {kind: sum(row.kind == kind for row in found.rows) for kind in _KINDS},
        "lines": [ReportLine(row, _details(viewer, row), *_KINDS[row.kind]) for row in shown],
        "hidden": len(problems) + len(others) - len(shown),
    }


def _details(viewer: Viewer, row: PlannedRow) -> list[str]:
    record = row.record
    if record is None or row.kind in ("same", "edit"):
        return []
    place = _("new list %(name)s") if row.is_new_list else "%(name)s"
    details = [
        place % {"name": row.list_name} if row.list_name else "",
        _("under “%(title)s”") % {"title": row.parent_title} if row.parent_title else "",
        *_dates(viewer, record),
        *(f"#{label}" for label in record.labels),
        _("completed") if record.is_completed else "",
    ]
    return [detail for detail in details if detail]


def _dates(viewer: Viewer, record: TodoRecord) -> list[str]:
    due = when_words(record.due, viewer.now, viewer.zone, done=record.is_completed)
    start = when_words(record.start, viewer.now, viewer.zone)
    words = [f"{due.words} {due.city}".strip()]
    if start.words:
        words.append(_("from %(date)s") % {"date": f"{start.words} {start.city}".strip()})
    if record.repeat is not None:
        # A bad row's rule is not looked at before it is chosen.
        words.append(repeats.stored(record.repeat.rrule, record.repeat.mode, repeats.short))
    return words


def _format_name(found: Plan) -> str:
    number = len(found.rows)
    lines = ngettext("%(count)d todo", "%(count)d todos", number) % {"count": number}
    return f"{FORMATS[found.format].label}, {lines}"
