"""One page per person: everything that waits for me, from whichever app, most urgent first."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

import committee.selectors
import methodologies.selectors
import projects.selectors
import registry.administration
from core.inbox import Item
from core.models import User
from core.requests import signed_in
from parties.models import RoleAssignment

SOURCES: tuple[Callable[..., list[Item]], ...] = (
    committee.selectors.inbox_items,
    registry.administration.inbox_items,
    projects.selectors.inbox_items,
    methodologies.selectors.inbox_items,
)
FAR = datetime.max.replace(tzinfo=UTC)


def items_for(user: User, *, at: datetime) -> list[Item]:
    """Return what waits for this person: with a deadline first, then the longest waiting."""
    items = [item for source in SOURCES for item in source(viewer=user, at=at)]
    return sorted(items, key=lambda item: (item.due_at or FAR, item.waiting_since or FAR, item.title))


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits for me, and the roles by which it does."""
    now, user = timezone.now(), signed_in(request)
    roles = RoleAssignment.objects.on(now.date()).filter(user=user)
    related = ("party", "organisation", "partnership__host", "partnership__acquirer")
    return render(
        request, "jcm/inbox.html", {"items": items_for(user, at=now), "roles": roles.select_related(*related)}
    )
