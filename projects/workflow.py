"""The lives of an idea note, a project, a monitoring report and an issuance request (jcm.md 1.2–1.9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, Workflow


class IdeaNoteStatus(models.TextChoices):
    """Where an idea note stands."""

    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned as incomplete")
    CONSIDERED = "considered", _("Under consideration")
    NO_OBJECTION = "no_objection", _("No objection")
    OBJECTED = "objected", _("Objection")
    WITHDRAWN = "withdrawn", _("Withdrawn by the proponent")


IDEA_NOTE = Workflow(
    Transition("submit", (IdeaNoteStatus.RETURNED,), IdeaNoteStatus.SUBMITTED),
    Transition("accept", (IdeaNoteStatus.SUBMITTED,), IdeaNoteStatus.CONSIDERED),
    Transition("return", (IdeaNoteStatus.SUBMITTED,), IdeaNoteStatus.RETURNED),
    Transition("agree", (IdeaNoteStatus.CONSIDERED,), IdeaNoteStatus.NO_OBJECTION),
    Transition("object", (IdeaNoteStatus.CONSIDERED,), IdeaNoteStatus.OBJECTED),
    Transition(
        "withdraw",
        (IdeaNoteStatus.SUBMITTED, IdeaNoteStatus.RETURNED, IdeaNoteStatus.CONSIDERED),
        IdeaNoteStatus.WITHDRAWN,
    ),
)


class ProjectStatus(models.TextChoices):
    """Where a project stands. The number is given when the design document is submitted."""

    DRAFT = "draft", _("Draft")
    VALIDATION = "validation", _("Validation")
    VALIDATED = "validated", _("Validated")
    REGISTRATION_REQUESTED = "registration_requested", _("Registration requested")
    CONSIDERED = "considered", _("Registration under consideration")
    REGISTERED = "registered", _("Project registered")
    REJECTED = "rejected", _("Registration rejected")
    REQUEST_WITHDRAWN = "request_withdrawn", _("Request for registration withdrawn")


# In these a project was given up: nothing is monitored or issued any more.
CLOSED = (ProjectStatus.REJECTED, ProjectStatus.REQUEST_WITHDRAWN)

PROJECT = Workflow(
    Transition("submit_design", (ProjectStatus.DRAFT,), ProjectStatus.VALIDATION),
    Transition("validate", (ProjectStatus.VALIDATION,), ProjectStatus.VALIDATED),
    Transition("request_registration", (ProjectStatus.VALIDATED,), ProjectStatus.REGISTRATION_REQUESTED),
    Transition("accept", (ProjectStatus.REGISTRATION_REQUESTED,), ProjectStatus.CONSIDERED),
    Transition("return", (ProjectStatus.REGISTRATION_REQUESTED,), ProjectStatus.VALIDATED),
    Transition("register", (ProjectStatus.CONSIDERED,), ProjectStatus.REGISTERED),
    Transition("reject", (ProjectStatus.CONSIDERED,), ProjectStatus.REJECTED),
    Transition(
        "withdraw_request",
        (ProjectStatus.REGISTRATION_REQUESTED, ProjectStatus.CONSIDERED),
        ProjectStatus.REQUEST_WITHDRAWN,
    ),
)


class ReportStatus(models.TextChoices):
    """Where a monitoring report stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted for verification")
    RETURNED = "returned", _("Returned by the third-party entity")
    VERIFIED = "verified", _("Verified")


# In these the participants may replace the readings.
REPORT_OPEN_FOR_CHANGES = (ReportStatus.DRAFT, ReportStatus.RETURNED)

REPORT = Workflow(
    Transition("submit", (ReportStatus.DRAFT, ReportStatus.RETURNED), ReportStatus.SUBMITTED),
    Transition("return", (ReportStatus.SUBMITTED,), ReportStatus.RETURNED),
    Transition("verify", (ReportStatus.SUBMITTED,), ReportStatus.VERIFIED),
)


class RequestStatus(models.TextChoices):
    """Where an issuance request stands."""

    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned as incomplete")
    CONSIDERED = "considered", _("Under consideration")
    DECIDED = "decided", _("Issuance decided")
    DENIED = "denied", _("Issuance not approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ISSUANCE_REQUEST = Workflow(
    Transition("submit", (RequestStatus.RETURNED,), RequestStatus.SUBMITTED),
    Transition("accept", (RequestStatus.SUBMITTED,), RequestStatus.CONSIDERED),
    Transition("return", (RequestStatus.SUBMITTED,), RequestStatus.RETURNED),
    Transition("decide", (RequestStatus.CONSIDERED,), RequestStatus.DECIDED),
    Transition("deny", (RequestStatus.CONSIDERED,), RequestStatus.DENIED),
    Transition(
        "withdraw",
        (RequestStatus.SUBMITTED, RequestStatus.RETURNED, RequestStatus.CONSIDERED),
        RequestStatus.WITHDRAWN,
    ),
)
