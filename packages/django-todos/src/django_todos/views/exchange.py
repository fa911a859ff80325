"""Import and export, on pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse


@login_required
def import_upload(request: HttpRequest) -> HttpResponse:
    raise Http404


@login_required
def import_draft(request: HttpRequest, uuid: UUID) -> HttpResponse:
    raise Http404


@login_required
def export(request: HttpRequest) -> HttpResponse:
    raise Http404
