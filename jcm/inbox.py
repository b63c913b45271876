"""One page per person: everything that waits for me, from whichever app, most urgent first."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

import committee.selectors
import methodologies.selectors
import parties.casework
import parties.selectors.entities
import projects.selectors
import registry.selectors.accounts
import registry.selectors.administration
import registry.selectors.authorizations
import registry.selectors.freezes
import registry.selectors.proposals
import registry.selectors.reconciliation
from core import desk
from core.inbox import Item
from core.models import User
from core.requests import signed_in
from parties.models import Role, RoleAssignment
from parties.policies import GRANTORS, INSIDE

SOURCES: tuple[Callable[..., list[Item]], ...] = (
    committee.selectors.inbox_items,
    registry.selectors.administration.inbox_items,
    registry.selectors.proposals.inbox_items,
    registry.selectors.accounts.inbox_items,
    registry.selectors.freezes.inbox_items,
    registry.selectors.authorizations.inbox_items,
    registry.selectors.reconciliation.inbox_items,
    projects.selectors.inbox_items,
    methodologies.selectors.inbox_items,
    parties.selectors.entities.inbox_items,
    parties.casework.inbox_items,
)
FAR = datetime.max.replace(tzinfo=UTC)


def items_for(user: User, *, at: datetime) -> list[Item]:
    """Return what waits for this person: with a deadline first, then the longest waiting."""
    items = [item for source in SOURCES for item in source(viewer=user, at=at)]
    return sorted(items, key=lambda item: (item.due_at or FAR, item.waiting_since or FAR, item.title))


# What those who hold one of these roles may begin or look after: a label and the name of an address.
KEEPERS = frozenset({Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER})
WAYS = (
    ({Role.PARTICIPANT, Role.SECRETARIAT}, gettext_lazy("Propose a methodology"), "methodologies:propose"),
    ({Role.PARTICIPANT}, gettext_lazy("File a project idea note"), "projects:idea-note-new"),
    ({Role.PARTICIPANT}, gettext_lazy("Design a project"), "projects:draft"),
    ({Role.TPE}, gettext_lazy("Apply for designation"), "parties:application-new"),
    ({*INSIDE, Role.JCM_AGENCY}, gettext_lazy("Board of cases"), "parties:board"),
    (KEEPERS, gettext_lazy("Issuance queue"), "registry:queue"),
    (KEEPERS, gettext_lazy("Authorizations"), "registry:authorizations"),
    (KEEPERS, gettext_lazy("Freezes"), "registry:freezes"),
    (KEEPERS, gettext_lazy("Registries kept elsewhere"), "registry:reconciliation"),
    (frozenset().union(*GRANTORS.values()), gettext_lazy("People and roles"), "parties:people"),
    ({Role.AUDITOR}, gettext_lazy("Audit trail"), "audit"),
)


def ways_for(roles: Iterable[RoleAssignment], *, has_accounts: bool = False) -> list[tuple[str, str]]:
    """Return (what, address) of what somebody with these roles may begin or look after, by role.

    `has_accounts` says that the person acts for accounts of a registry.
    """
    held = {role.role for role in roles}
    ways = [(str(label), reverse(name)) for wanted, label, name in WAYS if held & wanted]
    for role in roles:
        if role.role in INSIDE and role.partnership is not None:
            label = _("Agenda of %(partnership)s") % {"partnership": role.partnership}
            ways.append((label, committee.selectors.agenda_url(role.partnership)))
    if has_accounts:
        ways += [(_("Accounts"), reverse("registry:accounts")), (_("Proposals"), reverse("registry:proposals"))]
    ways.append((_("Deadlines, calendar and digest"), reverse("calendar")))
    return [*ways, (_("Second factor and passkeys"), reverse("mfa_index"))]


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits for me, what of it is new since my last look, and the roles by which it does."""
    now, user = timezone.now(), signed_in(request)
    related = ("party", "organisation", "partnership__host", "partnership__acquirer")
    roles = RoleAssignment.objects.on(now.date()).filter(user=user).select_related(*related)
    has_accounts = registry.selectors.accounts.account_list(viewer=user, at=now).exists()
    ways = ways_for(roles, has_accounts=has_accounts)
    before = desk.look(user=user, at=now)
    items = [(item, item.is_new(before)) for item in items_for(user, at=now)]
    context = {"items": items, "roles": roles, "ways": ways, "before": before, "now": now}
    return render(request, "jcm/inbox.html", context)
