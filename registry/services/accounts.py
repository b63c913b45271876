"""Accounts: applied for, checked by one administrator, opened by another; suspended and closed."""

from collections.abc import Mapping
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from core import events, numbering
from core.errors import InvalidInput, NotPermitted
from core.models import Source, User
from core.services import document_file
from parties.models import Country, Organisation, Role
from parties.policies import has_role
from registry import policies
from registry.accounts import account_number
from registry.errors import explained
from registry.models import Account, AccountApplication, Registry
from registry.workflow import ACCOUNT, AccountState

IN_USE = (AccountState.OPEN, AccountState.SUSPENDED)


@transaction.atomic
def account_open(*, party: Country, holder: Organisation, source: str = Source.ENTERED) -> Account:
    """Return the holder's entity account in the Party's registry, opened if there is none.

    For records and demonstrations; people apply for an account.
    """
    registry = party.registry
    existing = Account.objects.filter(registry=registry, holder=holder, state__in=IN_USE).first()
    return existing or _number(registry, holder, source, AccountState.OPEN)


def _number(registry: Registry, holder: Organisation, source: str, state: str) -> Account:
    running = numbering.allot(f"{registry.party.iso2}:account", source=source)
    number = account_number(registry.party.iso2, Account.Kind.ENTITY, running)
    return Account.objects.create(
        registry=registry, kind=Account.Kind.ENTITY, number=number, holder=holder, source=source, state=state
    )


@transaction.atomic
def account_apply(
    *,
    registry: Registry,
    holder: Organisation,
    representative: str,
    email: str,
    address: str,
    files: Mapping[str, "UploadedFile[bytes]"],
    actor: User,
    at: datetime,
) -> Account:
    """Apply for an account of the holder; `files` maps the title of a document to its file.

    Raises NotPermitted for somebody from elsewhere, InvalidInput for a second account or an unsuitable file.
    """
    if not has_role(actor, Role.PARTICIPANT, at=at, organisation=holder):
        raise NotPermitted(_("Only people of the organisation may apply for its account."))
    registry = Registry.objects.select_for_update(of=("self",), no_key=True).select_related("party").get(pk=registry.pk)
    ended = (AccountState.REFUSED, AccountState.CLOSED)
    if Account.objects.filter(registry=registry, holder=holder).exclude(state__in=ended).exists():
        raise InvalidInput(
            fields={"registry": _("The organisation has an account in this registry, or applied for it.")}
        )
    account = _number(registry, holder, actor.record_source, AccountState.APPLIED)
    application = AccountApplication.objects.create(
        account=account, representative=representative, email=email, address=address, applied_by=actor, applied_at=at
    )
    for title, upload in files.items():
        application.documents.add(document_file(title=title, files={"restricted": upload}, actor=actor, at=at))
    events.emit("account.applied_for", account, actor=actor, at=at)
    return account


def _locked(account_id: int) -> Account:
    accounts = Account.objects.select_for_update(of=("self",), no_key=True)
    return accounts.select_related("registry__party", "holder").get(pk=account_id)


def _move(account: Account, verb: str, actor: User, at: datetime, reason: str = "") -> Account:
    account.state = ACCOUNT.next_state(verb, state=account.state)
    with explained():
        account.save(update_fields=["state"])
    events.emit(f"account.{DONE[verb]}", account, actor=actor, at=at, data={"reason": reason} if reason else {})
    return account


DONE = {
    "check": "checked",
    "open": "opened",
    "refuse": "refused",
    "suspend": "suspended",
    "resume": "resumed",
    "close": "closed",
}


@transaction.atomic
def account_check(*, account_id: int, actor: User, at: datetime) -> Account:
    """Find an application complete; a second administrator opens the account.

    Raises NotPermitted or TransitionRefused.
    """
    account = _locked(account_id)
    policies.check_can_keep(actor, account, at=at)
    _move(account, "check", actor, at)
    AccountApplication.objects.filter(account=account).update(checked_by=actor, checked_at=at)
    return account


@transaction.atomic
def account_approve(*, account_id: int, actor: User, at: datetime) -> Account:
    """Open an account that a colleague checked. Raises NotPermitted, SamePerson or TransitionRefused."""
    account = _locked(account_id)
    policies.check_can_open(actor, account, at=at)
    _move(account, "open", actor, at)
    AccountApplication.objects.filter(account=account).update(opened_by=actor, opened_at=at)
    return account


@transaction.atomic
def account_refuse(*, account_id: int, reason: str, actor: User, at: datetime) -> Account:
    """Refuse an application, with the reason. Raises NotPermitted, InvalidInput or TransitionRefused."""
    account = _kept(account_id, reason, actor, at)
    _move(account, "refuse", actor, at, reason)
    AccountApplication.objects.filter(account=account).update(refused_by=actor, refused_at=at, reason=reason)
    return account


@transaction.atomic
def account_suspend(*, account_id: int, reason: str, actor: User, at: datetime) -> Account:
    """Stop an account from giving and taking. Raises NotPermitted, InvalidInput or TransitionRefused."""
    return _move(_kept(account_id, reason, actor, at), "suspend", actor, at, reason)


@transaction.atomic
def account_resume(*, account_id: int, reason: str, actor: User, at: datetime) -> Account:
    """Let a suspended account give and take again. Raises NotPermitted, InvalidInput or TransitionRefused."""
    return _move(_kept(account_id, reason, actor, at), "resume", actor, at, reason)


@transaction.atomic
def account_close(*, account_id: int, reason: str, actor: User, at: datetime) -> Account:
    """Close an empty account for ever. Raises NotPermitted, InvalidInput, TransitionRefused; LedgerRefused if it holds
    credits."""
    return _move(_kept(account_id, reason, actor, at), "close", actor, at, reason)


def _kept(account_id: int, reason: str, actor: User, at: datetime) -> Account:
    account = _locked(account_id)
    policies.check_can_keep(actor, account, at=at)
    if account.kind != Account.Kind.ENTITY:
        raise NotPermitted(_("The government's own accounts stay open."))
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why.")})
    return account
