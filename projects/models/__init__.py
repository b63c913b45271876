"""Projects, their participants, monitoring reports, verification and issuance requests."""

from projects.models.ideas import ProjectIdeaNote
from projects.models.issuance import Allocation, IssuanceRequest
from projects.models.monitoring import MeterReading, MonitoringReport, Verification, YearlyResult
from projects.models.project import Project, ProjectParticipant, Validation

__all__ = [
    "Allocation",
    "IssuanceRequest",
    "MeterReading",
    "MonitoringReport",
    "Project",
    "ProjectIdeaNote",
    "ProjectParticipant",
    "Validation",
    "Verification",
    "YearlyResult",
]
