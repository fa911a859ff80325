"""The host's URLs: the package under a prefix, as most hosts mount it."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
    path("todos/", include("django_todos.urls")),
]
