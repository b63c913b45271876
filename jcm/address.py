"""The e-mail address with which a person signs in, and its change."""

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.account.views import email as change_email
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from core.models import User
from core.requests import signed_in


def hold_on(user: User) -> None:
    """Keep the address to which the person was invited: another takes its place only once it is confirmed."""
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)


@login_required
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # the address opens the account: who changes it has proven just now who they are
def address(request: HttpRequest) -> HttpResponseBase:
    """Show the address, and change it once the new one is confirmed."""
    hold_on(signed_in(request))
    answer: HttpResponseBase = change_email(request)
    return answer
