"""Rows that a change holds until it is done."""

from methodologies.models import MethodologyVersion


def version_locked(version_id: int) -> MethodologyVersion:
    """Return the version with its row locked."""
    related = MethodologyVersion.objects.select_related(
        "methodology__partnership__host", "proponent", "case__rule_pack__partnership"
    )
    return related.select_for_update(of=("self",)).get(pk=version_id)
