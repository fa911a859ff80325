"""The front door, the accounts, the admin; everything else is the package's."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from config import views
from django.contrib import admin
from django.urls import include, path

# The admin's own login knows no rate limit: whoever wants in comes through the site's.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon),
    path("accounts/", views.account, name="site_account"),
    path("accounts/data/", views.account_data, name="site_account_data"),
    path("accounts/delete/", views.account_delete, name="site_account_delete"),
    path("accounts/deleted/", views.account_deleted, name="site_account_deleted"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("django_todos.urls")),
]
