"""Who acts for an account, and to which accounts it may send without delay."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, NotPermitted
from core.models import User
from registry import calendar, policies, rules
from registry.models import Account, AccountRepresentative, Proposal, TrustedAccount
from registry.services.proposals import Ask


def _locked(account_id: int) -> Account:
    accounts = Account.objects.select_for_update(of=("self",), no_key=True)
    return accounts.select_related("registry__party", "holder").get(pk=account_id)


@transaction.atomic
def representative_add(
    *, account_id: int, user: User, right: str, actor: User, at: datetime, valid_until: date | None = None
) -> AccountRepresentative:
    """Let a person act for an entity's account from today on. Raises NotPermitted or InvalidInput."""
    account = _locked(account_id)
    policies.check_can_keep(actor, account, at=at)
    if account.kind != Account.Kind.ENTITY:
        raise NotPermitted(_("For the government's accounts the registry's administrators act."))
    today = at.date()
    if valid_until is not None and valid_until < today:
        raise InvalidInput(fields={"valid_until": _("This day is over.")})
    mine = account.representatives.filter(user=user, right=right)
    if mine.filter(policies.in_force(today)).exists():
        raise InvalidInput(fields={"email": _("This person has this right already.")})
    added, _new = AccountRepresentative.objects.update_or_create(
        account=account, user=user, right=right, defaults={"valid_from": today, "valid_until": valid_until}
    )
    told = {"person": user.email, "right": right}
    events.emit("account.representative_added", account, actor=actor, at=at, data=told)
    return added


@transaction.atomic
def representative_remove(*, representative_id: int, actor: User, at: datetime) -> None:
    """Take a person's right away, at once. Raises NotPermitted."""
    row = AccountRepresentative.objects.select_related("account", "user").get(pk=representative_id)
    account = _locked(row.account_id)
    policies.check_can_keep(actor, account, at=at)
    yesterday = at.date() - timedelta(days=1)
    if row.valid_from > yesterday:
        row.delete()
    else:
        row.valid_until = yesterday
        row.save(update_fields=["valid_until"])
    told = {"person": row.user.email, "right": row.right}
    events.emit("account.representative_removed", account, actor=actor, at=at, data=told)


@transaction.atomic
def trust_add(*, account_id: int, destination: Account, actor: User, at: datetime) -> TrustedAccount:
    """Trust a destination; it counts from the n-th working day of the registry on.

    Raises NotPermitted, and InvalidInput for an account to which credits cannot go or that is trusted already.
    """
    account = _locked(account_id)
    policies.check_can_trust(actor, account, at=at)
    faults = rules.r_rg_02(Proposal.Kind.TRANSFER, account, Ask(quantity=1, to_account=destination))
    if not faults and account.trusts.filter(destination=destination, removed_at=None).exists():
        faults = {"to_account": _("This account is trusted already.")}
    if faults:
        raise InvalidInput(fields=faults)
    party = account.registry.party
    today = at.astimezone(ZoneInfo(party.time_zone)).date()
    counts = calendar.nth_working_day(today, account.registry.trusted_after_working_days, {party.iso2})
    added = TrustedAccount.objects.create(
        account=account, destination=destination, added_by=actor, added_at=at, effective_from=counts
    )
    told = {"destination": destination.number, "effective_from": counts.isoformat()}
    events.emit("account.trust_added", account, actor=actor, at=at, data=told)
    return added


@transaction.atomic
def trust_remove(*, trust_id: int, actor: User, at: datetime) -> TrustedAccount:
    """Stop trusting a destination, at once. Raises NotPermitted, and InvalidInput where it was removed before."""
    row = TrustedAccount.objects.select_for_update(of=("self",)).select_related("destination").get(pk=trust_id)
    account = _locked(row.account_id)
    policies.check_can_trust(actor, account, at=at)
    if row.removed_at is not None:
        raise InvalidInput(fields={"destination": _("This account is not trusted any more.")})
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    events.emit("account.trust_removed", account, actor=actor, at=at, data={"destination": row.destination.number})
    return row
