"""Credits on other apps' pages: `{% load credits %}` and `{% project_credits project %}`."""

from django import template

from projects.models import Project
from registry import selectors
from registry.models import IssuanceLeg
from registry.workflow import LegState

register = template.Library()


@register.filter
def public_state(leg: IssuanceLeg) -> LegState:
    """Return where the public is told that a leg stands."""
    return selectors.public_state(leg)


@register.inclusion_tag("registry/_project_credits.html")
def project_credits(project: Project) -> dict[str, object]:
    """Show what was notified, issued and recorded for one project, in seven queries."""
    amounts = selectors.amounts("pk", everything=True, pk=project.pk).get(project.pk, selectors.Amounts())
    partnership = project.partnership
    return {
        "project": project,
        "total": amounts.total,
        "sides": [(party, amounts.of(party.iso2)) for party in partnership.parties],
        "notifications": selectors.notification_list().filter(project=project),
        "vintages": selectors.vintages_of(project),
    }
