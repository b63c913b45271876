"""Rows locked until the transaction ends, with what the services read beside them."""

from projects.models import IssuanceRequest, MonitoringReport, Project


def project_locked(project_id: int) -> Project:
    """Return the project with its row locked."""
    related = Project.objects.select_related("partnership__host", "partnership__acquirer")
    return related.select_for_update(of=("self",)).get(pk=project_id)


def report_locked(report_id: int) -> MonitoringReport:
    """Return the monitoring report with its row locked."""
    related = MonitoringReport.objects.select_related("project__partnership__host", "project__partnership__acquirer")
    return related.select_for_update(of=("self",)).get(pk=report_id)


def request_locked(request_id: int) -> IssuanceRequest:
    """Return the issuance request with its row locked."""
    related = IssuanceRequest.objects.select_related(
        "report__project__partnership__host", "report__project__partnership__acquirer"
    )
    return related.select_for_update(of=("self",)).get(pk=request_id)
