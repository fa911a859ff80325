"""Accounts in the admin: before one is deleted, what goes with it and what others keep is said in full."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from django_todos.admin import DepartureMixin

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(DepartureMixin, UserAdmin):
    pass
