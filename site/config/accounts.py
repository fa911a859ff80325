"""allauth with our choices: who is meant, who may sign up, what templates know."""

import logging
from contextlib import suppress
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import get_user_by_username
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

import django_todos
from django_todos.models import Invitation
from django_todos.viewer import Viewer
from django_todos.views._nav import Nav

logger = logging.getLogger("site.mail")


def account_of(username: str = "", email: str = "", **credentials: Any) -> User | None:
    """Whose account is named. An address belongs to who confirmed it, else to whom an administrator gave it,
    else to who named it first."""
    if email:
        claims = EmailAddress.objects.filter(email=email.lower()).select_related("user")
        claim = claims.order_by("-verified", "pk").first()
        given = User.objects.filter(email__iexact=email, emailaddress=None).first()
        if owner := claim.user if claim and (claim.verified or not given) else given:
            return owner
    return get_user_by_username(User.normalize_username(username)) if username else None


def verified_emails(user: Any) -> QuerySet[EmailAddress, str]:
    """The addresses that somebody has confirmed: the package's invitations ask."""
    addresses = EmailAddress.objects.filter(user=user.pk, verified=True)
    return addresses.values_list("email", flat=True)


def invited(request: HttpRequest) -> Invitation | None:
    """The invitation to an address from whose link somebody comes to sign up, where that opens the door."""
    if settings.SIGNUP != "invited":
        return None
    with suppress(Resolver404):
        link = resolve(request.POST.get("next") or request.GET.get("next") or "")
        if link.view_name == "django_todos:invitation-link":
            invitation = Invitation.by_token(link.kwargs["token"])
            if invitation and "@" in invitation.key and invitation.is_open(timezone.now()):
                return invitation
    return None


class Backend(AuthenticationBackend):
    """One password hash for each attempt, whoever is named: the time that it takes says nothing."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        return self._check_password(account_of(**credentials), credentials["password"])


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP == "open" or invited(request))

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return super().clean_username(User.normalize_username(username), shallow)

    def clean_email(self, email: str) -> str:
        """Whom an invitation lets in signs up by exactly the address that was invited."""
        if settings.SIGNUP == "invited" and self.request.path == reverse("account_signup"):
            invitation = invited(self.request)  # none if it has ended meanwhile
            if not invitation or invitation.key != Invitation.key_of(email):
                raise ValidationError(_("The invitation is for another address."))
        return email

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by account and address: nobody is locked out by strangers elsewhere."""
        user = account_of(**credentials)
        named = credentials.get("email") or credentials.get("username") or ""
        return f"{user.pk if user else named.lower()} {self.get_client_ip(request)}"

    def reauthenticate(self, user: User, password: str) -> bool:
        credentials = {"username": user.get_username(), "password": password}
        return self.authenticate(self.request, **credentials) == user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away is the operator's to know, and stops nobody."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's too
            logger.error("%s was not sent: %s", template_prefix, error)


# The first one that a browser names is its own: most name others, too.
AGENTS = (
    ("Edg", "OPR", "Firefox", "Chrome", "Safari"),
    ("Windows", "Android", "iPhone", "iPad", "Mac", "CrOS", "Linux"),
)
CALLED = {"Edg": "Edge", "OPR": "Opera", "CrOS": "ChromeOS"}


def device(agent: str) -> str:
    """A device as its person knows it: Firefox on Linux."""
    told = [next((word for word in words if word in agent), "") for words in AGENTS]
    browser, system = (CALLED.get(word, word) for word in told)
    if not (browser and system):
        return _("Unknown device")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


class Provider(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Who has an account at the provider is for the provider to say."""
        return True


def security(request: HttpRequest) -> dict[str, Any]:
    """What the settings show of an account's devices and second steps."""
    sessions = UserSession.objects.purge_and_list(request.user)
    steps = Authenticator.objects.filter(user=request.user.pk)
    return {
        "devices": [{"session": one, "name": device(one.user_agent)} for one in sessions],
        **{kind: [step for step in steps if step.type == kind] for kind in Authenticator.Type},
    }


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the site's own pages need, and the frame around them.

    The frame is looked up when a template shows it: the package's pages bring their own.
    """
    user = getattr(request, "user", None)  # a request that was refused for its host has none
    viewer = SimpleLazyObject(lambda: Viewer.of(user) if user and user.is_authenticated else None)
    known = ("SIGNUP", "SITE_URL", "MAIL_CONFIGURED", "OIDC_NAME", "REVISION")
    return {
        **{name.lower(): getattr(settings, name) for name in known},
        "version": lambda: django_todos.__version__,
        "security": lambda: security(request),
        "viewer": viewer,
        "nav": SimpleLazyObject(lambda: Nav(cast(Viewer, viewer), "") if viewer else None),
    }
