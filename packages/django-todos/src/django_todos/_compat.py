"""The one place that asks which Django this is, or which Python. Each branch says which version removes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import django
from django.db import models

_Row = TypeVar("_Row")
_View = TypeVar("_View", bound=Callable[..., Any])


def batched(rows: Iterable[_Row], size: int = 500) -> Iterator[list[_Row]]:
    """So many at a time, as itertools does it from Python 3.12 on. Not more values than one statement takes: older SQLite
    takes 999."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def check_constraint(condition: models.Q, *, name: str) -> models.CheckConstraint:
    """A check constraint under either of its spellings.

    ``check`` became ``condition`` in Django 5.1 and is gone in 6.0; remove this with Django 4.2.
    """
    argument: dict[str, Any] = {"condition" if django.VERSION >= (5, 1) else "check": condition}
    return models.CheckConstraint(name=name, **argument)


def mail_connection() -> Any:
    """The project's default way to send mail.

    6.1 gives it by `mailers` and deprecates `get_connection`; removed with 6.0.
    """
    if django.VERSION >= (6, 1):
        from django.core.mail import mailers

        return mailers.default
    from django.core.mail import get_connection

    return get_connection()


def login_not_required(view: _View) -> _View:
    """Lets a view through LoginRequiredMiddleware, which came with 5.1; removed with 4.2."""
    if django.VERSION >= (5, 1):
        from django.contrib.auth.decorators import login_not_required as mark

        marked: _View = mark(view)
        return marked
    return view


def csp_nonce(context: Any) -> str | None:
    """The nonce of the page's policy: of django-csp, or of Django 6.0; a context processor need not be there.

    Asking for it makes it: a policy without one stays as it is. Django's part is removed as a branch with 5.2.
    """
    nonce = context.get("csp_nonce")
    if nonce is None:
        nonce = _nonce_for(getattr(context, "request", None))
    return None if nonce is None else str(nonce)


def has_nonce(request: Any) -> bool:
    """Whether there is one for the page of a request, made or not."""
    return _nonce_for(request) is not None


def _nonce_for(request: Any) -> Any:
    nonce = getattr(request, "csp_nonce", None)
    if nonce is None and django.VERSION >= (6, 0):
        from django.middleware.csp import get_nonce

        nonce = get_nonce(request)
    return nonce
