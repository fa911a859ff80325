"""The few pages that are the site's own: the front door and what belongs to an account."""

from __future__ import annotations

from typing import cast

from config.accounts import DeleteAccountForm
from config.data import archive
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from django_todos.views.days import today


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Today for whoever is signed in, what this is for everybody else."""
    if request.user.is_authenticated:
        return today(request)
    return render(request, "site/landing.html")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name none, as the admin's, browsers ask here."""
    return redirect(static("django_todos/favicon.svg"))


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "site/account.html")


@require_safe
@login_required
def account_data(request: HttpRequest) -> FileResponse:
    """Download all my data."""
    name = slugify(request.user.get_username()) or "account"
    # `login_required` has made sure that this is a user.
    file = archive(cast(User, request.user))
    return FileResponse(file, as_attachment=True, filename=f"todos-{name}.zip")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_delete(request: HttpRequest) -> HttpResponse:
    """Deletes the account; what becomes of its lists hangs on the deletion, in the package."""
    user = request.user
    form = DeleteAccountForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user.delete()
        logout(request)
        return redirect("site_account_deleted")
    status = 422 if form.is_bound else 200
    return render(request, "site/account_delete.html", {"form": form}, status=status)


@require_safe
def account_deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "site/account_deleted.html")
