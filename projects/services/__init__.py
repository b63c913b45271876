"""Every change to idea notes, projects, monitoring reports and issuance requests (jcm.md 1.2–1.9)."""

from projects.rules import IdeaContent
from projects.services.design import (
    DesignChanges,
    ParticipantLine,
    project_attach_document,
    project_draft,
    project_submit_design,
    project_update,
)
from projects.services.ideas import (
    idea_note_accept,
    idea_note_correct,
    idea_note_decide,
    idea_note_file,
    idea_note_return,
    idea_note_withdraw,
)
from projects.services.issuance import (
    amounts_check,
    issuance_request_accept,
    issuance_request_decide,
    issuance_request_deny,
    issuance_request_return,
    issuance_request_submit,
    issuance_request_withdraw,
)
from projects.services.readings import ReadingRow, readings_read, readings_replace
from projects.services.registration import (
    project_accept,
    project_register,
    project_reject,
    project_request_registration,
    project_return,
    project_validate,
    project_withdraw_request,
)
from projects.services.reports import report_calculate, report_create, report_return, report_submit, report_verify

__all__ = [
    "DesignChanges",
    "IdeaContent",
    "ParticipantLine",
    "ReadingRow",
    "amounts_check",
    "idea_note_accept",
    "idea_note_correct",
    "idea_note_decide",
    "idea_note_file",
    "idea_note_return",
    "idea_note_withdraw",
    "issuance_request_accept",
    "issuance_request_decide",
    "issuance_request_deny",
    "issuance_request_return",
    "issuance_request_submit",
    "issuance_request_withdraw",
    "project_accept",
    "project_attach_document",
    "project_draft",
    "project_register",
    "project_reject",
    "project_request_registration",
    "project_return",
    "project_submit_design",
    "project_update",
    "project_validate",
    "project_withdraw_request",
    "readings_read",
    "readings_replace",
    "report_calculate",
    "report_create",
    "report_return",
    "report_submit",
    "report_verify",
]
