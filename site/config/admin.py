"""Accounts in the admin: before one is deleted, what goes with it and what others keep is said in full."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_todos.models import Departure

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        names, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        for user in objs:
            departure = Departure.of(user)
            names += [_("List “%s”, with every todo in it") % one for one in departure.going]
            for one, heir in departure.staying:
                if heir is not None:
                    names.append(
                        _("%(heir)s becomes the owner of “%(list)s”") % {"heir": heir, "list": one}
                    )
        return names, counts, perms_needed, protected
