"""Inviting somebody, and giving a member another role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos.limits import MAX_INVITED
from django_todos.models import Action, Invitation, Membership, Role, TodoList, TooManyInvitations
from django_todos.viewer import Viewer
from django_todos.wording.people import display_name

ROLES = [(role, role.label) for role in (Role.EDITOR, Role.VIEWER)]
"""What a member is given without being asked about: to own a list is another page's matter."""


class InviteForm(forms.Form):
    """A username or an address, and a role. Whether an account stands behind it changes nothing."""

    typed = forms.CharField(
        label=_("Invite someone"),
        max_length=MAX_INVITED,
        widget=forms.TextInput(
            attrs={
                "placeholder": _("Name or email"),
                "autocomplete": "off",
                "autocapitalize": "none",
                "list": "known-people",
            }
        ),
    )
    invite_role = forms.ChoiceField(label=_("Role"), choices=ROLES)

    def __init__(self, data: Any = None, *, viewer: Viewer, todo_list: TodoList) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.todo_list = todo_list
        self.action: Action | None = None

    def known(self) -> QuerySet[Any]:
        """Whom the viewer shares other lists with: offered by their usernames."""
        mine = Membership.objects.filter(todo_list__memberships__user=self.viewer.user.pk)
        here = self.todo_list.memberships.values("user")
        users = get_user_model()._default_manager.filter(pk__in=mine.values("user"))
        return users.exclude(pk__in=here).order_by(users.model.USERNAME_FIELD)[:50]

    def clean_typed(self) -> str:
        """Neither a sentence nor a member's name; an address looks like one."""
        typed: str = self.cleaned_data["typed"].strip()
        if "@" in typed:
            forms.EmailField().clean(typed)
        elif member := self._member(typed):
            raise forms.ValidationError(
                gettext("%(name)s is in this list already."), params={"name": display_name(member)}
            )
        return typed

    def _member(self, typed: str) -> Any:
        # Of an address, nothing is said: whose it is, is nobody's business here.
        users = get_user_model()._default_manager
        named = users.filter(**{f"{users.model.USERNAME_FIELD}__iexact": typed})
        return named.filter(pk__in=self.todo_list.memberships.values("user")).first()

    def send(self) -> bool:
        """Ask them in. False, with an error at the field, where that was enough for today."""
        viewer, chosen = self.viewer, self.cleaned_data
        try:
            _invitation, self.action = Invitation.send(
                self.todo_list,
                chosen["typed"],
                chosen["invite_role"],
                by=viewer.user,
                at=viewer.now,
            )
        except TooManyInvitations:
            said = gettext("That were many invitations for one day. Try again tomorrow.")
            self.add_error("typed", said)
            return False
        return True
