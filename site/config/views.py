"""The few pages that are the site's own: the front door and what belongs to an account."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from config.accounts import DeleteAccountForm
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from django_todos.views.pages import today


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Today for whoever is signed in, what this is for everybody else."""
    if request.user.is_authenticated:
        return today(request)
    return render(request, "site/landing.html")


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "site/account.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_delete(request: HttpRequest) -> HttpResponse:
    """Deletes the account; what becomes of its lists is the package's rule, which hangs on the deletion."""
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
