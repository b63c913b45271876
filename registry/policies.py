"""Who may do what in a registry. Each Party's administrators act in their own registry only."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import DomainError, NotPermitted, SamePerson
from core.models import User
from parties.models import Country, Role
from parties.policies import Viewer, has_role
from registry.models import Account, AccountApplication, AccountRepresentative, Freeze, IssuanceLeg, Proposal, Registry
from registry.models.authorizations import Authorization, CooperativeApproach
from registry.models.reconciliation import Counterpart, Cycle
from registry.workflow import ACCOUNT, ProposalState


def in_force(day: date) -> Q:
    """Keep what is valid on this day."""
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))


def is_administrator(user: Viewer, registry: Registry, *, at: datetime) -> bool:
    """Return whether the person administers this registry, as proposer or approver."""
    return has_role(user, Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER, at=at, party=registry.party)


def check_can_propose(user: User, leg: IssuanceLeg, *, at: datetime) -> None:
    """Raise NotPermitted unless the person proposes in this leg's registry."""
    if not has_role(user, Role.REGISTRY_PROPOSER, at=at, party=leg.registry.party):
        raise NotPermitted(_("Only this registry's proposing administrators may propose an issuance."))


def check_can_approve(user: User, leg: IssuanceLeg, *, at: datetime) -> None:
    """Raise NotPermitted unless the person approves in this leg's registry, SamePerson for the proposer."""
    if not has_role(user, Role.REGISTRY_APPROVER, at=at, party=leg.registry.party):
        raise NotPermitted(_("Only this registry's approving administrators may approve an issuance."))
    if leg.proposed_by_id == user.pk:
        raise SamePerson


def can_propose(user: User, leg: IssuanceLeg, *, at: datetime) -> bool:
    """Answer check_can_propose."""
    return can(check_can_propose, user, leg, at=at)


def can_approve(user: User, leg: IssuanceLeg, *, at: datetime) -> bool:
    """Answer check_can_approve."""
    return can(check_can_approve, user, leg, at=at)


def check_can_set_approach(user: User, approach: CooperativeApproach, *, at: datetime) -> None:
    """Raise NotPermitted unless the person approves in the acquiring Party's registry."""
    if not has_role(user, Role.REGISTRY_APPROVER, at=at, party=approach.partnership.acquirer):
        raise NotPermitted(_("Only approving administrators of the acquiring Party's registry may do this."))


def check_can_record_authorization(user: User, party: Country, *, at: datetime) -> None:
    """Raise NotPermitted unless the person proposes in this Party's registry."""
    if not has_role(user, Role.REGISTRY_PROPOSER, at=at, party=party):
        raise NotPermitted(_("Only proposing administrators of the Party's registry may record its authorizations."))


def check_can_confirm_authorization(user: User, authorization: Authorization, *, at: datetime) -> None:
    """Raise NotPermitted unless the person approves in the Party's registry, SamePerson for who recorded it."""
    if not has_role(user, Role.REGISTRY_APPROVER, at=at, party=authorization.party):
        raise NotPermitted(_("Only approving administrators of the Party's registry may confirm its authorizations."))
    if authorization.recorded_by_id == user.pk:
        raise SamePerson


def check_can_revoke_authorization(user: User, authorization: Authorization, *, at: datetime) -> None:
    """Raise NotPermitted unless the person approves in the Party's registry. One person is enough to stop."""
    if not has_role(user, Role.REGISTRY_APPROVER, at=at, party=authorization.party):
        raise NotPermitted(_("Only approving administrators of the Party's registry may revoke its authorizations."))


RIGHT = AccountRepresentative.Right


def _represents(user: Viewer, account: Account, right: str, *, at: datetime) -> bool:
    """Return whether the person has this right: by representation, or for government accounts by administration."""
    if not isinstance(user, User):
        return False
    if account.kind != Account.Kind.ENTITY:
        role = Role.REGISTRY_PROPOSER if right == RIGHT.PROPOSE else Role.REGISTRY_APPROVER
        return has_role(user, role, at=at, party=account.registry.party)
    return account.representatives.filter(in_force(at.date()), user=user, right=right).exists()


def check_can_view_account(user: User, account: Account, *, at: datetime) -> None:
    """Raise NotPermitted unless the person represents the account, in whatever right, or administers its registry."""
    mine = account.representatives.filter(in_force(at.date()), user=user)
    if not is_administrator(user, account.registry, at=at) and not mine.exists():
        raise NotPermitted(_("Only who acts for this account, or administers its registry, may see it."))


def check_can_propose_from(user: User, account: Account, *, at: datetime) -> None:
    """Raise NotPermitted unless the person may propose from this account."""
    if not _represents(user, account, RIGHT.PROPOSE, at=at):
        raise NotPermitted(_("Only representatives who may propose can move credits of this account."))


def check_can_correct(user: User, account: Account, *, at: datetime) -> None:
    """Raise NotPermitted unless the person proposes in the account's registry.

    Holders do not correct: a correction is executed without the delay that protects them.
    """
    if not has_role(user, Role.REGISTRY_PROPOSER, at=at, party=account.registry.party):
        raise NotPermitted(_("Only this registry's proposing administrators may propose a correction."))


def proposing(kind: str) -> Callable[..., None]:
    """Return the check of who may propose this kind of movement from an account."""
    return check_can_correct if kind == Proposal.Kind.CORRECTION else check_can_propose_from


def check_can_approve_proposal(user: User, proposal: Proposal, *, at: datetime) -> None:
    """Raise NotPermitted unless the person may approve for every account of the proposal, SamePerson for its maker.

    Corrections are approved by the registry's approving administrators.
    """
    if proposal.kind == Proposal.Kind.CORRECTION:
        if not has_role(user, Role.REGISTRY_APPROVER, at=at, party=proposal.registry.party):
            raise NotPermitted(_("Only this registry's approving administrators may approve a correction."))
    else:
        _check_approves_for(user, proposal, at=at)
    if proposal.proposed_by_id == user.pk:
        raise SamePerson


