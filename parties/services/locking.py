"""Rows locked until the transaction ends, with what the services read beside them."""

from parties.models import Designation, DesignationApplication, DesignationMeasure


def application_locked(application_id: int) -> DesignationApplication:
    """Return the application with its row locked."""
    related = DesignationApplication.objects.select_related(
        "partnership__host", "partnership__acquirer", "organisation", "designation"
    )
    return related.select_for_update(of=("self",)).get(pk=application_id)


def designation_locked(designation_id: int) -> Designation:
    """Return the designation with its row locked."""
    related = Designation.objects.select_related("partnership__host", "partnership__acquirer", "organisation")
    return related.select_for_update(of=("self",)).get(pk=designation_id)


def measure_locked(measure_id: int) -> DesignationMeasure:
    """Return the proposed measure with its row locked."""
    related = DesignationMeasure.objects.select_related("designation__partnership__host", "designation__organisation")
    return related.select_for_update(of=("self",)).get(pk=measure_id)
