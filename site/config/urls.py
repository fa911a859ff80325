"""The front door, the accounts, the admin; everything else is the package's."""

from allauth.account.decorators import secure_admin_login
from config import views
from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView, TemplateView

# The admin's own login knows no rate limit: whoever wants in comes through the site's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
favicon = RedirectView.as_view(url=lazy(static, str)("django_todos/favicon.svg"))
deleted = TemplateView.as_view(template_name="site/account_deleted.html")
settings_page = RedirectView.as_view(url="/preferences/#security")

handler500 = "config.views.server_error"
urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.ico", favicon),  # for pages that name none, as the admin's
    path("accounts/data/", views.account_data, name="site_account_data"),
    path("accounts/delete/", views.account_delete, name="site_account_delete"),
    path("accounts/deleted/", deleted, name="site_account_deleted"),
    path("accounts/devices/end/", views.end_sessions, name="site_end_sessions"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", settings_page),  # named mfa_index by allauth, who has a page of its own
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("", include("django_todos.urls")),
]
if settings.OIDC_URL:  # where it is off, not even imported: it takes 4 MB of a process
    urlpatterns += [
        path("accounts/3rdparty/", include("allauth.socialaccount.urls")),
        path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    ]