def _check_approves_for(user: User, proposal: Proposal, *, at: datetime) -> None:
    accounts = Account.objects.filter(pk__in=proposal.lines.values("from_account")).select_related("registry__party")
    if not all(_represents(user, account, RIGHT.APPROVE, at=at) for account in accounts):
        raise NotPermitted(_("Only representatives who may approve can do this."))


def check_can_cancel(user: User, proposal: Proposal, *, at: datetime) -> None:
    """Raise NotPermitted unless the person made the proposal, or may approve it."""
    if proposal.proposed_by_id != user.pk:
        check_can_approve_proposal(user, proposal, at=at)


def cancel_until(proposal: Proposal) -> datetime | None:
    """Return until when the proposal can be cancelled; None while nothing sets a time."""
    if proposal.execute_at is None:
        return None
    return proposal.execute_at - timedelta(hours=proposal.registry.cancel_until_hours)


def proposal_actions(user: User, proposal: Proposal, *, at: datetime) -> set[str]:
    """Return what the person may do with the proposal now: approve, reject, cancel."""
    actions: set[str] = set()
    if proposal.state == ProposalState.PROPOSED and can(check_can_approve_proposal, user, proposal, at=at):
        actions |= {"reject"} if proposal.expires_at <= at else {"approve", "reject"}
    until = cancel_until(proposal)
    in_time = until is None or at <= until
    open_ = proposal.state in {ProposalState.PROPOSED, ProposalState.APPROVED}
    if open_ and in_time and can(check_can_cancel, user, proposal, at=at):
        actions.add("cancel")
    return actions


def check_can_keep(user: User, account: Account, *, at: datetime) -> None:
    """Raise NotPermitted unless the person administers the account's registry."""
    if not is_administrator(user, account.registry, at=at):
        raise NotPermitted(_("Only this registry's administrators may do this."))


def check_can_open(user: User, account: Account, *, at: datetime) -> None:
    """Raise NotPermitted unless the person approves in the account's registry, SamePerson for who checked it."""
    if not has_role(user, Role.REGISTRY_APPROVER, at=at, party=account.registry.party):
        raise NotPermitted(_("Only this registry's approving administrators may open an account."))
    if AccountApplication.objects.filter(account=account, checked_by=user).exists():
        raise SamePerson


def account_actions(user: User, account: Account, *, at: datetime) -> set[str]:
    """Return what an administrator may do with an entity's account now: check, open, refuse, suspend, resume, close."""
    if account.kind != Account.Kind.ENTITY or not can(check_can_keep, user, account, at=at):
        return set()
    actions = set(ACCOUNT.available(account.state))
    if not can(check_can_open, user, account, at=at):
        actions.discard("open")
    return actions


def check_can_trust(user: User, account: Account, *, at: datetime) -> None:
    """Raise NotPermitted unless the person approves for this account: who proposes does not shorten the delay."""
    if not _represents(user, account, RIGHT.APPROVE, at=at):
        raise NotPermitted(_("Only representatives who may approve can change the trusted destinations."))


FROZEN, LIFT_PROPOSED, LIFTED = "frozen", "lift_proposed", "lifted"


def check_can_freeze(user: User, registry: Registry, *, at: datetime) -> None:
    """Raise NotPermitted unless the person administers the registry."""
    if not is_administrator(user, registry, at=at):
        raise NotPermitted(_("Only this registry's administrators may freeze and lift a freeze."))


def freeze_state(freeze: Freeze) -> str:
    """Return how far the freeze is: in force, in force with a proposal to lift it, or lifted."""
    if freeze.lifted_at is not None:
        return LIFTED
    return FROZEN if freeze.lift_proposed_at is None else LIFT_PROPOSED


def check_can_reconcile(user: User, registry: Registry, *, at: datetime) -> None:
    """Raise NotPermitted unless the person administers the registry."""
    if not is_administrator(user, registry, at=at):
        raise NotPermitted(_("Only this registry's administrators may compare it with registries kept elsewhere."))


def check_can_confirm_counterpart(user: User, counterpart: Counterpart, *, at: datetime) -> None:
    """Raise NotPermitted unless the person administers the registry, SamePerson for who entered the counterpart."""
    check_can_reconcile(user, counterpart.registry, at=at)
    if counterpart.entered_by_id == user.pk:
        raise SamePerson


def check_can_close(user: User, cycle: Cycle, *, at: datetime) -> None:
    """Raise NotPermitted unless the person administers the registry, SamePerson for who recorded the correction."""
    check_can_reconcile(user, cycle.counterpart.registry, at=at)
    if cycle.corrected_by_id == user.pk:
        raise SamePerson


ENTERED, IN_USE, STOPPED = "entered", "in_use", "stopped"


def counterpart_state(counterpart: Counterpart) -> str:
    """Return how far the counterpart is: entered, in use, or stopped."""
    if counterpart.stopped_at is not None:
        return STOPPED
    return ENTERED if counterpart.confirmed_at is None else IN_USE


SILENCE = timedelta(days=2)


def is_silent(counterpart: Counterpart, heard_at: datetime | None, *, at: datetime) -> bool:
    """Return whether a counterpart in use has sent nothing for two days, though a comparison is asked for daily."""
    since = heard_at or counterpart.confirmed_at
    return counterpart.active and since is not None and at - since > SILENCE


def can(check: Callable[..., None], user: User, subject: object, *, at: datetime) -> bool:
    """Answer any check of this module."""
    try:
        check(user, subject, at=at)
    except DomainError:
        return False
    return True
